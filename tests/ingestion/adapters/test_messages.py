"""Every message case of the bad-input catalogue that decoding judges, by its number."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest

from ingestion.adapters.outcome import Ignored
from ingestion.landing.decoder import Decoder, Opened
from ingestion.rejection import REASONS, Rejection
from tests.ingestion.spooling import OIL, message, numbered, reading
from tests.sites import NOON, PRESS, make_site

TEXT = '{"ts": "2026-11-24T11:59:00Z", "v": %s}'


@pytest.fixture(scope="module")
def decoder(tmp_path_factory: pytest.TempPathFactory) -> Decoder:
    return Decoder(make_site(tmp_path_factory.mktemp("site")))


def raw(value: str) -> bytes:
    return (TEXT % value).encode()


def nested(depth: int) -> bytes:
    return raw('{"a":' * (depth - 1) + "1" + "}" * (depth - 1))


REFUSED: list[tuple[int, bytes, str]] = [
    (3, bytes(range(128, 256)), "E_ENCODING"),
    (4, raw("1").decode().encode("utf-16"), "E_ENCODING"),
    (5, b"\xef\xbb\xbf" + raw("1"), "E_ENCODING"),
    (6, b'{"ts": "2026-11-24T11:59:00Z", "v": 1, "run": "\xff"}', "E_ENCODING"),
    (7, raw('1, "run": "\\ud800"'), "E_ENCODING"),
    (8, raw('1, "run": "a\\u0000b"'), "E_CONTROL"),
    (9, raw("1")[:-4], "E_JSON"),
    (10, raw("1") * 2, "E_JSON"),
    (11, raw("1,"), "E_JSON"),
    (12, b"[1]", "E_SHAPE"),
    (13, b"12.5", "E_SHAPE"),
    (14, b"null", "E_SHAPE"),
    (15, b'{"v":' + b"[" * 30_000, "E_DEPTH"),
    (16, nested(17), "E_DEPTH"),
    (17, json.dumps({f"k{i}": 1 for i in range(10_000)})[:60_000].rpartition(",")[0].encode() + b"}", "E_KEYS"),
    (18, json.dumps({"k" * 1_000_000: 1}).encode(), "E_SIZE"),
    (19, b'{"ts": "2026-11-24T11:59:00Z", "v": 1, "v": 2}', "E_DUPKEY"),
    (20, gzip.compress(raw("1"), mtime=0), "E_ENCODING"),
    (21, raw("NaN"), "E_JSON"),
    (22, raw("Infinity"), "E_JSON"),
    (23, raw("1e999"), "E_RANGE"),
    (26, raw("9" * 5_000), "E_RANGE"),
    (27, raw(str(2**53 + 1)), "E_PRECISION"),
    (28, reading(boot=1, seq=2**64), "E_RANGE"),
    (29, reading(boot=1, seq=-1), "E_SEQ"),
    (30, reading(boot=1, seq=1.0), "E_TYPE"),
    (30, reading(boot=1, seq="1"), "E_TYPE"),
    (31, reading(True), "E_TYPE"),
    (32, reading("12,5"), "E_TYPE"),
    (33, reading(""), "E_TYPE"),
    (34, reading(None), "E_REQUIRED"),
    (35, reading({"x": 1}), "E_TYPE"),
    (39, reading(u="bananer"), "E_UNIT"),
    (40, reading(u="[degF]"), "E_UNIT"),
    (42, b'{"v": 1}', "E_TIME"),
    (43, reading(ts="1970-01-01T00:00:00Z"), "E_TIME_OLD"),
    (44, reading(ts="9999-12-31T00:00:00Z"), "E_TIME_FUTURE"),
    (44, reading(ts="2106-02-07T06:28:15Z"), "E_TIME_FUTURE"),
    (46, reading(ts="2026-11-24T11:59:00"), "E_TIME_ZONE"),
    (50, reading(ts="2026-02-30T00:00:00Z"), "E_TIME"),
    (54, reading(device="another"), "E_SPOOF"),
    (101, b'{"ts": "2026-11-24T11:59:00Z"}', "E_REQUIRED"),
]  # fmt: skip


@pytest.mark.parametrize(("case", "payload", "code"), REFUSED)
def test_a_bad_payload_gets_its_code_and_a_reason_in_both_languages(
    decoder: Decoder, case: int, payload: bytes, code: str
) -> None:
    found = decoder.open(message(OIL, payload)).decoded
    assert isinstance(found, Rejection), f"case {case}: {found}"
    assert found.code == code, f"case {case}"
    words = found.words()
    assert all(words), words
    assert not any(slot in words.sv for slot in ("{field}", "{value}", "{expected}", "{problem}", "{topic}"))
    assert "–" not in words.sv or code in ("E_TIME", "E_RANGE")


def test_an_empty_payload_is_refused_as_empty(decoder: Decoder) -> None:
    assert code(decoder.open(message(OIL)._replace(payload=b""))) == "E_EMPTY"


ACCEPTED: list[tuple[int, bytes, Any]] = [
    (24, raw("-0.0"), 0.0),
    (25, raw("1e-400"), 0.0),
    (36, raw("9000"), 9000.0),
    (40, reading(u="Cel"), 41.5),
    (45, reading(ts="2026-11-24T12:10:00Z"), 41.5),
    (48, reading(ts="2026-11-24T11:59:60Z"), 41.5),
    (59, reading(run="=cmd|'/C calc'!A0"), 41.5),
    (60, reading(run="<script>"), 41.5),
    (63, reading(run="🏭"), 41.5),
]


@pytest.mark.parametrize(("case", "payload", "value"), ACCEPTED)
def test_an_odd_payload_that_says_something_is_accepted(
    decoder: Decoder, case: int, payload: bytes, value: Any
) -> None:
    rows = decoder.open(message(OIL, payload)).decoded
    assert isinstance(rows, list), f"case {case}: {rows}"
    assert rows[0].values["value"] == value
    assert str(rows[0].values["value"]) == str(value)
    assert rows[0].flags == {25: "underflow", 45: "future", 48: "leap"}.get(case)


TOPICS: list[tuple[int, str, str]] = [
    (53, "nms/v1/dalarna/testbed-dal/hall-1/line-1/press-9/measurement_v1/oil_temp", "E_DEVICE"),
    (57, "nms/v1/dalarna/testbed-dal/hall-1/line-1/../measurement_v1/oil_temp", "E_NAME"),
    (58, "nms/v1/dalarna/testbed-dal/hall-1/line-1/'; drop table raw;--/measurement_v1/oil_temp", "E_NAME"),
    (61, "nms/v1/dalarna/testbed-dal/hall-1/line-1/press-1\u200b/measurement_v1/oil_temp", "E_NAME"),
    (61, f"{PRESS}/measurement_v1/oil\u202etemp", "E_NAME"),
    (62, f"{PRESS}/measurement_v1/o\u0308l", "E_NAME"),
    (64, f"{PRESS}/measurement_v1/Oil_temp", "E_NAME"),
    (65, f"{PRESS}/measurement_v1/con", "E_NAME"),
    (104, f"{PRESS}/measurement_v1", "E_TOPIC"),
    (104, f"{OIL}/extra", "E_TOPIC"),
    (105, f"{PRESS}/measurement_v2/oil_temp", "E_TOPIC"),
    (106, "octoPrint/hooks/x", "E_TOPIC"),
    (106, "elsewhere", "E_TOPIC"),
]


@pytest.mark.parametrize(("case", "topic", "expected"), TOPICS)
def test_a_topic_or_name_that_leads_nowhere_gets_its_code(
    decoder: Decoder, case: int, topic: str, expected: str
) -> None:
    assert code(decoder.open(message(topic))) == expected, f"case {case}"


def test_equipment_is_known_only_while_the_registry_says_it_is_valid_at_the_receive_time(decoder: Decoder) -> None:
    year = 365 * 86_400 * 1_000_000_000
    late = reading(ts="2025-11-24T11:59:00Z")
    assert code(decoder.open(message(OIL, late, received_ns=NOON - year))) == "E_DEVICE"


@pytest.mark.parametrize(
    "properties",
    [
        (("boot", "1"),),
        (("seq", "1"),),
        (("boot", "1"), ("seq", "01")),
        (("boot", "1"), ("seq", "+1")),
        (("boot", "1"), ("seq", "1"), ("seq", "1")),
        (("boot", "0"), ("seq", "1")),
        (("boot", "1"), ("seq", str(2**60))),
    ],
)
def test_a_number_that_cannot_be_read_is_e_seq(decoder: Decoder, properties: tuple[tuple[str, str], ...]) -> None:
    assert code(decoder.open(message(user_properties=properties))) == "E_SEQ"


def test_a_number_in_the_payload_counts_and_must_agree_with_the_properties(decoder: Decoder) -> None:
    inside = reading(boot=7, seq=3)
    assert decoder.open(message(OIL, inside)).number == (7, 3)
    assert decoder.open(message(OIL, inside, user_properties=numbered(7, 3))).number == (7, 3)
    assert code(decoder.open(message(OIL, inside, user_properties=numbered(7, 4)))) == "E_SEQ"


def test_a_topic_on_the_ignore_list_is_ignored_and_still_counted_by_its_number(decoder: Decoder) -> None:
    opened = decoder.open(message(f"{PRESS}/debug_v1/a/b", b"\xff", user_properties=numbered(7, 3)))
    assert opened.decoded == Ignored("rule")
    assert opened.number == (7, 3)


def test_a_rule_goes_before_an_ignore_line_that_covers_it(decoder: Decoder) -> None:
    done = b'{"_timestamp": 1795521500, "name": "a.gcode", "time": 337.27}'
    rows = decoder.open(message("octoPrint/event/PrintDone", done)).decoded
    assert isinstance(rows, list)
    assert rows[0].values["reported_duration_s"] == 337.27
    assert decoder.open(message("octoPrint/event/Upload", b"{}")).decoded == Ignored("rule")


def test_one_message_may_give_several_rows_and_a_condition_leaves_one_out(decoder: Decoder) -> None:
    both = b'{"_timestamp": 1795521500, "actual": 204.9, "target": 205}'
    rows = decoder.open(message("octoPrint/temperature/tool0", both)).decoded
    assert isinstance(rows, list)
    assert [(row.values["channel"], row.values["value"]) for row in rows] == [
        ("tool0_actual", 204.9), ("tool0_target", 205.0),
    ]  # fmt: skip
    one = decoder.open(message("octoPrint/temperature/tool0", b'{"_timestamp": 1795521500, "actual": 21}')).decoded
    assert isinstance(one, list)
    assert len(one) == 1


@pytest.mark.parametrize("factor", [1_000, 1_000_000, 1_000_000_000])
def test_a_time_in_another_unit_than_the_source_says_is_e_time_unit(decoder: Decoder, factor: int) -> None:
    payload = json.dumps({"_timestamp": 1795521500 * factor, "progress": 3}).encode()
    assert code(decoder.open(message("octoPrint/progress/printing", payload))) == "E_TIME_UNIT"


def test_a_word_that_the_mapping_does_not_know_is_e_type_and_named(decoder: Decoder) -> None:
    payload = b'{"_timestamp": 1795521500, "state_id": "FLYING"}'
    found = decoder.open(message("octoPrint/event/PrinterStateChanged", payload)).decoded
    assert isinstance(found, Rejection)
    assert found.code == "E_TYPE"
    assert "FLYING" in found.words().sv


def test_a_retained_message_without_a_time_of_its_own_is_a_hint_and_a_live_one_is_not(decoder: Decoder) -> None:
    live = decoder.open(message("octoPrint/mqtt", b"disconnected")).decoded
    assert isinstance(live, list)
    assert live[0].values["state"] == "unknown"
    assert decoder.open(message("octoPrint/mqtt", b"disconnected", retain=True)).decoded == Ignored("hint")
    assert decoder.open(message("octoPrint/mqtt", b"connected")).decoded == Ignored("no_row")
    assert decoder.open(message(OIL, b'{"v": 1}', retain=True)).decoded == Ignored("hint")
    assert isinstance(decoder.open(message(OIL, reading(), retain=True)).decoded, list)


def test_every_code_that_is_used_has_its_words() -> None:
    root = Path(__file__).parents[3] / "ingestion"
    used = {
        word
        for file in root.rglob("*.py")
        for word in file.read_text("utf-8").replace("'", '"').split('"')
        if re.fullmatch(r"E_[A-Z_]+", word)
    }
    assert used <= set(REASONS)


def code(opened: Opened) -> str:
    """The code of a refused message, or what else became of it."""
    return opened.decoded.code if isinstance(opened.decoded, Rejection) else str(opened.decoded)
