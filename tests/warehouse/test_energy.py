"""Thousands of random meters: the order of arrival changes nothing, and plain Python comes to the same."""

from __future__ import annotations

import os
import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from bruk import built
from bruk.inputs import Plan
from bruk.refresh import plan_refresh
from bruk.transform import run_dbt
from ingestion.landing.sealer import land_pending
from ingestion.ledger import Ledger
from tests.sites import NOON, clock_at
from tests.warehouse.histories import ASSEMBLY, FIRST, PACKING, PRESS, PRINTER, SHARP, Device
from tests.warehouse.meters import Interval, Meter, Reading, booked, by_day, intervals, within
from tests.warehouse.twins import Twin

pytestmark = pytest.mark.slow

#: Other histories: BRUK_TEST_SEED=7 .venv/bin/python -m pytest tests/warehouse/test_energy.py
SEED = int(os.environ.get("BRUK_TEST_SEED", "20261025"))
MACHINES = {
    PRESS: "dal-press-1", ASSEMBLY: "dal-assembly-1", PRINTER: "gav-printer-1", PACKING: "var-packing-1",
}  # fmt: skip
METERS = 2_000
MILLIONTH = Decimal("0.000001")
HOUR = timedelta(hours=1)

INTERVALS = """
select meter, register, started_at, ended_at, (energy_kwh * 1000000)::bigint, method, remark
from core.fct_energy_interval order by meter, register, started_at
"""
DAYS = "select equipment_id, day, value from metrics.int_element_energy where element = 'ENERGY' and value <> 0"
RUNS = "select run_id, value from metrics.int_run_element_energy where element = 'ENERGY' and n > 0"


class Metered(Twin):
    """A site of which only the energy is built. Its meters are `meters`, those of each machine in turn."""

    def __init__(self, folder: Path, meters: dict[str, Meter] | None = None) -> None:
        super().__init__(folder)
        if meters is not None:
            listed = [_record(*each) for each in zip(meters, meters.values(), _machines(), strict=False)]
            file = self.site.paths.registry / "meters.yaml"
            file.write_text(yaml.safe_dump({"meters": listed}), "utf-8")

    def refresh(self, full: bool = False) -> Plan:
        """The days that are pending, or all."""
        plan = plan_refresh(self.site, full=full)
        assert plan is not None
        flags = ["--full-refresh"] if plan.full else []
        done = run_dbt(self.site, ["run", *flags, "--select", "+int_element_energy", "+int_run_element_energy"])
        assert done.ok, done.failures
        Ledger(self.site.paths.ledger).cover(plan.snapshot)
        if plan.full:
            built.remember(self.site.paths, plan.definitions)
        return plan

    def drop_hours(self, rows: list[str], seconds: int) -> None:
        """Lands a file of the grid operator with these rows, received so many seconds after noon."""
        data = "#Created: 2026-11-01;\r\nTimme;Mätare;kWh\r\n" + "".join(f"{row}\r\n" for row in rows)
        self.drop("energy-log", data.encode(), NOON + seconds * 1_000_000_000)
        land_pending(self.site, clock_at())


def _machines() -> Iterator[str]:
    while True:
        yield from MACHINES


def _record(name: str, meter: Meter, machine: str) -> dict[str, Any]:
    record = {
        "id": name, "name": {"sv": name, "en": name}, "equipment": MACHINES[machine], "boundary": "machine",
        "valid_from": "2026-01-01", "interval_s": meter.interval_s,
        "rolls_over_at_kwh": meter.turns_at and meter.turns_at / 1_000_000,
    }  # fmt: skip
    return {name: value for name, value in record.items() if value is not None}


def _series(dice: random.Random, name: str, device: Device, machine: str, turns: int | None) -> Iterator[Reading]:
    """Some days of one meter: a counter that grows, is reset or goes round, intervals, corrections; in no order."""
    stands = dice.randrange(1_000_000, 90_000_000)
    moments = sorted(
        {FIRST + timedelta(seconds=dice.randrange(3 * 86_400)) for _ in range(4)} | {*dice.sample(SHARP, 3)}
    )
    for at in moments:
        if dice.random() < 0.15:
            stands = dice.randrange(1_000_000)
        stands += dice.randrange(0, 9_000_000, 1_000)
        if turns and stands >= turns:
            stands -= turns
        yield _say(device, machine, name, "consumed", at, stands)
        if dice.random() < 0.2:  # said again otherwise: the later number holds
            yield _say(device, machine, name, "consumed", at, stands + 1_000)
    for _ in range(dice.randrange(4)):
        at = dice.choice(moments)
        start = at - dice.choice(
            [HOUR / 4, HOUR, 24 * HOUR, timedelta(0), timedelta(seconds=dice.randrange(1, 200_000))]
        )
        register = dice.choice(["consumed", "produced"])
        yield _say(device, machine, name, register, at, dice.randrange(0, 50_000_000, 1_000), start)


def _say(
    device: Device, machine: str, name: str, register: str, at: datetime, energy: int, start: datetime | None = None
) -> Reading:
    kind = {"kind": "counter"} if start is None else {"kind": "interval", "from": start.isoformat()}
    device.say(f"{machine}/energy_v1/{name}", at, register=register, v=energy / 1_000_000, **kind)
    return Reading(name, register, at, energy, device.seq, start)


def test_two_thousand_random_meters_in_any_order_over_refreshes_come_to_what_plain_python_computes(
    tmp_path: Path,
) -> None:
    dice = random.Random(SEED)
    meters = {
        f"m-{number:04d}": Meter(dice.choice([None, 900, 3_600, 40_000]), dice.choice([None, None, 100_000_000]))
        for number in range(METERS)
    }
    devices = {PRESS: (line := Device()), ASSEMBLY: line, PRINTER: Device(), PACKING: Device()}
    of_meter = dict(zip(meters, _machines(), strict=False))
    readings = [
        reading
        for name, machine in of_meter.items()
        for reading in _series(dice, name, devices[machine], machine, meters[name].turns_at)
    ]
    runs = {machine: _runs(dice, devices[machine], machine) for machine in MACHINES}
    messages = [said for device in {id(one): one for one in devices.values()}.values() for said in device.said]
    messages += dice.sample(messages, 500)  # redelivered: harmless
    dice.shuffle(messages)
    twin = Metered(tmp_path / "site", meters)
    for part in range(3):
        twin.receive(messages[part::3])
        assert twin.refresh().full == (part == 0), "only the first refresh builds everything"

    expected = list(intervals(readings, meters))
    assert len({one.remark for one in expected}) == 4, "every remark occurs"
    found = [Interval(m, r, start, end, *rest) for m, r, start, end, *rest in twin.rows(INTERVALS)]
    assert found == sorted(expected, key=lambda one: (one.meter, one.register, one.start))
    _assert_elements(twin, expected, of_meter, runs)
    before = twin.tables()
    twin.refresh(full=True)
    assert before == twin.tables()


def _runs(dice: random.Random, device: Device, machine: str) -> dict[str, tuple[datetime, datetime]]:
    """Runs one after the other, some over midnight."""
    at, found = FIRST, {}
    for number in range(5):
        start, end = at + dice.random() * 3 * HOUR, at + (4 + 8 * dice.random()) * HOUR
        device.say(f"{machine}/run_v1/start", start, run=f"R{number}", kind="order")
        device.say(f"{machine}/run_v1/end", end, run=f"R{number}", outcome="finished")
        found[f"{MACHINES[machine]}:R{number}"], at = (start, end), end
    return found


def _assert_elements(
    twin: Metered, expected: list[Interval], of_meter: dict[str, str], runs: dict[str, dict[str, Any]]
) -> None:
    """By the local day on which it is booked and by run; the days add up to the intervals, nothing twice or lost."""
    consumed: dict[str, list[Interval]] = defaultdict(list)
    for one in expected:
        if one.register == "consumed":
            consumed[of_meter[one.meter]].append(one)
    days = {
        (MACHINES[m], day): energy
        for m, found in consumed.items()
        for day, energy in booked(found, runs[m].values()).items()
        if energy
    }
    assert {(machine, day): int(value / MILLIONTH) for machine, day, value in twin.rows(DAYS)} == days
    assert days != {
        (MACHINES[m], day): energy for m, found in consumed.items() for day, energy in by_day(found).items()
    }
    assert sum(days.values()) == sum(one.energy for found in consumed.values() for one in found)
    parts = {run: within(consumed[m], *span) for m, listed in runs.items() for run, span in listed.items()}
    assert {run: int(value / MILLIONTH) for run, value in twin.rows(RUNS)} == parts


def test_a_month_dropped_whole_or_in_pieces_corrected_and_again_has_each_hour_once(tmp_path: Path) -> None:
    zone = ZoneInfo("Europe/Stockholm")
    hours = [FIRST - timedelta(hours=2) + HOUR * n for n in range(72)]
    walls = [f"{hour.astimezone(zone):%Y-%m-%d %H:%M}" for hour in hours]
    rows = [f"{wall};735999000000000011;{n},25" for n, wall in enumerate(walls)]
    wrong = [row.replace(",25", ",99") for row in rows[:40]]
    asked = "select started_at, ended_at, energy_kwh, boundary, remark from core.fct_energy_interval order by 1"

    in_pieces = Metered(tmp_path / "in-pieces")
    in_pieces.drop_hours(rows[20:], 2)  # the first to land, and the night of 25 hours in the midst of it
    in_pieces.refresh()
    in_pieces.drop_hours(wrong, 1)  # sent before it, and late: what overlaps holds nothing any longer
    in_pieces.drop_hours(rows[:40], 3)
    in_pieces.refresh()
    in_pieces.drop_hours(rows[:40], 4)  # the same bytes
    whole = Metered(tmp_path / "whole")
    whole.drop_hours(rows, 1)
    whole.refresh()
    assert in_pieces.rows(asked) == whole.rows(asked)
    told = [(hour, hour + HOUR, Decimal(n) + Decimal("0.25"), "machine", None) for n, hour in enumerate(hours)]
    assert whole.rows(asked) == told
    per_day = "select n, missing from metrics.int_element_energy where element = 'ENERGY' and n > 0 order by day"
    assert in_pieces.rows(per_day) == whole.rows(per_day) == [(24, 0), (25, 0), (23, 1)]
