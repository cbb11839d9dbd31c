"""The page of a region: what happens at its testbeds, and what its companies do wherever they do it, side by side."""

from __future__ import annotations

from dataclasses import dataclass

from scorecards.edition import Edition
from scorecards.figures import KINDS, Figure, figure
from scorecards.links import Page
from scorecards.records import Indicator, Region
from scorecards.views.breakdowns import BreakdownTable, of_region
from scorecards.voice import Voice


@dataclass(frozen=True)
class Pair:
    """An indicator by the region of the testbed or activity, and by that of the company; None: not measured so."""

    name: str
    indicator_id: str
    href: str
    here: Figure | None
    ours: Figure | None
    companion: bool


@dataclass(frozen=True)
class KindPairs:
    kind: str
    word: str
    pairs: list[Pair]


@dataclass(frozen=True)
class GoalPairs:
    number: int
    name: str
    href: str
    kinds: list[KindPairs]


@dataclass(frozen=True)
class Entry:
    name: str
    href: str
    place: str


@dataclass(frozen=True)
class RegionPage:
    name: str
    here_months: str
    ours_months: str
    goals: list[GoalPairs]
    testbeds: list[Entry]
    pilots: list[Entry]
    breakdowns: list[BreakdownTable]


def region_page(edition: Edition, voice: Voice, page: Page, region: Region) -> RegionPage:
    """One region (län)."""
    name = region.region_id
    testbeds = [
        Entry(voice.of(item.name), page.to("testbed", item.testbed_id), item.municipality)
        for item in edition.testbeds
        if item.region_id == name
    ]
    pilots = [
        Entry(voice.of(item.name), page.to("pilot", item.pilot_id), _subproject(edition, voice, item.subproject_id))
        for item in edition.pilots
        if name in item.regions
    ]
    return RegionPage(
        voice.of(region.name),
        _months(edition, page, "region", name),
        _months(edition, page, "company_region", name),
        _goals(edition, voice, page, name),
        testbeds,
        sorted(pilots, key=lambda entry: entry.name),
        of_region(edition, voice, name),
    )


def _months(edition: Edition, page: Page, kind: str, name: str) -> str:
    return page.to("months", f"{kind}-{name}") if edition.indicators_of((kind, name)) else ""


def _subproject(edition: Edition, voice: Voice, subproject: str) -> str:
    found = edition.name_of(("subproject", subproject))
    return voice.of(found) if found else subproject


def _goals(edition: Edition, voice: Voice, page: Page, name: str) -> list[GoalPairs]:
    goals = []
    for goal in edition.goals:
        pairs = [
            (item.kind, pair)
            for item in edition.indicators
            if item.goal_id == goal.goal_id and (pair := _pair(edition, voice, page, item, name))
        ]
        kinds = [
            KindPairs(kind, voice(f"kind.{kind}"), found)
            for kind in KINDS
            if (found := [pair for of, pair in pairs if of == kind])
        ]
        if kinds:
            goals.append(GoalPairs(goal.goal_id, voice.of(goal.name), page.to("goal", goal.goal_id), kinds))
    return goals


def _pair(edition: Edition, voice: Voice, page: Page, item: Indicator, name: str) -> Pair | None:
    here, ours = (
        figure(edition, voice, page, item, scope) if scope in edition.scopes(item.indicator_id) else None
        for scope in (("region", name), ("company_region", name))
    )
    if here is None and ours is None:
        return None
    href = page.to("indicator", item.indicator_id)
    return Pair(voice.of(item.name), item.indicator_id, href, here, ours, item.of_indicator is not None)
