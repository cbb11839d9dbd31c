"""The log of refreshes."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from ingestion.ledger.records import Refresh


def record(connection: sqlite3.Connection, refresh: Refresh) -> None:
    """Writes the refresh, or what it has become."""
    moments = [None if m is None else m.isoformat() for m in (refresh.as_of, refresh.started_at, refresh.finished_at)]
    connection.execute(
        "INSERT OR REPLACE INTO refresh VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (refresh.id, refresh.snapshot, *moments, refresh.state, refresh.edition, refresh.note),
    )


def last(connection: sqlite3.Connection) -> Refresh | None:
    """The refresh that began last, or None."""
    row = connection.execute("SELECT * FROM refresh ORDER BY started_at DESC, id DESC LIMIT 1").fetchone()
    if row is None:
        return None
    as_of, started, finished = (None if text is None else datetime.fromisoformat(text) for text in row[2:5])
    assert started is not None
    return Refresh(row[0], row[1], as_of, started, finished, *row[5:])
