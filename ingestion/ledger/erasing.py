"""What the ledger keeps of an erased record: that it came, counted as ignored (`erased`); nothing of what it said."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import NamedTuple

from ingestion.ledger import accounts, coverage
from ingestion.ledger.database import reading, writing
from ingestion.ledger.records import LandedFile

ERASED = "erased"


class Place(NamedTuple):
    """The record of a dropped file that a row came from, and who sent it."""

    segment: str
    offset: int
    record: int | None
    source: str
    device: str | None


class Change(NamedTuple):
    """A listed file with the rows and hash that it will have, and the places of the rows that it loses."""

    file: LandedFile
    rows: Sequence[Place]


class Frame(NamedTuple):
    """One drop of a file: where it stands in the spool, and what it was dropped for and as."""

    segment: str
    offset: int
    sha256: str
    source: str
    name: str


def frames(ledger: Path) -> list[Frame]:
    """Every landed drop, in order."""
    with reading(ledger) as connection:
        query = "SELECT segment, spool_offset, sha256, source, name FROM drop_file ORDER BY 1, 2"
        return [Frame(*row) for row in connection.execute(query)]


def erase(ledger: Path, changes: Sequence[Change], records: Collection[tuple[str, int, int]]) -> int:
    """ONE transaction: the landed files as they will be, and every erased record from its outcome to ignored.

    `records`: segment, offset and number of those erased, for what was refused of them. Doing it again changes nothing.
    Returns how many records changed their outcome. Every touched day is pending.
    """
    with writing(ledger) as connection:
        new = [change for change in changes if _relist(connection, change)]
        coverage.touch_days(connection, sorted({(c.file.stream, c.file.event_date.isoformat()) for c in new}))
        accepted = sorted({place for change in new for place in change.rows})
        refused = _refusals(connection, records)
        for outcome, code, places in (("accepted", "", accepted), *(("quarantined", c, [p]) for p, c in refused)):
            _move(connection, outcome, code, places)
        return len(accepted) + len(refused)


def _relist(connection: sqlite3.Connection, change: Change) -> bool:
    """Lists the file as it will be; False: it is so listed, by an erasure that did not come to its end."""
    file, day = change.file, change.file.event_date.isoformat()
    done = connection.execute(
        "UPDATE landed_file SET rows = ?, sha256 = ? WHERE path = ? AND sha256 != ?",
        (file.rows, file.sha256, file.path, file.sha256),
    )
    if not done.rowcount:
        return False
    for (segment, offset), n in Counter((row.segment, row.offset) for row in change.rows).items():
        connection.execute(
            "UPDATE drop_day SET rows = rows - ? WHERE segment = ? AND spool_offset = ? AND stream = ?"
            " AND event_date = ?",
            (n, segment, offset, file.stream, day),
        )
    return True


def _refusals(
    connection: sqlite3.Connection, records: Collection[tuple[str, int, int]]
) -> list[tuple[Place, str]]:  # fmt: skip
    """Takes the quarantine entries of these records away; what they said of a person may stand in their facts."""
    found = []
    for segment, offset, record in sorted(records):
        row = connection.execute(
            "DELETE FROM quarantine WHERE segment = ? AND spool_offset = ? AND record = ? AND state != 'replayed'"
            " RETURNING source, device, code",
            (segment, offset, record),
        ).fetchone()
        if row:
            found.append((Place(segment, offset, record, row[0], row[1]), row[2]))
    return found


def _move(connection: sqlite3.Connection, outcome: str, code: str, places: Sequence[Place]) -> None:
    for place in places:
        sender = (place.source, place.device or "")
        accounts.add(connection, place.segment, {(*sender, outcome, code): -1, (*sender, "ignored", ERASED): 1})
        connection.execute(
            f"UPDATE drop_file SET {outcome} = {outcome} - 1, ignored = ignored + 1"
            " WHERE segment = ? AND spool_offset = ?",
            (place.segment, place.offset),
        )
