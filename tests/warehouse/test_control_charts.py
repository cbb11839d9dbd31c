"""Control charts of the warehouse against the same in plain Python, and limits that late data does not move."""

from __future__ import annotations

import math
import os
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from contracts.paths import DBT_PROJECT
from tests.sites import NOON, text
from tests.warehouse.charts import Charts, Inspected, characteristic
from tests.warehouse.plain_charts import STATISTICS, Chart, Received, c4, plain_chart, range_moments

pytestmark = pytest.mark.slow

SEED = int(os.environ.get("BRUK_TEST_SEED", "20260801"))
FIRST = datetime(2026, 8, 3, 8, tzinfo=UTC)
DAY_NS = 86_400_000_000_000
#: Files are received on the 20th, 22nd and 24th of November; limits are frozen on the 22nd or the 23rd.
RECEIVED = [NOON - 4 * DAY_NS, NOON - 2 * DAY_NS, NOON]
FROZEN = [datetime.fromtimestamp(ns / 1e9, UTC).isoformat() for ns in (NOON - 2 * DAY_NS, NOON - DAY_NS)]


def random_characteristics(dice: random.Random, number: int) -> list[dict[str, Any]]:
    """Charts of every kind with the reference in the first 12 to 25 days, some of it excluded."""
    found = []
    for place in range(number):
        last = FIRST + timedelta(days=dice.randrange(12, 25))
        hole = FIRST + timedelta(days=dice.randrange(10))
        excluded = [{"since": hole.isoformat(), "until": hole.isoformat(), "reason": text("found")}]
        chart = list(STATISTICS)[place % len(STATISTICS)]
        by = "consecutive" if chart == "i_mr" else "sample"
        more = {"excluded": excluded} if dice.random() < 0.5 else {}
        limits = {"lsl": 8.5, "usl": 12.0} if chart in ("xbar_r", "xbar_s", "i_mr") else {}
        found.append(
            characteristic(
                f"c-{place}", chart, str(FIRST.date()), str(last.date()), by, known_at=dice.choice(FROZEN),
                run_length=dice.choice((7, 8, 9)), **more, **limits,
            )
        )  # fmt: skip
    return found


def random_inspections(dice: random.Random, records: list[dict[str, Any]]) -> list[list[Inspected]]:
    """Three files: 45 days of groups that wander a little, some late, some corrected, some inspected again."""
    files: list[list[Inspected]] = [[], [], []]
    for record in records:
        size, drift = dice.randrange(2, 7), dice.choice((0.0, 0.02))
        for day in range(45):
            for place in range(_count(dice, record["chart"], size)):
                at = FIRST + timedelta(days=day, minutes=place)
                name = f"{record['id']}-{day}-{place}"
                item = _inspected(dice, record, at, day, name, drift)
                arrival = dice.choice((0, 0, 0, 0, 1, 2))
                files[arrival].append(item)
                if arrival < 2 and dice.random() < 0.05:
                    files[arrival + 1].append(_inspected(dice, record, at, day, name, drift))
    for file in files:
        dice.shuffle(file)
    return files


def _count(dice: random.Random, chart: str, size: int) -> int:
    if chart in ("xbar_r", "xbar_s"):
        return dice.choice((size, size, size, size + 1))
    return 1 if chart in ("i_mr", "c") else dice.choice((1, 1, 2))


def _inspected(
    dice: random.Random, record: dict[str, Any], at: datetime, day: int, name: str, drift: float
) -> Inspected:
    again = dice.random() < 0.02
    if record["chart"] in ("xbar_r", "xbar_s", "i_mr"):
        value = f"{dice.gauss(10 + drift * day, 0.5):.6f}"
        return Inspected(at, record["id"], day, value=value, again=again, ref=name)
    inspected = dice.choice((50, 50, 80))
    scrap = sum(dice.random() < 0.1 + drift for _ in range(inspected))
    return Inspected(at, record["id"], day, inspected=inspected, scrap=scrap, defects=scrap, again=again, ref=name)


def received(files: list[list[Inspected]]) -> list[Received]:
    """The inspections in the order of their arrival, with the moment of it."""
    moments = [datetime.fromtimestamp(ns / 1e9, UTC) for ns in RECEIVED]
    return [(moment, item) for moment, file in zip(moments, files, strict=True) for item in file]


def test_charts_of_every_kind_equal_those_in_plain_python(tmp_path: Path) -> None:
    print(f"BRUK_TEST_SEED={SEED}")
    dice = random.Random(SEED)
    records = random_characteristics(dice, 140)
    files = random_inspections(dice, records)
    charts = Charts(tmp_path, records)
    for file, moment in zip(files, RECEIVED, strict=True):
        charts.inspect(file, moment)
    charts.chart()

    arrived = received(files)
    points = charts.rows("from metrics.met_control_point order by characteristic_id, statistic, point")
    capability = {row["characteristic_id"]: row for row in charts.rows("from metrics.met_capability")}
    broken = [0, 0, 0, 0]
    for record in records:
        mine = [item for item in arrived if item[1].characteristic == record["id"]]
        plain = plain_chart(record, mine)
        for statistic, expected in plain.points.items():
            found = [p for p in points if (p["characteristic_id"], p["statistic"]) == (record["id"], statistic)]
            assert [_drawn(p) for p in found] == [pytest.approx((e.value, e.center, e.lcl, e.ucl)) for e in expected]
            ruled = [tuple(p[f"rule_{rule}"] for rule in (1, 2, 3, 4)) for p in found]
            assert ruled == [e.rules for e in expected], (record["id"], statistic)
            broken = [count + sum(rules[place] for rules in ruled) for place, count in enumerate(broken)]
        if record["id"] in capability:
            _assert_capable(capability[record["id"]], plain)
    assert min(broken) > 50, "every rule is broken often enough to be tried"
    assert {row["assessable"] for row in capability.values()} == {True, False}


def _drawn(point: dict[str, Any]) -> tuple[float, float, float, float]:
    return point["value"], point["center"], point["lcl"], point["ucl"]


def _assert_capable(found: dict[str, Any], plain: Chart) -> None:
    reason = "too_few" if plain.n < 50 else None if plain.in_control else "not_in_control"
    assert (found["n"], found["reason"], found["assessable"]) == (plain.n, reason, reason is None)
    told = (found["mean"], found["sigma_within"], found["sigma_overall"])
    assert told == pytest.approx((plain.mean, plain.sigma, plain.overall))
    if reason is None:
        room = min(12.0 - plain.mean, plain.mean - 8.5)
        off = math.hypot(plain.sigma, plain.mean - 10.25)
        indices = [found[name] for name in ("cp", "cpk", "cpm", "pp", "ppk")]
        assert indices == pytest.approx(
            [w / spread for w, spread in ((3.5 / 6, plain.sigma), (room / 3, plain.sigma), (3.5 / 6, off))]
            + [3.5 / 6 / plain.overall, room / 3 / plain.overall]
        )
    else:
        assert (found["cp"], found["ppk"]) == (None, None)


def test_late_data_of_the_reference_period_moves_points_and_no_limit_and_a_new_version_moves_the_limits(
    tmp_path: Path,
) -> None:
    dice = random.Random(SEED)
    records = [characteristic("c-0", "xbar_r", "2026-08-03", "2026-08-22", known_at=FROZEN[1])]
    first, _, _ = random_inspections(dice, records)
    late = [Inspected(item.at, "c-0", item.sample, value="14.5", ref=item.ref) for item in first[:9]]
    charts = Charts(tmp_path, records)
    charts.inspect(first, RECEIVED[0])
    charts.chart()
    before = charts.rows("from metrics.met_control_limit order by all")
    drawn = charts.rows("from metrics.met_control_point order by all")

    charts.inspect(late, RECEIVED[2])
    charts.chart()
    after = charts.rows("from metrics.met_control_limit order by all")
    assert [row | {"frozen": True} for row in before] == after
    assert drawn != charts.rows("from metrics.met_control_point order by all")

    anew = datetime.fromtimestamp(NOON / 1e9, UTC).isoformat()
    charts.register([*records, characteristic("c-0", "xbar_r", "2026-08-03", "2026-08-22", version="2", known_at=anew)])
    charts.chart()
    assert charts.rows("from metrics.met_control_limit where version = '1' order by all") == after
    assert charts.limits("c-0", "2", "xbar")["base"] > charts.limits("c-0", "1", "xbar")["base"]


@pytest.mark.parametrize(
    ("n", "d2", "d3", "published_c4", "a2", "a3", "b3", "b4", "d_lower", "d_upper"),
    [
        (2, 1.128, 0.853, 0.7979, 1.880, 2.659, 0, 3.267, 0, 3.267),
        (3, 1.693, 0.888, 0.8862, 1.023, 1.954, 0, 2.568, 0, 2.575),
        (4, 2.059, 0.880, 0.9213, 0.729, 1.628, 0, 2.266, 0, 2.282),
        (5, 2.326, 0.864, 0.9400, 0.577, 1.427, 0, 2.089, 0, 2.115),
        (7, 2.704, 0.833, 0.9594, 0.419, 1.182, 0.118, 1.882, 0.076, 1.924),
        (10, 3.078, 0.797, 0.9727, 0.308, 0.975, 0.284, 1.716, 0.223, 1.777),
        (25, 3.931, 0.708, 0.9896, 0.153, 0.606, 0.565, 1.435, 0.459, 1.541),
    ],
)
def test_the_constants_are_the_integrals_that_they_stand_for_and_give_the_factors_of_printed_tables(
    n: int, d2: float, d3: float, published_c4: float, a2: float, a3: float, b3: float, b4: float,
    d_lower: float, d_upper: float,
) -> None:  # fmt: skip
    """Printed: Montgomery, Introduction to Statistical Quality Control, appendix VI; 2.66 is 3 ÷ d2 of two values."""
    mean, spread = range_moments(n)
    tabulated = _tabulated()[n]
    assert tabulated == pytest.approx((mean, spread, c4(n)), abs=2e-9)
    assert tabulated == pytest.approx((d2, d3, published_c4), abs=6e-4)
    wide = 3 * math.sqrt(1 - c4(n) ** 2) / c4(n)
    factors = (3 / mean / math.sqrt(n), 3 / c4(n) / math.sqrt(n), max(0, 1 - wide), 1 + wide)
    assert factors == pytest.approx((a2, a3, b3, b4), abs=6e-4)
    assert (max(0, 1 - 3 * spread / mean), 1 + 3 * spread / mean) == pytest.approx((d_lower, d_upper), abs=1.1e-3)
    assert 3 / range_moments(2)[0] == pytest.approx(2.66, abs=2e-3)


def test_every_row_of_the_constants_is_what_its_integrals_give() -> None:
    assert list(_tabulated()) == list(range(2, 26))
    for n, told in _tabulated().items():
        assert told == pytest.approx((*range_moments(n, 240), c4(n)), abs=2e-8), n


def _tabulated() -> dict[int, tuple[float, float, float]]:
    """The rows of the model, as they stand in its file."""
    file = DBT_PROJECT / "models" / "metrics" / "control" / "int_spc_constant.sql"
    rows = [
        line.strip(" (),").split(", ")
        for line in file.read_text("utf-8").splitlines()
        if line.startswith(" " * 12 + "(")
    ]
    return {int(row[0]): (float(row[1]), float(row[2]), float(row[3])) for row in rows}
