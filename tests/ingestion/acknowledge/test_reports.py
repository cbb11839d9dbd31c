"""What the ledger tells the acknowledger: the report of each device, and the numbers that the spool no longer holds."""

from __future__ import annotations

from pathlib import Path

import orjson

from contracts.site import Site
from ingestion.acknowledge.landed import LandedNumbers
from ingestion.acknowledge.reports import Reports
from ingestion.acknowledge.tail import Tail
from ingestion.landing.sealer import land_pending
from ingestion.ledger.ledger import Ledger
from tests.ingestion.spooling import OIL, envelope, numbered, reading, spool
from tests.sites import NOON, clock_at, make_site


def landed(folder: Path, *numbers: int) -> Site:
    """A site that has landed these numbers of one outbox, number 1 refused, and number 0 twice."""
    site = make_site(folder)
    bodies = {seq: b"garbage" if seq == 1 else reading(float(seq)) for seq in numbers}
    again = [envelope(OIL, bodies[seq], properties=numbered(7, seq)) for seq in numbers[:1]]
    spool(site, *(envelope(OIL, body, properties=numbered(7, seq)) for seq, body in bodies.items()), *again)
    land_pending(site, clock_at())
    return site


def test_a_report_counts_what_became_of_a_devices_messages(tmp_path: Path) -> None:
    reports = Reports(Ledger(landed(tmp_path, 0, 1, 2, 5).paths.ledger))
    reports.look()
    assert orjson.loads(reports.take()["gw-dal"]) == {
        "accepted": 3, "ignored": 0, "duplicate": 1, "quarantined": {"E_JSON": 1},
        "boots": {"7": {"last_seq": 5, "missing": 2}},
    }  # fmt: skip


def test_a_report_is_given_out_when_it_changes_and_all_of_them_to_a_broker_that_may_have_lost_them(
    tmp_path: Path,
) -> None:
    reports = Reports(Ledger(landed(tmp_path, 0, 1).paths.ledger))
    assert reports.take() == {}
    reports.look()
    assert set(reports.take()) == {"gw-dal"}
    reports.look()
    assert reports.take() == {}
    assert set(reports.take(everything=True)) == {"gw-dal"}


def test_a_device_that_begins_outbox_after_outbox_cannot_make_its_report_larger_than_the_broker_takes(
    tmp_path: Path,
) -> None:
    """A larger one would end the connection that acknowledges for everybody, again at each reconnect."""
    site = make_site(tmp_path)
    boots = [9_000_000_000_000_000 - n for n in range(1_500)]
    for n, half in enumerate((boots[:1_400], boots[1_400:])):
        spool(site, *(envelope(properties=numbered(boot, 0), received_ns=NOON + n) for boot in half))
    land_pending(site, clock_at())
    reports = Reports(Ledger(site.paths.ledger))
    reports.look()
    report = reports.take()["gw-dal"]
    assert len(report) < 10_000
    assert set(orjson.loads(report)["boots"]) <= set(map(str, boots[1_400:]))


def test_a_site_without_a_ledger_has_nothing_to_report(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite")
    reports = Reports(ledger)
    reports.look()
    assert reports.take() == {}
    assert not ledger.path.exists()
    assert LandedNumbers(ledger).of("gw-dal", 7).high == -1


def test_what_is_landed_is_as_safe_as_what_is_in_the_spool(tmp_path: Path) -> None:
    """The checkpoint and the old segments are both gone: retention has ended, and `status/` may be deleted."""
    site = landed(tmp_path, 0, 1, 2, 5, 6, 8)
    for file in (site.paths.spool / "mqtt").glob("*.seg"):
        file.unlink()
    spool(site, envelope(OIL, reading(3.0), received_ns=NOON, properties=numbered(7, 3)))
    tail = Tail(site, clock_at())
    assert tail.read() == {("gw-dal", 7): 3}
    assert tail.highs.to_plain() == [["gw-dal", 7, 3, [(5, 7), (8, 9)]]]


def test_a_ledger_that_cannot_be_read_costs_copies_and_nothing_else(tmp_path: Path) -> None:
    site = landed(tmp_path, 0, 1)
    site.paths.ledger.write_bytes(b"no ledger" * 1000)
    for log in site.paths.ledger.parent.glob("*-wal"):
        log.unlink()
    assert LandedNumbers(Ledger(site.paths.ledger)).of("gw-dal", 7).high == -1
