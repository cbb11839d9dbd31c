"""The report of a meeting in Airflow: a draft, a person's answer as the interface records it, and only then frozen."""

from __future__ import annotations

import threading
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bruk.reports.kept import reports
from tests.e2e.test_one_reading import october
from tests.e2e.whole import Whole

pytestmark = pytest.mark.slow

CONF = {"meeting": "2026-12-03", "title": "Styrgrupp december", "approved_by": "Ordförande"}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """A site with one edition."""
    whole = Whole(tmp_path_factory.mktemp("report") / "site")
    whole.spool(october())
    whole.refresh()
    return whole


class Person:
    """Answers the request of a run as the API of the interface does, when it is waiting; notes what was true before."""

    def __init__(self, answer: str, before: Callable[[], None]) -> None:
        """In the test's own thread, for here Airflow is imported: its modules and SQLAlchemy's mappers wait for each
        other's locks when two threads meet in them, for ever.
        """
        self.answer, self.before = answer, before
        self.failed: BaseException | None = None
        with warnings.catch_warnings(action="ignore"):  # Airflow's and FastAPI's debts while they are imported
            from airflow.api_fastapi.core_api.datamodels.hitl import UpdateHITLDetailPayload
            from airflow.api_fastapi.core_api.routes.public.hitl import update_hitl_detail
            from airflow.models import import_all_models
            from airflow.models.taskinstance import TaskInstance
            from airflow.utils.session import create_session

            import_all_models()
        self._waits = lambda session: (
            session.query(TaskInstance).filter_by(dag_id="bruk_report", state="awaiting_input").first()
        )
        self._session, self._update, self._payload = create_session, update_hitl_detail, UpdateHITLDetailPayload

    def __call__(self) -> None:
        try:
            self._wait_and_answer()
        except BaseException as error:  # told in the test's own thread
            self.failed = error

    def _wait_and_answer(self) -> None:
        deadline = time.monotonic() + 240
        while time.monotonic() < deadline:
            with self._session() as session:
                waiting = self._waits(session)
                if waiting is not None:
                    time.sleep(1.5)  # an answer in the very second of the pause failed the task (Airflow 3.3.2)
                    self.before()
                    payload = self._payload(chosen_options=[self.answer])
                    self._update(
                        "bruk_report", waiting.run_id, "approval", payload, _User(), session, waiting.map_index
                    )
                    return
            time.sleep(0.3)
        raise AssertionError("nobody was asked")


class _User:
    def get_id(self) -> str:
        return "1"

    def get_name(self) -> str:
        return "admin"


def run(dags: dict[str, Any], whole: Whole, answer: str, before: Callable[[], None]) -> dict[str, str]:
    person = Person(answer, before)
    thread = threading.Thread(target=person, daemon=True)
    thread.start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BRUK_SITE", str(whole.folder))
        done = dags["bruk_report"].test(run_conf=CONF)
    thread.join(10)
    assert person.failed is None, person.failed
    return {task.task_id: str(task.state) for task in done.get_task_instances()}


def test_without_an_approval_nothing_is_frozen_and_with_one_the_very_draft_is(
    dags: dict[str, Any], published: Whole
) -> None:
    paths = published.site.paths
    draft = paths.reports / ".draft-2026-12-03"
    drawn: dict[str, bytes] = {}

    def nothing_yet() -> None:
        assert reports(paths) == []
        assert (draft / "pages/paket/sv/styrkort-programmet.pdf").exists()
        drawn["page"] = (draft / "pages/index.html").read_bytes()

    states = run(dags, published, "Reject", nothing_yet)
    assert states == {"draft": "success", "approval": "success", "freeze": "skipped"}
    assert reports(paths) == []

    def meanwhile() -> None:
        nothing_yet()
        published.spool([october()[0]])  # something newer is published while the draft waits
        published.refresh(full=True)

    edition = published.edition.name
    states = run(dags, published, "Approve", meanwhile)
    assert set(states.values()) == {"success"}
    (report,) = reports(paths)
    assert (report.id, report.edition, report.approved_by) == (
        "2026-12-03-styrgrupp-december", edition, "Ordförande",
    )  # fmt: skip
    assert edition != published.edition.name
    assert (report.folder(paths) / "pages/index.html").read_bytes() == drawn["page"]
    assert not draft.exists()
    page = (Path(paths.pages) / "current/moten/index.html").read_text(encoding="utf-8")
    assert "Styrgrupp december, 3 december 2026" in page
