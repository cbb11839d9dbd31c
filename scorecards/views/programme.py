"""The programme page: goals × pilots, the programme's own indicators, the testbeds."""

from __future__ import annotations

from dataclasses import dataclass

from scorecards.edition import PROGRAMME, Edition, Scope
from scorecards.figures import URGENCY, Figure, Status, figure, status_of
from scorecards.links import Page
from scorecards.voice import Voice


@dataclass(frozen=True)
class Cell:
    """A goal in a scope: the most urgent status, how many figures stand how, every figure; without figures, why not."""

    column: str
    status: Status | None
    summary: list[str]
    figures: list[Figure]


@dataclass(frozen=True)
class GoalRow:
    number: int
    name: str
    href: str
    cells: list[Cell]


@dataclass(frozen=True)
class Column:
    """A pilot, or the programme itself (without an address: it is this page)."""

    name: str
    href: str
    subproject: str


@dataclass(frozen=True)
class TestbedCard:
    name: str
    href: str
    place: str
    machines: str


@dataclass(frozen=True)
class ProgrammePage:
    columns: list[Column]
    rows: list[GoalRow]
    figures: list[Figure]
    testbeds: list[TestbedCard]


def programme_page(edition: Edition, voice: Voice, page: Page) -> ProgrammePage:
    """The whole programme at a glance."""
    columns = [Column(voice("programme.whole"), "", "")]
    for pilot in edition.pilots:
        subproject = edition.subprojects.get(pilot.subproject_id)
        name = voice.of(subproject.name) if subproject else pilot.subproject_id
        columns.append(Column(voice.of(pilot.name), page.to("pilot", pilot.pilot_id), name))
    scopes: list[Scope] = [PROGRAMME, *(("pilot", pilot.pilot_id) for pilot in edition.pilots)]
    rows = []
    for goal in edition.goals:
        cells = [
            _cell(edition, voice, page, goal.goal_id, scope, column.name)
            for scope, column in zip(scopes, columns, strict=True)
        ]
        rows.append(GoalRow(goal.goal_id, voice.of(goal.name), page.to("goal", goal.goal_id), cells))
    figures = [figure(edition, voice, page, item, PROGRAMME) for item in edition.indicators_of(PROGRAMME)]
    return ProgrammePage(columns, rows, figures, _testbeds(edition, voice, page))


def _cell(edition: Edition, voice: Voice, page: Page, goal: int, scope: Scope, column: str) -> Cell:
    indicators = [item for item in edition.indicators_of(scope) if item.goal_id == goal]
    figures = [figure(edition, voice, page, item, scope) for item in indicators]
    if not figures:
        elsewhere = any(item.goal_id == goal for item in edition.indicators_of(PROGRAMME))
        return Cell(column, None, [voice("status.programme_only" if elsewhere else "status.not_measured")], [])
    codes = [item.status.code for item in figures]
    worst = next(code for code in URGENCY if code in codes)
    return Cell(column, status_of(voice, worst), _summary(voice, codes), figures)


def _summary(voice: Voice, codes: list[str]) -> list[str]:
    """How many keep to the plan of those that have one, and how many have none or cannot be judged: they add up."""
    judged = [code for code in codes if code not in ("not_assessable", "no_target")]
    kept = sum(code in ("ahead", "on_track") for code in judged)
    lines = [voice("cell.kept", kept=kept, judged=len(judged))] if judged else []
    rest = [(code, codes.count(code)) for code in ("no_target", "not_assessable")]
    return [*lines, *(voice(f"cell.{code}", n=n) for code, n in rest if n)]


def _testbeds(edition: Edition, voice: Voice, page: Page) -> list[TestbedCard]:
    cards = []
    for item in edition.testbeds:
        region = edition.regions.get(item.region_id)
        place = f"{item.municipality}, {voice.of(region.name)}" if region else item.municipality
        machines = voice("testbed.machines", n=len(edition.machines_of(item.testbed_id)))
        cards.append(TestbedCard(voice.of(item.name), page.to("testbed", item.testbed_id), place, machines))
    return cards
