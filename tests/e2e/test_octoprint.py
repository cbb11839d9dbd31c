"""The recorded print through the whole platform: one run, every message accounted for, every value as recorded."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from bruk.verify import verify
from tests.e2e import octoprint
from tests.e2e.whole import Whole

SOURCE = "octoprint-gav-printer-1"
PRINTER = "gav-printer-1"
DAY = 86_400


@pytest.fixture(scope="module")
def printed(new_whole: Callable[[], Whole]) -> Whole:
    """A site that received the recording and was refreshed."""
    whole = new_whole()
    whole.receive(octoprint.RECORDING)
    whole.refresh()
    return whole


def test_the_recording_is_one_finished_run_with_the_duration_that_octoprint_reported(printed: Whole) -> None:
    (run,) = printed.rows("fct_run")
    assert (run["equipment_id"], run["outcome"], run["kind"]) == (PRINTER, "finished", "build_job")
    assert run["product"] == "kub_20mm_åäö.gcode"
    assert float(run["reported_duration_s"]) == pytest.approx(337.27389269, abs=1e-6)
    assert (run["ended_at"] - run["started_at"]).total_seconds() == 337


def test_all_513_messages_are_accepted_ignored_by_contract_quarantined_or_duplicate(printed: Whole) -> None:
    counts = printed.counts(SOURCE)
    assert sum(counts.values()) == 513
    assert counts.get("quarantined", 0) == counts.get("duplicate", 0) == 0
    report = verify(printed.site)
    assert report.ok, [line for line in report.lines if not line.ok]


def test_every_temperature_and_progress_value_is_there_as_often_as_it_was_recorded(printed: Whole) -> None:
    expected: Counter[tuple[str, int, float]] = Counter()
    for item in octoprint.good():
        topic, data = item["topic"].removeprefix("octoPrint/"), _payload(item)
        if topic.startswith("temperature/"):
            sensor = topic.removeprefix("temperature/")
            for kind in ("actual", "target"):
                if data.get(kind) is not None:
                    expected[f"{sensor}_{kind}", data["_timestamp"], float(data[kind])] += 1
        elif topic == "progress/printing":
            expected["progress", data["_timestamp"], float(data["progress"])] += 1
    rows = printed.warehouse("select channel, observed_at, value from core.fct_measurement where channel <> 'z'")
    found = Counter((channel, _second(at), float(value)) for channel, at, value in rows)
    assert found == expected
    assert max(expected.values()) > 1, "the recording holds genuine repeats"


def test_prints_that_end_badly_are_one_run_each_and_never_a_success(new_whole: Callable[[], Whole]) -> None:
    whole = new_whole()
    whole.receive(octoprint.cancelled(-2 * DAY) + octoprint.failed(-DAY) + octoprint.cut_off(0))
    whole.refresh()
    runs = sorted(whole.rows("fct_run"), key=lambda run: run["started_at"])
    assert [run["outcome"] for run in runs] == ["cancelled", "failed", "interrupted"]
    months = whole.rows("met_equipment_month", equipment_id=PRINTER)
    assert sum(month["builds_accepted"] for month in months) == 0
    assert all(not month["build_success_rate"] for month in months)


def test_the_same_print_again_is_a_second_run_and_a_reconnect_of_ours_is_none(new_whole: Callable[[], Whole]) -> None:
    whole = new_whole()
    whole.receive(octoprint.moved(octoprint.good(), -DAY))
    whole.start()
    whole.stop()
    whole.receive(octoprint.RECORDING)
    whole.refresh()
    assert [run["outcome"] for run in whole.rows("fct_run")] == ["finished", "finished"]
    assert sum(whole.counts(SOURCE).values()) == 2 * 513


def _payload(item: dict[str, Any]) -> dict[str, Any]:
    try:
        data = json.loads(item["payload"])
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}


def _second(at: datetime) -> int:
    return int(at.timestamp())
