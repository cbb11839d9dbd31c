"""A ledger that is made anew beside the old one, and takes its place in one transaction."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from ingestion.ledger import lives, numbers, superseding
from ingestion.ledger.database import reading, writing

#: What judging the spool makes. All else (refreshes, what is archived and erased) is nobody's to judge again.
_JUDGED = (
    "segment", "account", "segment_account", "number_range", "numbered_events", "restarted_outbox", "recent_packets",
    "last_of_topic", "drop_file", "drop_day", "drop_successor", "superseded_file", "quarantine",
)  # fmt: skip
_OF_SEGMENT = ("segment", "segment_account", "drop_file", "drop_day", "drop_successor", "quarantine")


def next_rebuild(ledger: Path) -> int:
    """The number of the next rebuild, from 1."""
    with reading(ledger) as connection:
        row = connection.execute("SELECT ifnull(max(n), 0) + 1 FROM file_number WHERE kind = 'rebuild'").fetchone()
    return int(row[0])


def take_over_ended(ledger: Path, new: Path) -> list[str]:
    """Copies verdicts, counts and numbers of the segments that are not whole any more; returns their ids."""
    with reading(ledger) as old, writing(new) as connection:
        segments = lives.ended(old)
        for segment in segments:
            for table in _OF_SEGMENT:
                _copy(old, connection, table, segment)
            newest = "SELECT newest_received_ns FROM segment WHERE segment = ?"
            row = old.execute(newest, (segment,)).fetchone()
            numbers.take_over(connection, old, segment, row[0] if row else 0)
        connection.execute(
            "INSERT INTO account SELECT source, device, outcome, code, sum(n) FROM segment_account GROUP BY 1, 2, 3, 4"
        )
    return segments


def keep_decisions(ledger: Path, new: Path) -> int:
    """What a person discarded stays discarded where it is refused again; returns how many entries that are."""
    with reading(ledger) as old:
        discarded = old.execute(
            "SELECT decided_ns, note, segment, spool_offset, ifnull(record, -1) FROM quarantine"
            " WHERE state = 'discarded'"
        ).fetchall()
    with writing(new) as connection:
        superseding.settle(connection)  # of what was taken over no landing has settled it
        return connection.executemany(
            "UPDATE quarantine SET state = 'discarded', decided_ns = ?, note = ?"
            " WHERE segment = ? AND spool_offset = ? AND ifnull(record, -1) = ? AND state = 'open'",
            discarded,
        ).rowcount


def swap(ledger: Path, new: Path, number: int, now_ns: int) -> None:
    """ONE transaction: the ledger has what the new one has judged; its old files are replaced, every day is touched."""
    with reading(ledger) as connection:
        connection.execute("ATTACH ? AS rebuilt", (str(new),))
        connection.execute("BEGIN IMMEDIATE")
        try:
            _swap(connection, number, now_ns)
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")


def _swap(connection: sqlite3.Connection, number: int, now_ns: int) -> None:
    for table in _JUDGED:
        connection.execute(f"DELETE FROM main.{table}")
        connection.execute(f"INSERT INTO main.{table} SELECT * FROM rebuilt.{table}")
    newest = connection.execute("SELECT ifnull(max(touched_seq), 0) FROM main.touched_day").fetchone()[0]
    connection.execute("INSERT OR REPLACE INTO replaced_file SELECT path, ? FROM main.landed_file", (now_ns,))
    connection.execute("DELETE FROM main.landed_file")
    connection.execute(
        "INSERT INTO main.landed_file SELECT path, stream, version, event_date, rows, sha256, touched_seq + ?"
        " FROM rebuilt.landed_file",
        (newest,),
    )
    connection.execute("UPDATE main.touched_day SET touched_seq = ?, covered = 0", (newest + 1,))
    connection.execute(
        "INSERT OR REPLACE INTO main.touched_day"
        " SELECT stream, event_date, touched_seq + ?, 0 FROM rebuilt.touched_day",
        (newest,),
    )
    connection.execute("INSERT OR REPLACE INTO main.file_number VALUES ('rebuild', ?)", (number,))


def _copy(old: sqlite3.Connection, new: sqlite3.Connection, table: str, segment: str) -> None:
    rows = old.execute(f"SELECT * FROM {table} WHERE segment = ?", (segment,)).fetchall()
    for row in rows:
        new.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
