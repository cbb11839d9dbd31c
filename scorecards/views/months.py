"""Month by month: every indicator of a scope with its trend against target, and the numbers under the drawing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial

from scorecards.edition import Edition
from scorecards.facts import Facts, Later, Scope
from scorecards.figures import (
    Drawing,
    Figure,
    anchor_of,
    coverage_of,
    figure_of,
    input_word,
    months_with_gaps,
    n_of,
    reason_of,
)
from scorecards.links import Page
from scorecards.records import Indicator, Progress, Value
from scorecards.svg.line import Band, Chart, PlanPoint, Point, line_chart
from scorecards.voice import Voice

#: The scopes with such a page; the months of the programme stand with the indicator.
MONTHS_OF = ("subproject", "region", "company_region", "pilot", "testbed")


@dataclass(frozen=True)
class MonthRow:
    """One month in the table under a chart."""

    month: str
    assessable: bool
    value: str
    reason: str
    open: bool
    parts: str
    n: str
    coverage: str
    quality: str
    quality_word: str


@dataclass(frozen=True)
class InputRow:
    """Inputs of one kind in the month that is shown: taken in, or left out and why."""

    kind: str
    inputs: str
    included: str
    reason: str


@dataclass(frozen=True)
class Block:
    """An indicator in a scope; `name` is what its table is called."""

    name: str
    figure: Figure
    decided_by: str
    chart: Drawing
    narrow: Drawing
    months: list[MonthRow]
    inputs: list[InputRow]


@dataclass(frozen=True)
class TitledBlock:
    """An indicator with its heading, and the command that opens its number down to the messages."""

    anchor: str
    name: str
    href: str
    block: Later
    trace: str


@dataclass(frozen=True)
class GoalBlocks:
    number: int
    name: str
    href: str
    blocks: list[TitledBlock]


@dataclass(frozen=True)
class MonthsPage:
    kind: str
    name: str
    href: str
    goals: list[GoalBlocks]


def months_page(edition: Edition, voice: Voice, page: Page, scope: Scope) -> MonthsPage:
    """The months of all indicators of one scope, goal by goal."""
    goals = []
    for goal in edition.goals:
        items = [item for item in edition.indicators_of(scope) if item.goal_id == goal.goal_id]
        blocks = [titled_block(voice, page, edition.facts(item.indicator_id, scope)) for item in items]
        if blocks:
            goals.append(GoalBlocks(goal.goal_id, voice.of(goal.name), page.to("goal", goal.goal_id), blocks))
    return MonthsPage(voice(f"scope.{scope[0]}"), scope_name(edition, voice, scope), page.to_scope(scope), goals)


def scope_name(edition: Edition, voice: Voice, scope: Scope) -> str:
    """The name of the programme, or of what is a part of it."""
    name = edition.name_of(scope)
    return voice.of(name) if name else voice("programme.whole")


def titled_block(voice: Voice, page: Page, facts: Facts) -> TitledBlock:
    """An indicator in a scope with its name over it; `anchor` is where its figures lead to."""
    name = f"{facts.indicator.indicator_id} {voice.of(facts.indicator.name)}"
    href = page.to("indicator", facts.indicator.indicator_id)
    return TitledBlock(facts.indicator.indicator_id, name, href, Later(block, (voice, facts, name)), trace(page, facts))


def block(voice: Voice, facts: Facts, name: str) -> Block:
    """An indicator in a scope under the heading `name`."""
    progress, shown = facts.progress, figure_of(voice, facts)
    chart = _chart(voice, facts, shown)
    return Block(
        name=name,
        figure=shown,
        decided_by=voice.of(progress.decided_by) if progress else "",
        chart=partial(line_chart, chart, 720, 300),
        narrow=partial(line_chart, chart, 350, 260),
        months=[_month(voice, facts, month, row) for month, row in reversed(months_with_gaps(facts.series))],
        inputs=_inputs(voice, facts),
    )


def _chart(voice: Voice, facts: Facts, shown: Figure) -> Chart:
    indicator = facts.indicator
    said = [f"{shown.period}: {shown.value} {shown.unit}".strip(), shown.status.word]
    if facts.progress is not None:
        said.append(voice("chart.target", value=shown.target, day=shown.target_day))
    scope = voice.of(facts.name) if facts.name else voice("programme.whole")
    return Chart(
        name=f"{anchor_of(facts.scope)}-{indicator.indicator_id}",
        title=f"{voice.of(indicator.name)}, {scope}",
        desc=". ".join(said),
        points=[_point(facts, row) for row in facts.series],
        plan=_plan(voice, indicator, facts.progress),
        tick=partial(voice.tick, unit=indicator.unit),
        month=voice.axis_month,
        gap=voice("status.not_assessable"),
        ceiling=100 if indicator.unit == "%" else None,
        band=_band(voice, indicator.unit, facts.progress),
    )


def _point(facts: Facts, row: Value) -> Point:
    """A count stands at the end of its month or of the edition; a ratio or level in the middle of its month."""
    end = min(row.period_end, facts.as_of_day or row.period_end)
    at = max(end, row.period_start) if facts.indicator.type == "CUM" else row.period_start.replace(day=16)
    return Point(row.period_start, row.period_end, at, row.value if row.assessable else None, row.is_open)


def _plan(voice: Voice, indicator: Indicator, progress: Progress | None) -> list[PlanPoint]:
    if progress is None or progress.band_low is not None:
        return []
    unit = indicator.unit
    points = [PlanPoint(progress.baseline_date, progress.baseline, voice("plan.baseline"))]
    if progress.milestone is not None and progress.milestone_date is not None:
        label = voice("chart.milestone", value=voice.measure(progress.milestone, unit))
        points.append(PlanPoint(progress.milestone_date, progress.milestone, label))
    day = voice.short_day(progress.target_date)
    label = voice("chart.target", value=voice.measure(progress.target, unit), day=day)
    return [*points, PlanPoint(progress.target_date, progress.target, label)]


def _band(voice: Voice, unit: str, progress: Progress | None) -> Band | None:
    """Between what it shall lie; the words stand at its upper edge."""
    if progress is None or progress.band_low is None or progress.band_high is None:
        return None
    low, high = voice.measure(progress.band_low, unit), voice.measure(progress.band_high, unit)
    return Band(progress.band_low, progress.band_high, voice("chart.band", low=low, high=high))


def _month(voice: Voice, facts: Facts, month: date, row: Value | None) -> MonthRow:
    indicator = facts.indicator
    assessable = row is not None and row.assessable and row.value is not None
    quality = row.quality_state if row else "unjudged"
    return MonthRow(
        month=voice.month(month),
        assessable=assessable,
        value=voice.measure(row.value, indicator.unit) if row and assessable else voice("status.not_assessable"),
        reason="" if assessable else reason_of(voice, facts, row),
        open=bool(row and row.is_open),
        parts=_parts(voice, row),
        n=n_of(voice, indicator, row),
        coverage=coverage_of(voice, indicator, row) if row else "–",
        quality=quality,
        quality_word=voice.code("quality", quality),
    )


def _parts(voice: Voice, row: Value | None) -> str:
    """Numerator over denominator of a ratio."""
    if row is None or row.numerator is None or row.denominator is None:
        return "–"
    return f"{voice.decimal(row.numerator)} / {voice.decimal(row.denominator)}"


def _inputs(voice: Voice, facts: Facts) -> list[InputRow]:
    shown = facts.shown
    if shown is None or shown.n is None:  # on too few: what they are is not told either
        return []
    return [
        InputRow(
            kind=_sentence(input_word(voice, row)),
            inputs=voice.count(row.inputs),
            included=voice("input.included" if row.included else "input.excluded"),
            reason=voice.code("input.reason", row.reason) if row.reason else "–",
        )
        for row in facts.inputs_of(shown)
    ]


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def trace(page: Page, facts: Facts) -> str:
    """The command that opens the number shown down to its messages; for those who can run it."""
    if page.audience != "confidential":
        return ""
    where = "" if facts.scope[0] == "programme" else f" --scope {facts.scope[0]}:{facts.scope[1]}"
    period = f" --period {facts.shown.period_start:%Y-%m}" if facts.shown else ""
    return f"bruk trace {facts.indicator.indicator_id}{where}{period}"
