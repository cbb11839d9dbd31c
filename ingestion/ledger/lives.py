"""What became of the bytes of landed segments and dropped files: archived, erased, deleted; counts stay."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from ingestion.ledger.database import reading, writing


class DueSegment(NamedTuple):
    """A landed segment to be kept anew: its id, the sha256 of its bytes as the ledger has it, when it was landed."""

    segment: str
    sha256: str
    landed_ns: int


class Kept(NamedTuple):
    """How a segment is kept from now on, with so many erased payloads, until it is looked at again at `due_ns`."""

    segment: str
    state: str  # archived or deleted
    sha256: str
    erased: int
    rules: str
    due_ns: int


class Gone(NamedTuple):
    """What the spool no longer has, and the ledger still counts."""

    segments: frozenset[str]  # deleted
    received: Counter[str]  # by source, of the deleted segments
    files: frozenset[str]  # sha256 of dropped files whose bytes are erased


def next_due(ledger: Path, rules: str, now_ns: int, after: str = "") -> DueSegment | None:
    """The first segment behind `after` that is not archived, was kept by other rules, or has a payload that is due."""
    with reading(ledger) as connection:
        row = connection.execute(
            "SELECT s.segment, ifnull(k.sha256, s.sha256), s.landed_ns FROM segment s"
            " LEFT JOIN kept_segment k USING (segment) WHERE s.segment > ?"
            " AND (k.segment IS NULL OR (k.state = 'archived' AND (k.rules != ? OR k.due_ns <= ?)))"
            " ORDER BY s.segment LIMIT 1",
            (after, rules, now_ns),
        ).fetchone()
    return DueSegment(*row) if row else None


def keep(ledger: Path, old_sha256: str, kept: Kept, now_ns: int) -> None:
    """ONE transaction: how the segment is kept, and what was changed in its bytes."""
    new = "" if kept.state == "deleted" else kept.sha256
    with writing(ledger) as connection:
        connection.execute(
            "INSERT INTO kept_segment VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET state = excluded.state,"
            " sha256 = excluded.sha256, erased = excluded.erased, rules = excluded.rules,"
            " due_ns = excluded.due_ns, changed_ns = excluded.changed_ns",
            (kept.segment, kept.state, kept.sha256, kept.erased, kept.rules, kept.due_ns, now_ns),
        )
        if new != old_sha256:
            connection.execute(
                "INSERT INTO segment_change VALUES (?, ?, ?, ?)", (kept.segment, now_ns, old_sha256, new)
            )


def states(ledger: Path) -> dict[str, str]:
    """Segment → archived or deleted, of every segment that is no longer as it was received."""
    with reading(ledger) as connection:
        return dict(connection.execute("SELECT segment, state FROM kept_segment").fetchall())


def hashes(ledger: Path) -> dict[str, str]:
    """Segment → sha256 of its bytes as they are today, of every landed segment whose bytes are kept."""
    with reading(ledger) as connection:
        query = (
            "SELECT s.segment, ifnull(k.sha256, s.sha256) FROM segment s LEFT JOIN kept_segment k USING (segment)"
            " WHERE ifnull(k.state, '') != 'deleted'"
        )
        return dict(connection.execute(query).fetchall())


def gone(ledger: Path) -> Gone:
    """What the spool no longer has."""
    with reading(ledger) as connection:
        deleted = connection.execute("SELECT segment FROM kept_segment WHERE state = 'deleted'")
        segments = frozenset(row[0] for row in deleted)
        received = connection.execute(
            "SELECT source, sum(n) FROM segment_account JOIN kept_segment USING (segment) WHERE state = 'deleted'"
            " GROUP BY source"
        )
        files = connection.execute("SELECT sha256 FROM erased_file")
        return Gone(segments, Counter(dict(received.fetchall())), frozenset(row[0] for row in files))


def ended(connection: sqlite3.Connection) -> list[str]:
    """The segments that are not whole any more, in order: deleted, or with a payload or a file that is erased."""
    query = (
        "SELECT segment FROM kept_segment WHERE erased OR state = 'deleted'"
        " UNION SELECT segment FROM drop_file JOIN erased_file USING (sha256) ORDER BY segment"
    )
    return [row[0] for row in connection.execute(query)]


def is_counted(ledger: Path, segment: str) -> bool:
    """Whether the ledger has the counts of this segment by itself, so that it may be deleted (version 1 had none)."""
    with reading(ledger) as connection:
        row = connection.execute(
            "SELECT received = (SELECT ifnull(sum(n), 0) FROM segment_account a WHERE a.segment = s.segment)"
            " FROM segment s WHERE segment = ?",
            (segment,),
        ).fetchone()
    return bool(row and row[0])


def drops_of(ledger: Path, sha256: str) -> list[tuple[str, int]]:
    """Source and receive time (ns) of every drop of these bytes that has been landed."""
    with reading(ledger) as connection:
        query = "SELECT source, received_ns FROM drop_file WHERE sha256 = ?"
        return connection.execute(query, (sha256,)).fetchall()


def erase_files(ledger: Path, hashes: Iterable[str], now_ns: int) -> None:
    """Remembers that the bytes of these dropped files are erased."""
    with writing(ledger) as connection:
        connection.executemany("INSERT OR REPLACE INTO erased_file VALUES (?, ?)", [(one, now_ns) for one in hashes])
