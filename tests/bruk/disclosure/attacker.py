"""An attacker of published tables: knows what adds up and what grows, and asks HiGHS what a hidden cell may be.

Shares nothing with the product: it sees rows (edition, table, coordinates, value or None) and how each table counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp


@dataclass(frozen=True)
class Shape:
    """How a table counts: its columns, and those in which somebody may stand in several values."""

    columns: tuple[str, ...]
    overlapping: frozenset[str] = frozenset()


#: A cell as an attacker names it: edition, and the coordinates that are no totals.
Name = tuple[int, frozenset[tuple[str, str]]]


class Attacker:
    """`told`: every cell of every edition, with its value or None; `grows`: a later edition is never lower."""

    def __init__(self, shapes: list[Shape], told: dict[Name, int | None], grows: bool = True) -> None:
        self.names = sorted(told, key=lambda name: (name[0], sorted(name[1])))
        self._at = {name: n for n, name in enumerate(self.names)}
        self._told = told
        self._rows: list[dict[int, int]] = []
        self._low: list[float] = []
        self._high: list[float] = []
        editions = sorted({edition for edition, _ in told})
        for shape in shapes:
            for edition in editions:
                self._table(shape, edition)
        if grows:
            self._grow(editions)
        self._bounds = Bounds(
            [value if (value := told[name]) is not None else self._least(name) for name in self.names],
            [value if (value := told[name]) is not None else np.inf for name in self.names],
        )
        matrix = np.zeros((len(self._rows), len(self.names)))
        for n, row in enumerate(self._rows):
            for at, factor in row.items():
                matrix[n, at] = factor
        self._known = LinearConstraint(matrix, self._low, self._high)

    def feasible(self, name: Name, enough: int = 3) -> list[int]:
        """Values that a hidden cell may have, up to so many."""
        least, most = self._end(name, 1, []), self._end(name, -1, [])
        assert least is not None, "the published tables contradict themselves"
        if most is None:
            return list(range(least, least + enough))
        found = {least, most}
        for value in range(least + 1, most):
            if len(found) >= enough:
                break
            if self._end(name, 1, [(name, value)]) is not None:
                found.add(value)
        return sorted(found)[:enough]

    def _least(self, name: Name) -> int:
        """A value of a dimension is listed because somebody has it; of what was listed before nobody knows."""
        edition, at = name
        listed = len(at) == 1 and not any((earlier, at) in self._told for earlier in range(edition))
        return 1 if listed else 0

    def _end(self, name: Name, sign: int, also: list[tuple[Name, int]]) -> int | None:
        cost = np.zeros(len(self.names))
        cost[self._at[name]] = sign
        constraints = [self._known] if self._rows else []
        for other, value in also:
            row = np.zeros(len(self.names))
            row[self._at[other]] = 1
            constraints.append(LinearConstraint(row, value, value))
        found = milp(cost, integrality=np.ones(len(self.names)), bounds=self._bounds, constraints=constraints)
        return None if found.x is None else round(found.x[self._at[name]])

    def _table(self, shape: Shape, edition: int) -> None:
        cells = [at for e, at in self.names if e == edition and {column for column, _ in at} <= {*shape.columns}]
        for parent in cells:
            for column in set(shape.columns) - {c for c, _ in parent}:
                parts = [at for at in cells if parent < at and {c for c, _ in at - parent} == {column}]
                if not parts:
                    continue
                total = {self._at[edition, parent]: -1}
                summed = {self._at[edition, part]: 1 for part in parts}
                self._add(total | summed, 0, np.inf if column in shape.overlapping else 0)
                if column in shape.overlapping:
                    for part in parts:
                        self._add({self._at[edition, parent]: 1, self._at[edition, part]: -1}, 0, np.inf)
        for one, other in combinations(sorted(shape.overlapping), 2):
            for cell in (at for at in cells if {one, other} <= {c for c, _ in at}):
                self._cross(edition, cells, cell, one, other)

    def _cross(self, edition: int, cells: list[frozenset], cell: frozenset, one: str, other: str) -> None:
        """Union of a row and a column, and everything outside of them, hold everybody."""
        rest = frozenset((c, v) for c, v in cell if c not in (one, other))
        row = frozenset((c, v) for c, v in cell if c != other)
        column = frozenset((c, v) for c, v in cell if c != one)
        outside = [
            at for at in cells if rest <= at and {c for c, _ in at - rest} == {one, other} and not at & (cell - rest)
        ]
        terms = {self._at[edition, at]: 1 for at in (row, column, *outside)}
        terms[self._at[edition, cell]] = -1
        terms[self._at[edition, rest]] = -1
        self._add(terms, 0, np.inf)

    def _grow(self, editions: list[int]) -> None:
        for earlier, later in combinations(editions, 2):
            for edition, at in self.names:
                if edition == earlier and (later, at) in self._at:
                    self._add({self._at[later, at]: 1, self._at[earlier, at]: -1}, 0, np.inf)

    def _add(self, row: dict[int, int], low: float, high: float) -> None:
        self._rows.append(row)
        self._low.append(low)
        self._high.append(high)
