"""Makes the one shape in which every page shows an indicator in a scope: value or reason, plan, status, context."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, partial

from markupsafe import Markup

from scorecards.edition import Edition
from scorecards.facts import Facts, Scope
from scorecards.links import Page
from scorecards.needs import needs_of
from scorecards.records import Indicator, InputCount, Progress, Value
from scorecards.svg.spark import sparkline
from scorecards.voice import Voice

#: Reasons for which an input is left out although it should count: somebody can complete it.
_INCOMPLETE = ("quantity_missing", "planned_time_missing", "calendar_missing", "factor_missing")

#: From what a steering group must look at first to what it need not.
URGENCY = ("behind", "at_risk", "on_track", "ahead", "not_assessable", "no_target", "followed", "not_measured")
#: Statuses that say how a value stands against a target.
JUDGED = ("ahead", "on_track", "at_risk", "behind")
#: What is done, what comes of it, and what the world does meanwhile; they are never added up.
KINDS = ("output", "result", "context")
#: A drawing that is made when a template shows it.
Drawing = Callable[[], Markup]


@dataclass(frozen=True)
class Status:
    """A status as word; `code` names its sign and its style."""

    code: str
    word: str


@dataclass(frozen=True)
class Figure:
    """An indicator in a scope, in words and numbers of one language. Texts are ready to show.

    `companion`: it tells a second thing of the indicator before it. `band`: it shall stay between the two targets.
    """

    indicator_id: str
    kind: str
    companion: bool
    band: bool
    direction: str
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
    spark: Drawing | None


def status_of(voice: Voice, code: str) -> Status:
    """The word and sign of a status code."""
    return Status(code, voice(f"status.{code}"))


def figure(edition: Edition, voice: Voice, page: Page, indicator: Indicator, scope: Scope) -> Figure:
    """The figure of an indicator in a scope, with a link from `page` to where its months stand."""
    facts, name = edition.facts(indicator.indicator_id, scope), indicator.indicator_id
    href = page.to_value(name, scope) if facts.series else page.to("indicator", name)
    key = ("figure", voice.lang, id(facts))
    if (*key, href) not in edition.made:
        if key not in edition.made:
            edition.made[key] = figure_of(voice, facts)
        edition.made[*key, href] = replace(edition.made[key], href=href)
    found: Figure = edition.made[*key, href]
    return found


def figure_of(voice: Voice, facts: Facts) -> Figure:
    """The figure that facts tell, leading nowhere."""
    indicator, value, progress = facts.indicator, facts.shown, facts.progress
    assessable = value is not None and value.assessable and value.value is not None
    unit = indicator.unit
    return Figure(
        indicator_id=indicator.indicator_id,
        kind=indicator.kind,
        companion=indicator.of_indicator is not None,
        band=progress is not None and progress.band_low is not None,
        direction=indicator.direction,
        name=voice.of(indicator.name),
        href="",
        assessable=assessable,
        value=voice.measure(value.value, unit)
        if value and assessable
        else voice("status.not_assessable" if facts.measured else "status.not_measured"),
        unit=unit_of(voice, indicator, value.value if value else None),
        reason="" if assessable else reason_of(voice, facts, value),
        period=voice.period(value.period_start, value.period_end) if value else voice("value.none"),
        open=bool(value and value.is_open),
        status=status_of(voice, code_of(facts)),
        **_plan(voice, unit, progress),
        **_context(voice, indicator, value),
        spark=_spark(_up_to(facts.series, value), voice, indicator, progress),
    )


def code_of(facts: Facts) -> str:
    """The status as every page tells it: that of the edition; without a target, or a value, there is none to tell.

    What is context is followed: it has no target, and nobody is judged by it.
    """
    if not facts.measured:
        return "not_measured"
    if facts.progress is not None:
        return facts.progress.status
    if facts.shown is None or not facts.shown.assessable:
        return "not_assessable"
    return "followed" if facts.indicator.kind == "context" else "no_target"


def unit_of(voice: Voice, indicator: Indicator, value: float | None) -> str:
    """The word that stands beside a number: what is counted, or a unit that has no sign."""
    if indicator.unit == "n":
        return voice.unit(value, indicator.n_unit) if indicator.counts else ""
    return voice.measure_word(value, indicator.unit)


def anchor_of(scope: Scope) -> str:
    """The place of a scope on the page of an indicator."""
    return f"{scope[0]}-{scope[1]}"


def reason_of(voice: Voice, facts: Facts, value: Value | None) -> str:
    """Why there is no number, and what is needed for one, in words."""
    indicator = facts.indicator
    if not facts.measured:
        return voice("reason.needs", what=needs_of(voice, indicator))
    if value is None or value.reason is None:
        return voice("reason.no_data")
    if value.reason == "no_data" and value.n:
        return _incomplete(voice, facts, value)
    if value.reason == "too_few":
        return voice("reason.too_few", least=indicator.n_min, unit=voice.unit(indicator.n_min, indicator.n_unit))
    if value.reason == "low_coverage" and value.coverage is None:
        return voice("reason.unknown_coverage")
    if value.reason == "low_coverage":
        found = voice.share(value.coverage)
        return voice("reason.low_coverage", coverage=found, least=voice.share(indicator.coverage_min))
    if value.reason == "withheld" and (last := _told_last(facts.series, value)) is not None:
        told = voice.measure(last.value, indicator.unit)
        return f"{voice('reason.withheld')} {voice('reason.told_last', value=told, period=_month(voice, last))}"
    return voice.code("reason", value.reason)


def _told_last(series: Sequence[Value], value: Value) -> Value | None:
    """The newest earlier month that is told: it stands until so many have changed that nobody is disclosed."""
    earlier = [row for row in series if row.period_start < value.period_start and row.assessable]
    return earlier[-1] if earlier else None


def _month(voice: Voice, value: Value) -> str:
    return voice.period(value.period_start, value.period_end)


def input_word(voice: Voice, row: InputCount) -> str:
    """What a kind of inputs is called: what records count as that, or what the platform made of machines."""
    return voice.of(row.name) if row.name else voice.code("input", row.input_kind)


def _incomplete(voice: Voice, facts: Facts, value: Value) -> str:
    """Names the inputs that lack something; runs that are still open will be complete by themselves."""
    lacking = [
        f"{input_word(voice, row).lower()}, {voice.code('input.reason', row.reason)}: {row.inputs}"
        for row in facts.inputs_of(value)
        if not row.included and row.reason in _INCOMPLETE
    ]
    if lacking and facts.indicator.how == "metric":
        return voice("reason.metric_incomplete")
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
        "target": _target(voice, unit, progress),
        "target_day": voice.short_day(progress.target_date),
        "expected": voice.measure(progress.expected_value, unit) if progress.band_low is None else "–",
    }


def _target(voice: Voice, unit: str, progress: Progress) -> str:
    """The value to reach, or the two between which it shall lie."""
    if progress.band_low is None or progress.band_high is None:
        return voice.measure(progress.target, unit)
    low, high = voice.measure(progress.band_low, unit), voice.measure(progress.band_high, unit)
    return voice("plan.band", low=low, high=high)


def _context(voice: Voice, indicator: Indicator, value: Value | None) -> dict[str, str]:
    quality = value.quality_state if value else "unjudged"
    return {
        "n": _inputs(voice, indicator, value) if value else "–",
        "coverage": coverage_of(voice, indicator, value),
        "freshness": voice.age(value.freshness_s if value else None),
        "quality": quality,
        "quality_word": voice.code("quality", quality),
    }


def _inputs(voice: Voice, indicator: Indicator, value: Value) -> str:
    told = n_of(voice, indicator, value)
    return told if told == voice("value.n.withheld") else f"{told} {_counted(voice, indicator, value)}"


def _counted(voice: Voice, indicator: Indicator, value: Value) -> str:
    return voice.unit(indicator.n_min if value.n is None else value.n, indicator.n_unit)


def n_of(voice: Voice, indicator: Indicator, value: Value | None) -> str:
    """How many inputs; where they are fewer than the definition asks for, only that."""
    if value is not None and value.n is None:
        if value.reason in ("withheld", "in_confidence"):
            return voice("value.n.withheld")
        return voice("value.n.fewer", least=indicator.n_min) if indicator.n_min > 1 else voice("value.n.none")
    return voice.count(value.n if value else None)


def coverage_of(voice: Voice, indicator: Indicator, value: Value | None) -> str:
    """The coverage as a share; an indicator that asks for none has none, which is not the same as an unknown one."""
    if value is not None and value.coverage is not None:
        return voice.share(value.coverage)
    return voice("value.coverage.unknown" if indicator.coverage_min else "value.coverage.not_used")


def _up_to(series: Sequence[Value], shown: Value | None) -> list[Value]:
    """The months up to the one that is shown: the dot of a trend is the number beside it."""
    return [value for value in series if shown is None or value.period_start <= shown.period_start]


def _spark(series: Sequence[Value], voice: Voice, indicator: Indicator, progress: Progress | None) -> Drawing | None:
    months = months_with_gaps(series)[-12:]
    values = [row.value if row is not None and row.assessable else None for _, row in months]
    known = [(month, value) for (month, _), value in zip(months, values, strict=True) if value is not None]
    if len(known) < 2:
        return None
    said = voice(
        "spark.said",
        first=voice.measure(known[0][1], indicator.unit),
        first_month=voice.month(known[0][0]),
        last=voice.measure(known[-1][1], indicator.unit),
        last_month=voice.month(known[-1][0]),
    )
    aim = progress.target if progress and progress.band_low is None else None
    return cache(partial(sparkline, values, said, aim))  # the same on every page that shows the figure
