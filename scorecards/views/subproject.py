"""The page of a subproject: its indicators against plan, and its pilots."""

from __future__ import annotations

from dataclasses import dataclass

from scorecards.edition import Edition
from scorecards.links import Page
from scorecards.records import Subproject
from scorecards.views.breakdowns import BreakdownTable, of_subproject
from scorecards.views.pilot import GoalFigures, goal_figures
from scorecards.voice import Voice


@dataclass(frozen=True)
class PilotLine:
    name: str
    href: str
    summary: str
    regions: str
    span: str


@dataclass(frozen=True)
class SubprojectPage:
    name: str
    months: str
    pilots: list[PilotLine]
    goals: list[GoalFigures]
    breakdowns: list[BreakdownTable]


def subproject_page(edition: Edition, voice: Voice, page: Page, subproject: Subproject) -> SubprojectPage:
    """One subproject."""
    scope = ("subproject", subproject.subproject_id)
    pilots = [
        PilotLine(
            voice.of(item.name),
            page.to("pilot", item.pilot_id),
            voice.of(item.summary),
            ", ".join(voice.of(edition.regions[name].name) for name in item.regions if name in edition.regions),
            f"{voice.short_day(item.valid_from)} – {voice.short_day(item.valid_to)}",
        )
        for item in edition.pilots
        if item.subproject_id == subproject.subproject_id
    ]
    measured = bool(edition.indicators_of(scope))
    return SubprojectPage(
        voice.of(subproject.name),
        page.to("months", f"subproject-{subproject.subproject_id}") if measured else "",
        sorted(pilots, key=lambda pilot: pilot.name),
        goal_figures(edition, voice, page, scope),
        of_subproject(edition, voice, subproject.subproject_id),
    )
