"""The exact accounting: received = accepted + ignored + quarantined + duplicate; and what became of dropped files."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from contracts.clock import utc
from ingestion.ledger.records import Account, Count, DropFile, DropRecord


def add(connection: sqlite3.Connection, segment: str, accounts: Mapping[Account, int]) -> None:
    """Adds what a segment counts (a replay takes off by negative numbers); an account that falls to 0 is gone."""
    changed = [(*account, n) for account, n in sorted(accounts.items()) if n]
    for table, key in (("account", ()), ("segment_account", (segment,))):
        places = ", ".join("?" * (5 + len(key)))
        connection.executemany(
            f"INSERT INTO {table} VALUES ({places}) ON CONFLICT DO UPDATE SET n = n + excluded.n",
            [(*key, *row) for row in changed],
        )
    connection.execute("DELETE FROM account WHERE n = 0")
    connection.execute("DELETE FROM segment_account WHERE segment = ? AND n = 0", (segment,))


def counts(connection: sqlite3.Connection) -> list[Count]:
    """Every account that is not 0."""
    rows = connection.execute("SELECT source, device, outcome, code, n FROM account")
    return [Count(*row) for row in rows]


def received(connection: sqlite3.Connection) -> int:
    """Messages and records in all landed segments, counted per segment (`counts` must sum to the same)."""
    return int(connection.execute("SELECT ifnull(sum(received), 0) FROM segment").fetchone()[0])


def add_drops(connection: sqlite3.Connection, segment: str, drops: list[DropRecord]) -> None:
    """One outcome row per dropped file."""
    connection.executemany(
        "INSERT INTO drop_file VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (segment, d.offset, d.sha256, d.name, d.source, d.records, d.accepted, d.ignored, d.quarantined,
             d.duplicate, d.received_ns)
            for d in drops
        ],
    )  # fmt: skip


def same_bytes(connection: sqlite3.Connection, sha256: str, source: str) -> int | None:
    """Records of an earlier drop of these bytes: to the same source, or accepted by any. None: the bytes are new.

    A drop that was itself such a repeat is none: all of its records are duplicates. The first of a file never is one.
    """
    row = connection.execute(
        "SELECT records FROM drop_file WHERE sha256 = ? AND (duplicate < records OR NOT records)"
        " AND (source = ? OR accepted) LIMIT 1",
        (sha256, source),
    ).fetchone()
    return int(row[0]) if row else None


def drop_files(connection: sqlite3.Connection) -> list[DropFile]:
    """Every dropped file in order of arrival."""
    query = (
        "SELECT segment, spool_offset, sha256, name, source, records, accepted, ignored, quarantined, duplicate,"
        " received_ns FROM drop_file ORDER BY received_ns, segment, spool_offset"
    )
    rows = connection.execute(query).fetchall()
    in_place = dict(connection.execute("SELECT sha256, by_sha256 FROM superseded_file").fetchall())
    names = {row[2]: row[3] for row in rows}
    supersedes: dict[str, list[str]] = {}
    for old, new in sorted(in_place.items()):
        supersedes.setdefault(new, []).append(names[old])
    by_name = {old: names[new] for old, new in in_place.items()}
    return [_drop_file(connection, row, supersedes.get(row[2], []), by_name.get(row[2])) for row in rows]


def _drop_file(
    connection: sqlite3.Connection,
    row: tuple[str, int, str, str, str, int, int, int, int, int, int],
    supersedes: list[str],
    superseded_by: str | None,
) -> DropFile:
    segment, offset, sha256, name, source, records, accepted, ignored, quarantined, duplicate, received_ns = row
    reasons = connection.execute(
        "SELECT code, count(*) FROM quarantine WHERE segment = ? AND spool_offset = ? AND state != 'replayed'"
        " GROUP BY code ORDER BY code",
        (segment, offset),
    ).fetchall()
    outcome = "accepted"
    if duplicate and duplicate == records:
        outcome = "duplicate"
    elif quarantined:
        outcome = "partial" if accepted or ignored else "quarantined"
    if outcome == "duplicate":  # it is the first of these bytes that stands, or does not
        supersedes, superseded_by = [], None
    elif outcome == "accepted" and supersedes:
        outcome = "superseding"
    return DropFile(
        sha256, name, source, outcome, records, accepted, quarantined, duplicate, utc(received_ns), reasons,
        supersedes, superseded_by, segment,
    )  # fmt: skip
