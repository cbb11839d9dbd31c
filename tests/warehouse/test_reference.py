"""Two programs agree: the SQL of states, runs and elements, and a plain-Python reference, on 2,000 random histories."""

from __future__ import annotations

import os
import random
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from bruk.refresh import build_core, build_marts, check_streams, plan_refresh
from bruk.warehouse import query
from contracts.paths import STANDARD
from contracts.site import Site
from ingestion.landing.sealer import land_pending
from tests.ingestion.spooling import spool_many
from tests.sites import UNS, clock_at, emit, equipment, make_site, text
from tests.warehouse.reference.elements import days_without_plan, elements_by_day, elements_by_run, intervals
from tests.warehouse.reference.runs import runs_of
from tests.warehouse.reference.said import FIRST, PRODUCTS, Machine, random_machine

pytestmark = pytest.mark.slow

#: Other histories: BRUK_TEST_SEED=7 .venv/bin/python -m pytest tests/warehouse/test_reference.py
SEED = int(os.environ.get("BRUK_TEST_SEED", "20261126"))
MACHINES = 2_000
#: Local days on which anything may lie, and the days before and after on which nothing does.
DAYS = [FIRST.date() + timedelta(days=number) for number in range(-1, 8)]
_TS = {"path": "ts", "unit": "rfc3339"}


@pytest.fixture(scope="module")
def machines() -> dict[str, Machine]:
    print(f"BRUK_TEST_SEED={SEED}")
    dice = random.Random(SEED)
    names = [f"m{number:04d}" for number in range(MACHINES)]
    return {name: random_machine(name, dice) for name in names}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory, machines: dict[str, Machine]) -> Path:
    """All of them on one site, in a random order of arrival, built once."""
    site = _site(tmp_path_factory.mktemp("reference") / "site", machines)
    messages = [message for machine in machines.values() for message in machine.envelopes()]
    random.Random(SEED).shuffle(messages)
    spool_many(site, messages)
    land_pending(site, clock_at())
    plan = plan_refresh(site)
    assert plan is not None
    build_core(site, plan)
    check_streams(site, plan)
    build_marts(site, plan)
    return site.paths.warehouse


def test_every_state_holds_as_long_as_by_the_definition(warehouse: Path, machines: dict[str, Machine]) -> None:
    found = query(warehouse, "select equipment_id, state, started_at, ended_at from core.fct_state_interval")
    expected = {(name, *one) for name, machine in machines.items() for one in intervals(machine)}
    assert _first_differences(set(found), expected) == []
    assert len(expected) > 3 * MACHINES


def test_every_run_begins_and_ends_as_by_the_definition(warehouse: Path, machines: dict[str, Machine]) -> None:
    found = query(warehouse, "select run_id, started_at, ended_at, outcome from core.fct_run")
    runs = [run for machine in machines.values() for run in runs_of(machine)]
    expected = {(run.run_id, run.started_at, run.closed_at, run.outcome) for run in runs}
    assert _first_differences(set(found), expected) == []
    assert {run.outcome for run in runs} == {"open", "finished", "failed", "cancelled", "interrupted"}


def test_every_second_of_a_day_is_the_element_of_the_definition(warehouse: Path, machines: dict[str, Machine]) -> None:
    names = ("POT", "PBT", "KNOWN", "RUN", "APT", "AUST", "ADET", "ADOT", "OUT_APT", "OUT_AUST", "OUT_ADET", "OUT_ADOT")
    columns = [f"{name.lower().replace('out_', 'outside_')}_s" for name in names]
    rows = query(warehouse, f"select equipment_id, day, {', '.join(columns)} from metrics.met_elements_day")
    found = {(row[0], row[1], name, int(value)) for row in rows for name, value in zip(names, row[2:], strict=True)}
    expected = {
        (name, day, element, seconds)
        for name, machine in machines.items()
        for day, sums in elements_by_day(machine, DAYS).items()
        for element, seconds in sums.items()
    }
    assert _first_differences(_told(found), _told(expected)) == []
    assert len({day for _, day, _, _ in _told(expected)}) >= 5


def test_planned_time_is_missing_where_no_calendar_holds(warehouse: Path, machines: dict[str, Machine]) -> None:
    sql = "select distinct equipment_id, day from metrics.int_element_states where element = 'PBT' and missing > 0"
    expected = {(name, day) for name, machine in machines.items() for day in days_without_plan(machine, DAYS)}
    assert _first_differences({one for one in query(warehouse, sql) if one[1] in DAYS}, expected) == []
    assert expected


def test_every_run_has_the_elements_and_quantities_of_the_definition(
    warehouse: Path, machines: dict[str, Machine]
) -> None:
    whole = "case when not scrap_missing then sq end, case when not rework_missing then rq end"
    sql = f"select run_id, apt_s, aust_s, adet_s, pq, gq, pri_pq_s, pri_gq_s, {whole} from metrics.met_elements_run"
    found = {(row[0], *map(_exact, row[1:])) for row in query(warehouse, sql)}
    expected = set()
    for machine in machines.values():
        sums = elements_by_run(machine)
        for run in runs_of(machine):
            seconds = [Fraction(sums[run.run_id].get(element, 0)) for element in ("APT", "AUST", "ADET")]
            expected.add((run.run_id, *seconds, *run.quantities().values()))
    assert _first_differences(found, expected) == []


def _site(folder: Path, machines: dict[str, Machine]) -> Site:
    """A site with all machines and their calendars, and the standard state map."""
    rows = [
        equipment(name, name, "press", name, ["uns"]) | {"area": "hall", "work_centre": "line"} | _silence(machine)
        for name, machine in machines.items()
    ]
    planned = [
        {"equipment": name, "weekdays": [1, 2, 3, 4, 5, 6, 7], "opens": opens, "closes": closes,
         "planned_downtime_min": downtime, "valid_from": "2026-01-01"}
        for name, machine in machines.items()
        for opens, closes, downtime in machine.calendar
    ]  # fmt: skip
    products = [
        {
            "id": name,
            "name": text(name),
            "planned_run_time_s": pri,
            "valid_from": str(since),
            "valid_to": str(min((day - timedelta(days=1) for day in versions if day > since), default=date.max)),
        }
        for name, versions in PRODUCTS.items()
        for since, pri in versions.items()
    ]
    messages = [m for m in UNS["messages"] if not m["topic"].startswith(("run_v1", "output_v1"))]
    run = {name: {"path": path} for name, path in (("run_ref", "run"), ("kind", "kind"), ("product", "product"))}
    said = emit("run", observed_at=_TS, phase={"topic": "phase"}, outcome={"path": "outcome"}, **run)
    messages += [{"topic": "run_v1/{phase}", "emit": [said]}, {"topic": "output_v1/main", "emit": [_output()]}]
    lists = {"equipment": rows, "planned_time": planned, "products": products, "channels": [], "allocations": []}
    site = make_site(folder, lists, {"uns": {**UNS, "messages": messages}})
    (folder / "registry" / "state_map.yaml").write_bytes((STANDARD / "state_map.yaml").read_bytes())
    file = folder / "site.toml"
    file.write_text(file.read_text("utf-8").replace("2026-01-01", str(DAYS[0])), "utf-8")
    from contracts.site import load_site

    return load_site(site.paths.site)


def _output() -> dict[str, Any]:
    paths = {f"{name}_quantity": name for name in ("produced", "good", "scrap", "rework")}
    paths |= {"run_ref": "run", "product": "product"}
    return emit("output", observed_at=_TS, **{name: {"path": path} for name, path in paths.items()})


def _silence(machine: Machine) -> dict[str, Any]:
    return {"silent_after_s": machine.silent_after_s} if machine.silent_after_s else {}


def _exact(value: Decimal | None) -> Fraction | None:
    return None if value is None else Fraction(value)


def _told(found: set[tuple[str, date, str, int]]) -> set[tuple[str, date, str, int]]:
    """Without zeros, which only one program writes, and without the calendar of the weeks that follow."""
    return {one for one in found if one[3] and one[1] in DAYS}


def _first_differences(found: set[Any], expected: set[Any]) -> list[str]:
    only = [f"only the SQL: {one}" for one in sorted(found - expected, key=str)[:5]]
    return only + [f"only the reference: {one}" for one in sorted(expected - found, key=str)[:5]]
