"""Outputs that say what cannot be counted: of no run, or more good than produced: nothing of it vanishes or blocks."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from expectations.judge import judge_marts
from expectations.verdicts import blocking
from tests.warehouse.histories import ASSEMBLY, PRESS, Device
from tests.warehouse.twins import Twin

pytestmark = pytest.mark.slow

DAY = datetime(2026, 10, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Twin:
    """Press and assembly with six orders each of 10 good parts.

    The press says once that 410 of 400 were good. The assembly sends output of an order that it has not, and output
    after its last order.
    """
    device = Device()
    for machine, product in ((PRESS, "BRK-110"), (ASSEMBLY, "MON-210")):
        device.say(f"{machine}/state_v1/main", DAY.replace(hour=6), v="producing")
        for number in range(6):
            _order(device, machine, f"X{number}", product, hour=6 + number)
        device.say(f"{machine}/state_v1/main", DAY.replace(hour=13), v="idle")
    said = {"produced": 400, "good": 410, "scrap": 0}
    _order(device, PRESS, "X9", "BRK-110", hour=12, **said)
    device.say(f"{ASSEMBLY}/output_v1/main", DAY.replace(hour=10), run="NO-SUCH", produced=1000, good=1000)
    device.say(f"{ASSEMBLY}/output_v1/main", DAY.replace(day=20), produced=777, good=777)
    twin = Twin(tmp_path_factory.mktemp("outputs"))
    twin.receive(device.said)
    twin.refresh()
    return twin


def _order(device: Device, machine: str, name: str, product: str, hour: int, **said: Any) -> None:
    """An order of one hour."""
    said = said or {"produced": 10, "good": 10, "scrap": 0}
    device.say(f"{machine}/run_v1/start", DAY.replace(hour=hour), run=name, kind="order", product=product)
    device.say(f"{machine}/run_v1/end", DAY.replace(hour=hour + 1), run=name, outcome="finished")
    device.say(f"{machine}/output_v1/main", DAY.replace(hour=hour + 1), run=name, product=product, **said)


def _month(twin: Twin, machine: str, columns: str) -> tuple[Any, ...]:
    found = twin.rows(
        f"select {columns} from metrics.met_equipment_month "
        f"where equipment_id = '{machine}' and period_start = '2026-10-01'"
    )
    return found[0]


def _reasons(twin: Twin, machine: str, *metrics: str) -> list[str | None]:
    """Why these metrics of the machine's month cannot be assessed."""
    found = twin.rows(
        f"select metric_id, reason from metrics.met_kpi_period where scope_id = '{machine}' "
        "and scope_type = 'equipment' and period_start = '2026-10-01'"
    )
    return [dict(found)[metric] for metric in metrics]


def test_output_of_no_run_is_counted_and_leaves_its_machine_without_ratios_of_quantity(built: Twin) -> None:
    columns = "outputs_without_run, pq, runs_without_quantity, effectiveness, quality_ratio, oee, nee"
    assert _month(built, "dal-assembly-1", columns) == (2, Decimal(60), 0, None, None, None, None)
    # A month of one day is too thin for a ratio of time; of the quantities it is said first that they are not whole.
    assert _reasons(built, "dal-assembly-1", "availability", "quality_ratio") == ["coverage", "missing:GQ"]


def test_more_good_than_produced_leaves_one_run_without_its_quantity_and_the_others_as_they_are(built: Twin) -> None:
    assert built.rows("select produced, good from metrics.met_run where run_ref = 'X9'") == [(Decimal(400), None)]
    columns = "outputs_without_run, pq, gq, runs_without_quantity, quality_ratio, oee"
    assert _month(built, "dal-press-1", columns) == (0, Decimal(460), Decimal(60), 1, None, None)
    assert _reasons(built, "dal-press-1", "effectiveness", "quality_ratio") == ["coverage", "missing:GQ"]


def test_the_oee_of_the_testbed_cannot_be_assessed_and_says_which_run_and_which_machine_lack_what(built: Twin) -> None:
    scope = "scope_type = 'testbed' and scope_id = 'testbed-dal'"
    where = f"where indicator_id = 'G3.4e' and {scope} and period_start = '2026-10-01'"
    assert built.rows(f"select value, assessable from indicators.fct_indicator_value {where}") == [(None, False)]
    left_out = f"from indicators.fct_indicator_input {where} and not included order by 1"
    assert built.rows(f"select input_kind, input_id, reason {left_out}") == [
        ("equipment", "dal-assembly-1", "quantity_missing"),
        ("run", "dal-press-1:X9", "quantity_missing"),
    ]


def test_neither_blocks_the_edition_of_the_programme(built: Twin) -> None:
    assert [f"{found.check_id}: {found.note}" for found in blocking(judge_marts(built.site, "outputs"))] == []
