"""Places numbers and days on axes, and finds round steps for their marks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Scale:
    """A straight line from [low, high] to [start, end] in drawing units."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Where a value lies; rounded so that a drawing stays small."""
        span = self.high - self.low or 1.0
        return round(self.start + (value - self.low) / span * (self.end - self.start), 1)


def day_scale(first: date, last: date, start: float, end: float) -> Scale:
    """A scale for days by their ordinals."""
    return Scale(first.toordinal(), max(last.toordinal(), first.toordinal() + 1), start, end)


def ticks(low: float, high: float, wanted: int = 4) -> list[float]:
    """Round values (1, 2, 2.5 or 5 times a power of ten) from at or below `low` to at or above `high`."""
    if high - low < 1e-9:  # closer than any axis could show
        high = low + 1
    raw = (high - low) / wanted
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= raw * 0.999999)
    first = math.floor(low / step + 1e-9)
    last = math.ceil(high / step - 1e-9)
    return [round(index * step, 10) for index in range(first, last + 1)]


def month_starts(first: date, last: date, at_most: int = 7) -> list[date]:
    """Firsts of months within the days, thinned evenly until at most so many are left."""
    months = []
    year, month = first.year, first.month
    while (day := date(year, month, 1)) <= last:
        if day >= first:
            months.append(day)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    step = math.ceil(len(months) / at_most) if months else 1
    return months[::step]
