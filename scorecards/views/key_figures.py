"""The metrics of a testbed or machine month by month: each cell a value, or what is missing for one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from scorecards.assessing import short, told, why
from scorecards.edition import Edition
from scorecards.facts import MetricFacts, Scope
from scorecards.figures import Drawing
from scorecards.links import Page
from scorecards.metric_records import Kpi, Metric
from scorecards.svg.spark import sparkline
from scorecards.voice import Voice

MONTHS = 6

#: Shown also where nothing can be assessed (metrics.md: the twelve to build first); others once they have a number.
_FIRST = frozenset(
    {
        "availability", "effectiveness", "quality_ratio", "oee", "nee", "utilisation_efficiency", "first_pass_yield",
        "scrap_ratio", "mtbf", "mttr",
    }
)  # fmt: skip


@dataclass(frozen=True)
class MonthName:
    """A column of the table; `open`: the month was not over when the edition was made."""

    name: str
    open: bool


@dataclass(frozen=True)
class Cell:
    """A month of a key figure: its value, or in a word why there is none, and in full which piece is missing."""

    value: str
    short: str
    why: str


@dataclass(frozen=True)
class KpiRow:
    """A key figure over the months, newest first; `why`, coverage and freshness are those of the newest."""

    name: str
    meaning: str
    href: str
    spark: Drawing | None
    cells: list[Cell]
    why: str
    coverage: str
    freshness: str


@dataclass(frozen=True)
class KeyFigures:
    """The rows that are shown, and how many others cannot be assessed here at all."""

    months: list[MonthName]
    rows: list[KpiRow]
    others: int
    definitions: str


def key_figures(edition: Edition, voice: Voice, page: Page, scope: Scope) -> KeyFigures:
    """All metrics of a scope in its newest months."""
    definitions, facts = edition.metric_facts, edition.kpi_facts(scope)
    there = [metric for metric in definitions.metrics if facts.scope[0] in metric.scopes]
    periods = {kpi.period_start: kpi.period_end for series in facts.kpis.values() for kpi in series[-MONTHS:]}
    months = sorted(periods)[-MONTHS:]
    rows = [_row(voice, page, definitions, metric, facts.kpis[metric.metric_id], months) for metric in there]
    shown = [row for row, metric in zip(rows, there, strict=True) if metric.metric_id in _FIRST or _has_number(row)]
    names = [_month(voice, month, periods[month], facts.as_of_day) for month in reversed(months)]
    return KeyFigures(names, shown, len(rows) - len(shown), page.to("definitions"))


def _month(voice: Voice, start: date, end: date, today: date | None) -> MonthName:
    return MonthName(f"{voice.short_month(start)} {start.year}", today is not None and today <= end)


def _row(
    voice: Voice, page: Page, definitions: MetricFacts, metric: Metric, series: list[Kpi], months: Sequence[date]
) -> KpiRow:
    """One key figure in the months that are shown, oldest first; a month without a row has nothing to tell."""
    rows = {kpi.period_start: kpi for kpi in series}
    kpis = [rows.get(month) for month in months]
    newest = kpis[-1] if kpis else None
    values = [(month, kpi.value if kpi else None) for month, kpi in zip(months, kpis, strict=True)]
    return KpiRow(
        name=voice.of(metric.name),
        meaning=voice.of(metric.description),
        href=page.to("definitions", anchor=metric.metric_id),
        spark=_spark(voice, metric, values),
        cells=[_cell(voice, definitions, metric, kpi) for kpi in reversed(kpis)],
        why=_why(voice, definitions, metric, newest),
        coverage=voice.share(newest.coverage if newest else None),
        freshness=voice.age(newest.freshness_s if newest else None),
    )


def _cell(voice: Voice, definitions: MetricFacts, metric: Metric, kpi: Kpi | None) -> Cell:
    if kpi is None:
        return Cell("–", "", "")
    return Cell(told(voice, metric, kpi.value), short(voice, kpi), _why(voice, definitions, metric, kpi))


def _why(voice: Voice, definitions: MetricFacts, metric: Metric, kpi: Kpi | None) -> str:
    if kpi is None or kpi.assessable:
        return ""
    return voice("kpi.not_assessable", why=why(definitions.elements, voice, metric, kpi))


def _has_number(row: KpiRow) -> bool:
    return any(not cell.short and cell.value != "–" for cell in row.cells)


def _spark(voice: Voice, metric: Metric, series: list[tuple[date, float | None]]) -> Drawing | None:
    known = [(month, value) for month, value in series if value is not None]
    if len(known) < 2:
        return None
    said = voice(
        "spark.said",
        first=told(voice, metric, known[0][1]),
        first_month=voice.month(known[0][0]),
        last=told(voice, metric, known[-1][1]),
        last_month=voice.month(known[-1][0]),
    )
    return partial(sparkline, [value for _, value in series], said, width=96, height=28)
