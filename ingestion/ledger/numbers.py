"""Which numbers of each outbox have come: ranges decide what is new, arrays tell what a repeat repeats."""

from __future__ import annotations

import sqlite3
import zlib
from array import array
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Sequence as Ordered
from typing import NamedTuple

from ingestion.ledger.firsts import Firsts
from ingestion.ledger.records import CONTENT, Gap, NumberedEvent, Outbox, Sequence

#: Rows of `numbered_events` kept decoded while segments are judged: repeats come in the order of their firsts.
_KEPT = 16


class KnownNumbers:
    """The numbers in the ledger as one connection sees them, for one pass of judging."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._highest: dict[Outbox, int] = {}
        self._decoded: OrderedDict[int, _Events] = OrderedDict()

    def highest(self, outbox: Outbox) -> int:
        """The highest number that has come, -1 where none has: what is above is new."""
        found = self._highest.get(outbox)
        if found is None:
            query = "SELECT ifnull(max(last), -1) FROM number_range WHERE device = ? AND boot = ?"
            found = self._highest[outbox] = int(self._connection.execute(query, outbox).fetchone()[0])
        return found

    def find(self, outbox: Outbox, number: int) -> NumberedEvent | None:
        """What this number first said, or None where it has not come. Only a repeat opens the arrays."""
        if number > self.highest(outbox) or not self._has_come(outbox, number):
            return None
        kept = (events.find(number) for events in reversed(self._decoded.values()) if events.outbox == outbox)
        return next((event for event in kept if event), None) or self._read(outbox, number)

    def restarted(self, outbox: Outbox) -> bool:
        """Whether the outbox has counted from 0 again without a new boot."""
        query = "SELECT 1 FROM restarted_outbox WHERE device = ? AND boot = ?"
        return self._connection.execute(query, outbox).fetchone() is not None

    def _has_come(self, outbox: Outbox, number: int) -> bool:
        query = "SELECT last FROM number_range WHERE device = ? AND boot = ? AND first <= ? ORDER BY first DESC LIMIT 1"
        row = self._connection.execute(query, (*outbox, number)).fetchone()
        return row is not None and number <= row[0]

    def _read(self, outbox: Outbox, number: int) -> NumberedEvent | None:
        query = (
            "SELECT id, segment, first, last, numbers, offsets, contents FROM numbered_events"
            " WHERE device = ? AND boot = ? AND last >= ? AND first <= ? ORDER BY last"
        )
        for row, *stored in self._connection.execute(query, (*outbox, number, number)):
            events = self._decoded[row] = _Events.decode(outbox, *stored)
            if len(self._decoded) > _KEPT:
                self._decoded.popitem(last=False)
            if event := events.find(number):
                return event
        return None


class _Events(NamedTuple):
    """One row of `numbered_events`, decoded."""

    outbox: Outbox
    segment: str
    numbers: Ordered[int]
    offsets: array[int]
    contents: bytes

    @classmethod
    def decode(
        cls, outbox: Outbox, segment: str, first: int, last: int, numbers: bytes, offsets: bytes, contents: bytes
    ) -> _Events:
        whole = range(first, last + 1) if not numbers else array("Q", zlib.decompress(numbers))
        return cls(outbox, segment, whole, array("I", offsets), contents)

    def find(self, number: int) -> NumberedEvent | None:
        at = bisect_left(self.numbers, number)
        if at == len(self.numbers) or self.numbers[at] != number:
            return None
        return NumberedEvent(self.contents[at * CONTENT : (at + 1) * CONTENT], self.segment, self.offsets[at])


def remember(connection: sqlite3.Connection, segment: str, said: Mapping[Outbox, Firsts]) -> None:
    """Keeps the numbers that a segment brought for the first time."""
    for outbox, firsts in said.items():
        numbers, offsets, contents, received = firsts.in_order()
        first, last, n = numbers[0], numbers[-1], len(numbers)
        connection.execute(
            "INSERT INTO numbered_events (device, boot, segment, first, last, n, numbers, offsets, contents)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *outbox, segment, first, last, n,
                b"" if last - first + 1 == n else zlib.compress(numbers.tobytes(), 1),
                offsets.tobytes(), contents,
            ),
        )  # fmt: skip
        for run in _runs(numbers, received):
            _add_range(connection, outbox, *run)


def take_over(connection: sqlite3.Connection, other: sqlite3.Connection, segment: str, received_ns: int) -> None:
    """Keeps what a segment brought for the first time as another ledger has it; its time is all that is not exact."""
    query = "SELECT device, boot, first, last, numbers, offsets, contents FROM numbered_events WHERE segment = ?"
    for device, boot, *stored in other.execute(query, (segment,)).fetchall():
        events = _Events.decode((device, boot), segment, *stored)
        said = Firsts(
            (number, (events.contents[at * CONTENT : (at + 1) * CONTENT], events.offsets[at], received_ns))
            for at, number in enumerate(events.numbers)
        )
        remember(connection, segment, {(device, boot): said})


def remember_restarted(connection: sqlite3.Connection, outboxes: Iterable[Outbox]) -> None:
    """Keeps which outboxes have counted from 0 again."""
    connection.executemany("INSERT OR IGNORE INTO restarted_outbox VALUES (?, ?)", sorted(outboxes))


def sequences(connection: sqlite3.Connection) -> list[Sequence]:
    """Every outbox that counts its messages, by device and in the order in which they were first heard of."""
    query = (
        "SELECT device, boot, max(last), sum(last - first + 1) FROM number_range"
        " GROUP BY device, boot ORDER BY device, min(since_ns), boot"
    )
    return [Sequence(*row) for row in connection.execute(query)]


def gaps(connection: sqlite3.Connection) -> list[Gap]:
    """Every range of missing numbers below the highest that came, by outbox and in order."""
    query = (
        "SELECT device, boot, below + 1, first - 1, since_ns FROM (SELECT device, boot, first, since_ns,"
        " ifnull(lag(last) OVER (PARTITION BY device, boot ORDER BY first), -1) AS below FROM number_range)"
        " WHERE first > below + 1 ORDER BY device, boot, first"
    )
    return [Gap(*row) for row in connection.execute(query)]


def _runs(numbers: Ordered[int], received: Ordered[int]) -> Iterator[tuple[int, int, int]]:
    """(first, last, since) of each run without holes, the highest first; since: when the first at or above it came."""
    if numbers[-1] - numbers[0] + 1 == len(numbers):
        yield numbers[0], numbers[-1], min(received)
        return
    since, last, above = received[-1], numbers[-1], numbers[-1]
    for number, came in zip(reversed(numbers), reversed(received), strict=True):
        if number < above - 1:
            yield above, last, since
            last = number
        above, since = number, min(since, came)
    yield above, last, since


def _add_range(connection: sqlite3.Connection, outbox: Outbox, first: int, last: int, since_ns: int) -> None:
    """Adds new numbers, joined with the ranges that they touch. A gap that they split is as old as it was."""
    query = "SELECT first, last, since_ns FROM number_range WHERE device = ? AND boot = ? AND first"
    above = connection.execute(f"{query} > ? ORDER BY first LIMIT 1", (*outbox, last)).fetchone()
    below = connection.execute(f"{query} <= ? ORDER BY first DESC LIMIT 1", (*outbox, first)).fetchone()
    if above:
        since_ns = min(since_ns, above[2])
        if above[0] == last + 1:
            last = above[1]
            key = (*outbox, above[0])
            connection.execute("DELETE FROM number_range WHERE device = ? AND boot = ? AND first = ?", key)
    if below and below[1] == first - 1:
        first, since_ns = below[0], below[2]
    connection.execute("INSERT OR REPLACE INTO number_range VALUES (?, ?, ?, ?, ?)", (*outbox, first, last, since_ns))
