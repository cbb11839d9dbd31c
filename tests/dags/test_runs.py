"""Runs of both DAGs on a real site: what they publish, what they skip, what they rebuild, how they fail."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pytest

from bruk import turns
from bruk.gate_status import read_status
from bruk.inputs import read_plan
from bruk.transform import run_dbt
from contracts.paths import DBT_PROJECT, SitePaths
from ingestion.ledger import Ledger
from tests.e2e.test_one_reading import LINE, october
from tests.e2e.whole import Whole, numbers

pytestmark = pytest.mark.slow

Run = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """A site in which a month of two machines has landed and nothing was refreshed."""
    whole = Whole(tmp_path_factory.mktemp("dags") / "site")
    oil = [
        {"topic": f"{LINE}/press-1/measurement_v1/oil_temp", "qos": 1,
         "payload": json.dumps({"ts": f"2026-10-{day:02d}T10:00:00Z", "v": 41.5})}
        for day in range(11, 16)
    ]  # fmt: skip
    whole.spool([*october(), *oil])
    return whole


@pytest.fixture(scope="module")
def run(dags: dict[str, Any], landed: Whole) -> Iterator[Run]:
    """Runs a DAG on the landed site to its end; returns state, tasks and tries."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BRUK_SITE", str(landed.folder))

        def play(dag_id: str, **conf: str) -> dict[str, Any]:
            done = dags[dag_id].test(run_conf=conf or None)
            tasks = done.get_task_instances()
            return {
                "state": str(done.state),
                "tasks": {task.task_id: str(task.state) for task in tasks},
                "tries": {task.task_id: task.try_number for task in tasks},
                "weights": {task.task_id: task.priority_weight for task in tasks},
            }

        yield play


@pytest.fixture(scope="module")
def published(landed: Whole, run: Run, tmp_path_factory: pytest.TempPathFactory) -> tuple[Whole, dict[str, Any]]:
    """A copy of the landed site, refreshed by the command line, and what the DAG's run on the site itself did."""
    copy = landed.copy(tmp_path_factory.mktemp("copy") / "site")
    copy.refresh()
    return copy, run("bruk_refresh")


def test_a_run_publishes_the_numbers_that_the_command_line_publishes(
    landed: Whole, published: tuple[Whole, dict[str, Any]]
) -> None:
    copy, done = published
    assert done["state"] == "success"
    assert set(done["tasks"].values()) == {"success"}
    assert numbers(landed) == numbers(copy)
    assert (landed.site.paths.pages / "current" / "index.html").exists()
    assert Ledger(landed.site.paths.ledger).pending().days == {}


def test_a_chain_that_has_begun_goes_before_one_that_only_asks_what_is_pending(
    published: tuple[Whole, dict[str, Any]],
) -> None:
    weights = published[1]["weights"]
    assert all(weight > weights["pending"] for task, weight in weights.items() if task != "pending")


def test_with_nothing_pending_the_rest_is_skipped(published: tuple[Whole, Any], landed: Whole, run: Run) -> None:
    edition = landed.edition
    done = run("bruk_refresh")
    assert done["state"] == "success"
    assert done["tasks"].pop("pending") == "success"
    assert set(done["tasks"].values()) == {"skipped"}
    assert landed.edition == edition


@pytest.mark.parametrize(
    ("conf", "complaint"),
    [
        ({}, "from"),
        ({"from": "2026-10-12"}, "to"),
        ({"from": "12/10/2026", "to": "2026-10-14"}, "date"),
        ({"from": "2026-10-12", "to": "2026-02-30"}, "date"),
    ],
)
def test_a_backfill_without_two_days_is_refused_before_it_runs(
    dags: dict[str, Any], conf: dict[str, str], complaint: str
) -> None:
    from airflow.sdk.exceptions import ParamValidationError

    with pytest.raises(ParamValidationError, match=complaint):
        dags["bruk_backfill"].test(run_conf=conf or None)


def test_a_backfill_with_its_days_in_the_wrong_order_fails_at_once(
    published: tuple[Whole, Any], landed: Whole, run: Run
) -> None:
    before = read_plan(landed.site)
    done = run("bruk_backfill", **{"from": "2026-10-14", "to": "2026-10-12"})
    assert (done["state"], done["tasks"]["backfill"], done["tries"]["backfill"]) == ("failed", "failed", 1)
    assert read_plan(landed.site) == before


def test_a_backfill_rebuilds_exactly_its_days(published: tuple[Whole, Any], landed: Whole, run: Run) -> None:
    with duckdb.connect(str(landed.site.paths.warehouse)) as warehouse:
        warehouse.execute("update core.fct_measurement set value = 0")
    done = run("bruk_backfill", **{"from": "2026-10-12", "to": "2026-10-14"})
    assert done["state"] == "success"
    rebuilt = [date(2026, 10, 12) + timedelta(days=n) for n in range(3)]
    plan = read_plan(landed.site)
    assert plan is not None
    assert plan.days == {"measurement": rebuilt, "output": rebuilt, "run": rebuilt}
    values = dict(landed.warehouse("select event_date, value from core.fct_measurement"))
    assert {day for day, value in values.items() if value == 41.5} == set(rebuilt)
    assert {day.day for day, value in values.items() if value == 0} == {11, 15}


def test_a_busy_warehouse_is_tried_again(
    published: tuple[Whole, Any], dags: dict[str, Any], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    @contextmanager
    def turn(paths: SitePaths) -> Iterator[None]:
        """The first time somebody else has the warehouse, and nobody waits."""
        tries.append(paths)
        with real_turn(paths):
            if len(tries) > 1:
                yield
                return
            with real_turn(paths, patience=0):
                raise AssertionError("two in the warehouse at once")

    real_turn = turns.warehouse_turn
    monkeypatch.setattr(turns, "warehouse_turn", turn)
    monkeypatch.setattr(dags["bruk_refresh"].get_task("pending"), "retry_delay", timedelta(0))
    done = run("bruk_refresh")
    assert (done["state"], done["tasks"]["pending"], done["tries"]["pending"]) == ("success", "success", 2)


def test_a_mart_that_cannot_be_built_fails_the_run_at_once_and_the_pages_say_so(
    published: tuple[Whole, Any], landed: Whole, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tmp_path / "dbt_project"
    shutil.copytree(DBT_PROJECT, project)
    model = project / "models" / "metrics" / "met_run.sql"
    model.write_text(model.read_text(encoding="utf-8") + "\nwhere no_such_column > 0\n", encoding="utf-8")
    monkeypatch.setattr("bruk.transform.run_dbt", partial(run_dbt, project=project))
    monkeypatch.setattr("bruk.built.DBT_PROJECT", project)
    edition = landed.edition

    done = run("bruk_refresh")
    assert done["state"] == "failed"
    assert done["tasks"]["build_core"] == done["tasks"]["pages"] == "success"
    assert (done["tasks"]["build_marts"], done["tries"]["build_marts"]) == ("failed", 1)
    assert done["tasks"]["judge_and_publish"] == done["tasks"]["finished"] == "upstream_failed"
    assert landed.edition == edition
    status = read_status(landed.site.paths)
    assert status is not None
    assert (status.state, status.edition) == ("broken", edition.name)
    page = (landed.site.paths.pages / "current" / "index.html").read_text(encoding="utf-8")
    assert "Beräkningen kunde inte göras" in page
