"""A machine that moves to another testbed takes its future with it, and leaves its history where it was made."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from contracts.site import load_site
from expectations.judge import judge_marts
from expectations.verdicts import blocking
from tests.warehouse.histories import PRESS, Device
from tests.warehouse.twins import Tables, Twin, assert_same

OF_TESTBEDS = ("metrics.met_testbed_month", "indicators.int_scope_run", "indicators.int_indicator_input")


@pytest.mark.slow
def test_moving_a_machine_changes_no_number_of_the_months_before(tmp_path: Path) -> None:
    device, day = Device(), datetime(2026, 10, 12, tzinfo=UTC)
    device.say(f"{PRESS}/state_v1/main", day.replace(hour=6), v="producing")
    device.say(f"{PRESS}/state_v1/main", day.replace(hour=8), v="idle")
    device.say(f"{PRESS}/run_v1/start", day.replace(hour=6), run="X1", kind="order", organisation="559900-0100")
    device.say(f"{PRESS}/run_v1/end", day.replace(hour=8), run="X1", outcome="finished")
    twin = Twin(tmp_path / "site")
    twin.receive(device.said)
    twin.refresh()
    before = _history(twin)
    _move(twin)
    twin.refresh(full=True)
    assert_same(before, _history(twin))
    machine = "from core.dim_equipment where equipment_id = 'dal-press-1' order by valid_from"
    assert twin.rows(f"select testbed_id {machine}") == [("testbed-dal",), ("testbed-gav",)]
    assert [f"{found.check_id}: {found.note}" for found in blocking(judge_marts(twin.site, "moved"))] == []


def _history(twin: Twin) -> Tables:
    """What the months before the move say, and every run."""
    months = {table: twin.rows(f"from {table} where period_start < '2026-11-01' order by all") for table in OF_TESTBEDS}
    months["metrics.met_run"] = twin.rows("from metrics.met_run order by all")
    assert all(months.values())
    return {table: [str(row) for row in rows] for table, rows in months.items()}


def _move(twin: Twin) -> None:
    """The press stands in Gävle from 1 November."""
    file = twin.site.paths.site / "registry" / "equipment.yaml"
    text = file.read_text("utf-8")
    begin = text.index("  - id: dal-press-1\n")
    end = text.index("  - id: ", begin + 1)
    old = text[begin:end]
    there = old.replace("testbed: testbed-dal", "testbed: testbed-gav").replace("2026-01-01", "2026-11-01")
    here = old.replace("valid_from: 2026-01-01", "valid_from: 2026-01-01\n    valid_to: 2026-10-31")
    assert there != old != here
    file.write_text(text[:begin] + here + there + text[end:], "utf-8")
    twin.site = load_site(twin.site.paths.site)
