"""What a machine's time was: pieces between all the instants at which anything changed, each looked at on its own."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise, zip_longest

from tests.warehouse.reference.runs import Run, runs_of
from tests.warehouse.reference.said import FIRST, HOURS, ZONE, Machine

Interval = tuple[str, datetime, datetime]
#: ISO 22400 element of a state, with an order open and without one (the standard state map).
ELEMENT = {
    "producing": ("APT", "APT"), "setup": ("AUST", "AUST"), "delayed": ("ADET", "ADOT"), "idle": ("ADET", "ADOT"),
    "down": ("ADET", "ADOT"), "off": ("ADET", "ADOT"), "unknown": (None, None),
}  # fmt: skip


@dataclass(frozen=True)
class Window:
    """Planned operation time on one local day, and what of it is planned downtime, s."""

    day: date
    opens: datetime
    closes: datetime
    downtime_s: int


def intervals(machine: Machine) -> list[Interval]:
    """A state holds until the next one, the newest until the machine's last sign of life; of one instant the last.

    A machine that falls silent for longer than it may is unknown from then on, until it says a state again.
    """
    states = machine.of("state_v1/state")
    if not states:
        return []
    end = max(one.at for one in machine.said)
    edges = [one.at for one in states] + [max(end, states[-1].at)]
    found = [(one.fields["v"], one.at, after) for one, after in zip(states, edges[1:], strict=True)]
    return [part for one in found for part in _heard(machine, *one) if part[1] < part[2]]


def _heard(machine: Machine, state: str, begin: datetime, end: datetime) -> list[Interval]:
    """The interval, or its part in which the machine was heard of, and the unknown rest."""
    if machine.silent_after_s is None or state == "unknown":
        return [(state, begin, end)]
    patience = timedelta(seconds=machine.silent_after_s)
    signs = sorted(one.at for one in machine.said)
    for sign, after in zip_longest(signs, signs[1:]):
        silent_from = sign + patience
        if begin <= sign < end and silent_from < end and (after is None or after > silent_from):
            return [(state, begin, silent_from), ("unknown", silent_from, end)]
    return [(state, begin, end)]


def windows(machine: Machine, days: list[date]) -> list[Window]:
    """The machine's opening hours as instants, in local wall-clock time."""
    return [
        Window(day, _instant(day, opens), _instant(day, closes), downtime * 60)
        for day in days
        for opens, closes, downtime in machine.calendar
    ]


def days_without_plan(machine: Machine, days: list[date]) -> list[date]:
    """The days on which nobody said what was planned: a machine has its calendar always, or none at all."""
    return [] if machine.calendar else days


def _instant(day: date, clock: str) -> datetime:
    if clock == "23:59":  # the end of the day
        return datetime.combine(day + timedelta(days=1), time(), ZONE).astimezone(FIRST.tzinfo)
    return datetime.combine(day, time.fromisoformat(clock), ZONE).astimezone(FIRST.tzinfo)


def elements_by_day(machine: Machine, days: list[date]) -> dict[date, dict[str, int]]:
    """Seconds of each local day by element; OUT_ are those outside runs; KNOWN and RUN those inside planned time."""
    planned = windows(machine, days)
    sums: dict[date, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for window in planned:
        length = _seconds(window.opens, window.closes)
        sums[window.day]["POT"] += length
        sums[window.day]["PBT"] += length - min(window.downtime_s, length)
    runs = runs_of(machine)
    for begin, end, state, run in _pieces(machine, runs, planned):
        day = begin.astimezone(ZONE).date()
        inside = sum(_shared(begin, end, window.opens, window.closes) for window in planned)
        _add(sums[day], state, run, _seconds(begin, end), inside)
    return {day: dict(found) for day, found in sums.items()}


def _add(found: dict[str, int], state: str | None, run: Run | None, seconds: int, inside: int) -> None:
    if run is not None:
        found["RUN"] += inside
    if state is None:
        return
    if state != "unknown":
        found["KNOWN"] += inside
    element = ELEMENT[state][0 if run else 1]
    if element is None:
        return
    counted = inside if element == "ADOT" else seconds  # down time is a part of planned busy time
    found[element] += counted
    if run is None:
        found[f"OUT_{element}"] += counted


def elements_by_run(machine: Machine) -> dict[str, dict[str, int]]:
    """Seconds of each run by element: at any instant the time is that of the run that began last."""
    runs = runs_of(machine)
    sums: dict[str, dict[str, int]] = {run.run_id: defaultdict(int) for run in runs}
    for begin, end, state, run in _pieces(machine, runs, []):
        element = ELEMENT[state][0] if state else None
        if run is not None and element is not None:
            sums[run.run_id][element] += _seconds(begin, end)
    return {run_id: dict(found) for run_id, found in sums.items()}


def _pieces(
    machine: Machine, runs: list[Run], planned: list[Window]
) -> list[tuple[datetime, datetime, str | None, Run | None]]:
    """The time between any two changes, with the state and the run that hold in it."""
    held = intervals(machine)
    edges = {moment for _, begin, end in held for moment in (begin, end)}
    edges |= {moment for run in runs for moment in (run.started_at, run.until)}
    edges |= {moment for window in planned for moment in (window.opens, window.closes)}
    edges |= {_instant(FIRST.date() + timedelta(days=number), "00:00") for number in range(-1, HOURS // 24 + 3)}
    found = []
    for begin, end in pairwise(sorted(edges)):
        state = next((state for state, since, until in held if since <= begin < until), None)
        open_runs = [run for run in runs if run.started_at <= begin < run.until]
        run = max(open_runs, key=lambda run: (run.started_at, run.run_id), default=None)
        found.append((begin, end, state, run))
    return found


def _shared(begin: datetime, end: datetime, since: datetime, until: datetime) -> int:
    return max(0, _seconds(max(begin, since), min(end, until)))


def _seconds(begin: datetime, end: datetime) -> int:
    return round((end - begin).total_seconds())
