"""How a goal or a scope stands: how many indicators have which status, outputs and results apart, and its level."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scorecards.edition import Edition
from scorecards.facts import Scope
from scorecards.figures import JUDGED, KINDS, URGENCY, Figure, code_of, figure
from scorecards.links import Page
from scorecards.records import Goal, Indicator
from scorecards.voice import Voice

#: The order in which counts stand: from ahead of the plan to not measured.
ORDER = ("ahead", "on_track", "at_risk", "behind", "not_assessable", "no_target", "not_measured")


@dataclass(frozen=True)
class Count:
    """How many indicators have a status; `n` is a number, its size in a bar too."""

    code: str
    word: str
    n: int


@dataclass(frozen=True)
class Standing:
    """The indicators of one kind by status; what is context has no status."""

    kind: str
    word: str
    n: int
    counts: list[Count]


@dataclass(frozen=True)
class Level:
    """How far a goal has come, or why that is not told."""

    told: str
    planned: str
    between: str
    why: str


@dataclass(frozen=True)
class KindFigures:
    """The figures of one kind, apart from the others."""

    kind: str
    word: str
    figures: list[Figure]


@dataclass(frozen=True)
class Cell:
    """A goal in a scope at a glance: the status that most needs a look, and how many keep to their plan."""

    code: str
    word: str
    kept: str


def standings(edition: Edition, voice: Voice, indicators: Iterable[Indicator], scope: Scope) -> list[Standing]:
    """One for each kind that occurs; a companion is counted with the indicator that it is of."""
    found = [item for item in indicators if item.of_indicator is None]
    made = []
    for kind in KINDS:
        codes = Counter(code_of(edition.facts(item.indicator_id, scope)) for item in found if item.kind == kind)
        if kind == "context":  # it is followed, and judged by nobody
            codes = Counter(not_measured=codes["not_measured"], followed=codes.total() - codes["not_measured"])
        counts = [Count(code, voice(f"status.{code}"), codes[code]) for code in (*ORDER, "followed") if codes[code]]
        if counts:
            made.append(Standing(kind, voice(f"kind.{kind}"), codes.total(), counts))
    return made


def level(edition: Edition, voice: Voice, goal: Goal, scope: Scope) -> Level | None:
    """The level of a goal in a scope; None where the edition does not form one."""
    row = edition.goal_progress_of(goal.goal_id, scope)
    if row is None:
        return None
    if row.reached is None:
        return Level("", "", "", voice("level.why", n=row.judged, of=row.indicators))
    between = ""
    if row.reached_low is not None and row.reached_high is not None:
        low, high = (voice.tick(round(value * 100), "%") for value in (row.reached_low, row.reached_high))
        between = voice("level.between", low=low, high=high)
    planned = "" if row.planned is None else voice("level.planned", share=voice.tick(round(row.planned * 100), "%"))
    return Level(voice("level.told", share=voice.tick(round(row.reached * 100), "%")), planned, between, "")


def by_kind(
    edition: Edition, voice: Voice, page: Page, indicators: Sequence[Indicator], scope: Scope
) -> list[KindFigures]:
    """The figures of indicators in a scope, outputs, results and context apart, companions under what they are of."""
    return [
        KindFigures(kind, voice(f"kind.{kind}"), [figure(edition, voice, page, item, scope) for item in found])
        for kind in KINDS
        if (found := [item for item in indicators if item.kind == kind])
    ]


def cell(edition: Edition, voice: Voice, indicators: Iterable[Indicator], scope: Scope) -> Cell | None:
    """A goal in a scope; None where nothing of it is measured there. Context does not count, nor do companions."""
    codes = [
        code_of(edition.facts(item.indicator_id, scope))
        for item in indicators
        if item.kind != "context" and item.of_indicator is None
    ]
    if not codes:
        return None
    worst = next(code for code in URGENCY if code in codes)
    judged = [code for code in codes if code in JUDGED]
    kept = sum(code in ("ahead", "on_track") for code in judged)
    told = voice("cell.kept", kept=kept, judged=len(judged)) if judged else ""
    return Cell(worst, voice(f"status.{worst}"), told)
