"""What consumption follows from readings, in plain Python: from the definitions, and knowing nothing of the SQL.

Energy in whole millionths of a kWh, as the warehouse cuts it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Reading:
    """What one register said, and its place in what the sender counted; `start` only of an interval."""

    meter: str
    register: str
    at: datetime
    energy: int
    number: int
    start: datetime | None = None


@dataclass(frozen=True)
class Meter:
    """What the registry says: how often it speaks, in s, and where its counter goes round."""

    interval_s: int | None = None
    turns_at: int | None = None


@dataclass(frozen=True)
class Interval:
    """Consumption from `start` to `end`."""

    meter: str
    register: str
    start: datetime
    end: datetime
    energy: int
    method: str
    remark: str | None

    def until(self, instant: datetime) -> int:
        """Its energy up to an instant in it, spread evenly."""
        return self.energy * ((instant - self.start) // MICROSECOND) // ((self.end - self.start) // MICROSECOND)


def intervals(readings: Iterable[Reading], meters: Mapping[str, Meter]) -> Iterator[Interval]:
    """The intervals of every register; none overlaps another of its own."""
    registers: dict[tuple[str, str], list[Reading]] = defaultdict(list)
    for reading in readings:
        registers[reading.meter, reading.register].append(reading)
    for (meter, _), said in registers.items():
        found = [*_differences(said, meters[meter]), *_told(said)]
        yield from _once(found, meters[meter])


def by_day(found: Iterable[Interval]) -> dict[date, int]:
    """Energy by local day."""
    days: dict[date, int] = defaultdict(int)
    for interval in found:
        for start, end in pairwise(_cuts(interval)):
            days[start.astimezone(STOCKHOLM).date()] += interval.until(end) - interval.until(start)
    return dict(days)


def booked(found: Iterable[Interval], runs: Iterable[tuple[datetime, datetime]]) -> dict[date, int]:
    """Energy by the local day on which it is booked: that of a run when it ends, the rest on its own day."""
    listed = list(found)
    days = defaultdict(int, by_day(listed))
    for start, end in runs:
        for interval in listed:
            for first, last in pairwise(_cuts(interval)):
                if first < end and start < last:
                    part = interval.until(min(end, last)) - interval.until(max(start, first))
                    days[first.astimezone(STOCKHOLM).date()] -= part
                    days[end.astimezone(STOCKHOLM).date()] += part
    return dict(days)


def within(found: Iterable[Interval], start: datetime, end: datetime) -> int:
    """Energy between two instants: of each interval, cut at local midnights, the part that lies between them."""
    shared = 0
    for interval in found:
        for first, last in pairwise(_cuts(interval)):
            if first < end and start < last:
                shared += interval.until(min(end, last)) - interval.until(max(start, first))
    return shared


def _holding(said: Iterable[Reading]) -> list[Reading]:
    """Of one instant the reading that was counted last; in the order of time."""
    last: dict[datetime, Reading] = {}
    for reading in sorted(said, key=lambda one: one.number):
        last[reading.at] = reading
    return sorted(last.values(), key=lambda one: one.at)


def _differences(said: list[Reading], meter: Meter) -> Iterator[Interval]:
    for before, after in pairwise(_holding(one for one in said if one.start is None)):
        grown, remark = after.energy - before.energy, None
        if grown < 0:
            fall, turns = -grown, meter.turns_at
            if turns is not None and before.energy <= turns and fall > turns / 2:
                grown, remark = turns - fall, "rolled_over"
            else:
                grown, remark = after.energy, "reset"
        yield Interval(after.meter, after.register, before.at, after.at, grown, "counter", remark)


def _told(said: list[Reading]) -> Iterator[Interval]:
    for one in _holding(one for one in said if one.start is not None):
        if one.start is not None and one.start < one.at:
            yield Interval(one.meter, one.register, one.start, one.at, one.energy, "interval", None)


def _once(found: list[Interval], meter: Meter) -> Iterator[Interval]:
    """Time counts once, for what began first and for the longer of two; the rest keeps its share of the energy."""
    taken: datetime | None = None
    for one in sorted(found, key=lambda one: (one.start, -one.end.timestamp(), one.method)):
        if taken is None or one.end > taken:
            start = max(one.start, taken or one.start)
            remark = one.remark
            if remark is None and meter.interval_s and (one.end - one.start).total_seconds() > 3 * meter.interval_s:
                remark = "long_gap"
            rest = one.energy - one.until(start)
            yield Interval(one.meter, one.register, start, one.end, rest, one.method, remark)
            taken = one.end


def _cuts(interval: Interval) -> list[datetime]:
    """Its beginning, the local midnights in it, its end."""
    cuts, day = [interval.start], interval.start.astimezone(STOCKHOLM).date() + timedelta(days=1)
    while (midnight := datetime.combine(day, time(), STOCKHOLM).astimezone(interval.start.tzinfo)) < interval.end:
        cuts.append(midnight)
        day += timedelta(days=1)
    return [*cuts, interval.end]
