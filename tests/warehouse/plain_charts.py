"""Control charts in plain Python, from the definitions and with no code of the SQL: what the SQL is held against."""

from __future__ import annotations

import math
import statistics as stats
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import pairwise
from typing import Any

from tests.warehouse.charts import Inspected

#: Of the rules by Western Electric: so many of the last so many points beyond so many standard deviations.
ZONES = ((2, 3, 2.0), (4, 5, 1.0))
STATISTICS = {"xbar_r": "xbar r", "xbar_s": "xbar s", "i_mr": "x mr", "p": "p", "np": "np", "c": "c", "u": "u"}


@dataclass(frozen=True)
class Point:
    """One point of a chart with its limits and which of the four rules it breaks."""

    value: float
    center: float
    lcl: float
    ucl: float
    rules: tuple[bool, bool, bool, bool]


@dataclass(frozen=True)
class Chart:
    """The points of each statistic, and of the reference its mean, sigmas, n and whether it was in control."""

    points: dict[str, list[Point]]
    mean: float
    sigma: float
    overall: float
    n: int
    in_control: bool


Group = list[Inspected]
Received = tuple[datetime, Inspected]


@cache
def c4(n: int) -> float:
    """Mean of the standard deviation of n normal values with standard deviation 1: a quotient of gamma functions."""
    return math.sqrt(2 / (n - 1)) * math.exp(math.lgamma(n / 2) - math.lgamma((n - 1) / 2))


@cache
def range_moments(n: int, half: int = 400) -> tuple[float, float]:
    """Mean and standard deviation of the range of n normal values with standard deviation 1 (d2 and d3).

    E R = ∫ 1 − Φⁿ − (1 − Φ)ⁿ and E R² = 2 ∬ over x < y of 1 − Φ(y)ⁿ − (1 − Φ(x))ⁿ + (Φ(y) − Φ(x))ⁿ, by the trapezoidal
    rule over ±8, of which two step widths take the error of the second order away.
    """
    coarse, fine = _second_moment(n, half // 2), _second_moment(n, half)
    mean = sum(1 - _below(x) ** n - _below(-x) ** n for x in _places(half)) * 8 / half
    return mean, math.sqrt((4 * fine - coarse) / 3 - mean**2)


def _places(half: int) -> list[float]:
    return [8 * place / half for place in range(-half, half + 1)]


@cache
def _below(x: float) -> float:
    return math.erfc(-x / math.sqrt(2)) / 2


def _second_moment(n: int, half: int) -> float:
    below = [(_below(x), 1 - _below(-x) ** n) for x in _places(half)]
    total = 0.0
    for place, (upper, _) in enumerate(below):
        beyond = 1 - upper**n
        inner = sum(beyond - 1 + kept + (upper - lower) ** n for lower, kept in below[:place])
        total += inner + (beyond - 1 + below[place][1]) / 2
    return 2 * total * (8 / half) ** 2


def plain_chart(record: dict[str, Any], received: Sequence[Received]) -> Chart:
    """The chart of one characteristic whose groups are samples, from all inspections in the order of their arrival."""
    known_at = datetime.fromisoformat(record["reference"]["known_at"])
    holes = record["reference"].get("excluded", [])
    last_day = record["reference"]["last_day"]
    now = _groups(record, _holding(received))
    then = [
        group
        for group in _groups(record, _holding([item for item in received if item[0] <= known_at]), last_day)
        if not any(_moment(hole["since"]) <= group[0].at <= _moment(hole["until"]) for hole in holes)
    ]
    base, sigma = _parameters(record["chart"], then)
    values = [float(item.value or 0) for group in then for item in group]
    reference = _points(record, then, base, sigma)
    return Chart(
        points=_points(record, now, base, sigma),
        mean=base,
        sigma=sigma,
        overall=stats.stdev(values),
        n=len(values),
        in_control=not any(any(point.rules) for points in reference.values() for point in points),
    )


def _moment(told: str) -> datetime:
    return datetime.fromisoformat(told)


def _holding(received: Iterable[Received]) -> list[Inspected]:
    """Of the inspections with one name the one that came last."""
    named: dict[str, Inspected] = {}
    for place, (_, item) in enumerate(received):
        named[item.ref or f"nameless {place}"] = item
    return list(named.values())


def _groups(record: dict[str, Any], items: Iterable[Inspected], last_day: str = "9999") -> list[Group]:
    samples: dict[int, Group] = {}
    for item in items:
        mine = item.characteristic == record["id"] and not item.again and item.sample is not None
        if mine and item.sample is not None and record["reference"]["first_day"] <= str(item.at.date()) <= last_day:
            samples.setdefault(item.sample, []).append(item)
    found = [sorted(group, key=lambda item: item.at) for group in samples.values()]
    return sorted(found, key=lambda group: (group[0].at, group[0].sample))


def _values(group: Group) -> list[float]:
    return [float(item.value or 0) for item in group]


def _units(chart: str, group: Group) -> float:
    return sum(item.inspected or 0 for item in group) if chart in ("p", "np", "u") else len(group)


def _parameters(chart: str, groups: list[Group]) -> tuple[float, float]:
    units = sum(_units(chart, group) for group in groups)
    scrap = sum(item.scrap or 0 for group in groups for item in group)
    defects = sum(item.defects or 0 for group in groups for item in group)
    if chart in ("p", "np"):
        return scrap / units, math.sqrt(scrap / units * (1 - scrap / units))
    if chart in ("c", "u"):
        base = defects / (len(groups) if chart == "c" else units)
        return base, math.sqrt(base)
    values = [_values(group) for group in groups]
    mean = stats.fmean(value for group in values for value in group)
    if chart == "xbar_s":
        return mean, stats.fmean(stats.stdev(group) / c4(len(group)) for group in values if len(group) > 1)
    if chart == "xbar_r":
        spans = [(max(group) - min(group)) / range_moments(len(group))[0] for group in values if len(group) > 1]
        return mean, stats.fmean(spans)
    moves = [abs(after[0] - before[0]) for before, after in pairwise(values)]
    return mean, stats.fmean(moves) / range_moments(2)[0]


def _points(record: dict[str, Any], groups: list[Group], base: float, sigma: float) -> dict[str, list[Point]]:
    found = {}
    for statistic in STATISTICS[record["chart"]].split():
        measured = list(_measured(record["chart"], statistic, groups))
        drawn = [(value, *_expected(statistic, n, base, sigma)) for value, n in measured]
        found[statistic] = [_judged(record, statistic, drawn, place) for place in range(len(drawn))]
    return found


def _measured(chart: str, statistic: str, groups: list[Group]) -> Iterable[tuple[float, float]]:
    if statistic == "mr":
        return [(abs(_values(b)[0] - _values(a)[0]), 2) for a, b in pairwise(groups)]
    told = [group for group in groups if statistic not in ("r", "s") or len(group) > 1]
    return [(_measure(statistic, group), _units(chart, group)) for group in told]


def _measure(statistic: str, group: Group) -> float:
    values = _values(group)
    units = sum(item.inspected or 0 for item in group)
    scrap, defects = sum(item.scrap or 0 for item in group), sum(item.defects or 0 for item in group)
    if statistic in ("xbar", "x"):
        return stats.fmean(values)
    if statistic in ("r", "s"):
        return max(values) - min(values) if statistic == "r" else stats.stdev(values)
    if statistic in ("p", "np"):
        return scrap / units if statistic == "p" else scrap
    return defects / units if statistic == "u" else defects


def _expected(statistic: str, n: float, base: float, sigma: float) -> tuple[float, float]:
    """Where the statistic is expected, and its standard deviation."""
    if statistic in ("r", "mr"):
        d2, d3 = range_moments(int(n))
        return d2 * sigma, d3 * sigma
    if statistic == "s":
        return c4(int(n)) * sigma, math.sqrt(1 - c4(int(n)) ** 2) * sigma
    if statistic == "np":
        return n * base, sigma * math.sqrt(n)
    return base, sigma / math.sqrt(n) if statistic in ("xbar", "p", "u") else sigma


def _judged(record: dict[str, Any], statistic: str, drawn: list[tuple[float, float, float]], place: int) -> Point:
    value, center, deviation = drawn[place]
    low, high = center - 3 * deviation, center + 3 * deviation
    if statistic not in ("xbar", "x"):
        low = max(low, 0.0)
    high = min(high, {"p": 1.0}.get(statistic, math.inf))
    zones = statistic not in ("r", "s", "mr")
    away = [(one - middle) / spread for one, middle, spread in drawn[: place + 1]]
    two, four = (zones and any(_crowd(away, sign, *zone) for sign in (1, -1)) for zone in ZONES)
    run = zones and any(_run(away, sign, record.get("run_length", 8)) for sign in (1, -1))
    return Point(value, center, low, high, (value > high or value < low, two, four, run))


def _crowd(away: list[float], sign: int, wanted: int, among: int, beyond: float) -> bool:
    """The last point and enough of those before it lie beyond, on this side."""
    return sign * away[-1] > beyond and sum(sign * z > beyond for z in away[-among:]) >= wanted


def _run(away: list[float], sign: int, length: int) -> bool:
    return len(away) >= length and all(sign * z > 0 for z in away[-length:])
