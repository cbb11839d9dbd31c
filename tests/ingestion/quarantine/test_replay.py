"""The quarantine: shown with its bytes and reasons, replayed exactly once, never a dead end."""

from __future__ import annotations

from pathlib import Path

import pytest

from contracts.errors import UsageError
from contracts.site import Site
from ingestion.landing.sealer import land_pending
from ingestion.ledger import Ledger
from ingestion.quarantine import discard, list_entries, replay, show
from tests.ingestion.landing.test_landing import outcomes, rows
from tests.ingestion.spooling import OIL, ORDER, drop, envelope, numbered, orders, reading, spool
from tests.sites import PRODUCTION, REGISTRY, UNS, clock_at, make_site

CLOCK = clock_at()
NEW = OIL.replace("press-1", "press-2")


def mended(site: Site) -> Site:
    """The same site with a second press in the registry and at its station of the order export."""
    press = REGISTRY["equipment"][0] | {"id": "dal-press-2", "work_unit": "press-2", "device": "gw-dal-2"}
    stations = {"map": {"Press 1": "dal-press-1", "Press 2": "dal-press-2"}, "column": "Station"}
    return make_site(
        site.paths.site,
        {"equipment": [*REGISTRY["equipment"], press]},
        {"production": PRODUCTION | {"equipment": stations}},
    )


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return make_site(tmp_path)


def test_what_the_registry_did_not_know_is_accepted_exactly_once_after_the_fix(site: Site) -> None:
    spool(site, envelope(), envelope(NEW), envelope(NEW))
    spool(site, envelope(NEW, b"not json"))
    land_pending(site, CLOCK)
    assert outcomes(site) == {"accepted": 1, "E_DEVICE": 3}
    assert replay(site, CLOCK).to_dict() == {"accepted": 0, "ignored": 0, "duplicate": 0, "still_quarantined": 3}

    site = mended(site)
    assert replay(site, CLOCK).to_dict() == {"accepted": 2, "ignored": 0, "duplicate": 0, "still_quarantined": 1}
    assert outcomes(site) == {"accepted": 3, "E_JSON": 1}
    assert len(rows(site, "measurement")) == 3
    replayed = [file for file in Ledger(site.paths.ledger).landed_files() if "replay-1" in file.path]
    assert [file.rows for file in replayed] == [2]

    assert replay(site, CLOCK).accepted == 0
    assert outcomes(site) == {"accepted": 3, "E_JSON": 1}
    assert len(rows(site, "measurement")) == 3


def test_a_replay_touches_the_event_days_of_what_it_accepted(site: Site) -> None:
    spool(site, envelope(), envelope(NEW, reading(ts="2026-10-01T10:00:00Z")))
    land_pending(site, CLOCK)
    ledger = Ledger(site.paths.ledger)
    ledger.cover(ledger.pending().snapshot)
    assert ledger.pending().days == {}
    replay(mended(site), CLOCK)
    assert [str(day) for day in ledger.pending().days["measurement"]] == ["2026-10-01"]


def test_numbers_are_respected_by_a_replay(site: Site) -> None:
    same = envelope(NEW, properties=numbered(7, 1))
    spool(
        site, same, same, envelope(NEW, reading(9), properties=numbered(7, 1)), envelope(NEW, properties=numbered(7, 2))
    )
    land_pending(site, CLOCK)
    assert outcomes(site) == {"E_DEVICE": 4}
    assert replay(mended(site), CLOCK).to_dict() == {
        "accepted": 2,
        "ignored": 0,
        "duplicate": 1,
        "still_quarantined": 1,
    }
    assert outcomes(site) == {"accepted": 2, "duplicate": 1, "E_CONFLICT": 1}
    assert sorted(str(row["event_id"]) for row in rows(site, "measurement")) == ["gw-dal-2:7:1", "gw-dal-2:7:2"]


def test_a_conflict_stays_refused_however_often_it_is_replayed(site: Site) -> None:
    spool(site, envelope(properties=numbered(7, 1)), envelope(payload=reading(9), properties=numbered(7, 1)))
    land_pending(site, CLOCK)
    for _ in range(2):
        assert replay(site, CLOCK).still_quarantined == 1
        assert outcomes(site) == {"accepted": 1, "E_CONFLICT": 1}


def test_a_refused_number_that_is_accepted_later_keeps_its_number(site: Site) -> None:
    spool(site, envelope(payload=b'{"v": 1}', properties=numbered(7, 1)), envelope(properties=numbered(7, 1)))
    land_pending(site, CLOCK)
    assert outcomes(site) == {"E_TIME": 1, "E_CONFLICT": 1}
    message = {"topic": "measurement_v1/{channel}", "emit": [
        {"stream": "measurement", "fields": {
            "channel": {"topic": "channel"}, "observed_at": {"received": True}, "value": {"path": "v"}}},
    ]}  # fmt: skip
    forgiving = make_site(site.paths.site, sources={"uns": UNS | {"messages": [message]}})
    assert replay(forgiving, CLOCK).to_dict() == {"accepted": 1, "ignored": 0, "duplicate": 0, "still_quarantined": 1}
    assert outcomes(site) == {"accepted": 1, "E_CONFLICT": 1}


def test_one_row_of_a_file_is_replayed_alone(site: Site) -> None:
    drop(site, "production", orders(ORDER, ORDER.replace("Press 1", "Press 2"), "kort rad"))
    land_pending(site, CLOCK)
    assert outcomes(site) == {"accepted": 1, "E_DEVICE": 1, "E_CSV": 1}
    assert replay(mended(site), CLOCK, code="E_DEVICE").accepted == 1
    assert outcomes(site) == {"accepted": 2, "E_CSV": 1}
    assert sorted(str(row["equipment"]) for row in rows(site, "output")) == ["dal-press-1", "dal-press-2"]
    (file,) = Ledger(site.paths.ledger).drop_files()
    assert (file.accepted, file.quarantined, file.reasons) == (2, 1, [("E_CSV", 1)])


def test_a_file_refused_whole_becomes_its_records_when_the_source_is_mended(site: Site) -> None:
    wide = orders(ORDER, "kort rad", ORDER.replace("PO-1", "PO-2")).replace(b"Station", b"Maskin", 1)
    drop(site, "production", wide)
    land_pending(site, CLOCK)
    assert outcomes(site) == {"E_REQUIRED": 1}
    columns = ["Maskin", *PRODUCTION["format"]["columns"][1:]]
    renamed = PRODUCTION | {
        "format": PRODUCTION["format"] | {"columns": columns},
        "equipment": {"column": "Maskin", "map": {"Press 1": "dal-press-1"}},
    }
    site = make_site(site.paths.site, sources={"production": renamed})
    assert replay(site, CLOCK).to_dict() == {"accepted": 2, "ignored": 0, "duplicate": 0, "still_quarantined": 1}
    assert outcomes(site) == {"accepted": 2, "E_CSV": 1}
    (file,) = Ledger(site.paths.ledger).drop_files()
    assert (file.outcome, file.records, file.accepted, file.quarantined) == ("partial", 3, 2, 1)
    assert replay(site, CLOCK).accepted == 0
    assert len(rows(site, "output")) == 2


def test_an_entry_is_shown_with_reason_cure_and_the_original_bytes(site: Site) -> None:
    spool(site, envelope(payload="{ å".encode()), envelope(payload=b"\xff\x00\x01"))
    land_pending(site, CLOCK)
    newest, oldest = list_entries(site)
    text, binary = show(site, oldest.id).to_dict(), show(site, newest.id).to_dict()
    assert text["text"] == "{ å"
    assert text["topic"] == OIL
    assert all(text[name] for name in ("sv", "en", "cure_sv", "cure_en"))
    assert (binary["text"], binary["hex"], binary["code"]) == (None, "ff 00 01", "E_ENCODING")


def test_the_refused_line_of_a_table_is_shown_below_its_header_however_long_the_table(site: Site) -> None:
    table = orders(*[ORDER] * 99, "kort råd", ORDER)
    drop(site, "production", table)
    land_pending(site, CLOCK)
    (entry,) = list_entries(site, source="production")
    shown = show(site, entry.id)
    assert shown.size == len(table)
    assert shown.text is not None
    assert shown.text.splitlines() == [table.decode("cp1252").splitlines()[0], "kort råd"]
    assert "Rad 101" in entry.words().sv


def test_a_discarded_entry_stays_counted_and_is_not_replayed(site: Site) -> None:
    spool(site, envelope(NEW))
    land_pending(site, CLOCK)
    (entry,) = list_entries(site, state="open")
    discard(site, entry.id, "provmaskin", CLOCK)
    assert list_entries(site, state="open") == []
    assert list_entries(site, code="E_DEVICE")[0].note == "provmaskin"
    assert replay(mended(site), CLOCK).accepted == 0
    assert outcomes(site) == {"E_DEVICE": 1}
    with pytest.raises(UsageError):
        discard(site, entry.id, "igen", CLOCK)
    with pytest.raises(UsageError):
        show(site, 4711)
