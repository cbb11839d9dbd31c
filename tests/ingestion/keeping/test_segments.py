"""The life of a landed segment: archived without what nobody may keep, in place and place by place as it was."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from bruk.evidence import Archive
from contracts.site import Site, load_site
from ingestion.landing.sealer import land_pending
from ingestion.ledger import Ledger, lives
from ingestion.quarantine import list_entries, show
from ingestion.spool.frames import MAGIC, frame_head
from ingestion.spool.segments import archived_path, archived_segments, read_segment, sealed_segments
from ingestion.spool.writer import SegmentWriter
from tests.ingestion.keeping.places import NAME, keep_at, keeping_site, stored, wrong
from tests.ingestion.landing.test_landing import rows
from tests.ingestion.spooling import ORDER, drop, envelope, numbered, orders, reading, spool
from tests.sites import NOON, clock_at

CLOCK = clock_at()
EVERY = [("part", ">=", 0)]
PRINTED = "octoPrint/event/PrintStarted"


def printed(seconds: int = 0) -> bytes:
    moment = NOON // 10**9 + seconds
    return f'{{"name":"del.gcode","user":"{NAME}","_timestamp":{moment},"job":{{"owner":["{NAME}"]}}}}'.encode()


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return keeping_site(tmp_path)


def raw(site: Site) -> bytes:
    """Every byte that the spool holds, unpacked."""
    mqtt = site.paths.spool / "mqtt"
    return b"".join(read_segment(path).data for path in [*archived_segments(mqtt), *sealed_segments(mqtt)])


def test_a_landed_segment_is_archived_and_everything_that_reads_it_finds_it(site: Site) -> None:
    spool(site, envelope(), envelope(payload=b"not json"))
    drop(site, "production", orders(ORDER))
    land_pending(site, CLOCK)
    before, shown = stored(site), show(site, list_entries(site)[0].id)
    trace = Archive(site).rows("measurement", EVERY)

    assert keep_at(site).segments == 2
    assert keep_at(site).segments == 0
    assert {path.name for path in site.paths.spool.glob("*/*.seg")} == {"000000000001.seg"}  # the open ones
    assert stored(site) == before
    assert show(site, list_entries(site)[0].id) == shown
    assert Archive(site).rows("measurement", EVERY) == trace
    assert trace[0].payload == reading().decode()
    assert wrong(site) == {}


def test_what_is_not_landed_is_not_touched(site: Site) -> None:
    spool(site, envelope(PRINTED, printed()))
    before = raw(site)
    assert keep_at(site, days=500).segments == 0
    assert raw(site) == before


def test_a_dropped_field_is_gone_from_the_spool_once_its_segment_is_landed(site: Site) -> None:
    spool(site, envelope(PRINTED, printed()), envelope(), envelope(PRINTED, printed(9), retain=True, qos=0))
    before = stored(site)
    assert NAME.encode() in raw(site)
    land_pending(site, CLOCK)
    keep_at(site)

    assert NAME.encode() not in raw(site)
    after = stored(site)
    assert [m._replace(payload=b"") for m in after] == [m._replace(payload=b"") for m in before]
    assert [len(m.payload) for m in after] == [len(m.payload) for m in before]
    assert after[1] == before[1]
    assert [row["product"] for row in rows(site, "run")] == ["del.gcode"] * 2
    assert wrong(site) == {}


def test_landing_judges_what_the_archive_will_hold(site: Site) -> None:
    """So that a rebuild from the archive says the same: who prints is no difference between two messages."""
    mine = printed().replace(NAME.encode(), NAME[::-1].encode())
    spool(
        site,
        envelope(PRINTED, printed(), properties=numbered(1, 0)),
        envelope(PRINTED, mine, properties=numbered(1, 0)),
    )
    spool(site, envelope(PRINTED, printed(1)[:-1] + b',"x":}', properties=numbered(1, 1)))
    land_pending(site, CLOCK)
    assert [(c.outcome, c.code, c.n) for c in Ledger(site.paths.ledger).counts()] == [
        ("accepted", "", 1), ("duplicate", "", 1), ("quarantined", "E_JSON", 1),
    ]  # fmt: skip
    entry = list_entries(site)[0]
    keep_at(site)
    found = next(m for m in stored(site) if m.offset == entry.offset and m.segment == entry.segment)
    assert hashlib.sha256(found.payload).hexdigest() == entry.sha256


def test_another_drop_list_is_applied_to_what_is_archived_already(site: Site) -> None:
    spool(site, envelope(PRINTED, printed()[:-1] + b',"file":"vase.stl"}'))
    land_pending(site, CLOCK)
    keep_at(site)
    first = lives.hashes(site.paths.ledger)
    assert b"vase.stl" in raw(site)

    site = keeping_site(site.paths.site, drop=("user", "owner", "file"))
    assert keep_at(site).segments == 1
    assert b"vase.stl" not in raw(site)
    assert lives.hashes(site.paths.ledger) != first
    assert wrong(site) == {}


def test_a_frame_of_a_newer_version_and_a_damaged_segment_are_archived_as_they_are(site: Site) -> None:
    writer = SegmentWriter(site.paths.spool / "mqtt")
    writer.append(b"\x02\x20 of a newer release")
    writer.append(envelope(PRINTED, printed()).encode())
    writer.append(envelope().encode())
    writer.close()
    (path,) = sealed_segments(site.paths.spool / "mqtt")
    data = path.read_bytes()
    path.write_bytes(data[:-1])
    land_pending(site, CLOCK)
    keep_at(site)
    kept = read_segment(path)
    assert (kept.label is not None, kept.problem) == (True, None)
    assert kept.data[:34] == data[:34]
    assert kept.data[-20:] == data[-21:-1]
    assert NAME.encode() not in kept.data
    assert wrong(site) == {}


def test_a_segment_that_was_changed_since_it_was_landed_is_left_as_it_is(site: Site) -> None:
    spool(site, envelope())
    spool(site, envelope())
    land_pending(site, CLOCK)
    first, second = sealed_segments(site.paths.spool / "mqtt")
    first.write_bytes(MAGIC + frame_head(b"other") + b"other")
    assert keep_at(site).segments == 1
    assert first.exists()
    archived_path(second).write_bytes(archived_path(second).read_bytes()[:-20])
    damaged = archived_path(second).read_bytes()
    assert keep_at(site, days=200).segments == 0
    assert archived_path(second).read_bytes() == damaged
    assert "changed 2" in wrong(site)["spool.segments"]


def test_the_keeper_of_a_site_works_alone_and_only_on_sources_that_it_knows(site: Site) -> None:
    assert keep_at(load_site(site.paths.site)).segments == 0
