"""The page of a testbed: machines, key figures by month, coverage by day, the latest runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup

from scorecards.edition import Edition
from scorecards.figures import Figure, figure
from scorecards.links import Page
from scorecards.records import CoverageDay, Equipment, Month, Run, Testbed
from scorecards.svg.bars import coverage_strip
from scorecards.svg.spark import sparkline
from scorecards.views.control import ControlChart, control_charts
from scorecards.voice import Voice

MONTHS, DAYS, RUNS = 8, 120, 12

#: The key figures of a month in the order of ISO 22400, each with the attribute that holds it (0–1).
_KPIS: dict[str, Callable[[Month], float | None]] = {
    "availability": lambda month: month.availability,
    "effectiveness": lambda month: month.effectiveness,
    "quality_ratio": lambda month: month.quality_ratio,
    "oee": lambda month: month.oee,
    "nee": lambda month: month.nee,
    "build_success_rate": lambda month: month.build_success_rate,
    "utilisation": lambda month: month.utilisation,
    "coverage": lambda month: month.coverage,
}


@dataclass(frozen=True)
class MonthName:
    """A column of the table; `open`: the month was not over when the edition was made."""

    name: str
    open: bool


@dataclass(frozen=True)
class Kpi:
    """A key figure over the months, newest first."""

    name: str
    meaning: str
    spark: Markup
    values: list[str]


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
    kpis: list[Kpi]
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
    return TestbedPage(
        name=voice.of(testbed.name),
        region=voice.of(region.name) if region else testbed.region_id,
        municipality=testbed.municipality,
        kind=voice.code("testbed_kind", testbed.kind),
        months=[_month(edition, voice, month) for month in reversed(months)],
        kpis=[_kpi(voice, name, pick, months) for name, pick in _KPIS.items()],
        machines=[_machine(edition, voice, item) for item in machines],
        figures=[figure(edition, voice, page, item, scope) for item in edition.indicators_of(scope)],
        runs=_runs(edition, voice, machines),
        charts=control_charts(edition, voice, machines),
    )


def _month(edition: Edition, voice: Voice, month: Month) -> MonthName:
    today = edition.manifest.as_of_day
    over = today is None or today > month.period_end
    return MonthName(f"{voice.short_month(month.period_start)} {month.period_start.year}", not over)


def _kpi(voice: Voice, name: str, pick: Callable[[Month], float | None], months: list[Month]) -> Kpi:
    values = [pick(month) for month in months]
    known = [(month, value) for month, value in zip(months, values, strict=True) if value is not None]
    spark = Markup("")
    if len(known) > 1:
        (first, start), (last, end) = known[0], known[-1]
        said = voice(
            "spark.said",
            first=voice.share(start),
            first_month=voice.month(first.period_start),
            last=voice.share(end),
            last_month=voice.month(last.period_start),
        )
        spark = sparkline(values, said, width=96, height=28)
    newest_first = [voice.share(value) for value in reversed(values)]
    return Kpi(voice(f"kpi.{name}"), voice(f"kpi.{name}.meaning"), spark, newest_first)


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
