"""The report: states, promises, refusals with reason and cure, files, services, and the exact accounting."""

import json
from datetime import UTC, datetime

import pytest

from ingestion.landing.sealer import land_pending
from ingestion.live.status import StatusReport
from tests.ingestion.live.small_site import HOSTILE, SECOND, busy_site, live, site_in_every_state, write_status
from tests.ingestion.spooling import PRODUCTION, drop
from tests.sites import NOON, clock_at, make_site


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    return busy_site(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def every(tmp_path_factory) -> StatusReport:
    return live(site_in_every_state(tmp_path_factory.mktemp("every"))).report()


@pytest.fixture
def report(site) -> StatusReport:
    return live(site).report()


def machine(report: StatusReport, name: str):
    return next(item for item in report.equipment if item.id == name)


def test_a_machine_that_sends_says_so_with_age_rate_and_last_message(report):
    press = machine(report, "dal-press-1")
    assert (press.state, press.rate_per_minute, press.total) == ("sends", 10, 12)
    assert press.age_s == 0.5
    assert HOSTILE in json.loads(press.last.raw)["v"]


def test_a_machine_that_fell_silent_in_working_hours_is_silent(report):
    assert machine(report, "dal-printer-1").state == "silent"


def test_the_promise_depends_on_whether_the_sender_counts(report):
    press, printer = machine(report, "dal-press-1"), machine(report, "dal-printer-1")
    assert press.missing == 0
    assert "numrerar" in press.guarantees[0].sv
    assert press.guarantees[1].en.startswith("File: safe once its outcome")
    assert printer.missing is None
    assert "Best effort up to the broker" in printer.guarantees[0].en


def test_refused_messages_stand_with_their_machine_by_code_with_reason_and_cure(report):
    reasons = {reason.code: reason for reason in machine(report, "dal-press-1").reasons}
    assert set(reasons) == {"E_JSON", "E_TYPE"}
    assert (reasons["E_JSON"].recent, reasons["E_JSON"].total) == (1, 1)
    assert reasons["E_JSON"].reason.sv
    assert reasons["E_JSON"].cure.en


def test_what_belongs_to_no_machine_stands_apart(report):
    assert {reason.code for reason in report.other_reasons} == {"E_TOPIC"}


def test_a_refused_row_of_a_file_stands_with_the_machine_that_it_names_and_with_its_file(every):
    press = machine(every, "dal-press-1")
    assert [(reason.code, reason.total) for reason in press.reasons] == [("E_TYPE", 2)]  # a message and a row
    assert {reason.code for file in every.files for reason in file.reasons} == {"E_TYPE", "E_DEVICE"}


def test_a_machine_that_comes_in_files_says_when_its_newest_reading_was_not_only_when_the_file_came(every):
    saw = machine(every, "dal-saw-1")
    assert (saw.by_file, saw.state) == (True, "sends")
    assert saw.age_s == 7100
    assert saw.newest_at == datetime(2026, 10, 1, 7, 0, tzinfo=UTC)
    assert not machine(every, "dal-press-1").by_file


def test_files_with_refused_rows_are_not_pushed_out_by_newer_good_ones(tmp_path):
    site = make_site(tmp_path)
    row = "Press 1;A-{n};2026-11-24 08:00;2026-11-24 09:00;bricka;1 200,0;1 190,0;\r\n"
    drop(site, "production", (PRODUCTION + "Press 9;A-0;2026-11-24 08:00;;;;;\r\n").encode("cp1252"), "fel.csv")
    for n in range(15):
        drop(site, "production", (PRODUCTION + row.format(n=n)).encode("cp1252"), f"{n}.csv", NOON + n * SECOND)
    land_pending(site, clock_at())
    report = live(site, NOON + 20 * SECOND).report()
    assert [file.name for file in report.files] == [*(f"{n}.csv" for n in range(14, 4, -1)), "fel.csv"]
    assert report.files_dropped == 16


def test_each_dropped_file_has_its_outcome_the_newest_first(report):
    outcomes = [(file.source, file.outcome, file.accepted, file.quarantined, file.duplicate) for file in report.files]
    assert outcomes == [
        ("participation", "quarantined", 0, 1, 0),
        ("production", "duplicate", 0, 0, 3),
        ("production", "partial", 1, 2, 0),
    ]
    assert {reason.code for reason in report.files[2].reasons} == {"E_CSV", "E_DEVICE"}
    assert [(reason.where, reason.code) for reason in report.refused_files] == [("production/genväg.csv", "E_FILETYPE")]


def test_the_accounting_adds_up(report):
    a = report.accounting
    assert a.received == a.accepted + a.ignored + a.quarantined + a.duplicate
    assert a.received > 15


def test_a_site_at_work_is_ready(report):
    assert report.ready
    assert all(service.ok for service in report.services)


def test_a_receiver_that_stopped_writing_is_named_and_the_site_is_not_ready(site):
    later = live(site, NOON + 60 * SECOND).report()
    receiver = next(service for service in later.services if service.id == "receiver")
    assert not receiver.ok
    assert "does not answer" in receiver.text.en
    assert not later.ready


def test_a_receiver_without_a_broker_is_named(tmp_path):
    site = make_site(tmp_path)
    write_status(site, "receiver", written_ns=NOON, connected_ns=None)
    report = live(site).report()
    assert "no contact with the broker" in next(s for s in report.services if s.id == "receiver").text.en


def test_a_fresh_site_has_machines_that_were_never_heard_and_no_errors(tmp_path):
    report = live(make_site(tmp_path)).report()
    assert {item.state for item in report.equipment} == {"never"}
    assert report.accounting.received == 0
    assert not (tmp_path / "var" / "ledger").exists(), "looking must not make a ledger"


def test_a_ledger_that_cannot_be_read_is_told_and_the_ages_stay(site, tmp_path):
    broken = make_site(tmp_path)
    broken.paths.ledger.parent.mkdir(parents=True)
    broken.paths.ledger.write_bytes(b"this is no database, whatever its name says" * 100)
    report = live(broken).report()
    assert report.accounting is None
    assert next(s for s in report.services if s.id == "landing").text.en == "the ledger cannot be read"
