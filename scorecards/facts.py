"""All that an edition tells of one indicator in one scope, and what is made of it later, when a page needs it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from scorecards.held import Held
from scorecards.metric_records import Element, Kpi, Metric
from scorecards.records import Indicator, InputCount, Progress, Value, Words

Scope = tuple[str, str]


@dataclass(frozen=True, repr=False)
class Facts(Held):
    """What stands about an indicator in a scope, and nothing else: who is handed this cannot show anything else.

    `series` are its months, oldest first; `inputs` what they were made from; `measured`: somebody has reported what the
    indicator needs, in this scope or another; `name` that of the scope, None for the programme.
    """

    indicator: Indicator
    scope: Scope
    name: Words | None
    series: list[Value]
    progress: Progress | None
    inputs: list[InputCount]
    measured: bool
    as_of_day: date | None

    @cached_property
    def shown(self) -> Value | None:
        """The month that pages show: the one that the status judges; else the latest, closed unless cumulative."""
        if self.progress is not None and self.progress.period_start is not None:
            for value in self.series:
                if value.period_start == self.progress.period_start:
                    return value
        closed = [value for value in self.series if not value.is_open]
        if self.indicator.type != "CUM" and closed:
            return closed[-1]
        return self.series[-1] if self.series else None

    def inputs_of(self, value: Value) -> list[InputCount]:
        """What a value was made from and what was left out, counted by kind and reason."""
        return [row for row in self.inputs if row.period_start == value.period_start]


@dataclass(frozen=True, repr=False)
class MetricFacts(Held):
    """The definitions in force, and what their elements are called."""

    metrics: list[Metric]
    elements: dict[str, Element]


@dataclass(frozen=True, repr=False)
class KpiFacts(Held):
    """The months of every metric that is formed in a scope, oldest first; `as_of_day` as of the edition."""

    scope: Scope
    kpis: dict[str, list[Kpi]]
    as_of_day: date | None

    def newest(self, metric: str) -> Kpi | None:
        """The newest month of a metric that can be assessed; else the newest, which says why it cannot."""
        series = self.kpis.get(metric, [])
        known = [kpi for kpi in series if kpi.assessable]
        return known[-1] if known else series[-1] if series else None


@dataclass(frozen=True)
class Later:
    """A part of a page that looks the same to several audiences; `made()` gives what it shows."""

    make: Callable[..., Any]
    args: tuple[Any, ...]

    def made(self) -> Any:
        return self.make(*self.args)
