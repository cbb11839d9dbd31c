"""Blanking: a dropped value is gone from the bytes, and nothing else of a payload or a segment has moved or changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.paths import PRODUCT
from ingestion.spool.blanking import blank_payload
from ingestion.spool.frames import BLANKED, FILE, MAGIC, Envelope, RunHead, frame_head, scan
from ingestion.spool.rewriting import Stored, rewrite, stored_messages
from tests.ingestion.mqtt import builder

DROP = frozenset({"user", "owner"})
EMPTY: dict[type, Any] = {str: "", int: 0, float: 0, dict: {}, list: [], bool: None, type(None): None}


@pytest.mark.parametrize(
    ("payload", "blanked"),
    [
        (b'{"user":"anna","v":1}', b'{"user":""    ,"v":1}'),
        (b'{"user" :\t12.5e3 }', b'{"user" :\t0      }'),
        (b'{"a":[{"user":{"id":[1,{"owner":2}]}}]}', b'{"a":[{"user":{}                    }]}'),
        (b'{"owner":[1,2],"x":true}', b'{"owner":[]   ,"x":true}'),
        (b'{"user":true,"owner":false}', b'{"user":null,"owner":null }'),
        (b'{"user":null}', b'{"user":null}'),
        (b'{"us\\u0065r":"anna"}', b'{"us\\u0065r":""    }'),
        (b'{"user":"a\\"b,}","v":"c"}', b'{"user":""      ,"v":"c"}'),
        (b'{"user":"a","user":"b"}', b'{"user":"" ,"user":"" }'),
        (b'{"x":"\\"user\\":\\"anna\\""}', b'{"x":"\\"user\\":\\"anna\\""}'),  # a key inside a string is text
        (b'["user","anna"]', b'["user","anna"]'),
        (b'{"users":"a","USER":"b"}', b'{"users":"a","USER":"b"}'),
        (b'{"user":"\xff\x01"}', b'{"user":""  }'),  # no parser takes it, and it is found
        (b'  {"user"\n:"anna"}  ', b'  {"user"\n:""    }  '),
        (b"connected", b"connected"),
        (b"", b""),
        (b'"user"', b'"user"'),
    ],
)  # fmt: skip
def test_a_value_of_a_dropped_field_becomes_empty_and_spaces(payload: bytes, blanked: bytes) -> None:
    assert blank_payload(payload, DROP) == blanked
    assert len(payload) == len(blanked)


@pytest.mark.parametrize(
    "payload",
    [
        b'{"user":"anna"', b'{"user":"anna"} x', b'{"user":anna}', b"user=anna", b'{"user":01}', b'{"user" "anna"}',
        b'{"a":1,"user":"x",}', '{"user":"anna"}'.encode("utf-16"), '{"user":"anna"}'.encode("utf-16-be"),
        '{"user":"anna"}'.encode("utf-32"), b'\xef\xbb\xbf{"user":"anna"}', b"\x00\x01user\x02anna",
        b'{"\\ud83d":nope}',
    ],
)  # fmt: skip
def test_what_is_no_json_and_may_hold_a_dropped_field_cannot_be_blanked(payload: bytes) -> None:
    assert blank_payload(payload, DROP) is None


def test_no_depth_harms_it() -> None:
    deep = b'{"user":' + b"[" * 60_000 + b"]" * 60_000 + b"}"
    assert blank_payload(deep, DROP) == b'{"user":[]' + b" " * 119_998 + b"}"
    assert blank_payload(b'{"user":' + b"[" * 60_000, DROP) is None


SECRET = "Åsa-Märta Öst"
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
names = st.sampled_from(["user", "owner", "v", "us", "users", "a\\u0062", "å", ""]) | st.text(max_size=3)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4), max_leaves=12
)


def without(value: Any) -> Any:
    """What blanking means, said on values instead of bytes."""
    if isinstance(value, dict):
        return {name: EMPTY[type(item)] if name in DROP else without(item) for name, item in value.items()}
    return [without(item) for item in value] if isinstance(value, list) else value


@given(value=values, ascii_only=st.booleans(), indent=st.sampled_from([None, 1, "\t"]), escape=st.booleans())
def test_any_json_is_as_long_and_otherwise_equal(
    value: Any, ascii_only: bool, indent: int | str | None, escape: bool
) -> None:
    text = json.dumps({"user": SECRET, "rest": value}, ensure_ascii=ascii_only, indent=indent)
    if escape:
        text = text.replace('"user"', '"us\\u0065r"')
    payload = text.encode("utf-8", "surrogatepass")
    blanked = blank_payload(payload, DROP)
    assert blanked is not None
    assert len(blanked) == len(payload)
    assert json.loads(blanked.decode("utf-8", "surrogatepass")) == without({"user": SECRET, "rest": value})
    assert SECRET.encode() not in blanked
    assert blank_payload(blanked, DROP) == blanked


@given(payload=st.binary(max_size=60) | st.text(alphabet='{}[]":,\\ u0anser1', max_size=30).map(str.encode))
def test_any_bytes_are_blanked_at_equal_length_or_not_at_all(payload: bytes) -> None:
    blanked = blank_payload(payload, DROP)
    if blanked is not None:
        assert len(blanked) == len(payload)
        assert blank_payload(blanked, DROP) == blanked


def segment(*frames: bytes) -> bytes:
    return MAGIC + b"".join(frame_head(frame) + frame for frame in frames)


def run_of(packets: list[bytes], protocol: int = 5) -> bytes:
    return RunHead(protocol, 1, 100, 50, len(packets)).encode() + b"".join(packets)


def blank(stored: Stored) -> tuple[bytes, int]:
    return (blank_payload(stored.payload, DROP) if stored.kind != FILE else None) or stored.payload, BLANKED


def read(data: bytes) -> list[Stored | None]:
    return [stored for begin, end in scan(data).spans for stored, _ in stored_messages(data, begin, end)]


payloads = st.sampled_from([b'{"user":"anna"}', b'{"v":1}', b"", b"user anna", b'{"job":{"owner":"anna","n":2}}'])


@given(groups=st.lists(st.lists(st.tuples(payloads, st.integers(0, 2)), min_size=1, max_size=4), max_size=4))
def test_in_a_segment_only_the_dropped_values_crc_and_flag_change(groups: list[list[tuple[bytes, int]]]) -> None:
    frames = [run_of([builder.publish(b"a/b", p, qos=q, packet_id=q and 7) for p, q in group]) for group in groups]
    frames += [Envelope(b"a/b", p, 7, qos=1).encode() for group in groups for p, _ in group]
    data = segment(
        *frames, b"\x02\x20 user anna, of a newer release", Envelope(b"s/user.csv", bytes(32), 7, FILE).encode()
    )
    new, changed, unreadable = rewrite(data, blank)
    assert scan(new) == scan(data)  # the same frames at the same places, each with a right CRC
    expected = [s and s._replace(payload=blank(s)[0]) for s in read(data)]
    assert read(new) == expected
    assert changed == sum(a != b for a, b in zip(read(data), expected, strict=True))
    flags = [(data[begin + 1], new[begin + 1], data[begin:end] != new[begin:end]) for begin, end in scan(data).spans]
    assert all(after == before | (BLANKED if differs else 0) for before, after, differs in flags)
    assert unreadable  # the frame of a newer release
    assert rewrite(new, blank) == (new, 0, True)


def test_what_lies_behind_damage_is_left_as_it_is() -> None:
    data = segment(Envelope(b"a", b'{"user":"anna"}', 7).encode())
    torn = data + data[4:-1]
    new, changed, _ = rewrite(torn, blank)
    assert (changed, new[len(data) :]) == (1, torn[len(data) :])


def test_a_payload_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="equal length"):
        rewrite(segment(Envelope(b"a", b"x", 7).encode()), lambda stored: (b"", 0))


def test_of_a_recorded_print_71_messages_name_a_person_and_none_afterwards() -> None:
    recording = PRODUCT / "demo" / "recordings" / "octoprint_mqtt_print_ok.jsonl"
    lines = [json.loads(line) for line in Path(recording).read_text("utf-8").splitlines()]
    sent = [line["payload"].encode() for line in lines]
    blanked = [blank_payload(payload, DROP) for payload in sent]
    changed = [(a, b) for a, b in zip(sent, blanked, strict=True) if a != b]
    assert len(changed) == 71
    for before, after in changed:
        assert after is not None
        assert len(after) == len(before)
        assert json.loads(after) == without(json.loads(before))
