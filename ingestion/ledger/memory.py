"""What has come before: the state by which landing knows duplicates and conflicts, committed with the segments."""

from __future__ import annotations

import sqlite3

from ingestion.ledger import accounts, identities, packets
from ingestion.ledger.numbers import KnownNumbers
from ingestion.ledger.records import Landing, Link, NumberedEvent, Outbox, Packet, Said


class Memory:
    """What the ledger holds, and what the segments add that are judged before one commit, in their order."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._numbers = KnownNumbers(connection)
        self._landings: list[Landing] = []
        self._highest: dict[Outbox, int] = {}
        self._recent: dict[str, RecentPackets] = {}

    def begin(self, landing: Landing) -> None:
        """A segment whose messages come now: what is added from here on is added to it."""
        self._landings.append(landing)
        self._landing = landing

    def number(self, outbox: Outbox, number: int) -> NumberedEvent | None:
        """What this number first said, or None where it has not come."""
        highest = self._highest.get(outbox)
        if highest is None:
            highest = self._highest[outbox] = self._numbers.highest(outbox)
        if number > highest:
            return None
        for landing in self._landings:
            if said := landing.numbers.get(outbox, {}).get(number):
                return NumberedEvent(said[0], landing.segment, said[1])
        return self._numbers.find(outbox, number)

    def add_number(self, outbox: Outbox, number: int, said: Said) -> None:
        """A number that came for the first time (`number` told so)."""
        self._landing.numbers.setdefault(outbox, {})[number] = said
        self._highest[outbox] = max(number, self._highest[outbox])

    def restarted(self, outbox: Outbox) -> bool:
        """Whether the outbox has counted from 0 again without a new boot."""
        return any(outbox in landing.restarted for landing in self._landings) or self._numbers.restarted(outbox)

    def add_restarted(self, outbox: Outbox) -> None:
        """Its number 0 came again and said something else."""
        self._landing.restarted.add(outbox)

    def packets(self, spool: str) -> RecentPackets:
        """The newest packets of a spool."""
        found = self._recent.get(spool)
        if found is None:
            found = self._recent[spool] = RecentPackets(self._connection, spool)
        return found

    def add_packet(self, spool: str, link: Link, packet_id: int, content: bytes) -> None:
        """A packet with an id, whatever becomes of it."""
        self.packets(spool).add(link, packet_id, content)
        self._landing.packets.setdefault(link, []).append((packet_id, content))

    def last_of_topic(self, topic: str) -> bytes | None:
        """The hash of the last message on the topic, or None."""
        for landing in reversed(self._landings):
            if content := landing.topics.get(topic):
                return content
        return identities.last_of_topic(self._connection, topic)

    def same_bytes(self, sha256: str, source: str) -> int | None:
        """Records of an earlier drop of these bytes, or None."""
        for landing in self._landings:
            for drop in landing.drops:
                if drop.sha256 == sha256 and not drop.duplicate and (drop.source == source or drop.accepted):
                    return drop.records
        return accounts.same_bytes(self._connection, sha256, source)


class RecentPackets:
    """The newest packets of a spool. They are read from the ledger only when one of them may come again."""

    def __init__(self, connection: sqlite3.Connection, spool: str) -> None:
        self._connection, self._spool = connection, spool
        self._total = packets.total(connection, spool)
        self._links = packets.links(connection, spool)
        self._added: list[tuple[int, Packet]] = []
        self._newest: dict[int, Packet] | None = None

    def may_repeat(self, link: Link, *, dup: bool) -> bool:
        """Whether a packet may repeat an earlier one: it says so, or its session had another connection before."""
        return dup or any(other[0] == link[0] and other != link for other in self._links)

    def find(self, packet_id: int) -> Packet | None:
        """The newest packet with this id, or None."""
        if self._newest is None:
            self._newest = dict(packets.newest(self._connection, self._spool))
            self._newest.update(self._added)
        found = self._newest.get(packet_id)
        return found if found and found.place > self._total - packets.WINDOW else None

    def add(self, link: Link, packet_id: int, content: bytes) -> None:
        """The next packet."""
        self._total += 1
        self._links.add(link)
        packet = Packet(link, content, self._total)
        if self._newest is None:
            self._added.append((packet_id, packet))
        else:
            self._newest[packet_id] = packet
