"""What an audience sees of an edition: numbers made of what a company told in confidence leave the house in wholes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf
from typing import Any

from scorecards.audience import SCOPES, Audience, reaches
from scorecards.facts import Scope
from scorecards.metric_records import Metric
from scorecards.records import Allocation, Equipment, Indicator, Pilot, Testbed
from scorecards.sheets import classification

#: A whole is told where this many enterprises told their part of it in confidence: fewer, and each could work out the
#: other's; those who tell theirs openly hide nobody, for theirs can be taken off.
_WHOLES, _ENTERPRISES = ("programme", "region", "company_region"), 5
_MACHINERY = ("equipment", "testbed", "pilot")
#: What the tables of machines, testbeds and pilots without a scope are made of.
MADE_OF: dict[str, frozenset[str]] = {
    "met_coverage_day": frozenset({"state"}),
    "met_testbed_month": frozenset({"state", "run", "output"}),
    "met_pilot_month": frozenset({"state", "run", "output"}),
    "met_pilot_outcome": frozenset({"run"}),
}
#: Why there is no number: what it is made of was told in confidence, by too few.
IN_CONFIDENCE = "in_confidence"


@dataclass(frozen=True)
class Sight:
    """The eyes of an audience on the records of one edition."""

    audience: Audience
    indicators: Sequence[Indicator]
    metrics: Sequence[Metric]
    equipment: Mapping[str, Equipment]
    testbeds: Sequence[Testbed]
    pilots: Sequence[Pilot]
    allocations: Sequence[Allocation]

    def scope(self, scope_type: str) -> bool:
        """Whether it sees any number of a kind of scope."""
        return reaches(self.audience, SCOPES.get(scope_type, "confidential"))

    def indicator(self, indicator: str, scope: Scope) -> bool:
        """Whether it sees the numbers of an indicator in a scope at all: of confidences, in wholes only."""
        return self.scope(scope[0]) and (
            scope[0] in _WHOLES or not (indicator in self._of_sheets or self._is_closed(indicator, scope))
        )

    def least(self, indicator: str, scope: Scope) -> float:
        """On how many a number must stand to be told where its scope is seen: 0 where all are, infinitely many where
        none is. Who filled in a sheet of the office counts by `n`, machines by the owners of those that tell in
        confidence."""
        if self._is_closed(indicator, scope) and self._owners(indicator, scope) < _ENTERPRISES:
            return inf
        return _ENTERPRISES if indicator in self._of_sheets else 0

    def metric(self, metric: str, scope: Scope) -> bool:
        """Whether it sees a metric in a scope."""
        if not self.scope(scope[0]):
            return False
        return not self._is_closed(metric, scope) or (
            scope[0] in _WHOLES and self._owners(metric, scope) >= _ENTERPRISES
        )

    def part(self, table: str, scope: Scope) -> bool:
        """Whether it sees the rows of a table of machines, of one machine, testbed or pilot."""
        return self.audience == "confidential" or MADE_OF[table].isdisjoint(self._closed(scope))

    def row(self, table: str, row: Mapping[str, Any]) -> bool:
        """Whether it sees a row of a table of the edition: by its scope, or by its machine, testbed or pilot."""
        if self.audience == "confidential":
            return True
        if "scope_type" in row:
            scope = (row["scope_type"], row["scope_id"])
            if "metric_id" in row:
                return self.metric(row["metric_id"], scope)
            return self.indicator(row["indicator_id"], scope) if "indicator_id" in row else self.scope(scope[0])
        if table not in MADE_OF:
            return True
        return all(self.part(table, (kind, row[f"{kind}_id"])) for kind in _MACHINERY if f"{kind}_id" in row)

    def restated(self, indicator: str, scope: Scope) -> bool:
        """Whether it is told that a number was another one: never of a confidence, for an old number has no n."""
        told = self.audience == "confidential" or indicator not in self._of_sheets
        return told and self.indicator(indicator, scope) and not self._is_closed(indicator, scope)

    def reason(self, indicator: str, scope: Scope) -> str:
        """Why a number that it does not see is withheld."""
        return IN_CONFIDENCE if self._is_closed(indicator, scope) else "too_few"

    def _is_closed(self, name: str, scope: Scope) -> bool:
        """Whether a number is made of a stream that a machine of the scope sends in confidence."""
        return self.audience != "confidential" and not self._streams.get(name, frozenset()).isdisjoint(
            self._closed(scope)
        )

    @cached_property
    def _streams(self) -> dict[str, frozenset[str]]:
        found = {item.indicator_id: frozenset(item.streams) for item in self.indicators}
        return found | {item.metric_id: frozenset(item.streams) for item in self.metrics}

    @cached_property
    def _of_sheets(self) -> set[str]:
        """The indicators of a sheet of the office that is filled in in confidence."""
        if self.audience == "confidential":
            return set()
        items = self.indicators
        return {item.indicator_id for item in items if classification(item.streams, item.needed_columns)}

    def _closed(self, scope: Scope) -> frozenset[str]:
        if scope not in self._known:
            streams = [stream for item in self._machines(scope) for stream in item.confidential_streams]
            self._known[scope] = frozenset(streams)
        return self._known[scope]

    @cached_property
    def _known(self) -> dict[Scope, frozenset[str]]:
        return {}

    def _owners(self, name: str, scope: Scope) -> int:
        """How many enterprises send a stream of the number in confidence."""
        streams = self._streams[name]
        return len({item.owner for item in self._machines(scope) if not streams.isdisjoint(item.confidential_streams)})

    def _machines(self, scope: Scope) -> list[Equipment]:
        """The machines of a scope; of a county of companies all that there are: theirs is not known here."""
        kind, name = scope
        if kind in ("pilot", "subproject"):
            pilots = {item.pilot_id for item in self.pilots if name in (item.pilot_id, item.subproject_id)}
            used = {item.equipment_id for item in self.allocations if item.pilot_id in pilots}
            return [item for item in self.equipment.values() if item.equipment_id in used]
        if kind in ("testbed", "region"):
            places = {item.testbed_id for item in self.testbeds if name in (item.testbed_id, item.region_id)}
            return [item for item in self.equipment.values() if item.testbed_id in places]
        return [item for item in self.equipment.values() if kind != "equipment" or item.equipment_id == name]
