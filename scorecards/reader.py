"""Reads one edition (Parquet files, manifest, verdicts) and the gate's status into typed values; the only reader."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields
from datetime import date, datetime
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

from contracts.errors import StateError
from scorecards.control_records import Capability, Characteristic, ControlLimit, ControlPoint
from scorecards.edition import Controls, Edition
from scorecards.meeting_records import Restatement, Since
from scorecards.memory import uncollected
from scorecards.metric_records import Element, Kpi, Metric
from scorecards.programme_records import (
    Breakdown,
    BreakdownCell,
    Counted,
    ErdfCode,
    IndicatorCode,
    MaturityEvidence,
    MaturityLevel,
)
from scorecards.records import (
    LANGS,
    Allocation,
    Contact,
    CoverageDay,
    ElementMonth,
    Equipment,
    Gate,
    GateReason,
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

RecordT = TypeVar("RecordT")


def read_edition(folder: Path, status: Path) -> Edition:
    """The edition in `folder` with the gate's status from the file `status`.

    Raises StateError when a file of the edition is not there or not whole. A missing status means no banner.
    """
    try:
        with uncollected():
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
        goal_progress={
            (row.goal_id, row.scope_type, row.scope_id): row
            for row in _table(folder, "fct_goal_progress", GoalProgress)
        },
        counted={row.element: row.name for row in _table(folder, "dim_counted", Counted)},
        erdf_codes=_table(folder, "dim_erdf_code", ErdfCode),
        indicator_codes=_table(folder, "dim_indicator_code", IndicatorCode),
        maturity_evidence=_table(folder, "fct_maturity_evidence", MaturityEvidence),
        maturity_levels=_table(folder, "fct_maturity_level", MaturityLevel),
        breakdowns=_breakdowns(folder),
        machine_months=_machine_months(folder),
        restatements=_restatements(folder),
    )


def _value_key(row: Value) -> tuple[str, str, str, date]:
    return row.indicator_id, row.scope_type, row.scope_id, row.period_start


def _kpi_key(row: Kpi) -> tuple[str, str, str, date]:
    return row.metric_id, row.scope_type, row.scope_id, row.period_start


def _table(folder: Path, name: str, record: Callable[..., RecordT], **renamed: str) -> list[RecordT]:
    """The rows of a table as records; only the columns that the record names are read.

    A column that the edition does not have has the record's default, if there is one.
    """
    file = folder / f"{name}.parquet"
    there = set(pq.read_schema(file).names)
    wanted = {field: _columns(field, words, renamed) for field, words, _ in _fields(record)}
    read = [name for names in wanted.values() for name in names if name in there]
    lacking = [
        column
        for field, _, optional in _fields(record)
        if not optional
        for column in wanted[field]
        if column not in there
    ]
    if lacking:
        raise KeyError(f"{name} has no column {', '.join(lacking)}")
    table = pq.read_table(file, columns=read)
    given = [field for field in wanted if wanted[field][0] in there]
    columns = [_values(table, wanted[field]) for field in given]
    make = getattr(record, "_make", None)
    if make is not None and len(given) == len(wanted):
        return list(map(make, zip(*columns, strict=True)))
    return [record(**dict(zip(given, row, strict=True))) for row in zip(*columns, strict=True)]


@cache
def _fields(record: Any) -> tuple[tuple[str, bool, bool], ...]:
    """Each field of a record: its name, whether it is `Words`, and whether it may be absent from an edition."""
    if hasattr(record, "_fields"):
        return tuple((name, False, name in record._field_defaults) for name in record._fields)
    return tuple(
        (item.name, item.type == "Words", item.default is not MISSING or item.default_factory is not MISSING)
        for item in fields(record)
    )


def _columns(field: str, words: bool, renamed: Mapping[str, str]) -> list[str]:
    plain = [f"{field}_sv", f"{field}_en"] if words else [field]
    return [renamed.get(name, name) for name in plain]


def _values(table: pa.Table, columns: list[str]) -> list[Any]:
    """A column as Python values; a pair of languages as `Words`."""
    found = [_plain(table.column(column)) for column in columns]
    if len(found) == 1:
        return found[0]
    return [Words(sv or "", en or "") for sv, en in zip(*found, strict=True)]


def _plain(column: pa.ChunkedArray) -> list[Any]:
    """Days and moments repeat, and making them is slow: each is made once."""
    if not pa.types.is_temporal(column.type) or not len(column):
        return list(column.to_pylist())
    coded = column.combine_chunks().dictionary_encode()
    made = coded.dictionary.to_pylist()
    return [None if place is None else made[place] for place in coded.indices.to_pylist()]


def _breakdowns(folder: Path) -> list[tuple[Breakdown, list[BreakdownCell]]]:
    """Each breakdown with its cells, in the order of the contract."""
    cells = defaultdict(list)
    for row in _table(folder, "tab_cell", BreakdownCell):
        cells[row.table_id].append(row)
    said = {f"{word}_words_{lang}": f"{word}_{lang}" for word in ("left_out", "withheld") for lang in LANGS}
    found = _table(folder, "tab_table", Breakdown, **said)
    return [(table, cells[table.table_id]) for table in found]


def _restatements(folder: Path) -> list[Restatement]:
    """Empty in an edition that is older than its software's first meeting: it has no such table."""
    has_any = (folder / "restatement.parquet").exists()
    return _table(folder, "restatement", Restatement) if has_any else []


def _machine_months(folder: Path) -> dict[str, dict[date, dict[str, float | None]]]:
    """Machine → month → element → its sum."""
    found: dict[str, dict[date, dict[str, float | None]]] = defaultdict(lambda: defaultdict(dict))
    for row in sorted(_table(folder, "met_element_period", ElementMonth), key=lambda row: row.period_start):
        if row.scope_type == "equipment":
            found[row.scope_id][row.period_start][row.element] = row.value
    return {machine: dict(months) for machine, months in found.items()}


def _months(folder: Path, name: str, key: str) -> dict[str, list[Month]]:
    rows = sorted(_table(folder, name, Month, key=key), key=lambda row: (row.key, row.period_start))
    return {name: list(group) for name, group in groupby(rows, key=lambda row: row.key)}


def _newest_equipment(rows: Iterable[Equipment]) -> dict[str, Equipment]:
    """A machine that was moved has several rows; the last one holds."""
    return {row.equipment_id: row for row in sorted(rows, key=lambda row: (row.equipment_id, row.valid_from))}


def _newest_indicators(rows: Iterable[Indicator]) -> list[Indicator]:
    """The versions in force, in the order of the registry: a companion stands after what it is of."""
    newest: dict[str, Indicator] = {}
    for row in sorted(rows, key=lambda row: (row.indicator_id, len(row.version), row.version)):
        newest[row.indicator_id] = row
    return sorted(newest.values(), key=lambda row: row.place)


def _inputs(folder: Path) -> list[InputCount]:
    """Inputs are many: counted here by kind and reason, never made into objects one by one."""
    keys = ["indicator_id", "scope_type", "scope_id", "period_start", "input_kind", "included", "reason"]
    table = pq.read_table(folder / "fct_indicator_input.parquet", columns=[*keys, "input_id"])
    counted = table.group_by(keys).aggregate([("input_id", "count")])
    names = {row.element: row.name for row in _table(folder, "dim_counted", Counted)}
    rows = [
        InputCount(**{key: row[key] for key in keys}, inputs=row["input_id_count"], name=names.get(row["input_kind"]))
        for row in counted.to_pylist()
    ]
    return sorted(rows, key=lambda row: (row.input_kind, not row.included, row.reason or ""))


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
        contact=_contact(data.get("contact")),
    )


def _contact(data: dict[str, str | None] | None) -> Contact | None:
    """None of a site that names nobody, and of an edition from before sites could."""
    if data is None:
        return None
    office = Words(data["office_sv"] or "", data["office_en"] or "")
    return Contact(office, data["email"] or "", data["phone"] or "")


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
