"""What a refresh plans: what is pending, what an overtaken one left, and another try while nothing is published."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from bruk import airflow_steps, built, refresh
from bruk.refresh import plan_refresh
from bruk.transform import BuildResult
from contracts.site import Site
from expectations.reconciliation import landed_rows
from ingestion.landing.sealer import land_pending
from ingestion.ledger import Ledger
from tests.ingestion.spooling import envelope, reading, spool
from tests.sites import clock_at, make_site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A site whose warehouse follows the definitions of today, so that no plan is the whole; two days are covered."""
    made = make_site(tmp_path)
    land(made, 20, 21)
    made.paths.warehouse.parent.mkdir(parents=True)
    made.paths.warehouse.touch()
    built.remember(made.paths, built.definitions(made.paths))
    end(made, "published")
    return made


def land(site: Site, *days: int) -> None:
    spool(site, *(envelope(payload=reading(ts=f"2026-11-{day}T10:00:00Z")) for day in days))
    land_pending(site, clock_at())


def end(site: Site, state: str) -> None:
    """A refresh of all that is pending, as far as the ledger is concerned."""
    plan = plan_refresh(site)
    assert plan is not None
    ledger = Ledger(site.paths.ledger)
    ledger.cover(plan.snapshot)
    ledger.record_refresh(plan.refresh_id, plan.snapshot, plan.as_of, plan.started_at, state)


def days(*numbers: int) -> dict[str, list[date]]:
    return {"measurement": [date(2026, 11, number) for number in numbers]}


def test_after_a_good_refresh_there_is_nothing_to_do(site: Site) -> None:
    assert plan_refresh(site) is None


def test_only_the_days_that_got_new_files_are_planned(site: Site) -> None:
    land(site, 21)
    plan = plan_refresh(site)
    assert plan is not None
    assert (plan.days, plan.full) == (days(21), False)


@pytest.mark.parametrize("state", ["blocked", "broken"])
def test_while_nothing_was_published_there_is_always_another_try(site: Site, state: str) -> None:
    land(site, 21)
    end(site, state)
    plan = plan_refresh(site)
    assert plan is not None
    assert plan.days == {}


def test_a_registry_edited_during_a_whole_build_is_applied_by_the_next(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_refresh(site, full=True)
    assert plan is not None
    with (site.paths.registry / "equipment.yaml").open("a") as file:
        file.write("# edited\n")
    monkeypatch.setattr(refresh, "transform", lambda *_: BuildResult(True, 1))
    refresh.build_marts(site, plan)
    following = plan_refresh(site)
    assert following is not None
    assert following.full


def test_the_registry_is_read_when_the_refresh_is_planned(site: Site) -> None:
    """A process may have waited long for its turn of the warehouse."""
    for file in site.paths.registry.glob("*.yaml"):
        file.write_text(file.read_text("utf-8").replace("dal-press-1", "dal-press-9"), "utf-8")
    assert plan_refresh(site) is not None
    machines = pq.read_table(site.paths.inputs / "registry" / "equipment.parquet").column("equipment_id").to_pylist()
    assert "dal-press-9" in machines


def test_a_refresh_that_overtakes_another_takes_over_its_days(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRUK_SITE", str(site.paths.site))
    backfill = airflow_steps.backfill("2026-11-20", "2026-11-20")
    assert backfill is not None
    land(site, 22)
    plan = plan_refresh(site)
    assert plan is not None
    assert plan.days == days(20, 22)
    with pytest.raises(airflow_steps.Superseded, match=plan.refresh_id):
        airflow_steps.build_core(backfill)


def test_what_lands_while_a_refresh_is_planned_is_the_next_ones(site: Site) -> None:
    """The sealer holds no turn of the warehouse: it may commit between any two steps of the planning."""
    land(site, 21)
    ledger = Ledger(site.paths.ledger)
    before = ledger.snapshot()
    now, landings = clock_at(), iter([23])

    def landing_clock() -> int:
        for day in landings:
            land(site, day)
        return now()

    plan = plan_refresh(site, clock=landing_clock)
    assert plan is not None
    assert (plan.days, plan.snapshot, plan.as_of) == (days(21), before.pending.snapshot, before.as_of)
    assert landed_rows(site.paths.inputs)["measurement"] == sum(file.rows for file in before.files)
    ledger.cover(plan.snapshot)
    assert ledger.pending().days == days(23)


def test_the_plan_on_disk_is_the_one_that_the_next_step_reads(site: Site) -> None:
    land(site, 21)
    plan = plan_refresh(site)
    assert plan is not None
    on_disk = json.loads((site.paths.inputs / "plan.json").read_bytes())
    assert (on_disk["refresh_id"], on_disk["snapshot"]) == (plan.refresh_id, plan.snapshot)
