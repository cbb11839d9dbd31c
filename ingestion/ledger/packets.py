"""The newest packets of each spool by their ids, so that a redelivery is known; packet ids are reused by the broker."""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Iterator, Mapping

from ingestion.ledger.records import CONTENT, Link, Packet

#: A broker has at most as many ids in use: what stands further back cannot come again.
WINDOW = 65_535


def total(connection: sqlite3.Connection, spool: str) -> int:
    """How many packets of the spool have been landed."""
    query = "SELECT ifnull(max(total), 0) FROM recent_packets WHERE spool = ?"
    return int(connection.execute(query, (spool,)).fetchone()[0])


def links(connection: sqlite3.Connection, spool: str) -> set[Link]:
    """The (session, connection) of the packets that are kept."""
    query = "SELECT DISTINCT session, connection FROM recent_packets WHERE spool = ?"
    return set(connection.execute(query, (spool,)))


def newest(connection: sqlite3.Connection, spool: str) -> Iterator[tuple[int, Packet]]:
    """(id, packet) of every packet that is kept, the newest last."""
    query = "SELECT total, session, connection, packet_ids, contents FROM recent_packets WHERE spool = ? ORDER BY total"
    for last, session, connected, stored, contents in connection.execute(query, (spool,)):
        ids = array("H", stored)
        for place, packet_id in enumerate(ids):
            content = contents[place * CONTENT : (place + 1) * CONTENT]
            yield packet_id, Packet((session, connected), content, last - len(ids) + place + 1)


def remember(connection: sqlite3.Connection, spool: str, came: Mapping[Link, list[tuple[int, bytes]]]) -> None:
    """Keeps the packets (id, content) of a segment by session and connection, in order of arrival."""
    count = total(connection, spool)
    for link, packets in came.items():
        count += len(packets)
        ids = array("H", [packet_id for packet_id, _ in packets]).tobytes()
        contents = b"".join([content for _, content in packets])
        connection.execute("INSERT INTO recent_packets VALUES (?, ?, ?, ?, ?, ?)", (spool, count, *link, ids, contents))
    if came:
        connection.execute("DELETE FROM recent_packets WHERE spool = ? AND total <= ?", (spool, count - WINDOW))
