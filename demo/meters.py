"""What the energy meters of the invented machines say, hour by hour: consumption, or where a counter stands."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Stockholm")
HOUR = timedelta(hours=1)
Row = tuple[str, str, list[str]]  # source, month, cells


@dataclass(frozen=True)
class Meter:
    """A meter of one machine. `share`: of the machine's power; `stands_wh`: of a counter, what it begins at.

    `until`: the instant at which it is taken away, `turns_wh`: where it goes round, `fails`: when it loses its count.
    """

    machine: str
    label: str
    begins: datetime
    share: float = 1.0
    until: datetime | None = None
    stands_wh: int | None = None
    turns_wh: int | None = None
    fails: datetime | None = None


def _at(month: int, day: int, hour: int = 0) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=ZONE).astimezone(UTC)


METERS = (
    Meter("dal-press-1", "735999000000000011", _at(5, 1)),
    Meter("dal-press-1", "735999000000000028", _at(5, 1), share=0.2),
    Meter("dal-assembly-1", "735999000000000035", _at(8, 1)),
    Meter("var-machining-1", "735999000000000042", _at(9, 1)),
    Meter("var-packing-1", "PACK-A", _at(5, 1), until=_at(7, 20, 10), stands_wh=99_200_000, turns_wh=100_000_000),
    Meter("var-packing-1", "PACK-B", _at(7, 20, 10), stands_wh=0),
    Meter("gav-printer-1", "PLUGG-1", _at(6, 15), stands_wh=12_400),
    Meter("gav-printer-2", "PLUGG-2", _at(5, 1), stands_wh=208_150, fails=_at(8, 12, 3)),
)


def meter_rows(machine: str, name: str, power: float, used: Mapping[datetime, float], until: date) -> Iterator[Row]:
    """The rows of the machine's meters up to the end of that local day.

    `used` is what it consumed in its open hours, in kWh by local hour; in the others it idles at a tenth of its power.
    """
    end = datetime.combine(until + timedelta(days=1), time(), ZONE).astimezone(UTC)
    for meter in METERS:
        if meter.machine == machine:
            chance = random.Random(f"meter {meter.label}")
            hours = _hours(meter, end, power, used, chance)
            yield from _intervals(meter, hours) if meter.stands_wh is None else _readings(meter, name, hours)


def _hours(
    meter: Meter, end: datetime, power: float, used: Mapping[datetime, float], chance: random.Random
) -> Iterator[tuple[datetime, float]]:
    """Beginning (UTC) and kWh of every hour of the meter: also of the one that the clock shows twice."""
    at = meter.begins
    while at < min(end, meter.until or end):
        idle = power * chance.uniform(0.07, 0.13)
        yield at, meter.share * used.get(_clock(at), idle)
        at += HOUR


def _intervals(meter: Meter, hours: Iterator[tuple[datetime, float]]) -> Iterator[Row]:
    for at, energy in hours:
        wall = _clock(at)
        cells = [f"{wall:%Y-%m-%d %H:%M}", meter.label, f"{energy:.3f}".rstrip("0").rstrip(".").replace(".", ",")]
        yield "energy-log", f"{wall:%Y-%m}", cells


def _readings(meter: Meter, name: str, hours: Iterator[tuple[datetime, float]]) -> Iterator[Row]:
    """The counter at the beginning of each hour, and of the hour after the last: whole Wh."""
    stands, at, energy = float(meter.stands_wh or 0), meter.begins, 0.0
    for begins, energy in hours:
        at = begins
        if at == meter.fails:
            stands = 0.0
        yield _reading(meter, name, at, stands)
        stands += energy * 1000
    yield _reading(meter, name, at + HOUR, stands)


def _reading(meter: Meter, name: str, at: datetime, stands: float) -> Row:
    wall = _clock(at)
    shown = round(stands) % (meter.turns_wh or 10**12)
    return "meter-readings", f"{wall:%Y-%m}", [f"{wall:%Y-%m-%d %H:%M}", meter.label, name, str(shown)]


def _clock(at: datetime) -> datetime:
    """What the clock on the wall shows."""
    return at.astimezone(ZONE).replace(tzinfo=None)
