"""Many messages of one segment as columns, in order of arrival; a whole message is made only where one is needed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from datetime import date

from ingestion.ledger.records import Link
from ingestion.spool.frames import ERASED, FILE
from ingestion.spool.plain import PlainPacket
from ingestion.spool.reader import Damaged, Run, SpooledMessage
from ingestion.validation.identity import Number, from_properties

#: Messages that are judged at once: what bounds the memory.
CHUNK = 20_000
Item = SpooledMessage | Damaged


class Chunk:
    """Messages of one segment that arrived on one day of the site. A message is known by its place, from 0."""

    def __init__(self, segment: str, day: date, items: Iterable[Run | Item]) -> None:
        self.segment, self.day = segment, day
        self.received: list[int] = []
        #: Place of the first message of each connection in a row, and what is its.
        self.links: list[tuple[int, Link]] = []
        self._runs: list[tuple[int, Run]] = []
        self._whole: dict[int, Item] = {}
        rows: list[PlainPacket] = []
        for item in items:
            place = len(rows)
            if isinstance(item, Run):
                rows += item.packets
                self._runs.append((place, item))
                self._note(place, item.head.received_ns, (item.session, item.head.connection), len(item.packets))
            else:
                self._whole[place] = item
                rows.append(_row(item))
                if isinstance(item, Damaged):
                    self.received.append(0)
                else:
                    self._note(place, item.received_ns, (item.session, item.connection), 1)
        self.offsets, self.heads, topics, self.payloads, self.packet_ids, self.boots, self.seqs = (
            list(column) for column in zip(*rows, strict=True)
        )
        #: The topic is empty where a message must be looked at as a whole.
        self.topics: list[bytes] = topics

    def __len__(self) -> int:
        return len(self.received)

    def message(self, place: int) -> Item:
        """The whole message, or what is damaged there."""
        if found := self._whole.get(place):
            return found
        run = self._runs[bisect_right(self._runs, place, key=lambda entry: entry[0]) - 1][1]
        return run.message(self.offsets[place])

    def _note(self, place: int, received_ns: int, link: Link, count: int) -> None:
        self.received += [received_ns] * count
        if not self.links or self.links[-1][1] != link:
            self.links.append((place, link))


def chunks(segment: str, items: Iterable[Run | Item], day_of: Callable[[int], date]) -> Iterator[Chunk]:
    """All of a segment in order; `day_of` tells the day of the site at a receive time."""
    gathered: list[Run | Item] = []
    count, day = 0, date.min
    for item in items:
        received = item.head.received_ns if isinstance(item, Run) else getattr(item, "received_ns", None)
        today = day if received is None else day_of(received)
        if gathered and (count >= CHUNK or today != day):
            yield Chunk(segment, day, gathered)
            gathered, count = [], 0
        day = today
        split = _alone(item) if isinstance(item, Run) and item.head.flags & ERASED else [item]
        gathered += split
        count += len(item.packets) if isinstance(item, Run) else 1
    if gathered:
        yield Chunk(segment, day, gathered)


def _alone(run: Run) -> list[Run | Item]:
    """The messages of a run of which some are erased."""
    return list(run.messages())


def _row(item: Item) -> PlainPacket:
    """A single message as it would stand in a run."""
    if isinstance(item, Damaged) or item.kind == FILE or item.erased or item.retain:
        return item.offset, 0, b"", b"", 0, None, None
    number = from_properties(item.user_properties)
    if number is not None and not isinstance(number, Number):
        return item.offset, 0, b"", b"", 0, None, None
    boot, seq = number or (None, None)
    head = item.qos << 1 | item.dup << 3
    return item.offset, head, item.topic_bytes, item.payload, item.packet_id, boot, seq
