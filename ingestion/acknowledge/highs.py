"""Which numbers of each outbox are in the spool: the highest without a gap, and ranges above it; pure."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

MAX_RANGES = 1_000  # of one outbox: what is forgotten above is sent again by the device
MAX_BOOTS = 64  # of one device: a new outbox at each start is a fault of the device, not a claim on our memory


@dataclass(slots=True)
class Numbers:
    """The numbers of one outbox: 0 … `high`, and `above` that disjoint ranges [begin, end), in order, none adjacent."""

    high: int = -1
    above: list[tuple[int, int]] = field(default_factory=list)
    forgotten: int = 0

    def add(self, seq: int) -> bool:
        """One number is in the spool; False: there are so many gaps that the uppermost range was forgotten for it."""
        if seq == self.high + 1:
            self.high = seq
            if self.above and self.above[0][0] == seq + 1:
                self.high = self.above.pop(0)[1] - 1
        elif seq > self.high:
            return self._insert(seq)
        return True

    def start_from(self, first: int) -> bool:
        """The device holds nothing below `first` any more, so nothing below is waited for; whether that was news."""
        if first <= self.high + 1:
            return False
        self.high = first - 1
        self.above = [(max(begin, first), end) for begin, end in self.above if end > first]
        if self.above and self.above[0][0] == first:
            self.high = self.above.pop(0)[1] - 1
        return True

    def _insert(self, seq: int) -> bool:
        place = bisect_right(self.above, (seq, float("inf")))
        begin, end = seq, seq + 1
        if place and self.above[place - 1][1] >= seq:
            if self.above[place - 1][1] > seq:
                return True
            place -= 1
            begin = self.above.pop(place)[0]
        if place < len(self.above) and self.above[place][0] == end:
            end = self.above.pop(place)[1]
        self.above.insert(place, (begin, end))
        if len(self.above) > MAX_RANGES:
            self.above.pop()
            self.forgotten += 1
            return False
        return True


class Highs:
    """The numbers of every outbox that was heard of, by device and boot. Bounded, whatever the devices send.

    `landed` is asked what is known of an outbox when it is first heard of. `returns`: how often a device went back to
    a boot that another had followed. Outboxes that take turns are two senders under one name.
    """

    def __init__(self) -> None:
        self._devices: dict[str, dict[int, Numbers]] = {}
        self._newest: dict[str, tuple[int, Numbers]] = {}
        self.returns: Counter[str] = Counter()
        self.landed: Callable[[str, int], Numbers] = lambda device, boot: Numbers()

    def of(self, device: str, boot: int) -> Numbers:
        """The numbers of one outbox; now the newest of its device; beyond a limit the oldest is forgotten."""
        newest = self._newest.get(device)
        if newest is not None and newest[0] == boot:
            return newest[1]
        return self._turn_to(device, boot)

    def _turn_to(self, device: str, boot: int) -> Numbers:
        boots = self._devices.setdefault(device, {})
        numbers = boots.pop(boot, None)
        if numbers is None:
            numbers = self.landed(device, boot)
        else:
            self.returns[device] += 1
        boots[boot] = numbers  # at the end: a dict keeps the order
        self._newest[device] = boot, numbers
        if len(boots) > MAX_BOOTS:
            del boots[next(iter(boots))]
        return numbers

    def high(self, device: str, boot: int) -> int:
        """The highest number of one outbox without a gap before it, −1 for none. Changes nothing."""
        numbers = self._devices.get(device, {}).get(boot)
        return -1 if numbers is None else numbers.high

    def boots(self, device: str) -> int:
        """How many outboxes of a device are remembered."""
        return len(self._devices.get(device, ()))

    def newest(self) -> Iterator[tuple[str, int, int]]:
        """Device, boot and high of the outbox that each device used last."""
        for device, (boot, numbers) in self._newest.items():
            yield device, boot, numbers.high

    def to_plain(self) -> list[Any]:
        """As JSON; `from_plain` gives an equal one."""
        return [
            [device, boot, numbers.high, numbers.above]
            for device, boots in self._devices.items()
            for boot, numbers in boots.items()
        ]

    @classmethod
    def from_plain(cls, rows: list[Any]) -> Highs:
        """Reads `to_plain`. Raises ValueError or TypeError for anything else."""
        found = cls()
        for device, boot, high, above in rows:
            ranges = [(int(begin), int(end)) for begin, end in above]
            numbers = Numbers(int(high), ranges)
            found._devices.setdefault(str(device), {})[int(boot)] = numbers
            found._newest[str(device)] = int(boot), numbers
        return found
