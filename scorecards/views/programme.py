"""The front page: how each goal stands, what to look at first, the map of goals and pilots, and the ways on."""

from __future__ import annotations

from dataclasses import dataclass

from scorecards.edition import PROGRAMME, Edition
from scorecards.facts import Scope
from scorecards.figures import URGENCY, Figure, code_of, figure
from scorecards.links import Page
from scorecards.records import Goal, Indicator
from scorecards.views.breakdowns import BreakdownTable, of_programme
from scorecards.views.standing import Cell, Level, Standing, cell, level, standings
from scorecards.voice import Voice

#: How many figures stand on the front page for needing a look.
FIRST = 6


@dataclass(frozen=True)
class GoalLine:
    """A goal at a glance."""

    number: int
    name: str
    href: str
    level: Level | None
    standings: list[Standing]


@dataclass(frozen=True)
class MapRow:
    """A subproject or a pilot across the goals; None where nothing is measured."""

    name: str
    href: str
    cells: list[Cell | None]


@dataclass(frozen=True)
class MapGroup:
    """A subproject, and its pilots by name."""

    whole: MapRow
    pilots: list[MapRow]


@dataclass(frozen=True)
class Place:
    """A way on: a subproject, region or testbed."""

    name: str
    href: str
    lines: list[str]


@dataclass(frozen=True)
class ProgrammePage:
    as_of: str
    guide: str
    goals: list[GoalLine]
    first: list[Figure]
    first_rest: int
    map: list[MapGroup]
    regions: list[Place]
    testbeds: list[Place]
    breakdowns: list[BreakdownTable]


def programme_page(edition: Edition, voice: Voice, page: Page) -> ProgrammePage:
    """The whole programme at a glance."""
    urgent = [
        (URGENCY.index(code), item.indicator_id, item)
        for item in edition.heads
        if (code := code_of(edition.facts(item.indicator_id, PROGRAMME))) in ("behind", "at_risk")
    ]
    urgent.sort(key=lambda found: found[:2])
    return ProgrammePage(
        as_of=voice.instant(edition.manifest.as_of) if edition.manifest.as_of else "",
        guide=page.to("guide"),
        goals=[_goal(edition, voice, page, goal) for goal in edition.goals],
        first=[figure(edition, voice, page, item, PROGRAMME) for *_, item in urgent[:FIRST]],
        first_rest=max(0, len(urgent) - FIRST),
        map=_map(edition, voice, page),
        regions=_regions(edition, voice, page),
        testbeds=_testbeds(edition, voice, page),
        breakdowns=of_programme(edition, voice),
    )


def _goal(edition: Edition, voice: Voice, page: Page, goal: Goal) -> GoalLine:
    indicators = [item for item in edition.indicators if item.goal_id == goal.goal_id]
    return GoalLine(
        goal.goal_id,
        voice.of(goal.name),
        page.to("goal", goal.goal_id),
        level(edition, voice, goal, PROGRAMME),
        standings(edition, voice, indicators, PROGRAMME),
    )


def _map(edition: Edition, voice: Voice, page: Page) -> list[MapGroup]:
    """Subprojects in their order with their pilots by name: nothing here is ranked."""
    groups = []
    for subproject in edition.subprojects.values():
        scope = ("subproject", subproject.subproject_id)
        whole = MapRow(voice.of(subproject.name), page.to_scope(scope), _cells(edition, voice, scope))
        pilots = [item for item in edition.pilots if item.subproject_id == subproject.subproject_id]
        rows = [
            MapRow(
                voice.of(pilot.name),
                page.to("pilot", pilot.pilot_id),
                _cells(edition, voice, ("pilot", pilot.pilot_id)),
            )
            for pilot in pilots
        ]
        groups.append(MapGroup(whole, sorted(rows, key=lambda row: row.name) if page.to("pilot") else []))
    return groups


def _cells(edition: Edition, voice: Voice, scope: Scope) -> list[Cell | None]:
    by_goal: dict[int, list[Indicator]] = {goal.goal_id: [] for goal in edition.goals}
    for item in edition.indicators_of(scope):
        by_goal[item.goal_id].append(item)
    return [cell(edition, voice, by_goal[goal.goal_id], scope) for goal in edition.goals]


def _regions(edition: Edition, voice: Voice, page: Page) -> list[Place]:
    places = []
    for item in edition.regions.values():
        testbeds = [testbed for testbed in edition.testbeds if testbed.region_id == item.region_id]
        pilots = [pilot for pilot in edition.pilots if item.region_id in pilot.regions]
        lines = [
            voice("region.testbeds", n=voice.count(len(testbeds))),
            voice("region.pilots", n=voice.count(len(pilots))),
        ]
        places.append(Place(voice.of(item.name), page.to("region", item.region_id), lines))
    return places


def _testbeds(edition: Edition, voice: Voice, page: Page) -> list[Place]:
    places = []
    for item in edition.testbeds:
        region = edition.regions.get(item.region_id)
        place = f"{item.municipality}, {voice.of(region.name)}" if region else item.municipality
        machines = voice("testbed.machines", n=len(edition.machines_of(item.testbed_id)))
        places.append(Place(voice.of(item.name), page.to("testbed", item.testbed_id), [place, machines]))
    return places
