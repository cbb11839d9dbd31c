"""The page of a region: what happens at its testbeds, and what its companies do wherever they do it, side by side."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from scorecards.edition import Edition
from scorecards.figures import KINDS, URGENCY, Figure, figure
from scorecards.links import Page
from scorecards.records import Indicator, Region
from scorecards.views.breakdowns import BreakdownTable, of_region
from scorecards.views.standing import Count
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
    """The indicators of a goal; `counts` say how its numbers stand, for who does not open it."""

    number: int
    name: str
    href: str
    counts: list[Count]
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
            counts = _counts([pair for _, pair in pairs])
            goals.append(GoalPairs(goal.goal_id, voice.of(goal.name), page.to("goal", goal.goal_id), counts, kinds))
    return goals


def _counts(pairs: list[Pair]) -> list[Count]:
    """How the numbers of both columns stand; a companion is counted with the indicator that it is of."""
    figures = [item for pair in pairs if not pair.companion for item in (pair.here, pair.ours) if item is not None]
    words = {item.status.code: item.status.word for item in figures}
    found = Counter(item.status.code for item in figures)
    return [Count(code, words[code], found[code]) for code in URGENCY if found[code]]


def _pair(edition: Edition, voice: Voice, page: Page, item: Indicator, name: str) -> Pair | None:
    here, ours = (
        figure(edition, voice, page, item, scope) if scope in edition.scopes(item.indicator_id) else None
        for scope in (("region", name), ("company_region", name))
    )
    if here is None and ours is None:
        return None
    href = page.to("indicator", item.indicator_id)
    return Pair(voice.of(item.name), item.indicator_id, href, here, ours, item.of_indicator is not None)
