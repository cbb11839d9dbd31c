"""The tour of docs/one-reading.md as a test: one message from its topic to the printed number, and back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from bruk.asking import ask
from bruk.trace import trace
from contracts.paths import PRODUCT
from ingestion.ledger import Ledger
from tests.e2e.whole import Whole

LINE = "nms/v1/dalarna/testbed-dal/hall-1/line-1"
TOPIC = f"{LINE}/press-1/output_v1/main"
READING = (
    '{"ts": "2026-10-13T18:00:00Z", "run": "PO-3", "product": "BRK-110", "produced": 2400, "good": 2300, "scrap": 100}'
)
DOCUMENT = PRODUCT / "docs" / "one-reading.md"

# 2 machines × (30 days × 24 h + 1 h of 25 October) − 2 × 30 × 1 h of planned downtime; 31 October is closed.
PBT_S = 2 * (30 * 24 + 1) * 3600 - 2 * 30 * 3600
PRI_S = 18
GOOD = 4 * 2000 + 2300


def october() -> list[dict[str, Any]]:
    """Five orders of the press; known states of both machines for the whole month; the reading belongs to PO-3."""
    items = [_item(f"{LINE}/{unit}/state_v1/main", "2026-09-30T20:00:00Z", v="idle") for unit in UNITS]
    for number in range(1, 6):
        day, run = f"2026-10-{10 + number:02d}", f"PO-{number}"
        start = {"run": run, "product": "BRK-110", "organisation": "559900-0241"}
        items.append(_item(f"{LINE}/press-1/run_v1/start", f"{day}T06:00:00Z", **start))
        if number == 3:
            items.append({"received": 0, "topic": TOPIC, "qos": 1, "retain": False, "payload": READING})
        else:
            amounts = {"run": run, "product": "BRK-110", "produced": 2000, "good": 2000, "scrap": 0}
            items.append(_item(TOPIC, f"{day}T18:00:00Z", **amounts))
        items.append(_item(f"{LINE}/press-1/run_v1/end", f"{day}T18:00:00Z", run=run, outcome="finished"))
    return items + [_item(f"{LINE}/{unit}/state_v1/main", "2026-11-01T08:00:00Z", v="idle") for unit in UNITS]


UNITS = ("press-1", "assembly-1")


def _item(topic: str, ts: str, **fields: Any) -> dict[str, Any]:
    return {"received": 0, "topic": topic, "qos": 1, "retain": False, "payload": json.dumps({"ts": ts, **fields})}


@pytest.fixture(scope="module")
def whole(new_whole: Callable[[], Whole]) -> Whole:
    """Stages 1 to 4: sent through the broker, spooled, judged, landed."""
    made = new_whole()
    made.receive(october())
    return made


@pytest.fixture(scope="module")
def refreshed(whole: Whole) -> Whole:
    """Stages 5 to 12."""
    assert date(2026, 10, 13) in Ledger(whole.site.paths.ledger).pending().days["output"]
    whole.refresh()
    return whole


def test_the_spool_holds_the_bytes_that_the_machine_sent(whole: Whole) -> None:
    (message,) = [one for one in whole.spooled() if one.payload == READING.encode()]
    assert (message.topic, message.qos) == (TOPIC, 1)


def test_landing_holds_one_typed_row_under_the_day_of_the_reading(whole: Whole) -> None:
    columns, rows = ask(whole.site, "landing", "select * from output where run_ref = 'PO-3'")
    (row,) = [dict(zip(columns, values, strict=True)) for values in rows]
    assert (row["equipment"], row["good_quantity"], row["device"]) == ("dal-press-1", 2300, "dal-line-1")
    assert whole.counts("uns") == {"accepted": len(october())}
    files = {file.path for file in Ledger(whole.site.paths.ledger).landed_files() if file.stream == "output"}
    assert "output/v1.1/event_date=2026-10-13/mqtt-000000000000.parquet" in files


def test_core_and_metrics_hold_its_quantity_and_its_planned_seconds(refreshed: Whole) -> None:
    assert refreshed.warehouse("select good_quantity from core.fct_output where run_ref = 'PO-3'") == [(2300,)]
    planned = "select pri_gq_s from metrics.met_elements_run join core.fct_run using (run_id) where run_ref = 'PO-3'"
    assert refreshed.warehouse(planned) == [(PRI_S * 2300,)]
    (month,) = refreshed.rows("met_testbed_month", testbed_id="testbed-dal", period_start=date(2026, 10, 1))
    assert (month["pri_gq_s"], month["pbt_s"]) == (PRI_S * GOOD, PBT_S)


def test_the_indicator_is_the_quotient_of_the_sums(refreshed: Whole) -> None:
    scope = {"indicator_id": "G3.4e", "scope_type": "testbed", "scope_id": "testbed-dal"}
    (value,) = refreshed.rows("fct_indicator_value", period_start=date(2026, 10, 1), **scope)
    assert value["assessable"], value["reason"]
    assert value["value"] == pytest.approx(100 * PRI_S * GOOD / PBT_S)
    assert (value["n"], value["quality_state"], value["coverage"]) == (5, "passed", 1.0)


def test_the_page_prints_the_number_as_each_language_writes_it(refreshed: Whole) -> None:
    pages = refreshed.site.paths.pages / "current"
    swedish = (pages / "indikator" / "G3.4e" / "index.html").read_text(encoding="utf-8")
    english = (pages / "en" / "indicator" / "G3.4e" / "index.html").read_text(encoding="utf-8")
    assert "3,7\u00a0%" in swedish
    assert "3.7%" in english


def test_the_trace_leads_from_the_number_back_to_the_bytes(refreshed: Whole) -> None:
    opened = trace(refreshed.site, "G3.4e", "testbed", "testbed-dal", "2026-10")
    (run,) = [one for one in opened.inputs if one.run and one.run["run_ref"] == "PO-3"]
    (event,) = [one for one in run.events if one.stream == "output"]
    (message,) = [one for one in refreshed.spooled() if one.payload == READING.encode()]
    assert (event.segment, event.offset) == (message.segment, message.offset)
    assert not opened.excluded


def quoted() -> list[tuple[str, list[str]]]:
    """(file, lines) of every block of code in the document: a block belongs to the last file named before it."""
    found: list[tuple[str, list[str]]] = []
    file = ""
    for part in re.split(r"(```(?:python|sql|yaml)\n.*?```)", DOCUMENT.read_text(encoding="utf-8"), flags=re.DOTALL):
        if part.startswith("```"):
            found.append((file, part.splitlines()[1:-1]))
        else:
            named = [name for name in re.findall(r"`([\w./]+)`", part) if (PRODUCT / name).is_file()]
            file = named[-1] if named else file
    return found


@pytest.mark.parametrize(("file", "lines"), quoted())
def test_the_document_quotes_lines_that_stand_in_their_file(file: str, lines: list[str]) -> None:
    text = (PRODUCT / file).read_text(encoding="utf-8")
    missing = [line for line in lines if line.strip() not in text]
    assert not missing, f"{file} does not hold: {missing}"
