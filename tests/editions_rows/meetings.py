"""Invented rows of what was restated since a meeting."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from tests.editions_rows.site import FAR

Row = dict[str, Any]


def since() -> Row:
    """The meeting of September, which the edition is compared with."""
    return {
        "report": "2026-09-24-styrgrupp-september", "meeting": "2026-09-24", "title": "Styrgrupp september",
        "edition": "20260923T180000Z-301", "as_of": "2026-09-23T18:00:00+00:00", "restated": 4, "new": 88,
        "continued": 21, "equal": 310,
    }  # fmt: skip


def restated() -> list[Row]:
    """A superseding file, a late file, a value that is no longer assessable, and a new decision."""
    file = "inspection__inspections__2026-08-01_2026-08-31__{}.csv"
    first = {
        "what": "value", "indicator_id": "G3.4e", "scope_type": "programme", "scope_id": "nms", "cause_no": 1,
        "period_start": date(2026, 8, 1), "period_end": date(2026, 8, 31), "unit": "%", "old_value": 38.5,
        "new_value": 36.25, "old_assessable": True, "new_assessable": True, "old_version": "1", "new_version": "1",
        "cause": "data", "detail": file.format("001"), "source": "inspections", "file_name": file.format("002"),
        "received_at": datetime(2026, 10, 20, 8, 3, tzinfo=UTC), "sha256": "ab" * 32,
    }  # fmt: skip
    late = {"indicator_id": "G1.4d", "unit": "n", "old_value": 17.0, "new_value": 18.0, "detail": ""}
    late |= {"file_name": "=HYPERLINK(deltagare).csv", "source": "participation"}
    gone = {"scope_type": "pilot", "scope_id": "stable-line", "new_value": None, "new_assessable": False}
    nobody = dict.fromkeys(("source", "file_name", "received_at", "sha256", "old_assessable", "new_assessable"))
    decided = nobody | {
        "what": "target", "indicator_id": "G1.4d", "period_start": FAR, "period_end": FAR, "unit": "",
        "old_value": 80.0, "new_value": 90.0, "cause": "decision", "detail": "Styrgruppen 2026-10-02",
        "old_version": None, "new_version": None,
    }  # fmt: skip
    return [first | decided, first | late, first, first | gone]
