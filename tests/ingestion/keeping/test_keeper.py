"""The keeper as a service: it works beside landing, waits for whoever rebuilds, and ends when it is told."""

from __future__ import annotations

import errno
import threading
import time
from pathlib import Path

import pytest

from contracts.site import Site, load_site
from ingestion.keeping import segments
from ingestion.keeping.keeper import KeepingBusy, keep_once, keeping_lock, run_keeper
from ingestion.landing.sealer import land_pending, landing_lock
from ingestion.spool.segments import Segment, archived_segments
from tests.ingestion.keeping.places import free, keeping_site, wrong
from tests.ingestion.spooling import envelope, spool
from tests.sites import clock_at

CLOCK = clock_at()


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """One landed segment; a pass every 10 ms."""
    keeping_site(tmp_path)
    with (tmp_path / "site.toml").open("a") as file:
        file.write("keeping_seconds = 0.01\n")
    site = load_site(tmp_path)
    spool(site, envelope())
    land_pending(site, CLOCK)
    return site


def archived(site: Site, n: int) -> None:
    """Waits until so many segments are archived."""
    deadline = time.monotonic() + 60
    while len(archived_segments(site.paths.spool / "mqtt")) < n:
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def test_it_archives_what_is_landed_meanwhile_and_ends_when_it_is_told(site: Site) -> None:
    stop = threading.Event()
    keeper = threading.Thread(target=run_keeper, args=(site, CLOCK, stop, free))
    keeper.start()
    try:
        archived(site, 1)
        spool(site, envelope())
        land_pending(site, CLOCK)
        archived(site, 2)
    finally:
        stop.set()
        keeper.join(60)
    assert not keeper.is_alive()
    assert wrong(site) == {}


def test_archiving_needs_no_lock_that_landing_holds(site: Site) -> None:
    with landing_lock(site):
        assert keep_once(site, CLOCK, free).segments == 1


def test_it_lets_a_rebuild_be_alone(site: Site) -> None:
    with keeping_lock(site):
        with pytest.raises(KeepingBusy):
            keep_once(site, CLOCK, free)
        stop = threading.Event()
        keeper = threading.Thread(target=run_keeper, args=(site, CLOCK, stop, free))
        keeper.start()
    archived(site, 1)
    stop.set()
    keeper.join(60)
    assert not keeper.is_alive()


def test_a_segment_that_the_disk_cannot_read_stops_its_own_keeping_only(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool(site, envelope())
    land_pending(site, CLOCK)
    read = segments.read_segment

    def broken(path: Path, start: int = 0) -> Segment:
        if path.stem.endswith("0"):
            raise OSError(errno.EIO, "Input/output error")
        return read(path, start)

    monkeypatch.setattr(segments, "read_segment", broken)
    assert keep_once(site, CLOCK, free).segments == 1
    assert [path.stem[-1] for path in archived_segments(site.paths.spool / "mqtt")] == ["1"]
