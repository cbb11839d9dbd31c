"""What a refresh hands to dbt: the list of landed files, the days to rebuild, the registry, the streams' verdicts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from bruk.metric_tables import metric_tables
from bruk.quarantined import quarantined
from bruk.registry_tables import registry_tables
from bruk.reports.told import meetings
from contracts.site import Site
from expectations.verdicts import Verdict
from ingestion.atomic import replace_file
from ingestion.ledger import LandedFile, Ledger, Superseded

_VERDICTS = pa.schema(
    [
        ("check_id", pa.string()), ("stream", pa.string()), ("equipment", pa.string()), ("event_date", pa.date32()),
        ("success", pa.bool_()), ("observed", pa.float64()), ("expected", pa.string()), ("element_count", pa.int64()),
    ]
)  # fmt: skip
_LANDING = pa.schema(
    [
        ("stream", pa.string()), ("version", pa.string()), ("event_date", pa.date32()), ("path", pa.string()),
        ("rows", pa.int64()),
    ]
)  # fmt: skip
_SUPERSEDED = pa.schema([("stream", pa.string()), ("sha256", pa.string()), ("rows", pa.int64())])
_DAYS = pa.schema([("stream", pa.string()), ("event_date", pa.date32()), ("rows", pa.int64()), ("touched", pa.bool_())])
_REFRESH = pa.schema(
    [("refresh_id", pa.string()), ("as_of", pa.timestamp("us", "UTC")), ("programme_start", pa.date32())]
)

_QUARANTINED = pa.schema(
    [
        *((name, pa.string()) for name in ("equipment_id", "source", "device")),
        ("received_hour", pa.timestamp("us", "UTC")), ("code", pa.string()), ("n", pa.int64()),
    ]
)  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """One refresh. `days`: event days (UTC) to rebuild per stream; `as_of`: newest receive time landed (UTC).

    `definitions`: the hash of all that decides what a row becomes, as it was when the plan was made; "" is like none.
    `segments`: the newest segment of each spool that had landed then.
    """

    refresh_id: str
    snapshot: int
    as_of: datetime | None
    days: dict[str, list[date]]
    full: bool
    started_at: datetime
    definitions: str = ""
    segments: dict[str, str] = field(default_factory=dict)


def write_inputs(
    site: Site, files: list[LandedFile], plan: Plan, superseded: Sequence[Superseded] = ()
) -> None:  # fmt: skip
    """Writes everything that dbt reads under `paths.inputs`, and the plan itself last.

    `files`, and the dropped files that are `superseded`, are those of the snapshot that the plan was made from: a file
    that landed since is the next refresh's.
    """
    folder = site.paths.inputs
    (folder / "registry").mkdir(parents=True, exist_ok=True)
    _write_table(folder / "landing.parquet", _listing(site, files))
    _write_table(
        folder / "superseded.parquet", pa.Table.from_pylist([s._asdict() for s in superseded], schema=_SUPERSEDED)
    )
    _write_table(folder / "days.parquet", _days(files, plan))
    _write_table(folder / "refresh.parquet", _refresh(site, plan))
    refused = quarantined(site, Ledger(site.paths.ledger).refused_by_hour())
    _write_table(folder / "quarantined.parquet", pa.Table.from_pylist(refused, schema=_QUARANTINED))
    for name, table in metric_tables().items():
        _write_table(folder / f"{name}.parquet", table)
    for name, table in registry_tables(site.registry, site.sources).items():
        _write_table(folder / "registry" / f"{name}.parquet", table)
    _write_table(folder / "meetings.parquet", meetings(site.paths))
    if not (folder / "stream_verdicts.parquet").exists():
        _write_table(folder / "stream_verdicts.parquet", _VERDICTS.empty_table())
    _write_json(folder / "plan.json", asdict(plan))


def read_plan(site: Site) -> Plan | None:
    """The plan that the inputs on disk were written for, or None before the first."""
    file = site.paths.inputs / "plan.json"
    if not file.exists():
        return None
    data = json.loads(file.read_bytes())
    data["as_of"] = datetime.fromisoformat(data["as_of"]) if data["as_of"] else None
    data["started_at"] = datetime.fromisoformat(data["started_at"])
    data["days"] = {stream: [date.fromisoformat(day) for day in days] for stream, days in data["days"].items()}
    return Plan(**data)


def write_stream_verdicts(site: Site, verdicts: Iterable[Verdict]) -> None:
    """Hands the verdicts on single days to dbt; `success` is null where a check could not be made."""
    rows = [
        {
            "check_id": v.check_id, "stream": v.stream_or_mart, "equipment": v.equipment, "event_date": v.event_date,
            "success": None if v.state == "broken" else v.state == "passed", "observed": v.observed,
            "expected": v.expected, "element_count": v.element_count,
        }
        for v in verdicts
        if v.of_day
    ]  # fmt: skip
    _write_table(site.paths.inputs / "stream_verdicts.parquet", pa.Table.from_pylist(rows, schema=_VERDICTS))


def _listing(site: Site, files: list[LandedFile]) -> pa.Table:
    """The landed files; for every stream first the zero-row file of its version, so that none is without columns."""
    rows: list[dict[str, Any]] = []
    for stream in site.streams.values():
        path = f"{stream.id}/{stream.partition_version}/empty.parquet"
        rows.append({"stream": stream.id, "version": stream.partition_version, "path": path, "rows": 0})
    rows += [
        {"stream": f.stream, "version": f.version, "event_date": f.event_date, "path": f.path, "rows": f.rows}
        for f in files
    ]
    return pa.Table.from_pylist(rows, schema=_LANDING)


def _days(files: list[LandedFile], plan: Plan) -> pa.Table:
    """Every (stream, event day) that has files or is to be rebuilt: its rows, and whether it was touched."""
    rows = {(stream, day): 0 for stream, days in plan.days.items() for day in days}
    touched = set(rows)
    for file in files:
        key = (file.stream, file.event_date)
        rows[key] = rows.get(key, 0) + file.rows
    listed = [
        {"stream": stream, "event_date": day, "rows": n, "touched": (stream, day) in touched}
        for (stream, day), n in sorted(rows.items())
    ]
    return pa.Table.from_pylist(listed, schema=_DAYS)


def _refresh(site: Site, plan: Plan) -> pa.Table:
    as_of = plan.as_of or datetime(1970, 1, 1, tzinfo=UTC)
    row = {"refresh_id": plan.refresh_id, "as_of": as_of, "programme_start": site.file.programme_start}
    return pa.Table.from_pylist([row], schema=_REFRESH)


def _write_json(file: Path, value: Any) -> None:
    replace_file(file, json.dumps(value, ensure_ascii=False, indent=0, default=_text).encode())


def _text(value: Any) -> str:
    return str(value.isoformat())


def _write_table(file: Path, table: pa.Table) -> None:
    temporary = file.with_suffix(".tmp")
    pq.write_table(table, temporary)
    temporary.replace(file)
