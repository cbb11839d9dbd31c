"""The refresh: woken by the doorbell (a sealed segment) or by the clock; it asks the ledger what is pending."""

from __future__ import annotations

from airflow.sdk import Asset, AssetOrTimeSchedule, AssetWatcher, CronTriggerTimetable, dag, task

from bruk import airflow_steps as steps
from bruk.doorbell import LedgerPendingTrigger
from contracts.paths import SitePaths
from contracts.settings import load_settings
from dags.wiring import EVERY_STEP, refresh_chain

settings = load_settings()

doorbell = LedgerPendingTrigger(
    ledger=str(SitePaths(settings.site).ledger),
    quiet=settings.refresh_quiet_seconds,
    debounce=settings.refresh_debounce_seconds,
)
landed = Asset(name="landed", uri="bruk://ledger/pending", watchers=[AssetWatcher(name="doorbell", trigger=doorbell)])


@dag(
    dag_id="bruk_refresh",
    description="pending days → core → gate (streams) → marts → gate (marts) → edition → pages",
    schedule=AssetOrTimeSchedule(
        # The clock catches lost bells: asset events get lost in bursts, and a failed run is not rung for again.
        timetable=CronTriggerTimetable(f"*/{settings.refresh_clock_minutes} * * * *", timezone="UTC"),
        assets=[landed],
    ),
    catchup=False,
    max_active_runs=1,
    default_args=EVERY_STEP,
    tags=["bruk"],
)
def bruk_refresh() -> None:
    refresh_chain(task.short_circuit(steps.pending)())


bruk_refresh()
