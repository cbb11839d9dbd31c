"""Commits a replay: entries leave the quarantine, their rows and counts appear, all or nothing."""

from __future__ import annotations

import sqlite3

from contracts.errors import StateError
from ingestion.ledger import accounts, coverage, numbers, refusals, superseding
from ingestion.ledger.records import Replay


def next_number(connection: sqlite3.Connection) -> int:
    """One more than the highest that ever landed files: those of an earlier one may be compacted by now."""
    query = "SELECT path FROM landed_file WHERE path LIKE '%/replay-%.parquet'"
    names = [path.rpartition("/replay-")[2].removesuffix(".parquet") for (path,) in connection.execute(query)]
    known = connection.execute("SELECT ifnull(max(n), 0) FROM file_number WHERE kind = 'replay'").fetchone()[0]
    return max([int(known), *map(int, names)]) + 1


def commit(connection: sqlite3.Connection, replay: Replay, now_ns: int) -> None:
    """Writes everything. Raises StateError when an entry is not open any more: then nothing is written."""
    if replay.files:
        coverage.touch(connection, replay.files)
        connection.execute("INSERT OR REPLACE INTO file_number VALUES ('replay', ?)", (replay.number,))
    for segment, counts in replay.accounts.items():
        accounts.add(connection, segment, counts)
    for segment, said in replay.numbers.items():
        numbers.remember(connection, segment, said)
    numbers.remember_restarted(connection, replay.restarted)
    for entry, became in replay.closed.items():
        _must(refusals.decide(connection, entry, "replayed", now_ns, became), entry)
    for entry, refused in replay.recoded.items():
        _must(refusals.recode(connection, entry, refused), entry)
    for segment, refused in replay.refused:
        refusals.add(connection, segment, [refused])
    for segment, more in replay.received.items():
        connection.execute("UPDATE segment SET received = received + ? WHERE segment = ?", (more, segment))
    for (segment, offset), change in replay.drops.items():
        connection.execute(
            "UPDATE drop_file SET records = records + ?, accepted = accepted + ?, ignored = ignored + ?,"
            " quarantined = quarantined + ?, duplicate = duplicate + ? WHERE segment = ? AND spool_offset = ?",
            (change["records"], change["accepted"], change["ignored"], change["quarantined"], change["duplicate"],
             segment, offset),
        )  # fmt: skip
    for (segment, offset), rows in replay.drop_rows.items():
        superseding.add_rows(connection, segment, offset, rows)
    if replay.drops:  # a file that was refused whole may take another's place now
        superseding.settle(connection)


def _must(done: bool, entry: int) -> None:
    if not done:
        raise StateError(f"quarantine entry {entry} was closed by somebody else meanwhile")
