"""The sealer killed between each two of its steps: no listed file is missing, and in the end all is landed once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bruk.verify import verify
from contracts.paths import PRODUCT
from contracts.site import Site
from ingestion.ledger import Ledger
from tests.faults.processes import wait_for
from tests.ingestion.spooling import OIL, envelope, numbered, reading, spool_many
from tests.sites import make_site

POINTS = ("seal.judged", "seal.written", "seal.renamed", "seal.in-ledger", "seal.committed")


def seal(site: Site, fault: str = "") -> subprocess.Popen[bytes]:
    """The sealer as the supervisor starts it."""
    environment = {**os.environ, "PYTHONPATH": str(PRODUCT), "BRUK_FAULT": fault, "BRUK_LANDING_POLL_SECONDS": "0.05"}
    command = [sys.executable, "-m", "bruk.cli", "ingest", "seal", "--site", str(site.paths.site)]
    with (site.paths.site / "sealer.log").open("ab") as log:
        return subprocess.Popen(command, cwd=PRODUCT, env=environment, stdout=log, stderr=log)


def landed(site: Site) -> dict[str, str]:
    """What the ledger lists, by path, with the sha256; every listed file must be there."""
    found = {file.path: file.sha256 for file in Ledger(site.paths.ledger).landed_files()}
    assert all((site.paths.landing / path).exists() for path in found)
    return found


def spool_days(site: Site) -> None:
    """One segment that gives files in three event days."""
    items = [
        envelope(OIL, reading(n / 8, f"2026-11-{20 + n % 3}T10:00:00.{n:03}Z"), properties=numbered(7, n))
        for n in range(600)
    ]
    spool_many(site, [*items, *items[:50]])


@pytest.mark.parametrize("point", POINTS)
def test_a_sealer_that_dies_there_leaves_the_ledger_true_and_the_next_one_lands_all_of_it_once(
    tmp_path: Path, point: str
) -> None:
    killed, undisturbed = make_site(tmp_path / "killed"), make_site(tmp_path / "undisturbed")
    for site in (killed, undisturbed):
        spool_days(site)
    process = seal(killed, point)
    assert process.wait(60) == -signal.SIGKILL
    before = landed(killed)
    assert len(before) == (3 if point == "seal.committed" else 0)
    for site in (killed, undisturbed):
        process = seal(site)
        wait_for(lambda site=site: len(landed(site)) == 3, 60, "landing")  # type: ignore[misc]
        process.terminate()
        assert process.wait(30) in (0, -signal.SIGTERM)  # the latter: told to end before it listened
    assert landed(killed) == landed(undisturbed)
    on_disk = {str(path.relative_to(killed.paths.landing)) for path in killed.paths.landing.glob("*/*/event_date=*/*")}
    assert on_disk == set(landed(killed))
    report = verify(killed)
    assert report.ok, [line for line in report.lines if not line.ok]
    counts = {count.outcome: count.n for count in Ledger(killed.paths.ledger).counts()}
    assert counts == {"accepted": 600, "duplicate": 50}
