"""The report of a meeting: a draft of the edition that readers see, a person's approval, and then it is frozen."""

from __future__ import annotations

from datetime import timedelta

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import Param, dag, task

from bruk import airflow_steps as steps
from dags.wiring import OF_AN_EDITION


@dag(
    dag_id="bruk_report",
    description="draft of the current edition → a person approves or rejects → frozen for the meeting, for ever",
    schedule=None,
    catchup=False,
    max_active_runs=1,
    default_args=OF_AN_EDITION,
    params={
        "meeting": Param(type="string", format="date", description="the day of the meeting"),
        "title": Param(type="string", minLength=1, description="what the meeting is called, in Swedish"),
        "approved_by": Param("", type="string", description="the role of who approves; no person's name"),
    },
    tags=["bruk"],
)
def bruk_report() -> None:
    drafted = task(steps.draft)(meeting="{{ params.meeting }}")
    approval = ApprovalOperator(
        task_id="approval",
        subject="Fastställ {{ params.title }}, {{ params.meeting }}?",
        body="{{ ti.xcom_pull(task_ids='draft')['address'] }} · {{ ti.xcom_pull(task_ids='draft')['edition'] }}: "
        "{{ ti.xcom_pull(task_ids='draft')['changed'] }}. What is approved is kept for ever.",
        response_timeout=timedelta(days=30),
        execution_timeout=timedelta(days=31),
    )
    frozen = task(steps.freeze)(drafted, "{{ params.meeting }}", "{{ params.title }}", "{{ params.approved_by }}")
    drafted >> approval >> frozen


bruk_report()
