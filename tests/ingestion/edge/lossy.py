"""A simulated way from devices to the spool and back, in simulated seconds: queues, crashes, and a cut return."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass, field
from typing import Protocol

from ingestion.acknowledge.highs import Numbers

STEP = 0.05


class Sending(Protocol):
    """What both the window and the one of old can do."""

    def connected(self, now: float) -> None: ...
    def lost(self) -> None: ...
    def acknowledge(self, number: int, now: float) -> None: ...
    def take(self, highest: int, now: float) -> range: ...


@dataclass
class Way:
    """One device, a broker's queue that drains `drain` messages a second, and the site's numbers behind it."""

    window: Sending
    drain: float = 2_000.0
    offline: float = 1.0  # how long a broken connection stays away
    seed: int = 0
    now: float = 0.0
    published: int = 0
    site: Numbers = field(default_factory=Numbers)
    queue: deque[int] = field(default_factory=deque)
    unconfirmed: deque[int] = field(default_factory=deque)  # what paho sends again by itself after a reconnect
    acknowledgements_cut: bool = False
    back_at: float = 0.0
    room: float = 0.0

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)

    def step(self, highest: int) -> None:
        """One twentieth of a second."""
        self.now += STEP
        if self.back_at and self.now >= self.back_at:
            self.back_at = 0.0
            self.queue.extend(self.unconfirmed)
            self.published += len(self.unconfirmed)
            self.window.connected(self.now)
        for number in self.window.take(highest, self.now):
            self.published += 1
            (self.unconfirmed if self.back_at else self.queue).append(number)
        self.room = min(self.room + self.drain * STEP, self.drain)
        while self.room >= 1 and self.queue and not self.back_at:
            self.site.add(self.queue.popleft())
            self.room -= 1
        if not self.acknowledgements_cut and not self.back_at:
            self.window.acknowledge(self.site.high, self.now)

    def break_connection(self, lost: float) -> None:
        """The broker dies: it forgets a part of what it had; paho keeps some of it as unconfirmed."""
        kept = [number for number in self.queue if self.random.random() >= lost]
        gone = sorted(set(self.queue) - set(kept))
        self.queue = deque(kept)
        self.unconfirmed = deque(number for number in gone if self.random.random() < 0.3)
        self.back_at = self.now + self.offline
        self.window.lost()


class OldWindow:
    """The first attempt: a timer of 3 s that nothing restarts, 4,000 numbers in flight, blind to the connection."""

    def __init__(self) -> None:
        self.acknowledged, self._next, self._sent_at = -1, 0, 0.0

    def connected(self, now: float) -> None:
        self._next = self.acknowledged + 1

    def lost(self) -> None:
        pass

    def acknowledge(self, number: int, now: float) -> None:
        self.acknowledged = max(self.acknowledged, number)

    def take(self, highest: int, now: float) -> range:
        if now - self._sent_at > 3:
            self._next, self._sent_at = self.acknowledged + 1, now
        end = min(highest, self.acknowledged + 4_000)
        found = range(self._next, max(self._next, end + 1))
        self._next = found.stop
        return found
