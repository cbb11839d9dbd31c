"""How the steps hang together: the same chain for every DAG that refreshes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from airflow.sdk import ExceptionRetryPolicy, RetryAction, RetryRule, task
from airflow.sdk.exceptions import AirflowSkipException

from bruk import airflow_steps as steps
from contracts.errors import TerminalError

EVERY_STEP: dict[str, Any] = {
    "pool": "duckdb_writer",  # one slot: one process at a time opens the warehouse, whichever DAG it belongs to
    # A chain that has begun goes before one that only asks what is pending: otherwise every bell overtakes a backfill.
    "weight_rule": "upstream",
    "execution_timeout": timedelta(hours=2),  # a step that hangs would hold the only slot for ever
    "retries": 2,
    "retry_delay": timedelta(seconds=20),
    "retry_policy": ExceptionRetryPolicy([RetryRule(TerminalError, RetryAction.FAIL)]),
}

#: Steps that read an edition and never open the warehouse: they stand in no writer's way, and drawing takes minutes.
OF_AN_EDITION = {name: value for name, value in EVERY_STEP.items() if name not in ("pool", "weight_rule")}


def refresh_chain(planned: Any) -> None:
    """planned → core → gate (streams) → marts → gate (marts) and edition → pages."""
    core = _step(steps.build_core)(planned)
    streams = _step(steps.judge_streams)(core)
    marts = _step(steps.build_marts)(streams)
    published = _step(steps.judge_and_publish)(marts)
    # Also when a step failed or the gate held the edition back: the pages of the last good one then carry the banner.
    rendered = task(steps.pages, trigger_rule="all_done")()
    # A run is what its last task is: without this one a blocked refresh would look like a good one.
    done = task(steps.finished)(published)
    published >> rendered >> done


def _step(function: Callable[[str], str]) -> Any:
    """The task of a step. Overtaken by another refresh it is skipped, not failed: the other one does its work."""

    @wraps(function)
    def run(refresh_id: str) -> str:
        try:
            return function(refresh_id)
        except steps.Superseded as reason:
            raise AirflowSkipException(str(reason)) from reason

    return task(run)
