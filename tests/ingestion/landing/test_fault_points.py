"""`bruk ingest seal` killed exactly between two of its steps: afterwards all is as if it never had been."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from contracts.paths import PRODUCT
from contracts.site import Site
from ingestion.landing import chunks, sealer
from ingestion.landing.parquet import clean_orphans, clean_temporary
from ingestion.landing.sealer import land_pending
from ingestion.ledger import Ledger
from tests.ingestion.landing.test_landing import outcomes, rows, tree
from tests.ingestion.spooling import OIL, ORDER, drop, envelope, numbered, orders, reading, spool_many
from tests.sites import clock_at, make_site

#: The point, and the how manieth time: small segments share one transaction.
POINTS = [
    *[(name, turn) for name in ("seal.judged", "seal.written", "seal.renamed") for turn in (1, 3)],
    ("seal.in-ledger", 1),
    ("seal.committed", 1),
]


def fill(site: Site) -> None:
    """Three segments of two days with duplicates, a conflict and poison, and a table."""
    for part in range(3):
        numbers = range(part * 40, part * 40 + 50)
        messages = [
            envelope(OIL, reading(n, ts=f"2026-11-{20 + n % 2}T10:00:00Z"), properties=numbered(7, n)) for n in numbers
        ]
        poison = [
            envelope(OIL, b"{"),
            envelope(OIL, reading(9), properties=numbered(7, 1)),
            envelope(packet_id=part + 1),
        ]
        spool_many(site, messages + poison)
    drop(site, "production", orders(ORDER, "kort rad"))


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Site:
    site = make_site(tmp_path_factory.mktemp("undisturbed"))
    fill(site)
    land_pending(site, clock_at())
    return site


@pytest.mark.parametrize(("point", "turn"), POINTS)
def test_a_sealer_that_dies_between_two_steps_leaves_what_an_undisturbed_one_would_have_made(
    tmp_path: Path, undisturbed: Site, point: str, turn: int
) -> None:
    site = make_site(tmp_path / "site")
    fill(site)
    dying = subprocess.run(
        [Path(sys.executable).with_name("bruk"), "ingest", "seal", "--site", str(site.paths.site)],
        cwd=PRODUCT, env=os.environ | {"BRUK_FAULT": f"{point}:{turn}"}, capture_output=True, timeout=180, check=False,
    )  # fmt: skip
    if dying.returncode != -signal.SIGKILL:
        pytest.fail(dying.stderr.decode()[-2000:])
    ledger = Ledger(site.paths.ledger)
    before = {file.path for file in ledger.landed_files()}
    on_disk = {path for path in tree(site.paths.landing) if not path.endswith(".tmp")}
    assert before <= on_disk, "the ledger is never ahead of the disk"
    land_pending(site, clock_at())
    clean_temporary(site.paths.landing)
    listed = [file.path for file in ledger.landed_files()]
    assert clean_orphans(site.paths.landing, listed) == 0, "names are a function of segment and day"
    assert tree(site.paths.landing) == tree(undisturbed.paths.landing)
    assert ledger.landed_files() == Ledger(undisturbed.paths.ledger).landed_files()
    assert outcomes(site) == outcomes(undisturbed)
    landed = Counter(str(row["event_id"]) for row in rows(site, "measurement"))
    assert set(landed.values()) == {1}
    assert ledger.sequences() == Ledger(undisturbed.paths.ledger).sequences()


def test_how_segments_are_grouped_changes_neither_rows_nor_bytes_nor_counts(
    tmp_path: Path, undisturbed: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = make_site(tmp_path / "site")
    fill(site)
    monkeypatch.setattr(sealer, "GROUP_BYTES", 0)
    monkeypatch.setattr(chunks, "CHUNK", 7)
    assert land_pending(site, clock_at()) == 4
    assert tree(site.paths.landing) == tree(undisturbed.paths.landing)
    assert outcomes(site) == outcomes(undisturbed)
    assert Ledger(site.paths.ledger).sequences() == Ledger(undisturbed.paths.ledger).sequences()
    assert [e.to_dict() | {"id": 0} for e in Ledger(site.paths.ledger).quarantined()] == [
        e.to_dict() | {"id": 0} for e in Ledger(undisturbed.paths.ledger).quarantined()
    ]
