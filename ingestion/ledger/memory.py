"""What has come before: the state by which landing knows duplicates and conflicts, committed with the segment."""

from __future__ import annotations

import sqlite3

from ingestion.ledger import accounts, identities
from ingestion.ledger.records import Landing, NumberedEvent, Packet


class Memory:
    """What has come before, and what this segment adds: the state by which landing knows duplicates and conflicts."""

    def __init__(self, connection: sqlite3.Connection, landing: Landing) -> None:
        self._connection, self._landing = connection, landing
        self._spool = landing.segment.partition("/")[0]

    def number(self, device: str, boot: int, seq: int) -> NumberedEvent | None:
        """What this number first said, or None."""
        found = self._landing.numbers.get((device, boot, seq))
        return found or identities.number(self._connection, device, boot, seq)

    def packet(self, packet_id: int) -> Packet | None:
        """The newest frame with this packet id, or None."""
        return self._landing.packets.get(packet_id) or identities.packet(self._connection, self._spool, packet_id)

    def last_of_topic(self, topic: str) -> bytes | None:
        """The hash of the last message on the topic, or None."""
        return self._landing.topics.get(topic) or identities.last_of_topic(self._connection, topic)

    def same_bytes(self, sha256: str, source: str) -> int | None:
        """Records of an earlier drop of these bytes, or None."""
        for drop in self._landing.drops:
            if drop.sha256 == sha256 and not drop.duplicate and (drop.source == source or drop.accepted):
                return drop.records
        return accounts.same_bytes(self._connection, sha256, source)
