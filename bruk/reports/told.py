"""Counts for every meeting what its edition told, and what of that the newest edition tells otherwise, for dbt."""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa

from bruk.reports.comparing import compare
from bruk.reports.kept import reports
from contracts.paths import SitePaths

SCHEMA = pa.schema(
    [
        ("meeting_id", pa.string()), ("meeting_day", pa.date32()), ("frozen_at", pa.timestamp("us", "UTC")),
        ("reported", pa.int64()), ("restated", pa.int64()),
    ]
)  # fmt: skip


def meetings(paths: SitePaths) -> pa.Table:
    """One row per meeting, by the last version that was frozen for it; none before the first edition.

    An edition that is being made cannot be compared with itself: what it restates is counted by the next one. Raises
    StateError or UsageError when an edition lacks a table.
    """
    current = paths.editions / "current"
    if not current.exists():
        return SCHEMA.empty_table()
    kept = reports(paths)
    replaced = {report.supersedes for report in kept}
    rows = []
    for report in (one for one in kept if one.id not in replaced):
        found = compare(report.edition_folder(paths), current.resolve())
        restated = sum(change.what == "value" for change in found.changes)
        rows.append(
            {
                "meeting_id": report.id, "meeting_day": report.day, "restated": restated,
                "frozen_at": datetime.fromisoformat(report.frozen_at),
                "reported": restated + found.continued + found.equal,
            }
        )  # fmt: skip
    return pa.Table.from_pylist(rows, schema=SCHEMA)
