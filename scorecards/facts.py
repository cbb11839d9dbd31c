"""All that an edition tells of one indicator in one scope, and what is made of it later, when a page needs it."""

from __future__ import annotations

import hashlib
import io
import pickle
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property
from typing import Any

from scorecards.metric_records import Element, Kpi, Metric
from scorecards.records import Indicator, InputCount, Progress, Value, Words

Scope = tuple[str, str]


@dataclass(frozen=True)
class Held:
    """Facts that many pages and languages share: they are compared by one digest, which is made once."""

    @cached_property
    def digest(self) -> str:
        """Equal for equal facts."""
        return digest([getattr(self, field.name) for field in fields(self) if field.name not in self._told_by_another])

    @property
    def _told_by_another(self) -> tuple[str, ...]:
        """Fields whose digest is a field of its own, because many facts have the same."""
        return ()

    def __reduce__(self) -> tuple[Any, ...]:
        return _by_digest, (type(self).__name__, self.digest)


@dataclass(frozen=True)
class Facts(Held):
    """What stands about an indicator in a scope, and nothing else: who is handed this cannot show anything else.

    `definition` is the digest of `indicator`. `series` are its months, oldest first; `inputs` what they were made from;
    `measured`: somebody has reported what the indicator needs, in this scope or another; `name` that of the scope, None
    for the programme.
    """

    indicator: Indicator
    definition: str
    scope: Scope
    name: Words | None
    series: list[Value]
    progress: Progress | None
    inputs: list[InputCount]
    measured: bool
    as_of_day: date | None

    @property
    def _told_by_another(self) -> tuple[str, ...]:
        return ("indicator",)

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


@dataclass(frozen=True)
class MetricFacts(Held):
    """The definitions in force, and what their elements are called."""

    metrics: list[Metric]
    elements: dict[str, Element]


@dataclass(frozen=True)
class KpiFacts(Held):
    """The months of every metric that is formed in a scope, oldest first; `as_of_day` as of the edition."""

    scope: Scope
    kpis: dict[str, list[Kpi]]
    as_of_day: date | None


@dataclass(frozen=True)
class Later:
    """A part of a page that is made when the page is: `made()` gives it. It is compared by what it is made from.

    `make` must read nothing but its arguments.
    """

    make: Callable[..., Any]
    args: tuple[Any, ...]

    def made(self) -> Any:
        return self.make(*self.args)


def digest(model: Any) -> str:
    """Equal for equal values, whatever they share; facts count by their own digest."""
    held = io.BytesIO()
    pickler = pickle.Pickler(held, protocol=5)
    pickler.fast = True  # by value, without the memory of what was met before
    pickler.dump(model)
    return hashlib.sha256(held.getbuffer()).hexdigest()


def _by_digest(*_: str) -> None:
    raise pickle.UnpicklingError("facts are compared by their digest and never read back")
