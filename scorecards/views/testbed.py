"""The page of a testbed: machines, key figures by month, coverage by day, the latest runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from scorecards.assessing import short, told, why
from scorecards.edition import Edition, Scope
from scorecards.figures import Figure, figure
from scorecards.links import Page
from scorecards.metric_records import Kpi, Metric
from scorecards.records import CoverageDay, Equipment, Month, Run, Testbed
from scorecards.svg.bars import coverage_strip
from scorecards.svg.spark import sparkline
from scorecards.views.control import ControlChart, control_charts
from scorecards.voice import Voice

MONTHS, DAYS, RUNS = 8, 120, 12

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
    """A month of a key figure: its value, or a word for why there is none."""

    value: str
    short: str


@dataclass(frozen=True)
class KpiRow:
    """A key figure over the months, newest first; `why`, coverage and freshness are those of the newest."""

    name: str
    meaning: str
    href: str
    spark: Markup
    cells: list[Cell]
    why: str
    coverage: str
    freshness: str


@dataclass(frozen=True)
class MachineStrip:
    """A machine with its coverage by day; `known` sums the planned time of the days shown."""

    name: str
    kind: str
    place: str
    pilots: str
    known: str
    strip: Markup
    first: str
    last: str


@dataclass(frozen=True)
class RunRow:
    started: str
    machine: str
    reference: str
    product: str
    outcome: str
    outcome_word: str
    duration: str
    good: str


@dataclass(frozen=True)
class TestbedPage:
    name: str
    region: str
    municipality: str
    kind: str
    months: list[MonthName]
    kpis: list[KpiRow]
    others: int
    definitions: str
    machines: list[MachineStrip]
    figures: list[Figure]
    runs: list[RunRow]
    charts: list[ControlChart]


def testbed_page(edition: Edition, voice: Voice, page: Page, testbed: Testbed) -> TestbedPage:
    """One testbed."""
    region = edition.regions.get(testbed.region_id)
    months = edition.testbed_months.get(testbed.testbed_id, [])[-MONTHS:]
    machines = edition.machines_of(testbed.testbed_id)
    scope = ("testbed", testbed.testbed_id)
    starts = [month.period_start for month in months]
    told_of = [metric for metric in edition.metrics if "testbed" in metric.scopes]
    rows = [_kpi(edition, voice, page, metric, scope, starts) for metric in told_of]
    shown = [row for row, metric in zip(rows, told_of, strict=True) if metric.metric_id in _FIRST or _has_number(row)]
    return TestbedPage(
        name=voice.of(testbed.name),
        region=voice.of(region.name) if region else testbed.region_id,
        municipality=testbed.municipality,
        kind=voice.code("testbed_kind", testbed.kind),
        months=[_month(edition, voice, month) for month in reversed(months)],
        kpis=shown,
        others=len(rows) - len(shown),
        definitions=page.to("definitions"),
        machines=[_machine(edition, voice, item) for item in machines],
        figures=[figure(edition, voice, page, item, scope) for item in edition.indicators_of(scope)],
        runs=_runs(edition, voice, machines),
        charts=control_charts(edition, voice, machines),
    )


def _month(edition: Edition, voice: Voice, month: Month) -> MonthName:
    name = f"{voice.short_month(month.period_start)} {month.period_start.year}"
    return MonthName(name, not edition.is_over(month.period_end))


def _kpi(edition: Edition, voice: Voice, page: Page, metric: Metric, scope: Scope, months: list[date]) -> KpiRow:
    """One key figure in the months that are shown, oldest first; a month without a row has nothing to tell."""
    rows = {kpi.period_start: kpi for kpi in edition.kpi_series(metric.metric_id, scope)}
    kpis = [rows.get(month) for month in months]
    newest = kpis[-1] if kpis else None
    values = [(month, kpi.value if kpi else None) for month, kpi in zip(months, kpis, strict=True)]
    cells = [Cell(told(voice, metric, kpi.value), short(voice, kpi)) if kpi else Cell("–", "") for kpi in kpis]
    return KpiRow(
        name=voice.of(metric.name),
        meaning=voice.of(metric.description),
        href=page.to("definitions", anchor=metric.metric_id),
        spark=_spark(voice, metric, values),
        cells=list(reversed(cells)),
        why=_why(edition, voice, metric, newest),
        coverage=voice.share(newest.coverage if newest else None),
        freshness=voice.age(newest.freshness_s if newest else None),
    )


def _why(edition: Edition, voice: Voice, metric: Metric, kpi: Kpi | None) -> str:
    if kpi is None or kpi.assessable:
        return ""
    return voice("kpi.not_assessable", why=why(edition, voice, metric, kpi))


def _has_number(row: KpiRow) -> bool:
    return any(not cell.short and cell.value != "–" for cell in row.cells)


def _spark(voice: Voice, metric: Metric, series: list[tuple[date, float | None]]) -> Markup:
    known = [(month, value) for month, value in series if value is not None]
    if len(known) < 2:
        return Markup("")
    said = voice(
        "spark.said",
        first=told(voice, metric, known[0][1]),
        first_month=voice.month(known[0][0]),
        last=told(voice, metric, known[-1][1]),
        last_month=voice.month(known[-1][0]),
    )
    return sparkline([value for _, value in series], said, width=96, height=28)


def _machine(edition: Edition, voice: Voice, machine: Equipment) -> MachineStrip:
    days = edition.coverage.get(machine.equipment_id, [])[-DAYS:]
    planned = sum(float(day.planned_s or 0) for day in days)
    known = sum(float(day.known_s or 0) for day in days)
    pilots = {item.pilot_id for item in edition.allocations if item.equipment_id == machine.equipment_id}
    name = voice.of(machine.name)
    share = voice.share(known / planned if planned else None)
    strip = Markup("")
    if days:
        desc = voice("coverage.said", share=share, days=len(days))
        title = voice("coverage.title", machine=name)
        strip = coverage_strip(f"strip-{machine.equipment_id}", title, desc, [_day(voice, day) for day in days])
    return MachineStrip(
        name=name,
        kind=voice.code("equipment_kind", machine.kind),
        place=f"{machine.area} / {machine.work_centre} / {machine.work_unit}",
        pilots=", ".join(voice.of(pilot.name) for pilot in edition.pilots if pilot.pilot_id in pilots) or "–",
        known=share,
        strip=strip,
        first=voice.short_day(days[0].day) if days else "",
        last=voice.short_day(days[-1].day) if days else "",
    )


def _day(voice: Voice, day: CoverageDay) -> tuple[float | None, str]:
    coverage = day.coverage if day.planned_s else None
    return coverage, f"{voice.short_day(day.day)}: {voice.share(coverage)}"


def _runs(edition: Edition, voice: Voice, machines: list[Equipment]) -> list[RunRow]:
    names = {item.equipment_id: voice.of(item.name) for item in machines}
    runs = [run for name in names for run in edition.runs_by_equipment.get(name, [])]
    newest = sorted(runs, key=lambda run: str(run.started_at or run.ended_at or ""), reverse=True)[:RUNS]
    return [_run(voice, run, names[run.equipment_id]) for run in newest]


def _run(voice: Voice, run: Run, machine: str) -> RunRow:
    """A run as its machine reported it; the customer is confidential and never shown."""
    took = run.reported_duration_s if run.reported_duration_s is not None else run.elapsed_s
    made = f"{voice.decimal(run.good, 0)} / {voice.decimal(run.produced, 0)}" if run.produced is not None else "–"
    return RunRow(
        started=voice.short_instant(run.started_at),
        machine=machine,
        reference=run.run_ref or "–",
        product=run.product or "–",
        outcome=run.outcome,
        outcome_word=voice.code("outcome", run.outcome),
        duration=voice.duration(took),
        good=made,
    )
