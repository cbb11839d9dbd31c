"""The months of a machine in hours of each state, and in stops: what was known, and what was not."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from scorecards.edition import Edition
from scorecards.figures import Drawing
from scorecards.palette import STATE
from scorecards.svg.bars import stacked_bar
from scorecards.voice import Voice

MONTHS = 6
_STATES = {"production": "APT", "setup": "AUST", "delay": "ADET", "down": "ADOT"}
_STOPS = ("STOPS", "STOPS_UNPLANNED", "STOPS_CODED")


@dataclass(frozen=True)
class StateMonth:
    """Hours of one month by state; a dash where nobody told."""

    month: str
    hours: list[str]
    planned: str
    bar: Drawing | None


@dataclass(frozen=True)
class StopMonth:
    month: str
    numbers: list[str]


def state_months(edition: Edition, voice: Voice, machine: str) -> list[StateMonth]:
    """The newest months first; empty where the states of the machine never came in."""
    found = []
    for start, sums in reversed(list(edition.months_of(machine).items())[-MONTHS:]):
        seconds = {state: sums.get(element) for state, element in _STATES.items()}
        if any(value is not None for value in seconds.values()):
            hours = [voice.decimal(_hours(value)) for value in seconds.values()]
            planned = voice.decimal(_hours(sums.get("PBT")))
            found.append(
                StateMonth(voice.month(start), hours, planned, _bar(voice, machine, voice.month(start), seconds))
            )
    return found


def stop_months(edition: Edition, voice: Voice, machine: str) -> list[StopMonth]:
    """Stops in all, unplanned ones, and those with a reason; empty where no stop was ever told."""
    found = []
    for start, sums in reversed(list(edition.months_of(machine).items())[-MONTHS:]):
        numbers = [sums.get(element) for element in _STOPS]
        if any(value is not None for value in numbers):
            found.append(StopMonth(voice.month(start), [voice.count(value) for value in numbers]))
    return found


def _hours(seconds: float | None) -> float | None:
    return None if seconds is None else seconds / 3600


def _bar(voice: Voice, machine: str, month: str, seconds: dict[str, float | None]) -> Drawing | None:
    parts = [
        (voice(f"state.{state}"), round((value or 0) / 360) / 10, STATE[state]) for state, value in seconds.items()
    ]
    if not sum(number for _, number, _ in parts):
        return None
    said = "; ".join(f"{word}: {voice.decimal(number)} h" for word, number, _ in parts)
    name = f"states-{machine}-{month.replace(' ', '-')}"
    return partial(stacked_bar, name, voice("machine.states.of", month=month), said, parts, 320)
