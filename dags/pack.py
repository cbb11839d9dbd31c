"""The report pack of the edition that readers see, made once an hour at most: no refresh waits for it."""

from __future__ import annotations

from airflow.sdk import CronTriggerTimetable, dag, task

from bruk import airflow_steps as steps
from dags.wiring import OF_AN_EDITION


@dag(
    dag_id="bruk_pack",
    description="A4 sheets, tables and values of the claim, from the edition that readers see",
    schedule=CronTriggerTimetable("25 * * * *", timezone="UTC"),
    catchup=False,
    max_active_runs=1,
    default_args=OF_AN_EDITION,
    tags=["bruk"],
)
def bruk_pack() -> None:
    task(steps.pack)()


bruk_pack()
