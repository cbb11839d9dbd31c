"""One edition as typed values: what pages ask of it, and how much of it an audience may see."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

from scorecards.audience import Audience
from scorecards.control_records import Capability, Characteristic, ControlLimit, ControlPoint
from scorecards.facts import Facts, KpiFacts, MetricFacts, Scope
from scorecards.goal_level import goal_levels, heads_of
from scorecards.meeting_records import Restatement
from scorecards.metric_records import Element, Kpi, Metric
from scorecards.programme_records import (
    Breakdown,
    BreakdownCell,
    ErdfCode,
    IndicatorCode,
    MaturityEvidence,
    MaturityLevel,
)
from scorecards.records import (
    Allocation,
    CoverageDay,
    Equipment,
    Gate,
    Goal,
    GoalProgress,
    Indicator,
    InputCount,
    Manifest,
    Month,
    Pilot,
    PilotOutcome,
    Progress,
    Region,
    Run,
    Step,
    Subproject,
    Testbed,
    Value,
    Verdict,
    Words,
)
from scorecards.seeing import Sight

PROGRAMME: Scope = ("programme", "nms")


@dataclass(frozen=True)
class Controls:
    """What is under statistical control, by its newest version; limits and points by (characteristic, statistic)."""

    characteristics: list[Characteristic]
    limits: dict[tuple[str, str], ControlLimit]
    points: dict[tuple[str, str], list[ControlPoint]]
    capability: dict[str, Capability]

    def of(self, machine: str) -> Controls:
        """The part of it that is a machine's."""
        found = [item for item in self.characteristics if item.equipment_id == machine]
        names = {item.characteristic_id for item in found}
        return Controls(
            found,
            {key: limit for key, limit in self.limits.items() if key[0] in names},
            {key: points for key, points in self.points.items() if key[0] in names},
            {key: one for key, one in self.capability.items() if key in names},
        )


@dataclass(frozen=True)
class Edition:
    """All that pages are made from. Lists are in the order of their keys."""

    manifest: Manifest
    gate: Gate | None
    verdicts: list[Verdict]
    regions: dict[str, Region]
    subprojects: dict[str, Subproject]
    goals: list[Goal]
    steps: list[Step]
    testbeds: list[Testbed]
    equipment: dict[str, Equipment]
    pilots: list[Pilot]
    allocations: list[Allocation]
    indicators: list[Indicator]
    runs: list[Run]
    testbed_months: dict[str, list[Month]]
    pilot_months: dict[str, list[Month]]
    pilot_outcomes: list[PilotOutcome]
    coverage: dict[str, list[CoverageDay]]
    values: dict[tuple[str, str, str], list[Value]]
    progress: dict[tuple[str, str, str], Progress]
    inputs: list[InputCount]
    controls: Controls
    metrics: list[Metric]
    elements: dict[str, Element]
    kpis: dict[tuple[str, str, str], list[Kpi]]
    goal_progress: dict[tuple[int, str, str], GoalProgress]
    machine_months: dict[str, dict[date, dict[str, float | None]]]
    restatements: list[Restatement]
    counted: dict[str, Words]
    erdf_codes: list[ErdfCode]
    indicator_codes: list[IndicatorCode]
    maturity_evidence: list[MaturityEvidence]
    maturity_levels: list[MaturityLevel]
    breakdowns: list[tuple[Breakdown, list[BreakdownCell]]]
    audience: Audience = "confidential"
    #: What was made of a series once, for all pages and audiences that show it.
    made: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    def for_audience(self, audience: Audience) -> Edition:
        """The part of it that an audience may see: no page of its site can show the rest."""
        if audience == "confidential":
            return self
        sight = self.sight(audience)
        values = {
            key: _shown(sight, key, rows) for key, rows in self.values.items() if sight.indicator(key[0], key[1:])
        }
        withheld = {(key, row.period_start) for key in values for row in _withheld(sight, key, self.values[key])}
        progress = {
            key: row for key, row in self.progress.items() if key in values and (key, row.period_start) not in withheld
        }
        levels = goal_levels(heads_of(self.indicators), progress.values())
        return replace(
            self,
            audience=audience,
            values=values,
            progress=progress,
            inputs=[
                row
                for row in self.inputs
                if (key := (row.indicator_id, row.scope_type, row.scope_id)) in values
                and (key, row.period_start) not in withheld
            ],
            kpis={key: rows for key, rows in self.kpis.items() if sight.metric(key[0], key[1:])},
            goal_progress={(row.goal_id, row.scope_type, row.scope_id): row for row in levels},
            restatements=[r for r in self.restatements if sight.restated(r.indicator_id, (r.scope_type, r.scope_id))],
            coverage={
                key: days for key, days in self.coverage.items() if sight.part("met_coverage_day", ("equipment", key))
            },
            testbed_months={
                key: rows
                for key, rows in self.testbed_months.items()
                if sight.part("met_testbed_month", ("testbed", key))
            },
            pilot_months={
                key: rows for key, rows in self.pilot_months.items() if sight.part("met_pilot_month", ("pilot", key))
            },
            pilot_outcomes=[
                row for row in self.pilot_outcomes if sight.part("met_pilot_outcome", ("pilot", row.pilot_id))
            ],
            runs=[],
            machine_months={},
            controls=Controls([], {}, {}, {}),
            verdicts=self.verdicts if audience == "programme" else [],
        )

    def sight(self, audience: Audience) -> Sight:
        """What an audience sees of it."""
        if ("sight", audience) not in self.made:
            self.made["sight", audience] = Sight(
                audience, self.indicators, self.metrics, self.equipment, self.testbeds, self.pilots, self.allocations
            )
        found: Sight = self.made["sight", audience]
        return found

    @cached_property
    def heads(self) -> list[Indicator]:
        """The indicators without their companions: what is counted."""
        return [item for item in self.indicators if item.of_indicator is None]

    @cached_property
    def _known(self) -> dict[str, Indicator]:
        return {item.indicator_id: item for item in self.indicators}

    @cached_property
    def metric_facts(self) -> MetricFacts:
        """The definitions of all metrics."""
        return MetricFacts(self.metrics, self.elements)

    def kpi_facts(self, scope: Scope) -> KpiFacts:
        """The months of all metrics of a scope."""
        key = ("kpis", scope, self.audience)
        if key not in self.made:
            series = {item.metric_id: self.kpis.get((item.metric_id, *scope), []) for item in self.metrics}
            self.made[key] = KpiFacts(scope, series, self.manifest.as_of_day)
        found: KpiFacts = self.made[key]
        return found

    def series(self, indicator: str, scope: Scope) -> list[Value]:
        """The months of an indicator in a scope, oldest first; empty when it is not measured there."""
        return self.values.get((indicator, *scope), [])

    def progress_of(self, indicator: str, scope: Scope) -> Progress | None:
        """Its progress against target, or None when no target is set there."""
        return self.progress.get((indicator, *scope))

    def facts(self, indicator: str, scope: Scope) -> Facts:
        """All that stands about an indicator in a scope; raises KeyError when there is no such indicator."""
        series = self.series(indicator, scope)
        key = (indicator, scope, id(series) if series else self.audience)
        if key not in self.made:
            self.made[key] = Facts(
                indicator=self._known[indicator],
                scope=scope,
                name=self.name_of(scope),
                series=series,
                progress=self.progress_of(indicator, scope),
                inputs=self._inputs_by_scope.get((indicator, *scope), []),
                measured=self.is_measured(indicator),
                as_of_day=self.manifest.as_of_day,
            )
        found: Facts = self.made[key]
        return found

    @cached_property
    def _inputs_by_scope(self) -> dict[tuple[str, str, str], list[InputCount]]:
        found: dict[tuple[str, str, str], list[InputCount]] = defaultdict(list)
        for row in self.inputs:
            found[row.indicator_id, row.scope_type, row.scope_id].append(row)
        return found

    def all_scopes(self) -> list[Scope]:
        """The programme, subprojects, regions of testbeds and of companies, pilots, testbeds, each in their order."""
        known = [PROGRAMME, *(("subproject", name) for name in self.subprojects)]
        known += [(kind, name) for kind in ("region", "company_region") for name in self.regions]
        return known + [("pilot", p.pilot_id) for p in self.pilots] + [("testbed", t.testbed_id) for t in self.testbeds]

    def scopes(self, indicator: str) -> list[Scope]:
        """Where an indicator is measured, in the order of all scopes."""
        return self._scopes.get(indicator, [])

    @cached_property
    def _scopes(self) -> dict[str, list[Scope]]:
        found: dict[str, list[Scope]] = defaultdict(list)
        for scope in self.all_scopes():
            for item in self.indicators_of(scope):
                found[item.indicator_id].append(scope)
        return found

    @cached_property
    def _names(self) -> dict[Scope, Words]:
        names = {("pilot", item.pilot_id): item.name for item in self.pilots}
        names |= {("testbed", item.testbed_id): item.name for item in self.testbeds}
        names |= {("subproject", item.subproject_id): item.name for item in self.subprojects.values()}
        for kind in ("region", "company_region"):
            names |= {(kind, item.region_id): item.name for item in self.regions.values()}
        return names | {("equipment", item.equipment_id): item.name for item in self.equipment.values()}

    def name_of(self, scope: Scope) -> Words | None:
        """What a scope is called; the programme has no name but its own."""
        return self._names.get(scope)

    @cached_property
    def _measured(self) -> set[str]:
        """Something has been reported of these, once and somewhere."""
        return {key[0] for key, rows in self.values.items() if any(row.reason != "no_data" or row.n for row in rows)}

    def is_measured(self, indicator: str) -> bool:
        """Whether anything that could make a value has ever been reported."""
        return indicator in self._measured

    @cached_property
    def _by_scope(self) -> dict[Scope, list[Indicator]]:
        found: dict[Scope, list[Indicator]] = defaultdict(list)
        scopes: dict[str, list[Scope]] = defaultdict(list)
        for name, kind, about in self.values:
            scopes[name].append((kind, about))
        for item in self.indicators:
            for scope in scopes[item.indicator_id]:
                found[scope].append(item)
        return found

    def indicators_of(self, scope: Scope) -> list[Indicator]:
        """The indicators that are measured in a scope."""
        return self._by_scope.get(scope, [])

    def outcomes_of(self, pilot: str) -> dict[str, int]:
        """Outcome → number of runs of a pilot; an outcome that did not occur is absent."""
        return {row.outcome: row.runs for row in self.pilot_outcomes if row.pilot_id == pilot}

    @cached_property
    def _runs_by_equipment(self) -> dict[str, list[Run]]:
        found: dict[str, list[Run]] = defaultdict(list)
        for run in self.runs:
            found[run.equipment_id].append(run)
        return found

    def runs_of(self, machine: str) -> list[Run]:
        """The runs of a machine, oldest first."""
        return self._runs_by_equipment.get(machine, [])

    def coverage_of(self, machine: str) -> list[CoverageDay]:
        """The days of a machine, oldest first."""
        return self.coverage.get(machine, [])

    def months_of(self, machine: str) -> dict[date, dict[str, float | None]]:
        """Month → element → its sum, of a machine; oldest first."""
        return self.machine_months.get(machine, {})

    def controls_of(self, machine: str) -> Controls:
        """What is under statistical control on a machine."""
        return self.controls.of(machine)

    def machines_of(self, testbed: str) -> list[Equipment]:
        """The machines of a testbed."""
        return [item for item in self.equipment.values() if item.testbed_id == testbed]

    def goal_progress_of(self, goal: int, scope: Scope) -> GoalProgress | None:
        """How far a goal has come in a scope; None where the edition does not form it."""
        return self.goal_progress.get((goal, *scope))


def _withheld(sight: Sight, key: tuple[str, str, str], rows: list[Value]) -> list[Value]:
    """The values that stand on too few to be told."""
    least = sight.least(key[0], key[1:])
    return [row for row in rows if (row.n or 0) < least] if least else []


def _shown(sight: Sight, key: tuple[str, str, str], rows: list[Value]) -> list[Value]:
    """Values without those that are withheld, which have the reason that says so."""
    withheld = _withheld(sight, key, rows)
    if not withheld:
        return rows
    reason = sight.reason(key[0], key[1:])
    return [row.without_number(reason) if row in withheld else row for row in rows]
