"""Logs and documents of MTConnect from the drop to the ledger: every record counted once, whatever comes again."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from bruk.evidence import Archive
from bruk.verify import verify
from contracts.paths import PRODUCT
from contracts.site import Site, load_site
from ingestion.landing.rebuild import rebuild_landing
from ingestion.landing.sealer import land_pending
from ingestion.ledger import Ledger
from ingestion.quarantine import replay
from ingestion.try_source import try_sample
from tests.ingestion.adapters.mtconnect import document, execution, log, make_mtconnect_site
from tests.ingestion.landing.test_landing import outcomes, rows
from tests.ingestion.spooling import drop
from tests.sites import NOON, clock_at

CLOCK = clock_at()
OLD = "2026-10-01T05:00:00Z"
LOG = log(
    "* adapterVersion: 2", f"{OLD}|execution|UNAVAILABLE|avail|UNAVAILABLE", "2026-11-24T06:00:00Z|execution|READY",
    "2026-11-24T06:00:00Z|execution|READY", "2026-11-24T07:00:00Z|execution|DANCING", "2026-11-24T06:59:00Z|avail|1",
)  # fmt: skip
COUNTED = {"accepted": 1, "ignored": 1, "protocol": 1, "initial_state": 2, "duplicate": 1, "E_TYPE": 1}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = make_mtconnect_site(tmp_path)
    drop(site, "log", LOG)
    land_pending(site, CLOCK)
    return site


def unexplained(site: Site) -> list[str]:
    return [line.detail for line in verify(site).lines if not line.ok]


def test_every_record_of_a_log_has_one_outcome_and_a_recount_agrees(site: Site) -> None:
    assert outcomes(site) == COUNTED
    (file,) = Ledger(site.paths.ledger).drop_files()
    assert (file.outcome, file.records, file.duplicate) == ("partial", 7, 1)
    assert [(row["state"], row["reason"], row["record"]) for row in rows(site, "state")] == [("idle", "READY", 4)]
    assert unexplained(site) == []
    assert rebuild_landing(site, CLOCK).same
    assert outcomes(site) == COUNTED


def test_the_same_log_again_is_a_duplicate_whole_in_the_same_segment_or_later(site: Site) -> None:
    drop(site, "log", LOG, "igen.txt", NOON + 1)
    land_pending(site, CLOCK)
    drop(site, "log", LOG, "och-igen.txt", NOON + 2)
    land_pending(site, CLOCK)
    assert outcomes(site) == COUNTED | {"duplicate": 1 + 7 + 7}
    assert [file.outcome for file in Ledger(site.paths.ledger).drop_files()] == ["partial", "duplicate", "duplicate"]
    assert unexplained(site) == []


def test_a_log_without_news_is_no_duplicate_of_itself(tmp_path: Path) -> None:
    site = make_mtconnect_site(tmp_path)
    drop(site, "log", log("2026-11-24T06:00:00Z|avail|1", "2026-11-24T06:00:00Z|avail|1"))
    land_pending(site, CLOCK)
    (file,) = Ledger(site.paths.ledger).drop_files()
    assert (file.outcome, file.records, file.duplicate) == ("accepted", 2, 1)
    assert unexplained(site) == []


def test_a_word_that_the_map_learns_is_replayed_alone(site: Site) -> None:
    mapping = site.paths.sources / "log.yaml"
    learned = re.sub(r"( +)ACTIVE: producing", r"\g<0>\n\1DANCING: producing", mapping.read_text("utf-8"))
    mapping.write_text(learned, "utf-8")
    assert replay(load_site(site.paths.site), CLOCK).accepted == 1
    assert outcomes(site) == {word: n for word, n in COUNTED.items() if word != "E_TYPE"} | {"accepted": 2}
    assert unexplained(site) == []


def test_a_log_refused_whole_is_replayed_with_all_of_its_outcomes(tmp_path: Path) -> None:
    site = make_mtconnect_site(tmp_path)
    drop(site, "log", LOG.replace(b"adapter", "ådapter".encode("cp1252")))
    land_pending(site, CLOCK)
    assert outcomes(site) == {"E_ENCODING": 1}
    mapping = site.paths.sources / "log.yaml"
    mapping.write_text(mapping.read_text("utf-8").replace("encoding: utf-8", "encoding: cp1252"), "utf-8")
    site = load_site(site.paths.site)
    found = replay(site, CLOCK)
    assert (found.accepted, found.ignored, found.duplicate, found.still_quarantined) == (1, 4, 1, 1)
    assert outcomes(site) == COUNTED
    (file,) = Ledger(site.paths.ledger).drop_files()
    assert (file.outcome, file.records, file.duplicate) == ("partial", 7, 1)
    assert unexplained(site) == []


def test_a_state_opens_down_to_its_line(site: Site) -> None:
    day = date(2026, 11, 24)
    (found,) = Archive(site).newest(["state"], "dal-press-1", day, day)
    assert "timestamp: 2026-11-24T06:00:00Z; key: execution; value: READY" in str(found.to_dict())


def test_trying_a_log_says_what_is_ignored_and_why(site: Site, tmp_path: Path) -> None:
    sample = tmp_path / "dag.txt"
    sample.write_bytes(LOG)
    found = try_sample(site, "log", sample, CLOCK)
    assert found.ignored == {"dag.txt": 1, "dag.txt: protocol": 1, "dag.txt: initial_state": 2}
    assert (len(found.rows), found.repeated) == (1, 1)
    assert [(item.code, item.where) for item in found.rejections] == [("E_TYPE", "5")]


def test_a_document_lands_and_the_one_that_is_none_says_what_it_is(tmp_path: Path) -> None:
    site = make_mtconnect_site(tmp_path)
    drop(site, "agent", document(execution("ACTIVE")), "current.xml")
    drop(site, "agent", b"<MTConnectError><Error errorCode=''/></MTConnectError>", "error.xml")
    land_pending(site, CLOCK)
    assert outcomes(site) == {"accepted": 1, "E_XML": 1}
    (entry,) = Ledger(site.paths.ledger).quarantined()
    assert entry.words().sv == "XML-filen läses inte: den är MTConnectError, inte MTConnectStreams."
    assert unexplained(site) == []


def test_the_example_that_every_new_site_is_given_reads_a_log(tmp_path: Path) -> None:
    sample = tmp_path / "machining-1.txt"
    at = "2026-11-24T07:00:0"
    sample.write_bytes(
        log(f"{OLD}|execution|UNAVAILABLE|Cfrt|UNAVAILABLE", f"{OLD}|logic|Unavailable||||", f"{OLD}|Stemp|UNAVAILABLE",
            f"{at}0Z|execution|READY",
            f"{at}1Z|execution|ACTIVE|Stemp|31", f"{at}2.5Z|Cfrt|90", f"{at}3Z|logic|FAULT|454B|||Limit switch Y-",
            f"{at}4Z|execution|UNAVAILABLE|Cfrt|UNAVAILABLE|Stemp|UNAVAILABLE", f"{at}4Z|logic|Unavailable||||")
    )  # fmt: skip
    found = try_sample(load_site(PRODUCT / "demo"), "mtconnect-log", sample, CLOCK)
    assert found.rejections == []
    assert [row.values["state"] for row in found.rows if row.stream == "state"] == ["idle", "producing", "unknown"]
    assert [row.values["value"] for row in found.rows if row.stream == "measurement"] == [31.0, 1.5]
    assert [row.values["detail"] for row in found.rows if row.stream == "event"] == ["logic 454B Limit switch Y-"]
    assert found.ignored == {"machining-1.txt": 3, "machining-1.txt: initial_state": 4}
