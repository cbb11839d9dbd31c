"""A sole trader's number in a message: acknowledged before it was read, so it is quarantined, and shown nowhere."""

import json
from dataclasses import asdict

import pytest

from ingestion.drop_list import WITHHELD, showable
from ingestion.landing.sealer import land_pending
from ingestion.ledger import Ledger
from ingestion.quarantine import list_entries, show
from tests.ingestion.landing.test_landing import outcomes, rows
from tests.ingestion.spooling import drop, envelope, spool
from tests.sites import PARTICIPATION, PRESS, TS, UNS, clock_at, emit, make_site

CLOCK = clock_at()
#: Written in two pieces, so that no file of the repository holds a personal number.
PERSON = "850101" + "-" + "1234"
START = f"{PRESS}/run_v1/start"


@pytest.fixture
def site(tmp_path):
    fields = {"observed_at": TS, "phase": {"topic": "phase"}, "run_ref": {"path": "run"}}
    run = {"topic": "run_v1/{phase}", "emit": [emit("run", organisation={"path": "for.company"}, **fields)]}
    return make_site(tmp_path, sources={"uns": UNS | {"messages": [run]}})


def started(company, **more):
    return json.dumps({"ts": "2026-11-24T11:59:00Z", "run": "PO-1", "for": {"company": company}, **more}).encode()


@pytest.mark.parametrize("number", [PERSON, PERSON.replace("-", ""), "19" + PERSON, int(PERSON.replace("-", ""))])
def test_a_message_for_a_sole_trader_is_quarantined_and_never_shown(site, number):
    spool(site, envelope(START, started("559900-0017")), envelope(START, started(number)))
    land_pending(site, CLOCK)
    assert outcomes(site) == {"accepted": 1, "E_PERSONAL": 1}
    assert [row["organisation"] for row in rows(site, "run")] == ["559900-0017"]
    (entry,) = list_entries(site)
    assert entry.facts == {"field": "for.company"}
    assert show(site, entry.id).text == WITHHELD.decode()
    told = json.dumps([show(site, entry.id).to_dict(), *map(str, map(asdict, Ledger(site.paths.ledger).drop_files()))])
    ledger = b"".join(file.read_bytes() for file in site.paths.ledger.parent.glob(f"{site.paths.ledger.name}*"))
    for spelled in (str(number), PERSON, PERSON[:6]):
        assert spelled not in told
        assert spelled.encode() not in ledger


def test_the_number_comes_before_every_other_fault_of_the_message(site):
    spool(site, envelope(START, started(PERSON, ts="yesterday")))
    land_pending(site, CLOCK)
    assert outcomes(site) == {"E_PERSONAL": 1}


def test_what_is_refused_before_its_fields_are_read_shows_no_number_either(site):
    spool(site, envelope(START, started(PERSON, device="somebody-else")))
    land_pending(site, CLOCK)
    (entry,) = list_entries(site)
    assert entry.code == "E_SPOOF"
    assert PERSON not in str(show(site, entry.id).text)
    assert "somebody-else" in str(show(site, entry.id).text)


def test_a_torn_message_that_may_hold_a_number_is_withheld(site):
    source = site.sources["uns"]
    assert showable(started(PERSON)[:-1], source, site.streams) == WITHHELD
    assert showable(started("559900-0017")[:-1], source, site.streams) == started("559900-0017")[:-1]
    timed = json.dumps({"ts": 1_701_234_567, "v": 1}).encode()
    assert json.loads(showable(timed, source, site.streams)) == {"ts": 1_701_234_567, "v": 1}


def test_a_row_that_was_spooled_before_the_door_looked_is_refused_at_landing_and_not_shown(site):
    head = ";".join(PARTICIPATION["format"]["columns"]) + "\n"
    row = "{};kurs-1;2026-11-02;knowledge;company;am;2,5\n"
    drop(site, "participation", (head + row.format("559900-0017") + row.format(PERSON)).encode())
    land_pending(site, CLOCK)
    assert outcomes(site) == {"accepted": 1, "E_PERSONAL": 1}
    (entry,) = list_entries(site)
    assert entry.facts == {"field": "org_nr", "line": "3"}
    assert show(site, entry.id).text == WITHHELD.decode()
