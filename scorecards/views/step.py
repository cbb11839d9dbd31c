"""The page of a step: each of its indicators against plan, and the same subproject by subproject, pilot by pilot."""

from __future__ import annotations

from dataclasses import dataclass

from scorecards.edition import Edition
from scorecards.facts import Scope
from scorecards.figures import Figure, figure
from scorecards.links import Page
from scorecards.records import Indicator, Step
from scorecards.views.goal import StepBlock, step_block
from scorecards.voice import Voice


@dataclass(frozen=True)
class Column:
    indicator_id: str
    name: str
    href: str


@dataclass(frozen=True)
class PartRow:
    """A part of the programme across the indicators of the step; None where one is not measured there."""

    name: str
    href: str
    figures: list[Figure | None]


@dataclass(frozen=True)
class PartGroup:
    """A subproject and its pilots by name."""

    whole: PartRow
    pilots: list[PartRow]


@dataclass(frozen=True)
class StepPage:
    goal: int
    goal_name: str
    goal_href: str
    step: StepBlock
    columns: list[Column]
    groups: list[PartGroup]


def step_page(edition: Edition, voice: Voice, page: Page, step: Step) -> StepPage:
    """One step of the programme."""
    goal = next(item for item in edition.goals if item.goal_id == step.goal_id)
    items = [
        item
        for item in edition.indicators
        if item.step_id == step.step_id and any(scope[0] in ("subproject", "pilot") for scope in _scopes(edition, item))
    ]
    return StepPage(
        goal.goal_id,
        voice.of(goal.name),
        page.to("goal", goal.goal_id, f"s{step.step_id}"),
        step_block(edition, voice, page, step),
        [Column(item.indicator_id, voice.of(item.name), page.to("indicator", item.indicator_id)) for item in items],
        _groups(edition, voice, page, items) if items else [],
    )


def _scopes(edition: Edition, indicator: Indicator) -> list[Scope]:
    return edition.scopes(indicator.indicator_id) if edition.is_measured(indicator.indicator_id) else []


def _groups(edition: Edition, voice: Voice, page: Page, items: list[Indicator]) -> list[PartGroup]:
    groups = []
    for subproject in edition.subprojects.values():
        whole = _row(edition, voice, page, items, ("subproject", subproject.subproject_id))
        pilots = [item for item in edition.pilots if item.subproject_id == subproject.subproject_id]
        rows = [_row(edition, voice, page, items, ("pilot", pilot.pilot_id)) for pilot in pilots]
        rows = sorted((row for row in rows if any(row.figures)), key=lambda row: row.name)
        if rows or any(whole.figures):
            groups.append(PartGroup(whole, rows))
    return groups


def _row(edition: Edition, voice: Voice, page: Page, items: list[Indicator], scope: Scope) -> PartRow:
    name = edition.name_of(scope)
    figures = [
        figure(edition, voice, page, item, scope) if scope in edition.scopes(item.indicator_id) else None
        for item in items
    ]
    return PartRow(voice.of(name) if name else scope[1], page.to_scope(scope), figures)
