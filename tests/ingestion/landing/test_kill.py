"""The landing process killed in the middle, by the kernel, with nothing to clean up after itself."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from contracts.paths import PRODUCT
from ingestion.landing.sealer import land_pending
from ingestion.ledger import Ledger
from tests.ingestion.landing.test_landing import outcomes, tree
from tests.ingestion.spooling import OIL, ORDER, drop, envelope, numbered, orders, reading, spool_many
from tests.sites import clock_at, make_site

LAND = """
import sys
from pathlib import Path
from contracts.site import load_site
from ingestion.landing.sealer import Sealer
sealer = Sealer(load_site(Path(sys.argv[1])))
print("ready", flush=True)
sealer.land()
"""


def test_landing_that_is_killed_again_and_again_ends_with_the_files_and_counts_of_an_undisturbed_one(
    tmp_path: Path,
) -> None:
    killed, undisturbed = make_site(tmp_path / "a"), make_site(tmp_path / "b")
    for site in (killed, undisturbed):
        for part in range(6):
            numbers = range(part * 400, part * 400 + 500)  # the last hundred come again in the next segment
            days = [f"2026-11-{n % 20 + 1:02}T10:00:00Z" for n in numbers]
            spool_many(
                site,
                [
                    envelope(OIL, reading(n, ts=day), properties=numbered(7, n))
                    for n, day in zip(numbers, days, strict=True)
                ],
            )
        drop(site, "production", orders(*(ORDER.replace("PO-1", f"PO-{n}") for n in range(200)), "kort rad"))
    land_pending(undisturbed, clock_at())
    for delay in (0.0, 0.05, 0.15, 0.4):
        process = subprocess.Popen(
            [sys.executable, "-c", LAND, str(killed.paths.site)], cwd=PRODUCT, stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(delay)
        process.kill()
        process.wait()
        process.stdout.close()
    land_pending(killed, clock_at())
    assert outcomes(killed) == outcomes(undisturbed)
    assert outcomes(killed) == {"accepted": 2500 + 200, "duplicate": 500, "E_CSV": 1}
    left = {name: data for name, data in tree(killed.paths.landing).items() if not name.endswith(".tmp")}
    assert left == tree(undisturbed.paths.landing)
    assert Ledger(killed.paths.ledger).landed_files() == Ledger(undisturbed.paths.ledger).landed_files()
