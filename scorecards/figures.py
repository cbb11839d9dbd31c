"""Makes the one shape in which every page shows an indicator in a scope: value or reason, plan, status, context."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from scorecards.edition import Edition, Scope
from scorecards.links import Page
from scorecards.records import Indicator, Progress, Value
from scorecards.svg.marks import status_mark
from scorecards.svg.spark import sparkline
from scorecards.voice import Voice

#: Reasons for which an input is left out although it should count: somebody can complete it.
_INCOMPLETE = ("quantity_missing", "planned_time_missing", "calendar_missing")

#: From what a steering group must look at first to what it need not.
URGENCY = ("behind", "at_risk", "on_track", "ahead", "not_assessable", "no_target")


@dataclass(frozen=True)
class Status:
    """A status as word and sign; `code` also names its style."""

    code: str
    word: str
    mark: Markup


@dataclass(frozen=True)
class Figure:
    """An indicator in a scope, in words and numbers of one language. Texts are ready to show."""

    indicator_id: str
    name: str
    href: str
    assessable: bool
    value: str
    unit: str
    reason: str
    period: str
    open: bool
    status: Status
    baseline: str
    milestone: str
    milestone_day: str
    target: str
    target_day: str
    expected: str
    n: str
    coverage: str
    freshness: str
    quality: str
    quality_word: str
    spark: Markup


def status_of(voice: Voice, code: str) -> Status:
    """The word and sign of a status code."""
    return Status(code, voice(f"status.{code}"), status_mark(code))


def figure(edition: Edition, voice: Voice, page: Page, indicator: Indicator, scope: Scope) -> Figure:
    """The figure of an indicator in a scope, with a link from `page` to where it is explained."""
    value = edition.shown(indicator, scope)
    progress = edition.progress_of(indicator.indicator_id, scope)
    assessable = value is not None and value.assessable and value.value is not None
    unit = indicator.unit
    return Figure(
        indicator_id=indicator.indicator_id,
        name=voice.of(indicator.name),
        href=page.to("indicator", indicator.indicator_id, anchor_of(scope) if value else ""),
        assessable=assessable,
        value=voice.measure(value.value, unit) if value and assessable else voice("status.not_assessable"),
        unit=voice.unit(value.value if value else None, indicator.n_unit) if unit == "n" else "",
        reason="" if assessable else reason_of(edition, voice, indicator, value),
        period=voice.period(value.period_start, value.period_end) if value else voice("value.none"),
        open=bool(value and value.is_open),
        status=status_of(voice, status_code(value, progress)),
        **_plan(voice, unit, progress),
        **_context(voice, indicator, value),
        spark=_spark(_up_to(edition.series(indicator.indicator_id, scope), value), voice, indicator, progress),
    )


def anchor_of(scope: Scope) -> str:
    """The place of a scope on the page of an indicator."""
    return f"{scope[0]}-{scope[1]}"


def status_code(value: Value | None, progress: Progress | None) -> str:
    """The status of the edition; without a target a value has none, and without a value nothing can be assessed."""
    if progress is not None:
        return progress.status
    return "no_target" if value is not None and value.assessable else "not_assessable"


def reason_of(edition: Edition, voice: Voice, indicator: Indicator, value: Value | None) -> str:
    """Why there is no number, and what is needed for one, in words."""
    if value is None or value.reason is None:
        return voice("reason.no_data")
    if value.reason == "no_data" and value.n:
        return _incomplete(edition, voice, value)
    if value.reason == "too_few":
        return voice("reason.too_few", least=indicator.n_min, unit=voice.unit(indicator.n_min, indicator.n_unit))
    if value.reason == "low_coverage" and value.coverage is None:
        return voice("reason.unknown_coverage")
    if value.reason == "low_coverage":
        found = voice.share(value.coverage)
        return voice("reason.low_coverage", coverage=found, least=voice.share(indicator.coverage_min))
    return voice.code("reason", value.reason)


def _incomplete(edition: Edition, voice: Voice, value: Value) -> str:
    """Names the inputs that lack something; runs that are still open will be complete by themselves."""
    lacking = [
        f"{voice.code('input', row.input_kind).lower()}, {voice.code('input.reason', row.reason)}: {row.inputs}"
        for row in edition.inputs_of(value)
        if not row.included and row.reason in _INCOMPLETE
    ]
    return voice("reason.incomplete_named", what="; ".join(lacking)) if lacking else voice("reason.incomplete")


def months_with_gaps(series: Sequence[Value]) -> list[tuple[date, Value | None]]:
    """Every month from the first to the last; None where the edition has no row."""
    rows = {value.period_start: value for value in series}
    if not rows:
        return []
    months, last = [min(rows)], max(rows)
    while months[-1] < last:
        before = months[-1]
        months.append(date(before.year + before.month // 12, before.month % 12 + 1, 1))
    return [(month, rows.get(month)) for month in months]


def _plan(voice: Voice, unit: str, progress: Progress | None) -> dict[str, str]:
    if progress is None:
        return dict.fromkeys(("baseline", "milestone", "milestone_day", "target", "target_day", "expected"), "–")
    return {
        "baseline": voice.measure(progress.baseline, unit),
        "milestone": voice.measure(progress.milestone, unit),
        "milestone_day": voice.short_day(progress.milestone_date),
        "target": voice.measure(progress.target, unit),
        "target_day": voice.short_day(progress.target_date),
        "expected": voice.measure(progress.expected_value, unit),
    }


def _context(voice: Voice, indicator: Indicator, value: Value | None) -> dict[str, str]:
    quality = value.quality_state if value else "unjudged"
    return {
        "n": f"{n_of(voice, indicator, value)} {_counted(voice, indicator, value)}" if value else "–",
        "coverage": coverage_of(voice, indicator, value),
        "freshness": voice.age(value.freshness_s if value else None),
        "quality": quality,
        "quality_word": voice.code("quality", quality),
    }


def _counted(voice: Voice, indicator: Indicator, value: Value) -> str:
    return voice.unit(indicator.n_min if value.n is None else value.n, indicator.n_unit)


def n_of(voice: Voice, indicator: Indicator, value: Value | None) -> str:
    """How many inputs; where they are fewer than the definition asks for, only that."""
    if value is not None and value.n is None:
        return voice("value.n.fewer", least=indicator.n_min)
    return voice.count(value.n if value else None)


def coverage_of(voice: Voice, indicator: Indicator, value: Value | None) -> str:
    """The coverage as a share; an indicator that asks for none has none, which is not the same as an unknown one."""
    if value is not None and value.coverage is not None:
        return voice.share(value.coverage)
    return voice("value.coverage.unknown" if indicator.coverage_min else "value.coverage.not_used")


def _up_to(series: Sequence[Value], shown: Value | None) -> list[Value]:
    """The months up to the one that is shown: the dot of a trend is the number beside it."""
    return [value for value in series if shown is None or value.period_start <= shown.period_start]


def _spark(series: Sequence[Value], voice: Voice, indicator: Indicator, progress: Progress | None) -> Markup:
    months = months_with_gaps(series)[-12:]
    values = [row.value if row is not None and row.assessable else None for _, row in months]
    known = [(month, value) for (month, _), value in zip(months, values, strict=True) if value is not None]
    if len(known) < 2:
        return Markup("")
    said = voice(
        "spark.said",
        first=voice.measure(known[0][1], indicator.unit),
        first_month=voice.month(known[0][0]),
        last=voice.measure(known[-1][1], indicator.unit),
        last_month=voice.month(known[-1][0]),
    )
    return sparkline(values, said, progress.target if progress else None)
