"""One refresh, step by step: what `bruk refresh` runs in one process and the DAG runs as tasks."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from bruk.editions import Edition, publish
from bruk.inputs import Plan, write_inputs, write_stream_verdicts
from bruk.pages import render_pages
from bruk.transform import transform
from contracts.clock import Clock, system_clock, utc
from contracts.errors import TerminalError
from contracts.site import Site
from expectations.judge import judge_marts, judge_streams
from ingestion.ledger import Ledger


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


def plan_refresh(
    site: Site, *, full: bool = False, first: date | None = None, last: date | None = None, clock: Clock = system_clock
) -> Plan | None:
    """Step 1, *pending*: asks the ledger what to rebuild and writes the inputs for dbt. None when nothing is to be done."""
    ledger = Ledger(site.paths.ledger)
    rebuild = full or not (first or last) and _must_rebuild(site)
    pending = ledger.pending()
    days = pending.days
    if rebuild:
        days = ledger.all_days()
    elif first or last:
        days = _between(ledger.all_days(), first or date.min, last or date.max)
    before = ledger.last_refresh()
    if not rebuild and not days and before is not None and before.state in ("published", "blocked"):
        return None
    now = clock()
    refresh_id = f"{utc(now):%Y%m%dT%H%M%S}-{now // 1_000_000 % 1000:03d}Z-{pending.snapshot}"
    plan = Plan(refresh_id, pending.snapshot, ledger.as_of(), {k: list(v) for k, v in days.items()}, rebuild)
    write_inputs(site, ledger, plan)
    return plan


def build_core(site: Site, plan: Plan) -> None:
    """Step 2: staging and core for the touched days. Raises BuildFailed."""
    _build(site, "core", plan)


def check_streams(site: Site, plan: Plan) -> None:
    """Step 3: judges the streams; the verdicts become an input of the metrics. Never blocks."""
    write_stream_verdicts(site, judge_streams(site, plan.refresh_id))


def build_marts(site: Site, plan: Plan) -> None:
    """Step 4: metrics and indicators; from here the touched days are in the warehouse. Raises BuildFailed."""
    _build(site, "marts", plan)
    ledger = Ledger(site.paths.ledger)
    ledger.cover(plan.snapshot)
    if plan.full:
        _built_marker(site).write_text(json.dumps({"code": _code_mark()}), encoding="utf-8")


def gate_and_publish(site: Site, plan: Plan, clock: Clock = system_clock) -> Edition:
    """Step 5: judges the marts; publishes a new edition, or leaves the last good one and says since when and why."""
    return publish(site, plan, judge_marts(site, plan.refresh_id), clock)


def refresh(
    site: Site,
    *,
    full: bool = False,
    first: date | None = None,
    last: date | None = None,
    clock: Clock = system_clock,
    report: Report = lambda step: None,
) -> Outcome:
    """All steps in this process. Raises BuildFailed; a blocked gate is an outcome, not an error."""
    watch = _Watch(report)
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


def _build(site: Site, stage: str, plan: Plan) -> None:
    result = transform(site, stage, plan.full)
    if not result.ok:
        raise BuildFailed(f"dbt ({stage}): " + "; ".join(result.failures))


def _between(days: dict[str, list[date]], first: date, last: date) -> dict[str, list[date]]:
    return {stream: chosen for stream, listed in days.items() if (chosen := [d for d in listed if first <= d <= last])}


def _must_rebuild(site: Site) -> bool:
    """Whether the warehouse is missing or was built by other code or another registry: then everything is rebuilt."""
    marker = _built_marker(site)
    if not site.paths.warehouse.exists() or not marker.exists():
        return True
    return bool(json.loads(marker.read_text(encoding="utf-8"))["code"] != _code_mark())
