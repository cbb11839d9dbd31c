"""The A4 scorecard of a pilot: its machines, its indicators against plan, its runs by outcome."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial

from scorecards.edition import Edition
from scorecards.facts import Scope
from scorecards.figures import Drawing
from scorecards.links import Page
from scorecards.palette import OUTCOME
from scorecards.records import Pilot
from scorecards.svg.bars import stacked_bar
from scorecards.views.standing import KindFigures, by_kind
from scorecards.voice import Voice


@dataclass(frozen=True)
class Machine:
    """A machine for a time and with a share; the time is the allocation's."""

    name: str
    href: str
    testbed: str
    testbed_href: str
    share: str
    span: str


@dataclass(frozen=True)
class Outcome:
    code: str
    word: str
    runs: str
    share: str


@dataclass(frozen=True)
class GoalFigures:
    """The indicators of a scope that feed one goal, outputs, results and context apart."""

    number: int
    name: str
    href: str
    kinds: list[KindFigures]


@dataclass(frozen=True)
class PilotPage:
    name: str
    summary: str
    subproject: str
    regions: str
    span: str
    machines: list[Machine]
    goals: list[GoalFigures]
    runs: str
    outcomes: list[Outcome]
    bar: Drawing | None
    months: str
    subproject_href: str


def pilot_page(edition: Edition, voice: Voice, page: Page, pilot: Pilot) -> PilotPage:
    """One pilot on one sheet."""
    subproject = edition.subprojects.get(pilot.subproject_id)
    regions = [edition.regions[item] for item in pilot.regions if item in edition.regions]
    counts = Counter(edition.outcomes_of(pilot.pilot_id))
    outcomes = _outcomes(voice, counts)
    scope = ("pilot", pilot.pilot_id)
    return PilotPage(
        name=voice.of(pilot.name),
        summary=voice.of(pilot.summary),
        subproject=voice.of(subproject.name) if subproject else pilot.subproject_id,
        regions=", ".join(voice.of(region.name) for region in regions),
        span=f"{voice.short_day(pilot.valid_from)} – {voice.short_day(pilot.valid_to)}",
        machines=_machines(edition, voice, page, pilot),
        goals=goal_figures(edition, voice, page, scope),
        runs=voice.count(counts.total()),
        outcomes=outcomes,
        bar=_bar(voice, counts, outcomes),
        months=page.to("months", f"pilot-{pilot.pilot_id}") if edition.indicators_of(scope) else "",
        subproject_href=page.to("subproject", pilot.subproject_id) if subproject else "",
    )


def _machines(edition: Edition, voice: Voice, page: Page, pilot: Pilot) -> list[Machine]:
    testbeds = {item.testbed_id: item for item in edition.testbeds}
    machines = []
    for item in edition.allocations:
        machine = edition.equipment.get(item.equipment_id)
        if item.pilot_id == pilot.pilot_id and machine is not None:
            testbed = testbeds[machine.testbed_id]
            span = f"{voice.short_day(item.valid_from)} – {voice.short_day(item.valid_to)}"
            href = page.to("testbed", testbed.testbed_id)
            share = voice.tick(item.share * 100, "%")
            own = page.to("machine", machine.equipment_id)
            machines.append(Machine(voice.of(machine.name), own, voice.of(testbed.name), href, share, span))
    return machines


def goal_figures(edition: Edition, voice: Voice, page: Page, scope: Scope) -> list[GoalFigures]:
    """The indicators that are measured in a scope, goal by goal."""
    blocks = []
    for goal in edition.goals:
        items = [item for item in edition.indicators_of(scope) if item.goal_id == goal.goal_id]
        if items:
            kinds = by_kind(edition, voice, page, items, scope)
            blocks.append(GoalFigures(goal.goal_id, voice.of(goal.name), page.to("goal", goal.goal_id), kinds))
    return blocks


def _outcomes(voice: Voice, counts: Counter[str]) -> list[Outcome]:
    whole = counts.total() or 1
    return [
        Outcome(code, voice(f"outcome.{code}"), voice.count(counts[code]), voice.share(counts[code] / whole))
        for code in OUTCOME
    ]


def _bar(voice: Voice, counts: Counter[str], outcomes: list[Outcome]) -> Drawing | None:
    if not counts:
        return None
    said = "; ".join(f"{item.word}: {item.runs}" for item in outcomes)
    parts = [(item.word, counts[item.code], OUTCOME[item.code]) for item in outcomes]
    return partial(stacked_bar, "outcomes", voice("pilot.runs"), said, parts)
