"""How the DAGs hang together: read cheaply, one writer at a time, woken by a bell and by a clock."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from contracts.paths import PRODUCT
from tests.e2e.test_one_reading import october
from tests.e2e.whole import Whole

CHAIN = ["build_core", "judge_streams", "build_marts", "judge_and_publish"]
HEAVY = ("dbt", "great_expectations", "duckdb", "pandas", "pyarrow", "numpy", "paho", "scorecards")


def test_reading_the_dag_files_imports_no_heavy_library() -> None:
    dags = "import dags.refresh, dags.backfill, dags.report, dags.pack, sys, json; "
    script = dags + f"print(json.dumps([name for name in {HEAVY} if name in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", script], cwd=PRODUCT, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout.splitlines()[-1]) == []


def test_there_are_a_refresh_and_a_backfill_and_both_go_the_same_way(dags: dict[str, Any]) -> None:
    assert set(dags) == {"bruk_refresh", "bruk_backfill", "bruk_report", "bruk_pack"}
    for dag, first in ((dags["bruk_refresh"], "pending"), (dags["bruk_backfill"], "backfill")):
        ordered = [task.task_id for task in dag.topological_sort()]
        assert ordered == [first, *CHAIN, "pages", "finished"]
        assert dag.max_active_runs == 1
        assert not dag.catchup


def test_every_step_stands_in_the_pool_of_one_writer(dags: dict[str, Any]) -> None:
    from airflow.models.pool import Pool
    from airflow.utils.session import create_session

    with create_session() as session:
        pool = Pool.get_pool("duckdb_writer", session=session)
        assert pool is not None
        assert pool.slots == 1
    writers = [dags[name] for name in ("bruk_refresh", "bruk_backfill")]
    assert {(task.pool, task.pool_slots) for dag in writers for task in dag.tasks} == {("duckdb_writer", 1)}


def test_a_report_waits_for_a_person_in_nobodys_way(dags: dict[str, Any]) -> None:
    dag = dags["bruk_report"]
    assert [task.task_id for task in dag.topological_sort()] == ["draft", "approval", "freeze"]
    assert {task.pool for name in ("bruk_report", "bruk_pack") for task in dags[name].tasks} == {"default_pool"}
    assert dag.timetable.can_be_scheduled is False


def test_a_step_that_hangs_does_not_hold_the_slot_for_ever(dags: dict[str, Any]) -> None:
    assert all(task.execution_timeout is not None for dag in dags.values() for task in dag.tasks)


def test_the_refresh_listens_to_the_doorbell_and_to_the_clock(dags: dict[str, Any]) -> None:
    schedule = dags["bruk_refresh"].timetable
    assert [asset.uri for asset in schedule.asset_condition.objects] == ["bruk://ledger/pending"]
    assert schedule.timetable.expression == "*/15 * * * *"
    assert dags["bruk_backfill"].timetable.can_be_scheduled is False


def test_the_doorbell_can_be_rebuilt_by_the_triggerer_and_rings_when_something_has_landed(
    dags: dict[str, Any], tmp_path: Path
) -> None:
    from airflow.sdk.module_loading import import_string

    (asset,) = dags["bruk_refresh"].timetable.asset_condition.objects
    path, arguments = asset.watchers[0].trigger.serialize()
    whole = Whole(tmp_path / "site")
    bell = import_string(path)(**{**arguments, "ledger": str(whole.site.paths.ledger), "quiet": 0.0, "poll": 0.05})

    async def listen() -> Any:
        ringing = asyncio.ensure_future(anext(bell.run()))
        await asyncio.sleep(0)
        await asyncio.to_thread(whole.spool, october()[:3])
        return await asyncio.wait_for(ringing, 30)

    assert asyncio.run(listen()).payload == {"touched_seq": 1}


@pytest.mark.parametrize("name", ["from", "to"])
def test_the_backfill_asks_for_its_days(dags: dict[str, Any], name: str) -> None:
    assert dags["bruk_backfill"].params.get_param(name).schema == {"type": "string", "format": "date"}
