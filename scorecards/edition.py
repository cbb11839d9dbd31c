"""Reads one edition (Parquet files, manifest, verdicts) and the gate's status into typed values; the only reader."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

from contracts.errors import StateError
from scorecards.meeting_records import Restatement, Since
from scorecards.metric_records import Element, Kpi, Metric
from scorecards.records import (
    Allocation,
    Capability,
    Characteristic,
    ControlLimit,
    ControlPoint,
    CoverageDay,
    Equipment,
    Gate,
    GateReason,
    Goal,
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

RecordT = TypeVar("RecordT")
Scope = tuple[str, str]
PROGRAMME: Scope = ("programme", "nms")


@dataclass(frozen=True)
class Controls:
    """What is under statistical control, by its newest version; limits and points by (characteristic, statistic)."""

    characteristics: list[Characteristic]
    limits: dict[tuple[str, str], ControlLimit]
    points: dict[tuple[str, str], list[ControlPoint]]
    capability: dict[str, Capability]


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
    restatements: list[Restatement]

    def kpi_series(self, metric: str, scope: Scope) -> list[Kpi]:
        """The months of a metric in a scope, oldest first; empty where it is not formed."""
        return self.kpis.get((metric, *scope), [])

    def newest_kpi(self, metric: str, scope: Scope) -> Kpi | None:
        """The newest month that can be assessed; else the newest, which says why it cannot."""
        series = self.kpi_series(metric, scope)
        known = [kpi for kpi in series if kpi.assessable]
        return known[-1] if known else series[-1] if series else None

    def is_over(self, period_end: date) -> bool:
        """Whether a period had ended when the edition was made."""
        today = self.manifest.as_of_day
        return today is None or today > period_end

    def series(self, indicator: str, scope: Scope) -> list[Value]:
        """The months of an indicator in a scope, oldest first; empty when it is not measured there."""
        return self.values.get((indicator, *scope), [])

    def progress_of(self, indicator: str, scope: Scope) -> Progress | None:
        """Its progress against target, or None when no target is set there."""
        return self.progress.get((indicator, *scope))

    def shown(self, indicator: Indicator, scope: Scope) -> Value | None:
        """The month that pages show: the one that the status judges; else the latest, closed unless cumulative."""
        series = self.series(indicator.indicator_id, scope)
        progress = self.progress_of(indicator.indicator_id, scope)
        if progress is not None and progress.period_start is not None:
            for value in series:
                if value.period_start == progress.period_start:
                    return value
        closed = [value for value in series if not value.is_open]
        if indicator.type != "CUM" and closed:
            return closed[-1]
        return series[-1] if series else None

    def inputs_of(self, value: Value) -> list[InputCount]:
        """What a value was made from and what was left out, counted by kind and reason."""
        return self._inputs_by_value[value.indicator_id, value.scope_type, value.scope_id, value.period_start]

    @cached_property
    def _inputs_by_value(self) -> dict[tuple[str, str, str, date], list[InputCount]]:
        found: dict[tuple[str, str, str, date], list[InputCount]] = defaultdict(list)
        for row in self.inputs:
            found[row.indicator_id, row.scope_type, row.scope_id, row.period_start].append(row)
        return found

    def scopes(self, indicator: str) -> list[Scope]:
        """Where an indicator is measured: the programme, then pilots, then testbeds in their order."""
        known = [PROGRAMME, *(("pilot", p.pilot_id) for p in self.pilots)]
        known += [("testbed", t.testbed_id) for t in self.testbeds]
        return [scope for scope in known if (indicator, *scope) in self.values]

    def indicators_of(self, scope: Scope) -> list[Indicator]:
        """The indicators that are measured in a scope."""
        return [item for item in self.indicators if (item.indicator_id, *scope) in self.values]

    def outcomes_of(self, pilot: str) -> dict[str, int]:
        """Outcome → number of runs of a pilot; an outcome that did not occur is absent."""
        return {row.outcome: row.runs for row in self.pilot_outcomes if row.pilot_id == pilot}

    @cached_property
    def runs_by_equipment(self) -> dict[str, list[Run]]:
        """Runs of each machine, oldest first."""
        found: dict[str, list[Run]] = defaultdict(list)
        for run in self.runs:
            found[run.equipment_id].append(run)
        return found

    def machines_of(self, testbed: str) -> list[Equipment]:
        """The machines of a testbed."""
        return [item for item in self.equipment.values() if item.testbed_id == testbed]


def read_edition(folder: Path, status: Path) -> Edition:
    """The edition in `folder` with the gate's status from the file `status`.

    Raises StateError when a file of the edition is not there or not whole. A missing status means no banner.
    """
    try:
        return _read(folder, status)
    except (OSError, ValueError, KeyError, pa.ArrowInvalid) as error:
        raise StateError(f"the edition {folder.name} cannot be read: {error}") from error


def _read(folder: Path, status: Path) -> Edition:
    values = sorted(_table(folder, "fct_indicator_value", Value), key=_value_key)
    progress = _table(folder, "fct_indicator_progress", Progress)
    kpis = sorted(_table(folder, "met_kpi_period", Kpi), key=_kpi_key)
    coverage = sorted(_table(folder, "met_coverage_day", CoverageDay), key=lambda row: (row.equipment_id, row.day))
    return Edition(
        manifest=_manifest(folder),
        gate=_gate(status),
        verdicts=_verdicts(folder / "verdicts.json"),
        regions={row.region_id: row for row in _table(folder, "dim_region", Region)},
        subprojects={row.subproject_id: row for row in _table(folder, "dim_subproject", Subproject)},
        goals=sorted(_table(folder, "dim_goal", Goal), key=lambda row: row.goal_id),
        steps=sorted(_table(folder, "dim_step", Step), key=lambda row: row.step_id),
        testbeds=sorted(_table(folder, "dim_testbed", Testbed), key=lambda row: row.testbed_id),
        equipment=_newest_equipment(_table(folder, "dim_equipment", Equipment)),
        pilots=sorted(_table(folder, "dim_pilot", Pilot), key=lambda row: row.pilot_id),
        allocations=sorted(
            _table(folder, "fct_allocation", Allocation),
            key=lambda row: (row.pilot_id, row.equipment_id, row.valid_from),
        ),
        indicators=_newest_indicators(_table(folder, "dim_indicator", Indicator)),
        runs=sorted(_table(folder, "fct_run", Run), key=lambda row: (str(row.started_at or ""), row.run_id)),
        testbed_months=_months(folder, "met_testbed_month", "testbed_id"),
        pilot_months=_months(folder, "met_pilot_month", "pilot_id"),
        pilot_outcomes=_table(folder, "met_pilot_outcome", PilotOutcome),
        coverage={key: list(rows) for key, rows in groupby(coverage, key=lambda row: row.equipment_id)},
        values={key: list(rows) for key, rows in groupby(values, key=lambda row: _value_key(row)[:3])},
        progress={(row.indicator_id, row.scope_type, row.scope_id): row for row in progress},
        inputs=_inputs(folder),
        controls=_controls(folder),
        metrics=sorted(_table(folder, "dim_metric", Metric), key=lambda row: row.place),
        elements={row.element: row for row in _table(folder, "dim_element", Element)},
        kpis={key: list(rows) for key, rows in groupby(kpis, key=lambda row: _kpi_key(row)[:3])},
        restatements=_restatements(folder),
    )


def _value_key(row: Value) -> tuple[str, str, str, date]:
    return row.indicator_id, row.scope_type, row.scope_id, row.period_start


def _kpi_key(row: Kpi) -> tuple[str, str, str, date]:
    return row.metric_id, row.scope_type, row.scope_id, row.period_start


def _table(folder: Path, name: str, record: type[RecordT], **renamed: str) -> list[RecordT]:
    """The rows of a table as records; only the columns that the record names are read."""
    columns: list[str] = []
    for item in fields(record):  # type: ignore[arg-type]
        name_in_file = renamed.get(item.name, item.name)
        columns += [f"{item.name}_sv", f"{item.name}_en"] if item.type == "Words" else [name_in_file]
    table = pq.read_table(folder / f"{name}.parquet", columns=columns)
    return [_record(record, row, renamed) for row in table.to_pylist()]


def _record(record: type[RecordT], row: Mapping[str, Any], renamed: Mapping[str, str]) -> RecordT:
    values: dict[str, Any] = {}
    for item in fields(record):  # type: ignore[arg-type]
        if item.type == "Words":
            values[item.name] = Words(row[f"{item.name}_sv"] or "", row[f"{item.name}_en"] or "")
        else:
            values[item.name] = row[renamed.get(item.name, item.name)]
    return record(**values)


def _months(folder: Path, name: str, key: str) -> dict[str, list[Month]]:
    rows = sorted(_table(folder, name, Month, key=key), key=lambda row: (row.key, row.period_start))
    return {name: list(group) for name, group in groupby(rows, key=lambda row: row.key)}


def _newest_equipment(rows: Iterable[Equipment]) -> dict[str, Equipment]:
    """A machine that was moved has several rows; the last one holds."""
    return {row.equipment_id: row for row in sorted(rows, key=lambda row: (row.equipment_id, row.valid_from))}


def _newest_indicators(rows: Iterable[Indicator]) -> list[Indicator]:
    newest: dict[str, Indicator] = {}
    for row in sorted(rows, key=lambda row: (row.indicator_id, len(row.version), row.version)):
        newest[row.indicator_id] = row
    return list(newest.values())


def _inputs(folder: Path) -> list[InputCount]:
    """Inputs are many: counted here by kind and reason, never made into objects one by one."""
    keys = ["indicator_id", "scope_type", "scope_id", "period_start", "input_kind", "included", "reason"]
    table = pq.read_table(folder / "fct_indicator_input.parquet", columns=[*keys, "input_id"])
    counted = table.group_by(keys).aggregate([("input_id", "count")])
    rows = [InputCount(**{key: row[key] for key in keys}, inputs=row["input_id_count"]) for row in counted.to_pylist()]
    return sorted(rows, key=lambda row: (row.input_kind, not row.included, row.reason or ""))


def _restatements(folder: Path) -> list[Restatement]:
    """Empty in an edition that is older than its software's first meeting: it has no such table."""
    has_any = (folder / "restatement.parquet").exists()
    return _table(folder, "restatement", Restatement) if has_any else []


def _controls(folder: Path) -> Controls:
    found = [row for row in _table(folder, "dim_characteristic", Characteristic) if row.is_current]
    drawn = {(row.characteristic_id, row.version) for row in found}
    points: dict[tuple[str, str], list[ControlPoint]] = defaultdict(list)
    for row in sorted(_table(folder, "met_control_point", ControlPoint), key=lambda row: row.point):
        if (row.characteristic_id, row.version) in drawn:
            points[row.characteristic_id, row.statistic].append(row)
    limits = _table(folder, "met_control_limit", ControlLimit)
    capability = _table(folder, "met_capability", Capability)
    return Controls(
        characteristics=sorted(found, key=lambda row: row.characteristic_id),
        limits={(r.characteristic_id, r.statistic): r for r in limits if (r.characteristic_id, r.version) in drawn},
        points=dict(points),
        capability={r.characteristic_id: r for r in capability if (r.characteristic_id, r.version) in drawn},
    )


def _manifest(folder: Path) -> Manifest:
    data = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return Manifest(
        id=data["id"],
        as_of=datetime.fromisoformat(data["as_of"]) if data["as_of"] else None,
        published_at=datetime.fromisoformat(data["published_at"]),
        profile=data["profile"],
        time_zone=ZoneInfo(data["time_zone"]),
        site=Words(data["site"]["name_sv"], data["site"]["name_en"]),
        code_version=data["code_version"],
        accounting=data["accounting"],
        since=_since(data.get("since")),
    )


def _since(data: dict[str, Any] | None) -> Since | None:
    if data is None:
        return None
    known = {item.name: data[item.name] for item in fields(Since)}
    return Since(**known | {"meeting": date.fromisoformat(data["meeting"])})


def _gate(file: Path) -> Gate | None:
    if not file.exists():
        return None
    data = json.loads(file.read_text(encoding="utf-8"))
    reasons = tuple(
        GateReason(item["check_id"], Words(item["description_sv"], item["description_en"]), item["note"])
        for item in data["reasons"]
    )
    return Gate(data["state"], datetime.fromisoformat(data["since"]), data["edition"], reasons)


def _verdicts(file: Path) -> list[Verdict]:
    found = []
    for data in json.loads(file.read_text(encoding="utf-8")):
        words = Words(data.pop("description_sv"), data.pop("description_en"))
        day = data.pop("event_date")
        found.append(Verdict(**data, description=words, event_date=date.fromisoformat(day) if day else None))
    return found
