"""How the steps hang together: the same chain for every DAG that refreshes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import ExceptionRetryPolicy, RetryAction, RetryRule, task

from bruk import airflow_steps as steps
from contracts.errors import TerminalError

EVERY_STEP: dict[str, Any] = {
    "pool": "duckdb_writer",  # one slot: one process at a time opens the warehouse, whichever DAG it belongs to
    "retries": 2,
    "retry_delay": timedelta(seconds=20),
    "retry_policy": ExceptionRetryPolicy([RetryRule(TerminalError, RetryAction.FAIL)]),
}


def refresh_chain(planned: Any) -> None:
    """planned → core → gate (streams) → marts → gate (marts) and edition → pages."""
    core = task(steps.build_core)(planned)
    streams = task(steps.judge_streams)(core)
    marts = task(steps.build_marts)(streams)
    published = task(steps.judge_and_publish)(marts)
    # Also when a step failed or the gate held the edition back: the pages of the last good one then carry the banner.
    rendered = task(steps.pages, trigger_rule="all_done")()
    # A run is what its last task is: without this one a blocked refresh would look like a good one.
    done = task(steps.finished)(published)
    published >> rendered >> done
