"""The steps of a refresh as Airflow's tasks call them: same functions, one process each, the plan read from its file.

A plan belongs to one refresh. Should another refresh begin between two tasks, its plan takes over the days of the older
one (`plan_refresh`), which ends as superseded: nothing is lost and nothing is built from half of each.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from contracts.errors import StateError, TerminalError, UsageError
from contracts.site import Site, load_site

if TYPE_CHECKING:
    from bruk.inputs import Plan

# Rooms are imported when a step runs: the DAG file imports this module, and is parsed again and again.


class Superseded(TerminalError):
    """Another refresh began meanwhile and does this one's work."""


class Blocked(TerminalError):
    """The gate held the new edition back; the last good one stays and the banner says why."""


def pending() -> str | None:
    """Plans a refresh of what is pending; its id, or None when there is nothing to do."""
    return _plan(None, None)


def backfill(first: str, last: str) -> str | None:
    """Plans a refresh of the event days (UTC, ISO) from `first` to `last` and of what is pending; its id.

    Raises UsageError for days in the wrong order.
    """
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    if begin > end:
        raise UsageError(f"from {first} comes after to {last}")
    return _plan(begin, end)


def build_core(refresh_id: str) -> str:
    """Staging and core; returns the id for the next step."""
    from bruk import refresh

    return _step(refresh_id, refresh.build_core)


def judge_streams(refresh_id: str) -> str:
    """Judges the streams; returns the id for the next step."""
    from bruk import refresh

    return _step(refresh_id, refresh.check_streams)


def build_marts(refresh_id: str) -> str:
    """Metrics and indicators; returns the id for the next step."""
    from bruk import refresh

    return _step(refresh_id, refresh.build_marts)


def judge_and_publish(refresh_id: str) -> str:
    """Judges the marts and publishes; returns the edition's id. Raises Blocked after the status is on file."""
    from bruk import refresh
    from bruk.editions import Edition

    published: list[Edition] = []
    _step(refresh_id, lambda site, plan: published.append(refresh.gate_and_publish(site, plan)))
    edition = published[0]
    if edition.state != "published":
        raise Blocked("; ".join(edition.reasons))
    if edition.id is None:
        raise StateError("published without an edition")
    return edition.id


def finished(edition_id: str) -> str:
    """The last task: it succeeds only when an edition was published; returns its id."""
    return edition_id


def pages() -> int:
    """Renders the pages of the current edition with the banner of today; returns how many."""
    from bruk.pages import render_pages

    return render_pages(load_site())


def draft(meeting: str) -> dict[str, str]:
    """Draws what would be frozen for the meeting of that day; its edition, what changed, and where it can be read.

    Raises UsageError when there is no edition, or another one is frozen for the meeting already.
    """
    from bruk.reports.freezing import draft as draw

    site = load_site()
    address = f"http://{site.settings.host}:{site.settings.web_port}/moten/utkast-{meeting}/"
    return draw(site, date.fromisoformat(meeting)) | {"address": address}


def freeze(drafted: dict[str, str], meeting: str, title: str, approved_by: str = "") -> str:
    """Freezes what was drafted and approved, whatever was published since; returns the id of the report."""
    from bruk.pages import render_pages
    from bruk.reports.freezing import freeze_draft

    site, day = load_site(), date.fromisoformat(meeting)
    report, _ = freeze_draft(site, day, title, drafted["edition"], approved_by.strip() or None)
    render_pages(site)  # they list the meetings
    return report.id


def pack() -> bool:
    """Makes the report pack of the current edition unless it is there; whether it was made."""
    from bruk.pages import add_pack

    return add_pack(load_site())


def _step(refresh_id: str, step: Callable[[Site, Plan], None]) -> str:
    from bruk.inputs import read_plan
    from bruk.turns import warehouse_turn

    site = load_site()
    with warehouse_turn(site.paths):
        plan = read_plan(site)
        if plan is None or plan.refresh_id != refresh_id:
            raise Superseded(f"{refresh_id} gave way to {plan.refresh_id if plan else 'nothing'}")
        step(site, plan)
    return refresh_id


def _plan(first: date | None, last: date | None) -> str | None:
    from bruk import refresh
    from bruk.turns import warehouse_turn

    site = load_site()
    with warehouse_turn(site.paths):
        plan = refresh.plan_refresh(site, first=first, last=last)
    return plan.refresh_id if plan else None
