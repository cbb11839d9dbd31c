"""Which event days got new files, and which refresh covered them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from contracts.clock import utc
from ingestion.ledger.database import reading
from ingestion.ledger.records import LandedFile, Pending, Snapshot, Superseded


def read_pending(path: Path) -> tuple[int, int]:
    """Number of uncovered (stream, day) and the newest touch number; (0, 0) without a ledger. Cheap: one index each."""
    if not path.exists():
        return 0, 0
    with reading(path) as connection:
        uncovered = connection.execute("SELECT count(*) FROM touched_day WHERE NOT covered").fetchone()[0]
        return int(uncovered), newest_touch(connection)


def newest_touch(connection: sqlite3.Connection) -> int:
    """The number of the newest transaction that landed files, 0 before the first."""
    return int(connection.execute("SELECT ifnull(max(touched_seq), 0) FROM touched_day").fetchone()[0])


def touch(connection: sqlite3.Connection, files: Iterable[LandedFile]) -> None:
    """Lists the files and marks their days as touched, under one new number."""
    number = newest_touch(connection) + 1
    for file in files:
        day = file.event_date.isoformat()
        connection.execute(
            "INSERT INTO landed_file VALUES (?, ?, ?, ?, ?, ?, ?)",
            (file.path, file.stream, file.version, day, file.rows, file.sha256, number),
        )
        _touch(connection, file.stream, day, number)


def touch_days(connection: sqlite3.Connection, days: Iterable[tuple[str, str]]) -> None:
    """Marks event days of streams as touched, under one new number: their files are the same, what counts is not."""
    number = newest_touch(connection) + 1
    for stream, day in days:
        _touch(connection, stream, day, number)


def _touch(connection: sqlite3.Connection, stream: str, day: str, number: int) -> None:
    connection.execute(
        "INSERT INTO touched_day VALUES (?, ?, ?, 0) ON CONFLICT (stream, event_date)"
        " DO UPDATE SET touched_seq = excluded.touched_seq, covered = 0",
        (stream, day, number),
    )


def pending(connection: sqlite3.Connection) -> Pending:
    """The uncovered days and the snapshot that includes them; both of one committed state."""
    with _one_state(connection):
        return _pending(connection)


def snapshot(connection: sqlite3.Connection) -> Snapshot:
    """The pending days, the files and the newest receive time; all of one committed state."""
    with _one_state(connection):
        newest = connection.execute("SELECT max(newest_received_ns) FROM segment").fetchone()[0]
        as_of = utc(newest) if newest else None
        spool = "substr(segment, 1, instr(segment, '/') - 1)"
        segments = dict(
            connection.execute(f"SELECT {spool}, max(segment) FROM segment GROUP BY 1 ORDER BY 1").fetchall()
        )
        return Snapshot(_pending(connection), landed_files(connection), as_of, superseded_files(connection), segments)


def cover(connection: sqlite3.Connection, snapshot: int) -> None:
    """Marks covered what was touched up to the snapshot; what was touched again meanwhile stays pending."""
    connection.execute("UPDATE touched_day SET covered = 1 WHERE touched_seq <= ? AND NOT covered", (snapshot,))


def landed_files(connection: sqlite3.Connection) -> list[LandedFile]:
    """Every landed file in order of stream, day and name."""
    rows = connection.execute(
        "SELECT stream, version, event_date, path, rows, sha256 FROM landed_file ORDER BY stream, event_date, path"
    )
    return [LandedFile(row[0], row[1], date.fromisoformat(row[2]), *row[3:]) for row in rows]


def superseded_files(connection: sqlite3.Connection) -> list[Superseded]:
    """The superseded files with rows in landing, per stream."""
    rows = connection.execute(
        "SELECT stream, sha256, sum(rows) FROM superseded_file JOIN drop_file USING (sha256)"
        " JOIN drop_day USING (segment, spool_offset) GROUP BY stream, sha256 ORDER BY stream, sha256"
    )
    return [Superseded(*row) for row in rows]


def successors(connection: sqlite3.Connection) -> dict[str, str]:
    """sha256 of a dropped file → sha256 of the one that stands in its place."""
    return dict(connection.execute("SELECT sha256, by_sha256 FROM superseded_file").fetchall())


@contextmanager
def _one_state(connection: sqlite3.Connection) -> Iterator[None]:
    """Several questions to the same committed state; nothing is written."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")


def _pending(connection: sqlite3.Connection) -> Pending:
    days: dict[str, list[date]] = {}
    query = "SELECT stream, event_date FROM touched_day WHERE NOT covered ORDER BY stream, event_date"
    for stream, day in connection.execute(query):
        days.setdefault(stream, []).append(date.fromisoformat(day))
    return Pending(newest_touch(connection), days)
