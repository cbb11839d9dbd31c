"""Compaction: the small files of a closed day become one with the same rows, and nobody who reads notices."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from bruk.evidence import Archive
from bruk.inputs import Plan, write_inputs
from contracts.errors import TransientError
from contracts.site import Site, load_site
from ingestion.keeping import compaction
from ingestion.keeping.keeper import keep_once
from ingestion.landing.parquet import clean_orphans
from ingestion.landing.rebuild import rebuild_landing
from ingestion.landing.sealer import land_pending
from ingestion.ledger import Ledger, compactions
from ingestion.quarantine import replay
from tests.ingestion.keeping.places import DAY, keep_at, keeping_site, wrong
from tests.ingestion.landing.test_landing import rows
from tests.ingestion.quarantine.test_replay import NEW, mended
from tests.ingestion.spooling import envelope, numbered, reading, spool
from tests.sites import NOON, clock_at

CLOCK = clock_at()
EVERY = [("part", ">=", 0)]


def at_four_files(site: Site) -> Site:
    """The site with days compacted as soon as they have four files."""
    with (site.paths.site / "site.toml").open("a") as file:
        file.write("compact_at_files = 4\n")
    return load_site(site.paths.site)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Four segments of one day: numbered and not, in no order of time; the third half of another day."""
    site = at_four_files(keeping_site(tmp_path))
    for n in range(4):
        items = [envelope(payload=reading(n), properties=numbered(7, 10 - n)), envelope(payload=reading(20 + n))]
        day = "2026-11-23" if n == 2 else "2026-11-24"
        spool(site, *items, envelope(payload=reading(30, ts=f"{day}T01:00:00Z")))
    land_pending(site, CLOCK)
    return site


def files(site: Site) -> list[str]:
    return [file.path.rpartition("/")[2] for file in Ledger(site.paths.ledger).landed_files()]


def in_order(site: Site) -> list[dict[str, object]]:
    return sorted(rows(site, "measurement"), key=lambda row: (str(row["event_id"]), row["part"]))


def test_a_closed_day_of_many_files_becomes_one_with_the_same_rows_in_order(site: Site) -> None:
    ledger, before, traced = Ledger(site.paths.ledger), in_order(site), Archive(site).rows("measurement", EVERY)
    ledger.cover(ledger.snapshot().pending.snapshot)
    assert keep_at(site, days=1.4).days_compacted == 0  # not closed yet
    assert keep_at(site, days=2).days_compacted == 1

    assert files(site) == ["mqtt-000000000002.parquet", "compact-1.parquet"]
    assert in_order(site) == before
    day = [row for row in rows(site, "measurement") if str(row["observed_at"]).startswith("2026-11-24")]
    assert day == sorted(day, key=lambda row: (str(row["event_id"]), row["part"]))
    assert ledger.pending().days == {}  # no day is touched by it
    origin = {(e.event_id, e.segment, e.offset, e.payload) for e in traced}
    assert {(e.event_id, e.segment, e.offset, e.payload) for e in Archive(site).rows("measurement", EVERY)} == origin
    assert wrong(site) == {}
    assert keep_at(site, days=2).days_compacted == 0


def test_a_big_day_is_ordered_in_pieces_and_gives_the_same_file(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    day = compaction.crowded_days(site, NOON + 2 * DAY)[0]
    whole = compaction.compact(site, *day, NOON)
    again = compactions.files_of(site.paths.ledger, *day)
    assert [file.rows for file in again.files] == [whole.rows] == [11]
    whole_rows = in_order(site)
    monkeypatch.setattr(compaction, "_PIECE", 2)
    monkeypatch.setattr(compaction, "_SAMPLE", 1)
    pieces = compaction.compact(site, *day, NOON)
    assert pieces.path.endswith("compact-2.parquet")
    assert in_order(site) == whole_rows
    ids = [row["event_id"] for row in rows(site, "measurement") if "11-24" in str(row["observed_at"])]
    assert ids == sorted(map(str, ids))


def test_late_rows_add_a_file_and_join_when_there_are_enough(site: Site) -> None:
    keep_at(site, days=2)
    for n in range(3):
        spool(site, envelope(payload=reading(50 + n)))
        land_pending(site, CLOCK)
    before = in_order(site)
    assert keep_at(site, days=2).days_compacted == 1
    assert files(site) == ["mqtt-000000000002.parquet", "compact-2.parquet"]
    assert in_order(site) == before
    assert wrong(site) == {}


def test_replaced_files_stay_until_no_refresh_and_no_reader_can_hold_the_older_list(site: Site) -> None:
    found = Ledger(site.paths.ledger).snapshot()
    plan = Plan("r1", found.pending.snapshot, found.as_of, dict(found.pending.days), True, found.as_of)  # type: ignore[arg-type]
    write_inputs(site, found.files, plan)
    folder = site.paths.landing / "measurement"
    old = sorted(folder.rglob("event_date=2026-11-24/*.parquet"))

    keep_at(site, days=2)
    assert keep_at(site, days=2.5).files_removed == 0  # the warehouse was handed them
    write_inputs(site, Ledger(site.paths.ledger).landed_files(), plan)

    def refreshing() -> AbstractContextManager[None]:
        raise TransientError("a refresh is at work")

    assert keep_once(site, clock_at(NOON + 3 * DAY), refreshing).files_removed == 0
    listed = [file.path for file in Ledger(site.paths.ledger).landed_files()]
    clean_orphans(site.paths.landing, compactions.replaced_files(site.paths.ledger) + listed)  # a sealer starts
    assert all(path.exists() for path in old)
    assert keep_at(site, days=2 + 0.5 / 24).files_removed == 0  # somebody may have asked the ledger just before
    assert keep_at(site, days=3).files_removed == 4
    assert not any(path.exists() for path in old)
    assert wrong(site) == {}


def test_the_name_of_a_replay_is_never_used_again(site: Site) -> None:
    spool(site, envelope(NEW))
    land_pending(site, CLOCK)
    site = at_four_files(mended(site))
    assert replay(site, CLOCK).accepted == 1
    assert "replay-1.parquet" in files(site)
    keep_at(site, days=2)
    keep_at(site, days=4)
    assert "replay-1.parquet" not in files(site)
    assert Ledger(site.paths.ledger).next_replay() == 2


def test_a_day_compacted_again_after_a_rebuild_is_not_deleted_with_the_file_that_it_replaced(site: Site) -> None:
    keep_at(site, days=2)
    before = in_order(site)
    assert rebuild_landing(site, CLOCK).swapped
    assert keep_at(site, days=2.01).days_compacted == 1
    assert keep_at(site, days=3).files_removed
    assert in_order(site) == before
    assert wrong(site) == {}


def test_a_damaged_file_stops_its_own_day_only(site: Site) -> None:
    for n in range(4):
        spool(site, envelope(payload=reading(n, ts="2026-11-22T01:00:00Z")))
    land_pending(site, CLOCK)
    damaged = next((site.paths.landing / "measurement").rglob("event_date=2026-11-22/*.parquet"))
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"?")
    assert keep_at(site, days=2).days_compacted == 1
    assert files(site)[-1] == "compact-1.parquet"
    assert "landing.files" in wrong(site)
