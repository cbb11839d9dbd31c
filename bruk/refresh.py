"""One refresh, step by step: what `bruk refresh` runs in one process and the DAG runs as tasks."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from bruk import built
from bruk.editions import Edition, hold, publish
from bruk.gate_status import GateReason
from bruk.inputs import Plan, read_plan, write_inputs, write_stream_verdicts
from bruk.pages import render_pages
from bruk.transform import Stage, transform
from bruk.turns import warehouse_turn
from contracts.clock import Clock, system_clock, utc
from contracts.errors import TerminalError
from contracts.site import Site, load_site
from expectations.judge import judge_marts, judge_streams
from ingestion.ledger import Ledger
from ingestion.ledger.records import Refresh


class BuildFailed(TerminalError):
    """dbt could not build a model: code or structure, not data. The last good edition stays."""


@dataclass(frozen=True)
class Outcome:
    """What one refresh did. `state`: published, blocked, broken, or nothing (nothing was pending)."""

    refresh_id: str
    state: str
    edition: str | None
    days: dict[str, list[str]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


Report = Callable[[str], None]
Days = Mapping[str, Sequence[date]]


def plan_refresh(
    site: Site, *, full: bool = False, first: date | None = None, last: date | None = None, clock: Clock = system_clock
) -> Plan | None:
    """Step 1, *pending*: asks the ledger what to rebuild and writes the inputs for dbt; None: nothing to do.

    `first` and `last` (event days, UTC) add the days between them to those that are pending anyway, and so does a
    refresh that began and never ended: its days are not lost. While the last one published nothing there is always
    something to do: what held it back may have been mended without new data (a check, a damaged table).
    """
    _demand_streams(site, clock)
    definitions = built.definitions(site.paths)
    site = load_site(site.paths.site)  # after the hash, and not as it was before this process waited for its turn
    ledger = Ledger(site.paths.ledger)
    whole = full or not built.is_current(site.paths, definitions)
    found, before = ledger.snapshot(), ledger.last_refresh()
    days: Days = found.days if whole else _joined(found.pending.days, _unfinished(site, before))
    if (first or last) and not whole:
        days = _joined(days, _between(found.days, first or date.min, last or date.max))
    if not whole and not days and before is not None and before.state == "published":
        return None
    snapshot = found.pending.snapshot
    refresh_id, now = manual_id(str(snapshot), clock), utc(clock())
    plan = Plan(refresh_id, snapshot, found.as_of, _listed(days), whole, now, definitions, found.segments)
    write_inputs(site, found.files, plan, found.superseded)
    ledger.record_refresh(plan.refresh_id, plan.snapshot, plan.as_of, plan.started_at, "building")
    return plan


def manual_id(suffix: str, clock: Clock = system_clock) -> str:
    """A new id that sorts by time: UTC to the millisecond, and what it was made for."""
    now = clock()
    return f"{utc(now):%Y%m%dT%H%M%S}-{now // 1_000_000 % 1000:03d}Z-{suffix}"


def build_core(site: Site, plan: Plan) -> None:
    """Step 2: staging and core for the touched days. Raises BuildFailed."""
    if plan.full:
        built.forget(site.paths)
    _build(site, "core", plan)


def check_streams(site: Site, plan: Plan) -> None:
    """Step 3: judges the streams; the verdicts become an input of the metrics. Never blocks."""
    write_stream_verdicts(site, judge_streams(site, plan.refresh_id))


def build_marts(site: Site, plan: Plan) -> None:
    """Step 4: metrics and indicators; from here the touched days are in the warehouse. Raises BuildFailed."""
    _build(site, "marts", plan)
    if plan.full:
        built.remember(site.paths, plan.definitions)
    Ledger(site.paths.ledger).cover(plan.snapshot)


def gate_and_publish(site: Site, plan: Plan, clock: Clock = system_clock) -> Edition:
    """Step 5: judges the marts; publishes a new edition, or leaves the last good one and says since when and why."""
    edition = publish(site, plan, judge_marts(site, plan.refresh_id), clock)
    _record(site, plan, edition.state, clock, edition.id)
    return edition


def refresh(
    site: Site,
    *,
    full: bool = False,
    first: date | None = None,
    last: date | None = None,
    clock: Clock = system_clock,
    report: Report = lambda step: None,
) -> Outcome:
    """All steps in this process, holding the warehouse. Raises BuildFailed; a blocked gate is an outcome."""
    watch = _Watch(report)
    with warehouse_turn(site.paths):
        plan = watch("pending", lambda: plan_refresh(site, full=full, first=first, last=last, clock=clock))
        if plan is None:
            watch("pages", lambda: render_pages(site))
            return Outcome("", "nothing", None, seconds=watch.seconds)
        watch("core", lambda: build_core(site, plan))
        watch("streams", lambda: check_streams(site, plan))
        watch("marts", lambda: build_marts(site, plan))
        edition = watch("publish", lambda: gate_and_publish(site, plan, clock))
        watch("pages", lambda: render_pages(site))
    days = {stream: [str(day) for day in listed] for stream, listed in plan.days.items()}
    return Outcome(plan.refresh_id, edition.state, edition.id, days, watch.seconds, edition.reasons)


class _Watch:
    """Runs named steps and remembers how long each took, in seconds."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.seconds: dict[str, float] = {}

    def __call__(self, name: str, step: Callable[[], Any]) -> Any:
        self.report(name)
        begin = time.monotonic()
        result = step()
        self.seconds[name] = round(time.monotonic() - begin, 2)
        return result


def _demand_streams(site: Site, clock: Clock) -> None:
    """A wrong stream file stops new editions: without its checks no number could be vouched for."""
    for problem in site.wrong_streams:
        reason = GateReason(
            "contract.stream",
            "En ström följer inte sin modell; programmet, inte data, måste rättas.",
            "A stream breaks its model; the program, not the data, must be mended.",
            str(problem),
        )
        hold(site, manual_id("contract", clock), "broken", [reason], clock)
        raise problem


def _build(site: Site, stage: Stage, plan: Plan) -> None:
    result = transform(site, stage, plan.full)
    if result.ok:
        return
    reason = GateReason(
        f"build.{stage}",
        "Beräkningen kunde inte göras; det är programmet, inte data, som måste rättas.",
        "The computation could not be made; the program, not the data, must be mended.",
        "; ".join(result.failures)[:500],
    )
    hold(site, plan.refresh_id, "broken", [reason])
    _record(site, plan, "broken", system_clock, None, reason.note)
    raise BuildFailed(f"dbt ({stage}): " + "; ".join(result.failures))


def _record(site: Site, plan: Plan, state: str, clock: Clock, edition: str | None, note: str | None = None) -> None:
    ledger = Ledger(site.paths.ledger)
    ledger.record_refresh(
        plan.refresh_id, plan.snapshot, plan.as_of, plan.started_at, state, utc(clock()), edition, note
    )


def _unfinished(site: Site, before: Refresh | None) -> Days:
    """The days of the refresh that began last, when it neither published nor was held back: killed, or overtaken."""
    plan = read_plan(site)
    if before is None or plan is None or (before.id, before.state) != (plan.refresh_id, "building"):
        return {}
    return plan.days


def _between(days: Days, first: date, last: date) -> Days:
    return {stream: chosen for stream, listed in days.items() if (chosen := [d for d in listed if first <= d <= last])}


def _joined(one: Days, other: Days) -> Days:
    return {stream: sorted({*one.get(stream, ()), *other.get(stream, ())}) for stream in sorted({*one, *other})}


def _listed(days: Days) -> dict[str, list[date]]:
    return {stream: list(listed) for stream, listed in days.items()}
