"""Which events have come: numbers of outboxes, packet ids of the broker session, the last message of each topic."""

from __future__ import annotations

import sqlite3

from ingestion.ledger.records import Landing, NumberedEvent, Packet


def number(connection: sqlite3.Connection, device: str, boot: int, seq: int) -> NumberedEvent | None:
    """What this number first said, or None."""
    row = connection.execute(
        "SELECT content, place FROM numbered_event WHERE device = ? AND boot = ? AND seq = ?", (device, boot, seq)
    ).fetchone()
    return NumberedEvent(*row) if row else None


def packet(connection: sqlite3.Connection, spool: str, packet_id: int) -> Packet | None:
    """The newest frame with this packet id, or None."""
    row = connection.execute(
        "SELECT session, connection, content FROM recent_packet WHERE spool = ? AND packet_id = ?", (spool, packet_id)
    ).fetchone()
    return Packet(*row) if row else None


def last_of_topic(connection: sqlite3.Connection, topic: str) -> bytes | None:
    """The hash of the last message on the topic, or None."""
    row = connection.execute("SELECT content FROM last_of_topic WHERE topic = ?", (topic,)).fetchone()
    return bytes(row[0]) if row else None


def remember(connection: sqlite3.Connection, landing: Landing) -> None:
    """Keeps what a segment added."""
    spool = landing.segment.partition("/")[0]
    remember_numbers(connection, landing.numbers)
    connection.executemany(
        "INSERT OR REPLACE INTO recent_packet VALUES (?, ?, ?, ?, ?)",
        [(spool, packet_id, *value) for packet_id, value in landing.packets.items()],
    )
    connection.executemany("INSERT OR REPLACE INTO last_of_topic VALUES (?, ?)", landing.topics.items())


def remember_numbers(connection: sqlite3.Connection, numbers: dict[tuple[str, int, int], NumberedEvent]) -> None:
    """Keeps the numbers that came for the first time."""
    connection.executemany(
        "INSERT INTO numbered_event VALUES (?, ?, ?, ?, ?)", [(*key, *value) for key, value in numbers.items()]
    )
