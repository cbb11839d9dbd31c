"""Brings an older ledger to the version of this program, inside the transaction that opened it."""

from __future__ import annotations

import sqlite3
from itertools import groupby

from ingestion.ledger import numbers, packets
from ingestion.ledger.firsts import Firsts
from ingestion.ledger.records import CONTENT, Link, Outbox


def from_version_1(connection: sqlite3.Connection) -> None:
    """Version 1 had a row per numbered event and per packet id, with hashes of twice the length."""
    times = dict(connection.execute("SELECT segment, newest_received_ns FROM segment"))
    query = "SELECT device, boot, seq, content, place FROM numbered_event ORDER BY device, boot, seq"
    for outbox, rows in groupby(connection.execute(query), key=lambda row: (row[0], row[1])):
        by_segment: dict[str, dict[Outbox, Firsts]] = {}
        for _, _, seq, content, place in rows:
            segment, _, offset = place.rpartition(":")
            said = by_segment.setdefault(segment, {outbox: Firsts()})
            said[outbox].add(seq, (content[:CONTENT], int(offset), times.get(segment, 0)))
        for segment, said in sorted(by_segment.items()):
            numbers.remember(connection, segment, said)
    for (spool,) in connection.execute("SELECT DISTINCT spool FROM recent_packet").fetchall():
        came: dict[Link, list[tuple[int, bytes]]] = {}
        query = "SELECT session, connection, packet_id, content FROM recent_packet WHERE spool = ? ORDER BY 1, 2, 3"
        for session, link, packet_id, content in connection.execute(query, (spool,)):
            came.setdefault((session, link), []).append((packet_id, content[:CONTENT]))
        packets.remember(connection, spool, came)
    connection.execute("UPDATE last_of_topic SET content = substr(content, 1, ?)", (CONTENT,))
    connection.execute("DROP TABLE numbered_event")
    connection.execute("DROP TABLE recent_packet")
