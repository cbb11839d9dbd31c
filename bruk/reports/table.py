"""Writes what was restated since the last meeting into an edition that is being made."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from bruk.reports.kept import newest
from bruk.reports.restating import restatements
from contracts.editions import RESTATEMENT
from contracts.site import Site

_TYPES = {
    "period_start": pa.date32(), "period_end": pa.date32(), "cause_no": pa.int64(), "old_value": pa.float64(),
    "new_value": pa.float64(), "old_assessable": pa.bool_(), "new_assessable": pa.bool_(),
    "received_at": pa.timestamp("us", "UTC"),
}  # fmt: skip
SCHEMA = pa.schema([(column, _TYPES.get(column, pa.string())) for column in RESTATEMENT.columns])


def write_restatements(site: Site, folder: Path, manifest: Mapping[str, Any]) -> dict[str, Any] | None:
    """The table `restatement` of the edition in `folder`, empty before the first meeting; returns what it is since.

    That is for the manifest: the report, its meeting, title and edition, and how many values are restated, new, went
    on and are equal.
    """
    report = newest(site.paths)
    rows: list[dict[str, Any]] = []
    since = None
    if report is not None:
        found = restatements(site, report.edition_folder(site.paths), folder, dict(manifest))
        rows = found.rows
        since = {
            "report": report.id, "meeting": report.meeting, "title": report.title, "edition": report.edition,
            "as_of": report.as_of, "restated": found.restated, "new": found.new, "continued": found.continued,
            "equal": found.equal,
        }  # fmt: skip
    pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMA), folder / f"{RESTATEMENT.name}.parquet")
    return since
