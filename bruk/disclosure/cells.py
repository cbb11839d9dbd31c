"""What is protected: the cells of tables, each known by its measure and coordinates, and what editions said of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import product
from typing import NamedTuple

from contracts.disclosure import TableDefinition

Number = int | float | Decimal


class CellId(NamedTuple):
    """A cell by its coordinates (column, value) in order of column; a total lacks the column. Tables share cells."""

    measure: str
    at: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, measure: str, coordinates: Mapping[str, str | None]) -> CellId:
        """From column → value; None for a total."""
        return cls(measure, tuple(sorted((c, v) for c, v in coordinates.items() if v is not None)))

    @property
    def columns(self) -> frozenset[str]:
        return frozenset(column for column, _ in self.at)


@dataclass(frozen=True, slots=True)
class Cell:
    """The unprotected value, how many contributors stand behind it, and the two largest contributions."""

    value: Number
    contributors: int
    largest: Number = 0
    second: Number = 0


@dataclass(frozen=True, slots=True)
class Said:
    """What an edition told of a cell: its value, or None; `last`: the value last shown by it or an earlier one, and how
    many `contributors` stood behind that.
    """

    value: Number | None
    last: Number | None = None
    contributors: int = 0


@dataclass(frozen=True)
class Layer:
    """One earlier edition: all that it told of the cells of these tables."""

    edition: str
    cells: Mapping[CellId, Said] = field(default_factory=dict)


def domains(table: TableDefinition, ids: frozenset[CellId]) -> dict[str, list[str]]:
    """The values of each column of a table that occur in these cells, sorted."""
    found: dict[str, set[str]] = {column: set() for column in table.columns}
    for cell in ids:
        if cell.measure == table.measure and cell.columns <= found.keys():
            for column, value in cell.at:
                found[column].add(value)
    return {column: sorted(values) for column, values in found.items()}


def cell_ids(table: TableDefinition, ids: frozenset[CellId]) -> list[CellId]:
    """Every cell of the table over those values, totals first; those without records too."""
    spans = [[None, *values] for values in domains(table, ids).values()]
    return [CellId.of(table.measure, dict(zip(table.columns, at, strict=True))) for at in product(*spans)]
