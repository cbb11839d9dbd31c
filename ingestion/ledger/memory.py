"""What has come before: the state by which landing knows duplicates and conflicts, committed with the segments."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from ingestion.ledger import accounts, identities, packets
from ingestion.ledger.firsts import Firsts, Said, is_ascending
from ingestion.ledger.numbers import KnownNumbers
from ingestion.ledger.records import Landing, Link, NumberedEvent, Outbox, Packet


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

    def first(self, outbox: Outbox, number: int, said: Said) -> NumberedEvent | None:
        """What this number said when it came before; None: it is new, and this is what it said first."""
        if number > self._highest_of(outbox):
            self._highest[outbox] = number
        elif before := self._find(outbox, number):
            return before
        self._firsts(outbox).add(number, said)
        return None

    def are_new(self, outbox: Outbox, numbers: Sequence[int]) -> bool:
        """Whether surely none of these has come: they ascend above all that have."""
        return numbers[0] > self._highest_of(outbox) and is_ascending(numbers)

    def add(
        self, outbox: Outbox, numbers: Sequence[int], contents: Sequence[bytes], offsets: Sequence[int],
        received_ns: Sequence[int],
    ) -> None:  # fmt: skip
        """What numbers said of which `are_new` holds."""
        self._highest[outbox] = numbers[-1]
        self._firsts(outbox).extend(numbers, contents, offsets, received_ns)

    def _highest_of(self, outbox: Outbox) -> int:
        highest = self._highest.get(outbox)
        if highest is None:
            highest = self._highest[outbox] = self._numbers.highest(outbox)
        return highest

    def _firsts(self, outbox: Outbox) -> Firsts:
        firsts = self._landing.numbers.get(outbox)
        if firsts is None:
            firsts = self._landing.numbers[outbox] = Firsts()
        return firsts

    def _find(self, outbox: Outbox, number: int) -> NumberedEvent | None:
        for landing in self._landings:
            firsts = landing.numbers.get(outbox)
            if firsts and (said := firsts.find(number)):
                return NumberedEvent(said[0], landing.segment, said[1])
        return self._numbers.find(outbox, number)

    def restarted(self, outbox: Outbox) -> bool:
        """Whether the outbox has counted from 0 again without a new boot."""
        return any(outbox in landing.restarted for landing in self._landings) or self._numbers.restarted(outbox)

    def add_restarted(self, outbox: Outbox) -> None:
        """Its number 0 came again and said something else."""
        self._landing.restarted.add(outbox)

    def packet_before(self, spool: str, link: Link, packet: tuple[int, bytes], *, dup: bool) -> Packet | None:
        """The newest packet with this id where one may be repeated, else None; the packet (id, content) is noted."""
        return self._packets(spool).next(self._landing, link, packet, dup=dup)

    def may_repeat(self, spool: str, link: Link) -> bool:
        """Whether a packet of this connection may be one of another connection again, without saying so."""
        return self._packets(spool).may_repeat(self._landing, link)

    def add_packets(self, spool: str, packets: Iterable[tuple[int, bytes]]) -> None:
        """Notes packets (id, content) of the connection that `may_repeat` was asked for last."""
        self._packets(spool).add(packets)

    def _packets(self, spool: str) -> RecentPackets:
        recent = self._recent.get(spool)
        if recent is None:
            recent = self._recent[spool] = RecentPackets(self._connection, spool)
        return recent

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
                whole = drop.duplicate and drop.duplicate == drop.records  # itself a repeat of the file
                if drop.sha256 == sha256 and not whole and (drop.source == source or drop.accepted):
                    return drop.records
        return accounts.same_bytes(self._connection, sha256, source)


class RecentPackets:
    """The newest packets of a spool. They are read from the ledger only when one of them may come again."""

    def __init__(self, connection: sqlite3.Connection, spool: str) -> None:
        self._connection, self._spool = connection, spool
        self._total = self._landed = packets.total(connection, spool)
        self._links = packets.links(connection, spool)
        self._added: list[tuple[Link, list[tuple[int, bytes]]]] = []
        self._newest: dict[int, Packet] | None = None
        self._at: Landing | None = None
        self._link: Link = (0, 0)
        self._tail: list[tuple[int, bytes]] = []
        self._mixed = False

    def next(self, landing: Landing, link: Link, packet: tuple[int, bytes], *, dup: bool) -> Packet | None:
        """See `Memory.packet_before`."""
        mixed = self.may_repeat(landing, link)
        before = self._find(packet[0]) if dup or mixed else None
        self.add([packet])
        return before

    def may_repeat(self, landing: Landing, link: Link) -> bool:
        """See `Memory.may_repeat`."""
        if self._at is not landing or self._link != link:
            self._turn_to(landing, link)
        return self._mixed

    def add(self, packets: Iterable[tuple[int, bytes]]) -> None:
        """See `Memory.add_packets`."""
        before = len(self._tail)
        self._tail.extend(packets)
        if self._newest is not None:
            for place, (packet_id, content) in enumerate(self._tail[before:], self._total + 1):
                self._newest[packet_id] = Packet(self._link, content, place)
        self._total += len(self._tail) - before

    def _turn_to(self, landing: Landing, link: Link) -> None:
        """Packets of another segment or connection. After a new connection of a session, old ones may come again."""
        self._at, self._link = landing, link
        self._links.add(link)
        self._mixed = any(other[0] == link[0] and other != link for other in self._links)
        self._tail = landing.packets.setdefault(link, [])
        self._added.append((link, self._tail))

    def _find(self, packet_id: int) -> Packet | None:
        if self._newest is None:
            self._newest = dict(packets.newest(self._connection, self._spool))
            place = self._landed
            for link, added in self._added:
                for place, (known, content) in enumerate(added, place + 1):  # noqa: B020 - counts on
                    self._newest[known] = Packet(link, content, place)
        found = self._newest.get(packet_id)
        return found if found and found.place > self._total - packets.WINDOW else None
