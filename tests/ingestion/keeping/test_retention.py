"""Retention: the bytes of a source end when it says, and verdicts, counts and rows stay exact without them."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from bruk.evidence import Archive
from contracts.paths import PRODUCT
from contracts.site import Site, load_site
from ingestion.adapters.governance import DAY_NS, Governance
from ingestion.files.door import drop_file
from ingestion.keeping.form import form_of
from ingestion.landing.sealer import land_pending
from ingestion.ledger import Ledger, lives
from ingestion.quarantine import list_entries, replay, show
from ingestion.spool.frames import FILE, MAGIC, Envelope, frame_head
from ingestion.spool.segments import has_segment, kept_segments
from tests.ingestion.keeping.places import keep_at, keeping_site, stored, wrong
from tests.ingestion.landing.test_landing import outcomes, rows
from tests.ingestion.spooling import OIL, ORDER, drop, envelope, orders, spool
from tests.sites import NOON, clock_at

CLOCK = clock_at()
OCTO = "octoPrint/progress/printing"


def progress(value: int) -> bytes:
    return f'{{"progress":{value},"_timestamp":{NOON // 10**9 + value}}}'.encode()


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """The press is kept for 10 days, the printer for 40."""
    return keeping_site(tmp_path, uns=10, octoprint=40, production=20)


def test_each_payload_ends_with_its_source_and_the_segment_with_the_last(site: Site) -> None:
    spool(site, envelope(), envelope(OCTO, progress(1)))
    spool(site, envelope(OCTO, progress(2)))
    land_pending(site, CLOCK)
    landed, counted = (rows(site, "measurement"), outcomes(site))
    before = stored(site)

    keep_at(site, days=9.9)
    assert stored(site) == before
    keep_at(site, days=10)
    traced = Archive(site).rows("measurement", [("part", ">=", 0)])
    assert {found.source: "erased" in found.note for found in traced} == {"uns": True, "octoprint": False}
    press, *printer = stored(site)
    assert (press.erased, press.payload) == (True, b" " * len(before[0].payload))
    assert printer == before[1:]
    assert wrong(site) == {}

    keep_at(site, days=40)
    left = [path.stem for path in kept_segments(site.paths.spool / "mqtt")]
    assert left == ["000000000001"]  # the newest stays, erased: the writer goes on from it
    assert not has_segment(site.paths.spool / "mqtt" / "000000000000.seg")
    assert [message.erased for message in stored(site)] == [True]
    assert (rows(site, "measurement"), outcomes(site)) == (landed, counted)
    assert wrong(site) == {}

    spool(site, envelope(OCTO, progress(3), received_ns=NOON + 40 * DAY_NS))
    land_pending(site, CLOCK)
    keep_at(site, days=41)
    keep_at(site, days=42)
    assert [path.stem for path in kept_segments(site.paths.spool / "mqtt")] == ["000000000002"]
    assert wrong(site) == {}


def test_what_was_erased_is_neither_shown_nor_replayed_and_stays_counted(site: Site) -> None:
    spool(site, envelope(payload=b"not json"), envelope(OIL.replace("press-1", "press-9")), envelope(OCTO, progress(1)))
    land_pending(site, CLOCK)
    keep_at(site, days=11)
    counted = outcomes(site)
    assert counted == {"accepted": 1, "E_JSON": 1, "E_DEVICE": 1}
    assert replay(site, CLOCK).still_quarantined == 2
    assert outcomes(site) == counted
    assert {show(site, entry.id).text for entry in list_entries(site)} == {""}
    assert wrong(site) == {}


def test_what_cannot_be_blanked_is_erased_after_thirty_days(site: Site) -> None:
    spool(
        site, envelope("octoPrint/event/x", b'{"user":"anna"'), envelope(OCTO, progress(1)), envelope("else/x", b"{}")
    )
    land_pending(site, CLOCK)
    keep_at(site, days=29.9)
    assert [message.erased for message in stored(site)] == [False] * 3
    keep_at(site, days=30)
    assert [message.erased for message in stored(site)] == [True, False, True]
    assert wrong(site) == {}


def test_while_a_source_cannot_be_read_nothing_is_erased_that_may_be_its_own(site: Site) -> None:
    spool(site, envelope("else/x", b"{}"), envelope())
    land_pending(site, CLOCK)
    (site.paths.sources / "else.yaml").write_text("id: else\nnonsense: true\n")
    site = load_site(site.paths.site)
    assert site.wrong_sources
    keep_at(site, days=50)
    assert [message.erased for message in stored(site)] == [False, True]
    (site.paths.sources / "else.yaml").unlink()
    keep_at(load_site(site.paths.site), days=52)
    assert all(message.erased for message in stored(site))


def test_the_bytes_of_a_dropped_file_end_with_its_source(site: Site) -> None:
    given = site.paths.drop / "production" / "order.csv"
    given.parent.mkdir(parents=True)
    given.write_bytes(orders(ORDER, "Press 1;for;few"))
    drop_file(site, given, "production", CLOCK)
    whole = drop(site, "production", b"PK\x03\x04 no table")
    land_pending(site, CLOCK)
    counted, landed = outcomes(site), rows(site, "run")
    folder = site.paths.spool / "files" / "bytes"
    assert keep_at(site, days=19.9).files_erased == 0
    assert wrong(site) == {}

    assert keep_at(site, days=20).files_erased == 2
    assert list(folder.iterdir()) == []
    assert list(given.parent.glob("**/*.csv")) == []  # and what was put away of it
    assert (outcomes(site), rows(site, "run")) == (counted, landed)
    assert wrong(site) == {}
    assert replay(site, CLOCK).accepted == 0
    assert wrong(site) == {}

    drop(site, "production", b"PK\x03\x04 no table", received_ns=NOON + 30 * DAY_NS)  # it comes again
    land_pending(site, CLOCK)
    keep_at(site, days=31)
    assert (folder / whole).exists()
    assert wrong(site) == {}
    keep_at(site, days=51)
    assert not (folder / whole).exists()
    assert wrong(site) == {}


def test_a_segment_that_the_ledger_cannot_count_by_itself_is_erased_and_not_deleted(site: Site) -> None:
    spool(site, envelope())
    spool(site, envelope())
    land_pending(site, CLOCK)
    with sqlite3.connect(site.paths.ledger) as connection:
        connection.execute("DELETE FROM segment_account")  # as in a ledger of version 1
    connection.close()
    keep_at(site, days=30)
    assert [message.erased for message in stored(site)] == [True, True]
    assert wrong(site) == {}


@pytest.mark.parametrize("source", sorted(path.stem for path in (PRODUCT / "demo" / "sources").glob("*.yaml")))
def test_the_raw_bytes_of_every_source_of_the_demonstration_end(source: str) -> None:
    site = load_site(PRODUCT / "demo")
    governance, stated = Governance(site), site.sources[source]
    transport = stated.transport
    kind, topic = FILE, f"{source}/fil.csv"
    if transport.kind == "mqtt":
        kind, topic = 0, transport.subscribe[0].replace("+", "x").replace("#", "x")
    data = Envelope(topic.encode(), b"x" * 32, NOON, kind=kind).encode()
    segment, days = MAGIC + frame_head(data) + data, stated.governance.retention_days
    end = NOON + days * DAY_NS
    assert form_of(segment, governance, end - 1, NOON).due_ns == end
    ended = form_of(segment, governance, end, NOON)
    assert ended.due_ns is None
    assert kind == FILE or b"x" * 32 not in ended.data


def test_a_ledger_remembers_every_change_of_a_segment(site: Site) -> None:
    spool(site, envelope())
    spool(site, envelope())
    land_pending(site, CLOCK)
    first = Ledger(site.paths.ledger).landed_segments()["mqtt/000000000000"]
    for days in (0, 10, 11):
        keep_at(site, days=days)
    with sqlite3.connect(site.paths.ledger) as connection:
        changes = connection.execute(
            "SELECT old_sha256, new_sha256 FROM segment_change WHERE segment = 'mqtt/000000000000'"
        ).fetchall()
    connection.close()
    assert changes == [(first, "")]  # archiving changed nothing
    assert lives.gone(site.paths.ledger).received == {"uns": 1}
