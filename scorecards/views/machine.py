"""The page of a machine: states and stops by month, coverage by day, metrics, control charts, latest runs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from scorecards.edition import Edition
from scorecards.figures import Drawing
from scorecards.links import Page
from scorecards.records import CoverageDay, Equipment, Run
from scorecards.svg.bars import coverage_strip
from scorecards.views.control import ControlChart, control_charts
from scorecards.views.key_figures import KeyFigures, key_figures
from scorecards.views.states import StateMonth, StopMonth, state_months, stop_months
from scorecards.voice import Voice

DAYS, RUNS = 120, 12


@dataclass(frozen=True)
class Strip:
    """Coverage by day; `known` sums the planned time of the days shown."""

    known: str
    drawing: Drawing | None
    first: str
    last: str


@dataclass(frozen=True)
class Use:
    """A pilot that has the machine for a time and with a share."""

    pilot: str
    href: str
    share: str
    span: str


@dataclass(frozen=True)
class RunRow:
    started: str
    reference: str
    product: str
    outcome: str
    outcome_word: str
    duration: str
    good: str


@dataclass(frozen=True)
class MachinePage:
    name: str
    kind: str
    testbed: str
    testbed_href: str
    place: list[tuple[str, str]]
    uses: list[Use]
    strip: Strip
    states: list[StateMonth]
    stops: list[StopMonth]
    kpis: KeyFigures
    charts: list[ControlChart]
    runs: list[RunRow]


def machine_page(edition: Edition, voice: Voice, page: Page, machine: Equipment) -> MachinePage:
    """One machine."""
    testbed = next((item for item in edition.testbeds if item.testbed_id == machine.testbed_id), None)
    parts = {"area": machine.area, "work_centre": machine.work_centre, "work_unit": machine.work_unit}
    runs = edition.runs_of(machine.equipment_id)
    newest = sorted(runs, key=lambda run: str(run.started_at or run.ended_at or ""), reverse=True)[:RUNS]
    return MachinePage(
        name=voice.of(machine.name),
        kind=voice.code("equipment_kind", machine.kind),
        testbed=voice.of(testbed.name) if testbed else machine.testbed_id,
        testbed_href=page.to("testbed", machine.testbed_id),
        place=[(voice(f"machine.{name}"), part) for name, part in parts.items()],
        uses=_uses(edition, voice, page, machine),
        strip=coverage_of_days(edition, voice, machine),
        states=state_months(edition, voice, machine.equipment_id),
        stops=stop_months(edition, voice, machine.equipment_id),
        kpis=key_figures(edition, voice, page, ("equipment", machine.equipment_id)),
        charts=control_charts(edition, voice, page, machine),
        runs=[_run(voice, run) for run in newest],
    )


def _uses(edition: Edition, voice: Voice, page: Page, machine: Equipment) -> list[Use]:
    names = {pilot.pilot_id: voice.of(pilot.name) for pilot in edition.pilots}
    return [
        Use(
            names.get(item.pilot_id, item.pilot_id),
            page.to("pilot", item.pilot_id),
            voice.tick(item.share * 100, "%"),
            f"{voice.short_day(item.valid_from)} – {voice.short_day(item.valid_to)}",
        )
        for item in edition.allocations
        if item.equipment_id == machine.equipment_id
    ]


def coverage_of_days(edition: Edition, voice: Voice, machine: Equipment) -> Strip:
    """How much of the planned time of each of the newest days is known."""
    days = edition.coverage_of(machine.equipment_id)[-DAYS:]
    planned = sum(float(day.planned_s or 0) for day in days)
    known = sum(float(day.known_s or 0) for day in days)
    share = voice.share(known / planned if planned else None)
    if not days:
        return Strip(share, None, "", "")
    title = voice("coverage.title", machine=voice.of(machine.name))
    desc = voice("coverage.said", share=share, days=len(days))
    marks = [_day(voice, day) for day in days]
    drawing = partial(coverage_strip, f"strip-{machine.equipment_id}", title, desc, marks)
    return Strip(share, drawing, voice.short_day(days[0].day), voice.short_day(days[-1].day))


def _day(voice: Voice, day: CoverageDay) -> tuple[float | None, str]:
    coverage = day.coverage if day.planned_s else None
    return coverage, f"{voice.short_day(day.day)}: {voice.share(coverage)}"


def _run(voice: Voice, run: Run) -> RunRow:
    """A run as its machine reported it; the customer is confidential and never shown."""
    took = run.reported_duration_s if run.reported_duration_s is not None else run.elapsed_s
    made = f"{voice.decimal(run.good, 0)} / {voice.decimal(run.produced, 0)}" if run.produced is not None else "–"
    return RunRow(
        started=voice.short_instant(run.started_at),
        reference=run.run_ref or "–",
        product=run.product or "–",
        outcome=run.outcome,
        outcome_word=voice.code("outcome", run.outcome),
        duration=voice.duration(took),
        good=made,
    )
