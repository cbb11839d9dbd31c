"""Landing made again from the spool: the same rows and counts, whatever was archived, compacted or lost meanwhile."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from contracts.paths import PRODUCT
from contracts.site import Site, load_site
from ingestion.landing.rebuild import rebuild_landing
from ingestion.landing.sealer import land_pending
from ingestion.ledger import Ledger
from ingestion.quarantine import discard, list_entries, replay
from tests.ingestion.keeping.places import DAY, keep_at, keeping_site, stored, wrong
from tests.ingestion.landing.test_landing import outcomes, rows
from tests.ingestion.quarantine.test_replay import NEW, mended
from tests.ingestion.spooling import ORDER, drop, envelope, numbered, orders, reading, spool
from tests.sites import NOON, PRESS, clock_at, make_site

CLOCK = clock_at()
STREAMS = ("measurement", "run", "output")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Every outcome is in it, a replay and a decision; all of it archived, and the day compacted."""
    site = make_site(tmp_path)
    (tmp_path / "site.toml").write_text((tmp_path / "site.toml").read_text() + "compact_at_files = 2\n")
    site = load_site(tmp_path)
    spool(site, envelope(), envelope(properties=numbered(1, 0)), envelope(properties=numbered(1, 0)), envelope(NEW))
    spool(site, envelope(properties=numbered(1, 3), payload=reading(3)), envelope(payload=b"not json"))
    spool(site, envelope(f"{PRESS}/debug_v1/x", b"{}"), envelope("else/x", b"{}"), envelope(properties=numbered(1, 1)))
    spool(
        site,
        envelope(properties=numbered(1, 1), payload=reading(9)),
        envelope(packet_id=3),
        envelope(packet_id=3, dup=True),
    )
    drop(site, "production", orders(ORDER, "Press 1;for;few"))
    drop(site, "production", orders(ORDER, "Press 1;for;few"), received_ns=NOON + 1)
    land_pending(site, CLOCK)
    discard(site, next(entry.id for entry in list_entries(site) if entry.code == "E_JSON"), "nonsense", CLOCK)
    site = mended(site)
    assert replay(site, CLOCK).accepted == 1
    return site


def all_rows(site: Site) -> dict[str, list[str]]:
    return {stream: sorted(str(row) for row in rows(site, stream)) for stream in STREAMS}


def states(site: Site) -> list[tuple[object, ...]]:
    entries = ((e.segment, e.offset, e.record or 0, e.code, e.state, e.note) for e in list_entries(site))
    return sorted(entry for entry in entries if entry[4] != "replayed")


@pytest.mark.parametrize("archived", [False, True])
def test_the_rebuilt_landing_has_the_same_rows_counts_and_decisions(site: Site, archived: bool) -> None:
    if archived:
        keep_at(site, days=3)
    before, counted, decided = all_rows(site), outcomes(site), states(site)
    found = rebuild_landing(site, CLOCK)
    assert (found.same, found.swapped, found.taken_over) == (True, True, 0)
    assert {s.stream: s.rows_after for s in found.streams if s.rows_after} == {
        stream: len(listed) for stream, listed in before.items()
    }
    assert (all_rows(site), outcomes(site), states(site)) == (before, counted, decided)
    assert all("/rebuilt-1-" in file.path for file in Ledger(site.paths.ledger).landed_files())
    assert wrong(site) == {}
    assert Ledger(site.paths.ledger).pending().days.keys() == before.keys()  # every day is built anew

    spool(site, envelope(properties=numbered(1, 3), payload=reading(3)), envelope(payload=reading(70)))
    land_pending(site, CLOCK)  # what had come is known
    assert outcomes(site) == counted | {"accepted": counted["accepted"] + 1, "duplicate": counted["duplicate"] + 1}
    assert rebuild_landing(site, CLOCK).same
    keep_at(site, days=4)
    keep_at(site, days=5)
    assert wrong(site) == {}
    assert not list(site.paths.landing.rglob("rebuilt-1-*"))  # replaced, and removed


def test_where_rows_differ_nothing_is_changed_unless_that_is_accepted(site: Site) -> None:
    file = next(f for f in Ledger(site.paths.ledger).landed_files() if f.stream == "output")
    path = site.paths.landing / file.path
    path.write_bytes(path.read_bytes()[:-1])
    listed = Ledger(site.paths.ledger).landed_files()
    found = rebuild_landing(site, CLOCK)
    assert {s.stream for s in found.streams if not s.same} == {"output"}
    assert not found.swapped
    assert Ledger(site.paths.ledger).landed_files() == listed
    assert not list(site.paths.landing.rglob("rebuilt-*"))

    assert rebuild_landing(site, CLOCK, accept_differences=True).swapped
    assert wrong(site) == {}
    assert len(rows(site, "output")) == file.rows


def test_what_the_spool_no_longer_has_is_taken_over_as_it_stands(tmp_path: Path) -> None:
    site = keeping_site(tmp_path, uns=10, production=10)
    printed = b'{"progress":1,"_timestamp":1795521601}'
    spool(site, envelope(properties=numbered(1, 0)), envelope("octoPrint/progress/printing", printed))
    spool(site, envelope(properties=numbered(1, 1)), envelope(payload=b"not json"))
    spool(site, envelope(payload=reading(7), received_ns=NOON + 9 * DAY))
    drop(site, "production", orders(ORDER))
    land_pending(site, CLOCK)
    keep_at(site, days=12)
    keep_at(site, days=14)
    assert sum(message.erased for message in stored(site)) == 1  # the other press messages went with their segment
    before, counted = all_rows(site), outcomes(site)

    found = rebuild_landing(site, CLOCK)
    assert (found.same, found.taken_over) == (True, 3)
    assert (all_rows(site), outcomes(site)) == (before, counted)
    assert wrong(site) == {}
    spool(site, envelope(properties=numbered(1, 1)))
    land_pending(site, CLOCK)
    assert outcomes(site) == counted | {"duplicate": 1}


def test_rows_that_only_a_damaged_landing_still_has_are_not_given_up_unasked(tmp_path: Path) -> None:
    site = keeping_site(tmp_path, uns=10)
    for n in range(2):
        spool(site, envelope(payload=reading(n)))
        land_pending(site, CLOCK)
    keep_at(site, days=12)
    damaged, whole = Ledger(site.paths.ledger).landed_files()
    path = site.paths.landing / damaged.path
    path.write_bytes(path.read_bytes()[:-1])

    found = rebuild_landing(site, CLOCK)
    assert (found.same, found.swapped) == (False, False)
    assert Ledger(site.paths.ledger).landed_files() == [damaged, whole]
    assert rebuild_landing(site, CLOCK, accept_differences=True).swapped
    assert [row["value"] for row in rows(site, "measurement")] == [1]  # what can be read is taken over


def test_a_lost_landing_and_ledger_come_back_from_the_archive(site: Site) -> None:
    keep_at(site, days=3)
    before = all_rows(site)
    for lost in (site.paths.ledger.parent, site.paths.landing):
        lost.rename(lost.with_name(f"{lost.name}.lost"))
    found = rebuild_landing(site, CLOCK)
    assert (found.same, found.swapped) == (True, True)
    assert all_rows(site) == before
    assert wrong(site) == {}


@pytest.mark.parametrize("fault", ["rebuild.landed", "rebuild.swapped"])
def test_after_kill_9_in_a_rebuild_the_old_or_the_new_landing_counts(site: Site, fault: str) -> None:
    before, counted = all_rows(site), outcomes(site)
    command = [sys.executable, "-m", "bruk.cli", "rebuild", "--from-spool", "--site", str(site.paths.site)]
    died = subprocess.run(
        command, cwd=PRODUCT, env=os.environ | {"BRUK_FAULT": fault}, capture_output=True, timeout=300
    )
    assert died.returncode == -signal.SIGKILL
    assert (all_rows(site), outcomes(site)) == (before, counted)
    assert wrong(site) == {}
    assert rebuild_landing(site, CLOCK).same
    assert wrong(site) == {}
