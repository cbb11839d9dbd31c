"""The door to HiGHS (scipy): the cheapest point of a small linear problem, with whole numbers where they are asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array


class Row(NamedTuple):
    """low ≤ Σ factor · variable ≤ high."""

    terms: Sequence[tuple[int, float]]
    low: float
    high: float


class Problem(NamedTuple):
    """Minimise Σ cost · variable with low ≤ variable ≤ high; `whole` variables take whole values only."""

    cost: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]
    whole: Sequence[bool]
    rows: Sequence[Row]


_TOLERANCE = 1e-6


def solve(problem: Problem) -> list[float] | None:
    """The values of the variables at a cheapest point; None when no point fulfils the rows.

    A point that the solver gives is checked before it is believed: whole values are rounded, and every row must hold.
    """
    size = len(problem.cost)
    if size == 0:
        return [] if all(row.low <= _TOLERANCE and row.high >= -_TOLERANCE for row in problem.rows) else None
    found = milp(
        np.array(problem.cost),
        integrality=np.array(problem.whole, dtype=int),
        bounds=Bounds(np.array(problem.low), np.array(problem.high)),
        constraints=_constraints(problem.rows, size),
    )
    if found.x is None:
        return None
    point = [float(round(x)) if whole else float(x) for x, whole in zip(found.x, problem.whole, strict=True)]
    return point if _holds(problem, point) else None


def _constraints(rows: Sequence[Row], size: int) -> list[LinearConstraint]:
    if not rows:
        return []
    data = [factor for row in rows for _, factor in row.terms]
    at = [variable for row in rows for variable, _ in row.terms]
    ends = np.cumsum([0, *(len(row.terms) for row in rows)])
    matrix = csr_array((data, at, ends), shape=(len(rows), size))
    return [LinearConstraint(matrix, [row.low for row in rows], [row.high for row in rows])]


def _holds(problem: Problem, point: Sequence[float]) -> bool:
    slack = _TOLERANCE * max(1.0, *map(abs, point))
    inside = all(
        low - slack <= x <= high + slack for x, low, high in zip(point, problem.low, problem.high, strict=True)
    )
    return inside and all(
        row.low - slack <= sum(factor * point[variable] for variable, factor in row.terms) <= row.high + slack
        for row in problem.rows
    )
