"""The refresh: woken by the doorbell (a sealed segment) or by the clock, one at a time; it asks the ledger what is pending."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import Asset, AssetWatcher, dag, task
from airflow.timetables.assets import AssetOrTimeSchedule
from airflow.timetables.trigger import CronTriggerTimetable

from bruk.doorbell import LedgerPendingTrigger
from contracts.paths import SitePaths
from contracts.settings import load_settings

settings = load_settings()
POOL = "duckdb_writer"

doorbell = LedgerPendingTrigger(
    ledger=str(SitePaths(settings.site).ledger),
    quiet=settings.refresh_quiet_seconds,
    debounce=settings.refresh_debounce_seconds,
)
landed = Asset(
    name="landed",
    uri="bruk://ledger/pending",
    watchers=[AssetWatcher(name="doorbell", trigger=doorbell)],
)


@dag(
    dag_id="bruk_refresh",
    description="pending days → core → gate (streams) → marts → gate (marts) → edition → pages",
    schedule=AssetOrTimeSchedule(
        timetable=CronTriggerTimetable(f"*/{settings.refresh_clock_minutes} * * * *", timezone="UTC"),
        assets=[landed],
    ),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 2, "retry_delay": timedelta(seconds=20), "pool": POOL},
    tags=["bruk"],
)
def bruk_refresh() -> None:
    from bruk import airflow_steps as steps

    pending = task.short_circuit(task_id="pending")(steps.pending)()
    core = task(task_id="build_core")(steps.build_core)()
    streams = task(task_id="judge_streams")(steps.judge_streams)()
    marts = task(task_id="build_marts")(steps.build_marts)()
    publish = task(task_id="judge_and_publish")(steps.publish)()
    pages = task(task_id="pages", trigger_rule="none_skipped")(steps.pages)()
    pending >> core >> streams >> marts >> publish >> pages


bruk_refresh()
