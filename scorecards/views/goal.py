"""The page of a goal: how it stands, and its five steps with their indicators; a step that nobody measures says so."""

from __future__ import annotations

from dataclasses import dataclass

from scorecards.edition import PROGRAMME, Edition
from scorecards.figures import Figure, figure
from scorecards.links import Page
from scorecards.needs import Need, needs
from scorecards.records import Goal, Step
from scorecards.views.standing import KindFigures, Level, Standing, by_kind, level, standings
from scorecards.voice import Voice


@dataclass(frozen=True)
class Lacking:
    """An indicator that nobody has reported, with what would bring it."""

    figure: Figure
    needs: list[Need]


@dataclass(frozen=True)
class StepBlock:
    """A step with the programme's figures that are measured, and what would bring the others."""

    step_id: str
    text: str
    href: str
    kinds: list[KindFigures]
    lacking: list[Lacking]


@dataclass(frozen=True)
class GoalPage:
    number: int
    name: str
    measured: str
    level: Level | None
    standings: list[Standing]
    steps: list[StepBlock]


def goal_page(edition: Edition, voice: Voice, page: Page, goal: Goal) -> GoalPage:
    """One goal with its steps in the order of the programme text."""
    steps = [item for item in edition.steps if item.goal_id == goal.goal_id]
    blocks = [step_block(edition, voice, page, item) for item in steps]
    indicators = [item for item in edition.indicators if item.goal_id == goal.goal_id]
    return GoalPage(
        goal.goal_id,
        voice.of(goal.name),
        voice("goal.measured", n=sum(bool(block.kinds) for block in blocks), of=len(blocks)),
        level(edition, voice, goal, PROGRAMME),
        standings(edition, voice, indicators, PROGRAMME),
        blocks,
    )


def step_block(edition: Edition, voice: Voice, page: Page, step: Step) -> StepBlock:
    """One step: what is measured apart from what is not measured yet, which names the file that would bring it."""
    items = [item for item in edition.indicators if item.step_id == step.step_id]
    measured = [item for item in items if edition.is_measured(item.indicator_id)]
    return StepBlock(
        step.step_id,
        voice.of(step.text),
        page.to("step", step.step_id),
        by_kind(edition, voice, page, measured, PROGRAMME),
        [
            Lacking(figure(edition, voice, page, item, PROGRAMME), needs(voice, page, item))
            for item in items
            if item not in measured
        ],
    )
