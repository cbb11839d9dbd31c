"""The order in which events arrive, and over how many refreshes, changes no row of any core table or mart."""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from expectations.judge import judge_marts
from expectations.verdicts import blocking
from ingestion.spool.frames import Envelope
from tests.warehouse.histories import participation, random_history, three_days
from tests.warehouse.twins import NAMES, PLACES, Twin, assert_same

pytestmark = pytest.mark.slow

#: Other histories: BRUK_TEST_SEED=7 .venv/bin/python -m pytest tests/warehouse/test_any_order.py
SEED = int(os.environ.get("BRUK_TEST_SEED", "20261025"))


@pytest.fixture
def dice() -> random.Random:
    """Chance that can be repeated: the seed is printed with a failure."""
    print(f"BRUK_TEST_SEED={SEED}")
    return random.Random(SEED)


def test_a_build_from_day_1_to_day_3_in_random_order_over_five_refreshes_gives_the_rows_of_one_full_rebuild(
    tmp_path: Path, dice: random.Random
) -> None:
    messages = three_days()
    bit_by_bit = Twin(tmp_path / "bit-by-bit")
    for number, batch in enumerate(_batches(dice, messages, 5)):
        bit_by_bit.receive(batch)
        assert bit_by_bit.refresh().full == (number == 0), "only the first refresh builds everything"
    _assert_is_the_build(bit_by_bit)
    before = bit_by_bit.tables()
    bit_by_bit.refresh(full=True)
    assert_same(before, bit_by_bit.tables())


def test_random_histories_over_midnights_and_the_long_night_give_the_rows_of_a_rebuild_and_of_all_at_once(
    tmp_path: Path, dice: random.Random
) -> None:
    messages, files = random_history(dice), [participation(number) for number in range(2)]
    bit_by_bit = Twin(tmp_path / "bit-by-bit")
    for number, batch in enumerate(_batches(dice, messages, 3)):
        bit_by_bit.receive(batch, files[number : number + 1])
        bit_by_bit.refresh()
    told = ("fct_run", "fct_participation", "int_silence"), ("int_run_output", "fct_stop", "int_element_limits")
    for table in [
        f"{schema}.{name}" for schema, names in zip(("core", "metrics"), told, strict=True) for name in names
    ]:
        assert bit_by_bit.rows(f"from {table}"), table
    causes = bit_by_bit.rows("select distinct cause from metrics.fct_observation_gap order by 1")
    assert causes == [("no_data",), ("planned",), ("quarantined",), ("source_down",)]
    assert [f"{found.check_id}: {found.note}" for found in blocking(judge_marts(bit_by_bit.site, "random"))] == []
    before = bit_by_bit.tables()
    bit_by_bit.refresh(full=True)
    assert_same(before, bit_by_bit.tables())

    at_once = Twin(tmp_path / "at-once")
    at_once.receive(messages, reversed(files))
    at_once.refresh()
    assert_same(bit_by_bit.tables(without=PLACES | NAMES), at_once.tables(without=PLACES | NAMES))


def _batches(dice: random.Random, messages: Sequence[Envelope], number: int) -> list[list[Envelope]]:
    """The messages in random order, in so many parts of about the same size."""
    shuffled = dice.sample(list(messages), len(messages))
    return [shuffled[first::number] for first in range(number)]


def _assert_is_the_build(twin: Twin) -> None:
    """From 13 October 07:10 to 15 October 14:00: 197 400 s = setup 3 000 + delay 5 400 + production 189 000."""
    runs = twin.rows("select run_ref, outcome, elapsed_s, aust_s, adet_s, apt_s, produced, good from metrics.met_run")
    assert runs == [("BJ-1", "finished", *map(Decimal, (197_400, 3_000, 5_400, 189_000, 20, 19)))]
    booked = twin.rows("select booked_day::varchar from metrics.met_elements_run")
    assert booked == [("2026-10-15",)]
    assert twin.rows("select count(*) from core.fct_measurement") == [(39,)]
