"""The page of an indicator: what it means, and in every scope its trend against target with the numbers beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from scorecards.edition import Edition, Scope
from scorecards.figures import Figure, anchor_of, coverage_of, figure, months_with_gaps, n_of, reason_of
from scorecards.links import Page
from scorecards.records import Indicator, Progress, Value
from scorecards.svg.line import Chart, PlanPoint, Point, line_chart
from scorecards.voice import Voice


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
class ScopeBlock:
    anchor: str
    name: str
    href: str
    figure: Figure
    decided_by: str
    chart: Markup
    narrow: Markup
    months: list[MonthRow]
    inputs: list[InputRow]
    trace: str


@dataclass(frozen=True)
class IndicatorPage:
    indicator_id: str
    name: str
    goal: int
    goal_href: str
    step: str
    formula: str
    version: str
    unit: str
    kind: str
    direction: str
    erdf_code: str
    source: str
    limits: str
    notes: str
    blocks: list[ScopeBlock]


def indicator_page(edition: Edition, voice: Voice, page: Page, indicator: Indicator) -> IndicatorPage:
    """One indicator, opened."""
    step = next((item for item in edition.steps if item.step_id == indicator.step_id), None)
    n_unit = voice.of(indicator.n_unit)
    least = voice.unit(indicator.n_min, indicator.n_unit)
    limits = voice("indicator.limits", n=indicator.n_min, unit=least, coverage=voice.share(indicator.coverage_min))
    return IndicatorPage(
        indicator_id=indicator.indicator_id,
        name=voice.of(indicator.name),
        goal=indicator.goal_id,
        goal_href=page.to("goal", indicator.goal_id, f"s{indicator.step_id}"),
        step=f"{indicator.step_id} {voice.of(step.text)}" if step else indicator.step_id,
        formula=voice.of(indicator.formula),
        version=indicator.version,
        unit="%" if indicator.unit == "%" else voice("indicator.unit.n", unit=n_unit),
        kind=voice.code("indicator.type", indicator.type),
        direction=voice.code("indicator.direction", indicator.direction),
        erdf_code=indicator.code or "–",
        source=voice.of(indicator.source),
        limits=limits,
        notes=voice.of(indicator.notes),
        blocks=[_block(edition, voice, page, indicator, scope) for scope in edition.scopes(indicator.indicator_id)],
    )


def scope_name(edition: Edition, voice: Voice, scope: Scope) -> str:
    """The name of the programme, of a pilot or of a testbed."""
    kind, name = scope
    for pilot in edition.pilots:
        if kind == "pilot" and pilot.pilot_id == name:
            return voice.of(pilot.name)
    for testbed in edition.testbeds:
        if kind == "testbed" and testbed.testbed_id == name:
            return voice.of(testbed.name)
    return voice("programme.whole")


def _block(edition: Edition, voice: Voice, page: Page, indicator: Indicator, scope: Scope) -> ScopeBlock:
    series = edition.series(indicator.indicator_id, scope)
    progress = edition.progress_of(indicator.indicator_id, scope)
    shown = figure(edition, voice, page, indicator, scope)
    chart = _chart(edition, voice, indicator, scope, shown)
    return ScopeBlock(
        anchor=anchor_of(scope),
        name=scope_name(edition, voice, scope),
        href=page.to(scope[0], scope[1]) if scope[0] != "programme" else page.to("programme"),
        figure=shown,
        decided_by=voice.of(progress.decided_by) if progress else "",
        chart=line_chart(chart, 720, 300),
        narrow=line_chart(chart, 350, 260),
        months=[_month(edition, voice, indicator, month, row) for month, row in reversed(months_with_gaps(series))],
        inputs=_inputs(edition, voice, indicator, scope),
        trace=_trace(edition, indicator, scope),
    )


def _chart(
    edition: Edition,
    voice: Voice,
    indicator: Indicator,
    scope: Scope,
    shown: Figure,
) -> Chart:
    progress = edition.progress_of(indicator.indicator_id, scope)
    title = f"{voice.of(indicator.name)}, {scope_name(edition, voice, scope)}"
    said = [f"{shown.period}: {shown.value} {shown.unit}".strip(), shown.status.word]
    if progress is not None:
        said.append(voice("chart.target", value=shown.target, day=shown.target_day))
    return Chart(
        name=anchor_of(scope),
        title=title,
        desc=". ".join(said),
        points=[_point(edition, indicator, row) for row in edition.series(indicator.indicator_id, scope)],
        plan=_plan(voice, indicator, progress),
        tick=lambda value: voice.tick(value, indicator.unit),
        month=voice.axis_month,
        gap=voice("status.not_assessable"),
        ceiling=100 if indicator.unit == "%" else None,
    )


def _point(edition: Edition, indicator: Indicator, row: Value) -> Point:
    """A count stands at the end of its month or of the edition; a ratio or level in the middle of its month."""
    end = min(row.period_end, edition.manifest.as_of_day or row.period_end)
    at = max(end, row.period_start) if indicator.type == "CUM" else row.period_start.replace(day=16)
    return Point(row.period_start, row.period_end, at, row.value if row.assessable else None, row.is_open)


def _plan(voice: Voice, indicator: Indicator, progress: Progress | None) -> list[PlanPoint]:
    if progress is None:
        return []
    unit = indicator.unit
    points = [PlanPoint(progress.baseline_date, progress.baseline, voice("plan.baseline"))]
    if progress.milestone is not None and progress.milestone_date is not None:
        label = voice("chart.milestone", value=voice.measure(progress.milestone, unit))
        points.append(PlanPoint(progress.milestone_date, progress.milestone, label))
    day = voice.short_day(progress.target_date)
    label = voice("chart.target", value=voice.measure(progress.target, unit), day=day)
    return [*points, PlanPoint(progress.target_date, progress.target, label)]


def _month(edition: Edition, voice: Voice, indicator: Indicator, month: date, row: Value | None) -> MonthRow:
    assessable = row is not None and row.assessable and row.value is not None
    quality = row.quality_state if row else "unjudged"
    return MonthRow(
        month=voice.month(month),
        assessable=assessable,
        value=voice.measure(row.value, indicator.unit) if row and assessable else voice("status.not_assessable"),
        reason="" if assessable else reason_of(edition, voice, indicator, row),
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


def _inputs(edition: Edition, voice: Voice, indicator: Indicator, scope: Scope) -> list[InputRow]:
    shown = edition.shown(indicator, scope)
    if shown is None or shown.n is None:  # on too few: what they are is not told either
        return []
    return [
        InputRow(
            kind=voice.code("input", row.input_kind),
            inputs=voice.count(row.inputs),
            included=voice("input.included" if row.included else "input.excluded"),
            reason=voice.code("input.reason", row.reason) if row.reason else "–",
        )
        for row in edition.inputs_of(shown)
    ]


def _trace(edition: Edition, indicator: Indicator, scope: Scope) -> str:
    """The command that opens the number shown down to its messages."""
    shown = edition.shown(indicator, scope)
    where = "" if scope[0] == "programme" else f" --scope {scope[0]}:{scope[1]}"
    return f"bruk trace {indicator.indicator_id}{where}" + (f" --period {shown.period_start:%Y-%m}" if shown else "")
