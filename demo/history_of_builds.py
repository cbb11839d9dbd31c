"""What is known of an invented build besides its log: layers, feedstock, and the inspection that comes weeks later."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

INSPECTED_SINCE, WATCHED_SINCE = date(2026, 9, 1), date(2026, 10, 1)
LAYERS = 24  # as many as make the demonstration quick: each stands for ten of a real build
PART_KG = {"HLL-3": 0.11, "GRP-2": 0.14, "KPA-7": 0.24}
Row = tuple[str, str, list[str]]  # source, month, cells


@dataclass(frozen=True)
class Build:
    """One build as its log has it; times are local."""

    name: str
    machine: Any
    product: str
    begin: datetime
    end: datetime
    outcome: str
    wanted: int
    good: int


def after_builds(builds: list[Build], until: date) -> Iterator[Row]:
    """The rows of the other files; what would be written after `until` is not written yet."""
    watched = [b for b in builds if b.machine.id == "gav-printer-2" and b.begin.date() >= WATCHED_SINCE]
    rows = [
        *(row for build in builds if build.begin.date() >= INSPECTED_SINCE for row in _inspections(build)),
        *(row for build in watched for row in _layers(build)),
        *_feedstock(watched),
    ]
    for source, at, cells in rows:
        if at.date() <= until:
            yield source, f"{at:%Y-%m}", cells


def _inspections(build: Build) -> Iterator[tuple[str, datetime, list[str]]]:
    """One protocol per finished build, 6 to 24 days later; what can be reworked is inspected again after a week."""
    if build.outcome != "Klar":
        return
    chance = random.Random(f"inspection {build.name}")
    at = datetime.combine(build.end.date(), time(14)) + timedelta(days=chance.randint(6, 24))
    again = min(build.good, sum(chance.random() < 0.08 for _ in range(build.good)))
    kilos = PART_KG[build.product]
    first = (build.wanted, build.good - again, build.wanted - build.good, again)
    yield _protocol(build, "1", at, first, "Nej", kilos)
    if again:
        yield _protocol(build, "2", at + timedelta(days=7), (again, again, 0, 0), "Ja", kilos)


def _protocol(
    build: Build, number: str, at: datetime, counts: tuple[int, int, int, int], again: str, kilos: float
) -> tuple[str, datetime, list[str]]:
    cells = [f"K-{build.name}-{number}", build.machine.name, build.name, _clock(at), *map(str, counts), again]
    return "inspections", at, [*cells, _number(kilos * counts[1], 3)]


def _layers(build: Build) -> Iterator[tuple[str, datetime, list[str]]]:
    """The layers of one build; one that failed broke off somewhere."""
    chance = random.Random(f"layers {build.name}")
    done = LAYERS if build.outcome == "Klar" else chance.randint(3, LAYERS - 2)
    step = (build.end - build.begin) * 0.8 / LAYERS
    for number in range(1, done + 1):
        at = (build.begin + (build.end - build.begin) * 0.1 + step * (number - 1)).replace(microsecond=0)
        takes = step * chance.uniform(0.82, 0.98)
        cells = [
            _clock(at), build.machine.name, build.name, str(number), str(LAYERS), _clock(at + takes),
            _number(takes.total_seconds() * chance.uniform(0.7, 0.8), 1), str(int(chance.random() < 0.06)),
            str(int(chance.random() < 0.02)),
        ]  # fmt: skip
        yield "layer-log", at, cells


def _feedstock(builds: list[Build]) -> Iterator[tuple[str, datetime, list[str]]]:
    """Each week a new lot; what comes back from the builds is blended with new material before the next week."""
    post = 0
    lot = week = ""
    left = 0.0
    for build in builds:
        chance = random.Random(f"feedstock {build.name}")
        moves: list[tuple[datetime, str, str, str, float, str, str]] = []
        if f"{build.begin:%G-W%V}" != week:
            week = f"{build.begin:%G-W%V}"
            new, fresh = f"PA12-{week}", build.begin - timedelta(hours=20)
            bought = 12.0 if lot else 25.0
            moves.append((fresh, "Inkommet", new, "", bought, "Ja", ""))
            if lot:
                blend = f"{new}-B"
                moves.append((fresh + timedelta(hours=1), "Blandat", new, blend, bought, "Ja", ""))
                moves.append((fresh + timedelta(hours=1), "Blandat", lot, blend, round(left, 3), "Nej", ""))
                new = blend
            lot, left = new, bought + left
        used = round(PART_KG[build.product] * build.wanted, 3)
        load = round(used * 3 + chance.uniform(0.2, 0.5), 3)
        back = round((load - used) * chance.uniform(0.92, 0.98), 3)
        lost = round(chance.uniform(0.005, 0.03), 3)
        left += back - load
        moves += [
            (build.begin - timedelta(minutes=20), "Laddat", lot, "", load, "", build.name),
            (build.end + timedelta(minutes=40), "Återtaget", lot, "", back, "", build.name),
            (build.end + timedelta(minutes=45), "Kasserat", lot, "", lost, "", build.name),
        ]
        for at, kind, own, into, kilos, virgin, run in moves:
            post += 1
            cells = [f"M-{post:05d}", _clock(at), build.machine.name, kind, own, into, "PA12", _number(kilos, 3)]
            yield "feedstock-log", at, [*cells, virgin, run]


def _clock(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"


def _number(value: float, decimals: int) -> str:
    return f"{value:.{decimals}f}".replace(".", ",")
