"""Which events have come: numbers of outboxes, packet ids of the broker session, the last message of each topic."""

from __future__ import annotations

import sqlite3

from ingestion.ledger import numbers, packets
from ingestion.ledger.records import Landing


def last_of_topic(connection: sqlite3.Connection, topic: str) -> bytes | None:
    """The hash of the last message on the topic, or None."""
    row = connection.execute("SELECT content FROM last_of_topic WHERE topic = ?", (topic,)).fetchone()
    return bytes(row[0]) if row else None


def remember(connection: sqlite3.Connection, landing: Landing) -> None:
    """Keeps what a segment added."""
    numbers.remember(connection, landing.segment, landing.numbers)
    numbers.remember_restarted(connection, landing.restarted)
    packets.remember(connection, landing.segment.partition("/")[0], landing.packets)
    connection.executemany("INSERT OR REPLACE INTO last_of_topic VALUES (?, ?)", landing.topics.items())
