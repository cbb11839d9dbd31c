"""Verification counts everything again; it agrees with an honest ledger and names the place where one lies."""

import json
import sqlite3

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bruk.inputs import Plan, write_inputs
from bruk.verify import verify
from contracts.clock import utc
from expectations.reconciliation import landed_rows
from ingestion.landing.sealer import land_pending
from ingestion.ledger import Ledger
from ingestion.quarantine import replay
from tests.ingestion.quarantine.test_replay import mended
from tests.ingestion.spooling import OIL, ORDER, drop, envelope, numbered, orders, reading, spool, spool_many
from tests.sites import NOON, PRESS, clock_at, make_site

CLOCK = clock_at()


@pytest.fixture
def site(tmp_path):
    """Every outcome, by message and by record, is in it."""
    site = make_site(tmp_path)
    spool(
        site,
        envelope(),
        envelope(properties=numbered(1, 0), payload=reading(40.5)),
        envelope(properties=numbered(1, 0), payload=reading(40.5)),
        envelope(properties=numbered(1, 3), payload=reading(40.6)),
        envelope(payload=b"not json"),
        envelope(f"{PRESS}/debug_v1/x", b"{}"),
        envelope("elsewhere/x", b"{}"),
        envelope("octoPrint/progress/slicing", b"{}"),
        envelope(OIL.replace("press-1", "press-2")),
    )
    drop(site, "production", orders(ORDER, ORDER.replace("PO-1", "PO-2"), "Press 1;for;few"))
    drop(site, "production", orders(ORDER, ORDER.replace("PO-1", "PO-2"), "Press 1;for;few"), received_ns=NOON + 1)
    drop(site, "production", b"PK\x03\x04 no table at all", name="fel.csv")
    land_pending(site, CLOCK)
    return site


def wrong(site):
    return {line.check_id: line.detail for line in verify(site).lines if not line.ok}


def change(site, sql, *values):
    with sqlite3.connect(site.paths.ledger) as connection:
        connection.execute(sql, values)
    connection.close()


def landed(site, stream="measurement"):
    return next(site.paths.landing.joinpath(stream).rglob("mqtt-*.parquet"))


def test_everything_that_came_in_is_accounted_for_by_source_and_device(site):
    report = verify(site)
    assert report.ok, [line for line in report.lines if not line.ok]
    rows = {(row.source, row.device): row for row in report.accounts}
    press = rows["uns", "gw-dal"]
    assert (press.received, press.accepted, press.ignored, press.quarantined, press.duplicate) == (6, 3, 1, 1, 1)
    assert press.missing == 2  # numbers 1 and 2 of boot 1
    files = rows["production", "production"]
    assert (files.received, files.accepted, files.quarantined, files.duplicate) == (7, 2, 2, 3)
    assert files.missing is None
    assert sum(row.received for row in report.accounts) == Ledger(site.paths.ledger).received() == 16
    assert json.loads(json.dumps(report.to_dict()))["ok"] is True


def test_a_line_says_both_sides_in_both_languages(site):
    line = next(line for line in verify(site).lines if line.check_id == "received.production")
    assert line.detail == "7 = 2 + 0 + 2 + 3"
    assert "karantän" in line.text_sv
    assert "quarantined" in line.text_en


def test_an_empty_site_adds_up(tmp_path):
    assert verify(make_site(tmp_path)).ok


def test_what_is_sealed_and_not_landed_is_pending_and_no_error(site):
    spool(site, envelope())
    report = verify(site)
    assert report.ok
    assert [line.detail for line in report.lines if line.check_id == "spool.pending"] == ["1 segments"]


def test_after_a_replay_it_still_adds_up(site):
    site = mended(site)
    assert replay(site, CLOCK).accepted == 1
    assert wrong(site) == {}


def test_a_ledger_that_counts_too_many_is_found(site):
    change(site, "UPDATE account SET n = n + 1 WHERE source = 'uns' AND device = 'gw-dal' AND outcome = 'accepted'")
    assert wrong(site).keys() == {"received.uns", "received.all", "accepted"}


def test_an_account_moved_to_another_outcome_is_found_though_the_sum_is_right(site):
    change(site, "UPDATE account SET outcome = 'duplicate' WHERE source = 'octoprint' AND outcome = 'ignored'")
    change(site, "UPDATE account SET n = n - 1 WHERE source = 'uns' AND outcome = 'accepted'")
    change(site, "UPDATE account SET n = n + 1 WHERE source = 'uns' AND outcome = 'ignored'")
    assert wrong(site).keys() == {"accepted"}


def test_a_quarantine_entry_that_vanished_is_found(site):
    change(site, "DELETE FROM quarantine WHERE code = 'E_JSON'")
    assert wrong(site).keys() == {"quarantined"}


def test_a_landed_file_that_is_gone_or_changed_is_found(site):
    file = landed(site)
    data = file.read_bytes()
    file.write_bytes(data[:-1] + b"?")
    assert "was changed" in wrong(site)["landing.files"]
    file.unlink()
    found = wrong(site)
    assert "is gone" in found["landing.files"]
    assert "accepted" in found


def test_a_ledger_that_says_another_number_of_rows_is_found(site):
    change(site, "UPDATE landed_file SET rows = rows + 1 WHERE stream = 'measurement'")
    assert "rows, not" in wrong(site)["landing.files"]


def test_a_segment_that_is_gone_or_changed_is_found(site):
    segment = site.paths.spool / "mqtt" / "000000000000.seg"
    segment.write_bytes(segment.read_bytes()[:-10])
    assert "changed 1: mqtt/000000000000" in wrong(site)["spool.segments"]
    segment.unlink()
    found = wrong(site)
    assert "gone 1" in found["spool.segments"]
    assert {"received.uns", "outcomes"} <= found.keys()


def test_the_bytes_of_a_dropped_file_that_are_gone_are_found(site):
    for file in (site.paths.spool / "files" / "bytes").iterdir():
        file.unlink()
    assert "gone or changed" in wrong(site)["files"]


def warehouse(site, **extra):
    """Staging as a refresh would have built it, with `extra` rows more of a stream."""
    found = Ledger(site.paths.ledger).snapshot()
    write_inputs(site, found.files, Plan("r1", 1, found.as_of, found.days, True, found.as_of))
    listing = landed_rows(site.paths.inputs)
    with duckdb.connect(str(site.paths.warehouse)) as connection:
        connection.execute("create schema staging")
        for stream, rows in listing.items():
            total = rows + extra.get(stream, 0)
            connection.execute(f"create table staging.stg_{stream} as select range as n from range({total})")


def test_the_warehouse_must_have_every_landed_row_once(site):
    warehouse(site)
    lines = {line.check_id: line for line in verify(site).lines}
    assert lines["warehouse.measurement"].detail == "3 = 3"
    assert all(line.ok for line in lines.values())


def test_a_row_too_many_in_the_warehouse_is_found(site):
    warehouse(site, measurement=1)
    assert wrong(site) == {"warehouse.measurement": "4 ≠ 3"}


def test_rows_that_landed_since_the_refresh_are_pending(site):
    warehouse(site)
    spool(site, envelope(payload=reading(12.0)))
    land_pending(site, CLOCK)
    line = next(line for line in verify(site).lines if line.check_id == "warehouse.measurement")
    assert (line.ok, line.pending, line.detail) == (True, True, "3 = 3; 1 landed since the refresh")


def test_a_warehouse_that_a_refresh_is_about_to_build_is_pending_and_not_wrong(site):
    warehouse(site, measurement=-1)
    ledger = Ledger(site.paths.ledger)
    ledger.record_refresh("r2", 1, None, utc(NOON), "building")
    line = next(line for line in verify(site).lines if line.check_id.startswith("warehouse"))
    assert (line.ok, line.pending) == (True, True)
    ledger.record_refresh("r2", 1, None, utc(NOON), "published", utc(NOON))
    assert wrong(site) == {"warehouse.measurement": "2 ≠ 3"}


MESSAGES = st.sampled_from(
    [
        envelope(),
        envelope(payload=b"{"),
        envelope("elsewhere/x", b"1"),
        envelope(f"{PRESS}/debug_v1/x", b"{}"),
        envelope(properties=numbered(1, 5)),
        envelope(properties=numbered(1, 5), payload=reading(1.0)),
        envelope(retain=True),
        envelope(packet_id=7, session=1, dup=True),
        envelope("octoPrint/temperature/tool0", b'{"_timestamp": 1795000000, "actual": 20.1, "target": 60.0}'),
    ]
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(MESSAGES, max_size=12), min_size=1, max_size=4))
def test_whatever_comes_in_whatever_order_adds_up(tmp_path_factory, segments):
    site = make_site(tmp_path_factory.mktemp("site"))
    for segment in segments:
        spool_many(site, segment)
        land_pending(site, CLOCK)
    report = verify(site)
    assert report.ok, [line for line in report.lines if not line.ok]
    assert sum(row.received for row in report.accounts) == sum(map(len, segments))
