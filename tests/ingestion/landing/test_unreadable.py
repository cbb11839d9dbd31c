"""A segment that the disk does not give: it is waited for, and then it stops its neighbours no longer."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from bruk.verify import verify
from contracts.site import Site
from ingestion.landing import unreadable
from ingestion.landing.sealer import Sealer
from ingestion.landing.unreadable import SECONDS, TRIES, SegmentWaits
from ingestion.ledger import Ledger
from ingestion.spool.frames import scan
from ingestion.spool.segments import Segment, read_segment
from tests.ingestion.spooling import envelope, reading, spool
from tests.sites import NOON, make_site

LOST = "mqtt/000000000001"


class Disk:
    """A disk whose middle segment cannot be read behind its first message."""

    def __init__(self, patch: pytest.MonkeyPatch, number: int = errno.EIO) -> None:
        self.error: OSError | None = OSError(number, "Input/output error")
        patch.setattr(unreadable, "read_segment", self.read)
        patch.setattr(unreadable, "read_readable", self.readable)

    def read(self, path: Path) -> Segment:
        if self.error and path.stem.endswith("1"):
            raise self.error
        return read_segment(path)

    def readable(self, path: Path) -> Segment:
        data = read_segment(path).data
        return Segment(data[: scan(data).spans[0][1] + 7], None, "Input/output error")


class Time:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> int:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += int(seconds * 1e9)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = make_site(tmp_path)
    for first in (0, 2, 4):
        spool(site, envelope(payload=reading(first)), envelope(payload=reading(first + 1)))
    return site


def outcomes(site: Site) -> dict[str, int]:
    return {count.code or count.outcome: count.n for count in Ledger(site.paths.ledger).counts()}


def land(sealer: Sealer) -> str:
    """What a pass says that it waits for; empty: it has landed what there was."""
    try:
        sealer.land()
    except SegmentWaits as error:
        return str(error)
    return ""


def test_a_segment_that_cannot_be_read_is_named_and_waited_for_and_then_stops_no_other(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    Disk(monkeypatch)
    time = Time()
    sealer = Sealer(site, time)
    for _ in range(TRIES + 1):
        assert LOST in land(sealer)
        time.pass_by(SECONDS / (TRIES + 1))

    assert land(sealer) == ""
    assert outcomes(site) == {"accepted": 5, "E_DAMAGED": 1}
    (entry,) = Ledger(site.paths.ledger).quarantined()
    assert f"{LOST}:" in str(entry.facts)
    assert len(read_segment(site.paths.spool / f"{LOST}.seg").data) > 0


def test_a_clock_that_jumps_does_not_give_a_segment_up_at_the_first_tries(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    Disk(monkeypatch)
    time = Time()
    sealer = Sealer(site, time)
    for _ in range(TRIES - 1):
        assert land(sealer)
        time.pass_by(86_400)


def test_a_segment_that_can_be_read_again_lands_whole(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = Disk(monkeypatch)
    sealer = Sealer(site, Time())
    assert land(sealer)
    disk.error = None

    assert land(sealer) == ""
    assert outcomes(site) == {"accepted": 6}


def test_what_is_no_fault_of_the_disk_is_waited_for_without_an_end(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    Disk(monkeypatch, errno.EACCES)
    time = Time()
    sealer = Sealer(site, time)
    for _ in range(TRIES * 3):
        with pytest.raises(PermissionError):
            sealer.land()
        time.pass_by(SECONDS)
    assert outcomes(site) == {}


def test_a_segment_of_which_the_disk_gives_nothing_is_one_damaged_place_of_its_time(site: Site) -> None:
    lost = site.paths.spool / f"{LOST}.seg"
    lost.unlink()
    lost.symlink_to("/proc/self/mem")  # Linux answers EIO to a read of its beginning
    time = Time()
    sealer = Sealer(site, time)
    for _ in range(TRIES - 1):
        assert LOST in land(sealer)
    time.pass_by(SECONDS)

    assert land(sealer) == ""
    assert outcomes(site) == {"accepted": 4, "E_DAMAGED": 1}
    (entry,) = Ledger(site.paths.ledger).quarantined()
    assert entry.facts["problem"] == f"{LOST}:0, Input/output error"
    assert entry.received_at.year > 2000
    wrong = [(line.check_id, line.detail) for line in verify(site).lines if not line.ok]
    assert [check for check, _ in wrong] == ["spool.segments"]
    assert LOST in wrong[0][1]
