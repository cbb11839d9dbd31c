"""Builds a synthetic edition: the Parquet files, manifest, verdicts and gate status that pages are made from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from contracts.editions import EDITION_TABLES, MADE_TABLES, PROTECTED_TABLES
from tests.editions_rows import AS_OF, PILOTS, SMALL, Invented, PilotRow, checks, history, registry
from tests.editions_rows.meetings import restated, since

TEXT, REAL, WHOLE, DAY, YES = pa.string(), pa.float64(), pa.int64(), pa.date32(), pa.bool_()
TIME, EXACT = pa.timestamp("us", "UTC"), pa.decimal128(38, 9)

_DAYS = {
    "valid_from",
    "valid_to",
    "period_start",
    "period_end",
    "baseline_date",
    "milestone_date",
    "target_date",
    "day",
    "reference_first_day",
    "reference_last_day",
}
_TIMES = {
    "newest_input_at", "newest_observed_at", "as_of", "started_at", "ended_at", "known_at", "reference_known_at",
}  # fmt: skip
_EXACT = {
    "numerator",
    "denominator",
    "elapsed_s",
    "produced",
    "good",
    "scrap",
    "planned_run_s",
    "apt_s",
    "aust_s",
    "adet_s",
    "pot_s",
    "pbt_s",
    "adot_s",
    "run_s",
    "known_s",
    "pq",
    "gq",
    "sq",
    "pri_pq_s",
    "pri_gq_s",
    "planned_s",
}
_WHOLE = {
    "place",
    "missing",
    "machines",
    "goal_id",
    "n",
    "n_min",
    "freshness_s",
    "builds_started",
    "builds_accepted",
    "open_runs",
    "messages",
    "runs",
}
_LISTS = {"streams", "needed_columns", "regions", "elements", "timing", "audience", "methodology", "scopes"}
_YES = {"whole", "assessable", "is_latest", "is_open", "included"}
_WHOLE |= {
    "indicators",
    "judged",
    "steps",
    "groups",
    "observations",
    "point",
    "one_side",
    "run_length",
    "below_lsl",
    "above_usl",
}
_YES |= {"frozen", "is_current", "excluded", "rule_1", "rule_2", "rule_3", "rule_4"}
_REAL = {
    "scale",
    "expected_interval_s",
    "minimum",
    "maximum",
    "coverage_min",
    "share",
    "value",
    "coverage",
    "baseline",
    "milestone",
    "target",
    "progress",
    "expected",
    "expected_value",
    "reported_duration_s",
    "availability",
    "effectiveness",
    "quality_ratio",
    "oee",
    "nee",
    "build_success_rate",
    "utilisation",
}
_REAL |= {"old_value", "new_value"}
_TIMES |= {"received_at"}
_WHOLE |= {"cause_no"}
_YES |= {"old_assessable", "new_assessable"}
_REAL |= {"base", "sigma", "group_size", "center", "deviation", "lcl", "ucl", "lsl", "usl", "z", "mean"}
_REAL |= {"reached", "reached_low", "reached_high", "planned", "band_low", "band_high"}
_WHOLE |= {"judged", "steps", "level", "first_level", "acatech_stage", "hidden", "left_out", "cells"}
_WHOLE |= {"contributors", "last_contributors"}
_YES |= {"common", "unverified", "withheld"}
_DAYS |= {"decided_on", "assessed_on"}
_LISTS |= {
    "confidential_streams",
    "measured_of",
    "streams",
    "needed_columns",
    "aliases",
    "columns",
    "column_names_sv",
    "column_names_en",
}
_EXACT |= {"last_value"}
_REAL |= {"sigma_within", "sigma_overall", "cp", "cpk", "cpm", "pp", "ppk"}


def build_edition(
    folder: Path,
    *,
    profile: str = "demonstration",
    time_zone: str = "Europe/Stockholm",
    with_history: bool = True,
    pilots: Iterable[PilotRow] = PILOTS,
    site: Invented = SMALL,
    override: Mapping[str, list[dict[str, Any]]] | None = None,
) -> Path:
    """Writes a whole edition into `folder` and returns it; without history only the registry has rows."""
    folder.mkdir(parents=True)
    site = replace(site, pilots=list(pilots)) if pilots is not PILOTS else site
    tables = registry.registry(site) | registry.definitions() | (history(site) if with_history else {})
    tables |= dict(override or {})
    if with_history:
        tables["restatement"] = restated()
    for table in (*EDITION_TABLES, *PROTECTED_TABLES, *MADE_TABLES):
        _write(folder / f"{table.name}.parquet", table.columns, tables.get(table.name, []))
    manifest = {
        "id": "20261123T214000Z-412",
        "refresh_id": "r-1",
        "as_of": AS_OF.isoformat() if with_history else None,
        "snapshot": 412,
        "published_at": (AS_OF + timedelta(seconds=48)).isoformat(),
        "profile": profile,
        "time_zone": time_zone,
        "site": {
            "id": "nms",
            "name_sv": "Smart Industri Norra Mellansverige",
            "name_en": "Smart Industri Norra Mellansverige",
        },
        "code_version": "0.2.0",
        "dbt_project_sha256": "0" * 64,
        "duckdb_version": "1.5.6",
        "files": {},
        "since": since() if with_history else None,
        "accounting": {"received": 48213, "accepted": 46980, "ignored": 1102, "quarantined": 17, "duplicate": 114}
        if with_history
        else {"received": 0, "accepted": 0, "ignored": 0, "quarantined": 0, "duplicate": 0},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")
    found = checks.verdicts() if with_history else []
    (folder / "verdicts.json").write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
    return folder


def write_gate(status: Path, state: str = "published") -> Path:
    """Writes the gate's status into the folder `status` and returns the file."""
    status.mkdir(parents=True, exist_ok=True)
    reason = {
        "check_id": "met_testbed_month.elements",
        "description_sv": "PBT ≤ POT, GQ ≤ PQ, inga negativa tider eller antal.",
        "description_en": "PBT ≤ POT, GQ ≤ PQ, no negative times or quantities.",
        "note": "testbed-dal 2026-11-01",
    }
    data = {
        "state": state,
        "since": "2026-11-23T22:10:00+00:00",
        "refresh_id": "r-2",
        "edition": "20261123T214000Z-412",
        "reasons": [] if state == "published" else [reason],
    }
    file = status / "gate.json"
    file.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return file


def type_of(column: str) -> pa.DataType:
    """The Parquet type of a column by its name: a name means the same in every table."""
    for names, kind in ((_DAYS, DAY), (_TIMES, TIME), (_EXACT, EXACT), (_WHOLE, WHOLE), (_YES, YES), (_REAL, REAL)):
        if column in names:
            return kind
    return pa.list_(TEXT) if column in _LISTS else TEXT


def _write(file: Path, columns: Iterable[str], rows: list[dict[str, Any]]) -> None:
    schema = pa.schema([(column, type_of(column)) for column in columns])
    data = {name: [_fit(row.get(name), schema.field(name).type) for row in rows] for name in schema.names}
    pq.write_table(pa.table(data, schema=schema), file)


def _fit(value: Any, kind: pa.DataType) -> Any:
    """Decimals are exact and never doubles that look alike."""
    if value is None or not pa.types.is_decimal(kind):
        return value
    return Decimal(str(value)).quantize(Decimal("1.000000000"))
