"""Messages with numbers: three times, in any order, with two boots in turn, or with another payload under a number."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from contracts.site import Site
from ingestion.landing.sealer import land_pending
from ingestion.ledger import Ledger
from tests.ingestion.spooling import OIL, envelope, numbered, reading, spool_many
from tests.sites import make_site

SEED = time.time_ns() % 1_000_000


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return make_site(tmp_path / "site")


def landed(site: Site) -> list[tuple[int, int, float]]:
    """(boot, seq, value) of every landed row, sorted."""
    land_pending(site)
    found = []
    for file in Ledger(site.paths.ledger).landed_files():
        table = pq.read_table(site.paths.landing / file.path, partitioning=None)
        found += [tuple(row.values()) for row in table.select(["boot", "seq", "value"]).to_pylist()]
    return sorted(found)


def outcomes(site: Site) -> dict[str, int]:
    return {count.code or count.outcome: count.n for count in Ledger(site.paths.ledger).counts()}


def word(boot: int, seq: int, value: float) -> tuple[int, int, float]:
    return (boot, seq, value)


def spool_words(site: Site, words: list[tuple[int, int, float]]) -> None:
    spool_many(
        site,
        [
            envelope(OIL, reading(value, f"2026-11-24T10:00:00.{seq % 1000:03}Z"), properties=numbered(boot, seq))
            for boot, seq, value in words
        ],
    )


def test_each_said_three_times_and_shuffled_within_ten_thousand_is_landed_once(site: Site) -> None:
    print(f"seed {SEED}")
    words = [word(7, seq, seq / 8) for seq in range(3_000)]
    shuffled = words * 3
    random.Random(SEED).shuffle(shuffled)
    for begin in range(0, len(shuffled), 2_500):
        spool_words(site, shuffled[begin : begin + 2_500])
    assert landed(site) == words
    assert outcomes(site) == {"accepted": 3_000, "duplicate": 6_000}
    assert [sequence.missing for sequence in Ledger(site.paths.ledger).sequences()] == [0]


def test_two_outboxes_under_one_name_in_turn_are_both_kept(site: Site) -> None:
    words = [word(boot, seq, seq / 8 + boot) for seq in range(200) for boot in (7, 8)]
    spool_words(site, words)
    assert landed(site) == sorted(words)
    assert outcomes(site) == {"accepted": 400}


def test_of_two_payloads_under_one_number_the_first_is_landed_and_the_other_is_in_quarantine(site: Site) -> None:
    spool_words(site, [word(7, seq, seq / 8) for seq in range(100)])
    spool_words(site, [word(7, seq, seq / 8 + 1) for seq in range(100)])
    assert landed(site) == [word(7, seq, seq / 8) for seq in range(100)]
    found = outcomes(site)
    assert found.pop("accepted") == 100
    assert found == {"E_EPOCH": 100}  # its counting began again at 0 with another content
