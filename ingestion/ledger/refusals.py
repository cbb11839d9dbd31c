"""The entries of the quarantine, as rows; what they mean and what to do with them is `ingestion.quarantine`."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from contracts.clock import utc
from contracts.errors import UsageError
from ingestion.ledger.records import QuarantineEntry, Refused, RefusedHour

_COLUMNS = (
    "id, segment, spool_offset, record, code, facts, topic, source, device, received_ns, sha256, state, decided_ns,"
    " note"
)
#: What entries may be chosen by.
FILTERS = frozenset({"id", "code", "source", "device", "segment", "state", "sha256"})


def add(connection: sqlite3.Connection, segment: str, refused: list[Refused]) -> None:
    """New open entries."""
    connection.executemany(
        "INSERT INTO quarantine (segment, spool_offset, record, code, facts, topic, source, device, received_ns,"
        " sha256, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'open')",
        [
            (segment, r.offset, r.record, r.code, json.dumps(r.facts, ensure_ascii=False), r.topic, r.source, r.device,
             r.received_ns, r.sha256)
            for r in refused
        ],
    )  # fmt: skip


def entries(
    connection: sqlite3.Connection, filters: dict[str, Any], limit: int | None = None, *, newest_first: bool = False
) -> list[QuarantineEntry]:
    """Entries whose columns equal the filters, in order of arrival or the other way. Raises UsageError."""
    if unknown := set(filters) - FILTERS:
        raise UsageError(f"the quarantine cannot be filtered by {sorted(unknown)}")
    where = " AND ".join(f"{column} = ?" for column in filters) or "1"
    order = "received_ns DESC, id DESC" if newest_first else "received_ns, segment, spool_offset, record, id"
    query = f"SELECT {_COLUMNS} FROM quarantine WHERE {where} ORDER BY {order} LIMIT ?"
    return [_entry(row) for row in connection.execute(query, (*filters.values(), -1 if limit is None else limit))]


def by_hour(connection: sqlite3.Connection) -> list[RefusedHour]:
    """How many messages and records were refused, and are not replayed since, by the hour in which they arrived."""
    rows = connection.execute(
        "SELECT source, device, topic, received_ns / 3600000000000 AS hour, code, count(*) FROM quarantine"
        " WHERE state != 'replayed' GROUP BY source, device, topic, hour, code ORDER BY 1, 2, 3, 4, 5"
    )
    return [
        RefusedHour(source, device, topic, utc(hour * 3_600_000_000_000), code, n)
        for source, device, topic, hour, code, n in rows
    ]


def decide(connection: sqlite3.Connection, entry: int, state: str, now_ns: int, note: str | None) -> bool:
    """Closes an open entry; False when somebody else closed it first."""
    done = connection.execute(
        "UPDATE quarantine SET state = ?, decided_ns = ?, note = ? WHERE id = ? AND state = 'open'",
        (state, now_ns, note, entry),
    )
    return done.rowcount == 1


def recode(connection: sqlite3.Connection, entry: int, refused: Refused) -> bool:
    """Gives an open entry the reason that it has today."""
    done = connection.execute(
        "UPDATE quarantine SET code = ?, facts = ?, source = ?, device = ? WHERE id = ? AND state = 'open'",
        (refused.code, json.dumps(refused.facts, ensure_ascii=False), refused.source, refused.device, entry),
    )
    return done.rowcount == 1


def _entry(row: tuple[Any, ...]) -> QuarantineEntry:
    entry, segment, offset, record, code, facts, topic, source, device, received, sha256, state, decided, note = row
    return QuarantineEntry(
        entry, segment, offset, record, code, json.loads(facts), topic, source, device, utc(received), sha256, state,
        None if decided is None else utc(decided), note,
    )  # fmt: skip
