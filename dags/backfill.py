"""The backfill: rebuilds the event days from one date to another, started by hand; the same steps as the refresh."""

from __future__ import annotations

from airflow.sdk import Param, dag, task

from bruk import airflow_steps as steps
from dags.wiring import EVERY_STEP, refresh_chain


@dag(
    dag_id="bruk_backfill",
    description="rebuilds the event days (UTC) between two dates, and what is pending",
    schedule=None,
    catchup=False,
    max_active_runs=1,
    default_args=EVERY_STEP,
    render_template_as_native_obj=True,
    params={
        "from": Param(type="string", format="date", description="first event day, UTC"),
        "to": Param(type="string", format="date", description="last event day, UTC"),
    },
    tags=["bruk"],
)
def bruk_backfill() -> None:
    planned = task.short_circuit(steps.backfill)(first="{{ params['from'] }}", last="{{ params['to'] }}")
    refresh_chain(planned)


bruk_backfill()
