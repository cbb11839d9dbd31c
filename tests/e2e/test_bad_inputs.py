"""Bad input: each kind gets a code and a plain reason in two languages, and nothing else stops."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bruk.dropping import drop_files
from bruk.verify import verify
from ingestion.quarantine import list_entries, replay
from tests.e2e.whole import Whole

LINE = "nms/v1/dalarna/testbed-dal/hall-1/line-1"
PRESS = f"{LINE}/press-1"
OIL = "measurement_v1/oil_temp"


def now(**shift: float) -> str:
    """An instant as machines write it."""
    return (datetime.now(UTC) + timedelta(**shift)).isoformat().replace("+00:00", "Z")


#: What was sent, topic and payload → the code it must get.
BAD: list[tuple[str, str, str]] = [
    (f"{PRESS}/{OIL}", "fyrtiotvå grader", "E_JSON"),
    (f"{PRESS}/{OIL}", json.dumps({"ts": now(), "v": "varm"}), "E_TYPE"),
    (f"{PRESS}/{OIL}", json.dumps({"ts": now()}), "E_REQUIRED"),
    (f"{LINE}/press-9/{OIL}", json.dumps({"ts": now(), "v": 41.0}), "E_DEVICE"),
    (f"{PRESS}/mood_v1/today", json.dumps({"ts": now(), "v": "glad"}), "E_TOPIC"),
    (f"{PRESS}/{OIL}", json.dumps({"ts": now()[:19], "v": 41.0}), "E_TIME_ZONE"),
    (f"{PRESS}/{OIL}", json.dumps({"ts": now(days=400), "v": 41.0}), "E_TIME_FUTURE"),
]


def item(topic: str, payload: str) -> dict[str, Any]:
    return {"received": 0, "topic": topic, "qos": 1, "retain": False, "payload": payload}


@pytest.fixture(scope="module")
def fed(new_whole: Callable[[], Whole]) -> Whole:
    """A site that got every bad message, each between two good ones."""
    whole = new_whole()
    items = []
    for topic, payload, _ in BAD:
        items += [item(topic, payload), item(f"{PRESS}/{OIL}", json.dumps({"ts": now(), "v": 41.5}))]
    whole.receive(items)
    return whole


def test_each_bad_message_is_kept_with_its_code(fed: Whole) -> None:
    found = {(entry.code, entry.topic) for entry in list_entries(fed.site)}
    assert found == {(code, topic) for topic, _, code in BAD}


def test_each_has_a_reason_and_a_cure_in_both_languages(fed: Whole) -> None:
    for entry in list_entries(fed.site):
        words = entry.words()
        assert all(len(text) > 10 and "{" not in text and "–" not in text for text in words), (entry.code, words)
        assert words.sv != words.en


def test_the_good_messages_between_them_are_all_accepted_and_the_accounting_is_exact(fed: Whole) -> None:
    assert fed.counts("uns")["accepted"] == len(BAD)
    assert sum(fed.counts("uns").values()) + sum(fed.counts("").values()) == 2 * len(BAD)
    report = verify(fed.site)
    assert report.ok, [line for line in report.lines if not line.ok]


HEAD = "Order;Maskin;Artikel;Kund;Start;Slut;Utfall;Producerat;Godkänt;Kasserat;Körtid h\r\n"
ROW = "A-{};Press 1;BRK-110;559900-0241;2026-10-01 08:00:00;2026-10-01 10:00:00;Klar;400;390;10;2,000\r\n"


def csv(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_bytes(text.encode("cp1252"))
    return file


def test_a_row_with_too_few_fields_is_refused_and_the_rows_around_it_are_not(
    new_whole: Callable[[], Whole], tmp_path: Path
) -> None:
    whole = new_whole()
    file = csv(tmp_path, "order.csv", HEAD + ROW.format(1) + "A-2;Press 1;BRK-110\r\n" + ROW.format(3))
    (outcome,) = drop_files(whole.site, [file], "production-records")
    assert (outcome.outcome, outcome.accepted, outcome.quarantined) == ("partial", 2, 1)
    (entry,) = list_entries(whole.site)
    assert entry.code == "E_CSV"
    assert "Rad 3" in entry.words().sv


def test_a_file_that_was_cut_off_is_refused_at_the_door_because_it_may_name_a_person_and_accepted_when_it_comes_whole(
    new_whole: Callable[[], Whole], tmp_path: Path
) -> None:
    whole = new_whole()
    text = HEAD + ROW.format(1) + ROW.format(2)
    (outcome,) = drop_files(whole.site, [csv(tmp_path, "cut.csv", text[:-40])], "production-records")
    assert (outcome.outcome, outcome.accepted) == ("refused", 0)
    assert outcome.reasons[0].startswith("E_TORN: ")
    assert not list_entries(whole.site)
    (outcome,) = drop_files(whole.site, [csv(tmp_path, "cut.csv", text)], "production-records")
    assert (outcome.outcome, outcome.accepted) == ("accepted", 2)
    (outcome,) = drop_files(whole.site, [csv(tmp_path, "cut.csv", text)], "production-records")
    assert (outcome.outcome, outcome.accepted) == ("duplicate", 0)


def test_a_source_file_with_an_unknown_key_is_left_out_named_and_its_messages_are_kept_until_it_is_mended(
    new_whole: Callable[[], Whole], tmp_path: Path
) -> None:
    whole = new_whole()
    octoprint = whole.folder / "sources" / "octoprint-gav-printer-1.yaml"
    good = tmp_path / "good.yaml"
    shutil.copy(octoprint, good)
    octoprint.write_text(good.read_text(encoding="utf-8") + "\nfavourite_colour: blue\n", encoding="utf-8")

    (problem,) = whole.site.wrong
    assert (problem.code, problem.file) == ("E_CONTRACT", "octoprint-gav-printer-1.yaml")
    assert problem.line == len(octoprint.read_text(encoding="utf-8").splitlines())
    assert "favourite_colour" in problem.problem
    assert "octoPrint/#" in whole.site.subscriptions

    hot = {"_timestamp": int(datetime.now(UTC).timestamp()), "actual": 210.5, "target": 210.0}
    whole.receive(
        [
            item("octoPrint/temperature/tool0", json.dumps(hot)),
            item(f"{PRESS}/{OIL}", json.dumps({"ts": now(), "v": 41.5})),
        ]
    )
    assert whole.counts("uns") == {"accepted": 1}
    assert [entry.code for entry in list_entries(whole.site)] == ["E_TOPIC"]

    shutil.copy(good, octoprint)
    replay(whole.site)
    assert whole.counts("octoprint-gav-printer-1") == {"accepted": 1}
    assert whole.counts("") == {}


def test_a_stream_file_with_an_unknown_key_is_left_out_and_the_other_streams_are_read(tmp_path: Path) -> None:
    from contracts.paths import STREAMS
    from contracts.streams import read_streams

    shutil.copytree(STREAMS, tmp_path / "streams")
    file = tmp_path / "streams" / "state.odcs.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "\nfavourite_colour: blue\n", encoding="utf-8")
    streams, (problem,) = read_streams(tmp_path / "streams")
    assert "state" not in streams
    assert {"measurement", "event", "run", "output", "participation"} <= set(streams)
    assert (problem.code, problem.file) == ("E_CONTRACT", "state.odcs.yaml")
    assert "favourite_colour" in problem.problem
