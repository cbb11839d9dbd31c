"""Replaces many landed files of a day by one in the list; the rows are the same, so no day is touched."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from contracts.errors import StateError
from ingestion.ledger.database import reading, writing
from ingestion.ledger.records import LandedFile


class CrowdedDay(NamedTuple):
    """An event day of one stream version with many files, in order of path."""

    stream: str
    version: str
    event_date: date
    files: list[LandedFile]


def crowded_days(ledger: Path, last: date, at_least: int) -> list[tuple[str, str, date]]:
    """(stream, version, day) up to the day `last` with so many landed files, the oldest first."""
    with reading(ledger) as connection:
        rows = connection.execute(
            "SELECT stream, version, event_date FROM landed_file WHERE event_date <= ?"
            " GROUP BY stream, version, event_date HAVING count(*) >= ? ORDER BY event_date, stream, version",
            (last.isoformat(), at_least),
        )
        return [(stream, version, date.fromisoformat(day)) for stream, version, day in rows]


def files_of(ledger: Path, stream: str, version: str, day: date) -> CrowdedDay:
    """The landed files of one stream version and day."""
    with reading(ledger) as connection:
        rows = connection.execute(
            "SELECT path, rows, sha256 FROM landed_file WHERE stream = ? AND version = ? AND event_date = ?"
            " ORDER BY path",
            (stream, version, day.isoformat()),
        )
        return CrowdedDay(stream, version, day, [LandedFile(stream, version, day, *row) for row in rows])


def replace(ledger: Path, new: LandedFile, old: Sequence[LandedFile], now_ns: int) -> None:
    """ONE transaction: lists the new file and drops the old. Raises StateError when one of them is not listed."""
    with writing(ledger) as connection:
        touched = 0
        for file in old:
            row = connection.execute(
                "DELETE FROM landed_file WHERE path = ? AND sha256 = ? RETURNING touched_seq", (file.path, file.sha256)
            ).fetchone()
            if row is None:
                raise StateError(f"{file.path} is not listed any more")
            touched = max(touched, row[0])
            connection.execute("INSERT OR REPLACE INTO replaced_file VALUES (?, ?)", (file.path, now_ns))
        connection.execute(
            "INSERT INTO landed_file VALUES (?, ?, ?, ?, ?, ?, ?)",
            (new.path, new.stream, new.version, new.event_date.isoformat(), new.rows, new.sha256, touched),
        )


def replaced_files(ledger: Path, before_ns: int | None = None) -> list[str]:
    """Paths of replaced files that are not deleted yet; those replaced before a moment, where one is given.

    Never one that is listed again.
    """
    with reading(ledger) as connection:
        query = (
            "SELECT path FROM replaced_file WHERE replaced_ns < ? AND path NOT IN (SELECT path FROM landed_file)"
            " ORDER BY path"
        )
        return [row[0] for row in connection.execute(query, (1 << 62 if before_ns is None else before_ns,))]


def forget_replaced(ledger: Path, paths: Iterable[str]) -> None:
    """These replaced files are deleted."""
    with writing(ledger) as connection:
        connection.executemany("DELETE FROM replaced_file WHERE path = ?", [(path,) for path in paths])
