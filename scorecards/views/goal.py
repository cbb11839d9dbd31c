"""The page of a goal: its five steps, with their indicators or the words that nothing is measured yet."""

from __future__ import annotations

from dataclasses import dataclass

from scorecards.edition import PROGRAMME, Edition
from scorecards.figures import Figure, figure
from scorecards.links import Page
from scorecards.records import Goal, Indicator
from scorecards.texts import catalogue
from scorecards.voice import Voice


@dataclass(frozen=True)
class ScopeFigure:
    """A figure with the name of the pilot it is about."""

    scope: str
    figure: Figure


@dataclass(frozen=True)
class StepIndicator:
    """The programme's figure of an indicator (if it is measured there) and those of the pilots."""

    name: str
    whole: Figure
    pilots: list[ScopeFigure]


@dataclass(frozen=True)
class StepBlock:
    """A step of the programme; without indicators, `needed` says what measuring it would take."""

    step_id: str
    text: str
    needed: str
    indicators: list[StepIndicator]


@dataclass(frozen=True)
class GoalPage:
    number: int
    name: str
    measured: str
    steps: list[StepBlock]


def goal_page(edition: Edition, voice: Voice, page: Page, goal: Goal) -> GoalPage:
    """One goal with its steps in the order of the programme text."""
    blocks = []
    for step in (item for item in edition.steps if item.goal_id == goal.goal_id):
        indicators = [item for item in edition.indicators if item.step_id == step.step_id]
        found = [_indicator(edition, voice, page, item) for item in indicators]
        blocks.append(StepBlock(step.step_id, voice.of(step.text), _needed(voice, step.step_id), found))
    measured = voice("goal.measured", n=sum(bool(block.indicators) for block in blocks), of=len(blocks))
    return GoalPage(goal.goal_id, voice.of(goal.name), measured, blocks)


def _needed(voice: Voice, step: str) -> str:
    key = f"step.needed.{step}"
    return voice("step.needed", what=voice(key if key in catalogue() else "step.needed.general"))


def _indicator(edition: Edition, voice: Voice, page: Page, indicator: Indicator) -> StepIndicator:
    pilots = [
        ScopeFigure(voice.of(pilot.name), figure(edition, voice, page, indicator, ("pilot", pilot.pilot_id)))
        for pilot in edition.pilots
        if edition.series(indicator.indicator_id, ("pilot", pilot.pilot_id))
    ]
    return StepIndicator(voice.of(indicator.name), figure(edition, voice, page, indicator, PROGRAMME), pilots)
