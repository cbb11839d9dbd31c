"""What the reader of a table knows without being told: how totals and parts, and editions, hold together."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

from bruk.disclosure.cells import CellId, domains
from contracts.disclosure import Dimension, TableDefinition


class Node(NamedTuple):
    """A cell in an edition; the newest edition has the greatest number."""

    edition: int
    cell: CellId


class Relation(NamedTuple):
    """0 ≤ Σ factor · cell, or = 0 where `equal`."""

    terms: tuple[tuple[Node, int], ...]
    equal: bool


def structure(table: TableDefinition, edition: int, ids: frozenset[CellId]) -> Iterator[Relation]:
    """Along each dimension: parts add up to the total; of an overlapping one greatest part ≤ total ≤ sum of parts.
    Where somebody may stand in no part, the total may be more.

    Where two dimensions overlap, also |all| ≤ |row| + |column| − |their cell| + Σ cells outside of both: whoever stands
    in the cell is counted by row and column.
    """
    spans = domains(table, ids)
    for dimension in table.dimensions:
        others = [[None, *values] for column, values in spans.items() if column != dimension.column]
        names = [column for column in spans if column != dimension.column]
        for at in product(*others):
            total = _node(table, edition, dict(zip(names, at, strict=True)))
            parts = [
                _node(table, edition, dict(zip(names, at, strict=True)) | {dimension.column: value})
                for value in spans[dimension.column]
            ]
            yield from _line(total, parts, dimension)
    yield from _crossings(table, edition, spans)


def growth(earlier: Node, later: Node) -> Relation:
    """A cumulative cell does not shrink."""
    return Relation(((later, 1), (earlier, -1)), False)


def _line(total: Node, parts: list[Node], dimension: Dimension) -> Iterator[Relation]:
    if not parts:
        return
    if dimension.complete:
        yield Relation((*((part, 1) for part in parts), (total, -1)), not dimension.overlapping)
    elif not dimension.overlapping:
        yield Relation(((total, 1), *((part, -1) for part in parts)), False)
    if dimension.overlapping:
        for part in parts:
            yield Relation(((total, 1), (part, -1)), False)


def _crossings(table: TableDefinition, edition: int, spans: dict[str, list[str]]) -> Iterator[Relation]:
    overlapping = [item.column for item in table.dimensions if item.overlapping and item.complete]
    for one, other in ((a, b) for n, a in enumerate(overlapping) for b in overlapping[n + 1 :]):
        rest = [column for column in spans if column not in (one, other)]
        for at in product(*([None, *spans[column]] for column in rest)):
            fixed = dict(zip(rest, at, strict=True))
            for row, column in product(spans[one], spans[other]):
                outside = [
                    (_node(table, edition, fixed | {one: r, other: c}), 1)
                    for r, c in product(spans[one], spans[other])
                    if r != row and c != column
                ]
                terms = (
                    (_node(table, edition, fixed | {one: row}), 1),
                    (_node(table, edition, fixed | {other: column}), 1),
                    (_node(table, edition, fixed | {one: row, other: column}), -1),
                    (_node(table, edition, fixed), -1),
                )
                yield Relation((*terms, *outside), False)


def _node(table: TableDefinition, edition: int, at: dict[str, str | None]) -> Node:
    return Node(edition, CellId.of(table.measure, at))
