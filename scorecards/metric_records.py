"""The definitions of metrics and their numbers in an edition as typed values; fields are named like columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from scorecards.records import Words


@dataclass(frozen=True)
class Element:
    """A sum that metrics are made of; nobody collects it where `room` is None."""

    element: str
    name: Words
    unit: str
    room: str | None


@dataclass(frozen=True)
class Metric:
    """A definition in force. Texts that it does not have are empty; so are expressions of what a model computes."""

    metric_id: str
    version: str
    metric_group: str
    name: Words
    description: Words
    formula: Words
    numerator_expression: str | None
    denominator_expression: str | None
    elements: list[str]
    unit: str
    minimum: float | None
    maximum: float | None
    trend: str
    methodology: list[str]
    scopes: list[str]
    source_standard: str
    source_clause: str
    source_edition: str
    disagreement: Words
    aggregation: str
    n_element: str | None
    n_min: int
    coverage_min: float
    notes: Words
    needs: Words
    made_by: str | None
    place: int
    streams: list[str] = field(default_factory=list)


class Kpi(NamedTuple):
    """One metric in one scope and month, in the unit of its definition; without a value `reason` says why."""

    metric_id: str
    metric_version: str
    scope_type: str
    scope_id: str
    period_start: date
    period_end: date
    value: float | None
    n: int
    coverage: float | None
    freshness_s: int | None
    assessable: bool
    reason: str | None
