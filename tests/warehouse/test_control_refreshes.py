"""The order in which values of charts arrive, and over how many refreshes, changes no group, limit, point or index."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ingestion.landing.sealer import land_pending
from ingestion.spool.frames import Envelope
from tests.ingestion.spooling import OIL, envelope, spool_many
from tests.sites import PRESS, clock_at
from tests.warehouse.charts import Charts, Inspected, characteristic
from tests.warehouse.twins import NAMES, PLACES, Tables, assert_same

pytestmark = pytest.mark.slow

SEED = int(os.environ.get("BRUK_TEST_SEED", "20261120"))
FIRST = datetime(2026, 11, 20, tzinfo=UTC)
PERIOD = ("2026-11-20", "2026-11-22")
CHANNEL = {"channel": "oil_temp", "known_at": "2026-11-24T12:00:00Z", "n_min": 4, "lsl": 35.0, "usl": 45.0}
CHARACTERISTICS = [
    characteristic("in-a-row", "xbar_r", *PERIOD, by="consecutive", size=3, **CHANNEL),
    characteristic("each-hour", "i_mr", *PERIOD, by="consecutive", every_s=3600, **CHANNEL),
    characteristic("of-a-product", "xbar_s", *PERIOD, by="consecutive", size=2, product="bricka", **CHANNEL),
    characteristic("cans", "p", *PERIOD, known_at="2026-11-24T12:00:00Z"),
]


def _messages(dice: random.Random) -> list[Envelope]:
    """Four days of values, in and out of runs that cross midnight; some in one second, some beyond the range or bad."""
    found = []
    for _ in range(400):
        at = FIRST + timedelta(seconds=dice.randrange(0, 4 * 86_400, 300))
        value = 900.0 if dice.random() < 0.03 else round(dice.gauss(40, 1.5), 2)
        run = dice.choice([{}, {"run": f"R{dice.randrange(4)}"}])
        quality = {"q": "bad"} if dice.random() < 0.03 else {}
        found.append(_said(OIL, at, v=value, **run, **quality))
    for number in range(4):
        start = {"run": f"R{number}", "product": dice.choice(["bricka", "annat"])}
        found.append(_said(f"{PRESS}/run_v1/start", FIRST + timedelta(hours=20 * number), **start))
    return found


def _said(topic: str, at: datetime, **fields: Any) -> Envelope:
    return envelope(topic, json.dumps({"ts": at.isoformat(), **fields}).encode())


def _cans(dice: random.Random) -> list[Inspected]:
    return [
        Inspected(FIRST + timedelta(hours=hour), "cans", hour, inspected=50, scrap=dice.randrange(9), ref=f"K-{hour}")
        for hour in range(0, 90, 6)
    ]


def _receive(charts: Charts, messages: Sequence[Envelope], cans: Sequence[Inspected]) -> None:
    spool_many(charts.site, list(messages))
    land_pending(charts.site, clock_at())
    if cans:
        charts.inspect(cans)


def _tables(charts: Charts, without: frozenset[str] = frozenset()) -> Tables:
    """Every row of every table of charts as sorted lines, less the columns `without`."""
    names = charts.rows(
        "select table_name as name from information_schema.tables where table_schema = 'metrics' "
        "and (table_name like 'int_spc_%' or table_name like 'met_control_%' or table_name = 'met_capability')"
    )
    found = {row["name"]: charts.rows(f"from metrics.{row['name']}") for row in names}
    return {
        name: sorted(str([value for column, value in row.items() if column not in without]) for row in rows)
        for name, rows in found.items()
    }


def test_values_in_any_order_over_any_refreshes_give_the_charts_of_one_full_rebuild(tmp_path: Path) -> None:
    print(f"BRUK_TEST_SEED={SEED}")
    dice = random.Random(SEED)
    messages, cans = _messages(dice), _cans(dice)
    shuffled = dice.sample(messages, len(messages))
    bit_by_bit = Charts(tmp_path / "bit-by-bit", CHARACTERISTICS)
    for part in range(3):
        _receive(bit_by_bit, shuffled[part::3], cans[part::3])
        assert bit_by_bit.chart() == (part == 0), "only the first refresh builds everything"
    before = _tables(bit_by_bit)
    assert all(before.values()), [name for name, rows in before.items() if not rows]
    bit_by_bit.chart(full=True)
    assert_same(before, _tables(bit_by_bit))

    at_once = Charts(tmp_path / "at-once", CHARACTERISTICS)
    _receive(at_once, messages, cans)
    at_once.chart()
    assert_same(_tables(bit_by_bit, PLACES | NAMES), _tables(at_once, PLACES | NAMES))
