"""Frames against the check values of the format, and against every cut and every changed byte."""

from __future__ import annotations

from contextlib import suppress

import google_crc32c
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.spool.frames import (
    MAGIC,
    MAX_PAYLOAD,
    BadEnvelope,
    Envelope,
    RunHead,
    frame_head,
    kind_of,
    newest_origin,
    scan,
)

WORKED_EXAMPLE = bytes.fromhex(
    "8a0000006976fd2201050102030000008074 35cb7799ea1800c0e71c2897ea180200320026000000"
    "0400626f6f740100370300736571020034316e6d732f76312f6761766c65626f72672f7462312f616d2f63312f70312f6d65"
    "6173757265 6d656e745f76312f746f6f6c307b227473223a22323032362d31312d32335430363a34323a32315a222c2276223a32312e357d"
    .replace(" ", "")
)  # fmt: skip
EXAMPLE = Envelope(
    topic=b"nms/v1/gavleborg/tb1/am/c1/p1/measurement_v1/tool0",
    payload=b'{"ts":"2026-11-23T06:42:21Z","v":21.5}',
    received_ns=1795416141250000000,
    qos=1,
    dup=True,
    packet_id=513,
    connection=3,
    session=1795413600000000000,
    properties=(("boot", "7"), ("seq", "41")),
)


def masked(data: bytes) -> int:
    """Written out from the format's description."""
    crc = google_crc32c.value(data)
    rotated = ((crc >> 15) | (crc << 17)) & 0xFFFFFFFF
    return (rotated + 0xA282EAD8) % 2**32


def test_the_check_values_of_the_format_hold() -> None:
    assert google_crc32c.value(b"123456789") == 0xE3069283
    assert masked(b"123456789") == 0xC78AB0E5
    assert frame_head(b"a") + b"a" == bytes.fromhex("01000000 74c874b6 61")


def test_the_worked_example_encodes_to_the_printed_bytes_and_back() -> None:
    payload = EXAMPLE.encode()
    assert frame_head(payload) + payload == WORKED_EXAMPLE
    assert len(WORKED_EXAMPLE) == 146
    found = scan(MAGIC + WORKED_EXAMPLE)
    assert found == ([(12, 150)], 150, "clean")
    assert Envelope.decode(payload) == EXAMPLE
    assert newest_origin(MAGIC + WORKED_EXAMPLE) == (3, 1795413600000000000)


def test_no_truncation_of_the_example_decodes() -> None:
    payload = EXAMPLE.encode()
    for size in range(len(payload)):
        with pytest.raises(BadEnvelope):
            Envelope.decode(payload[:size])


texts = st.text(max_size=8)


@given(
    st.builds(
        Envelope,
        topic=st.binary(max_size=20),
        payload=st.binary(max_size=40),
        received_ns=st.integers(0, 2**64 - 1),
        kind=st.integers(0, 1),
        qos=st.integers(0, 2),
        dup=st.booleans(),
        retain=st.booleans(),
        packet_id=st.integers(0, 65535),
        connection=st.integers(0, 2**32 - 1),
        session=st.integers(0, 2**64 - 1),
        properties=st.lists(st.tuples(texts, texts), max_size=3).map(tuple),
    )
)
def test_an_envelope_reads_back_as_it_was_written(envelope: Envelope) -> None:
    data = envelope.encode()
    assert Envelope.decode(data) == envelope
    assert kind_of(data) == envelope.kind


@given(st.integers(4, 5), st.integers(0, 2**32 - 1), st.integers(0, 2**64 - 1), st.integers(1, 2**32 - 1))
def test_the_head_of_a_run_reads_back_as_it_was_written(protocol: int, connection: int, time: int, count: int) -> None:
    head = RunHead(protocol, connection, time, time // 2, count)
    assert RunHead.decode(head.encode()) == head
    assert len(head.encode()) == 28


@given(st.binary(max_size=200))
def test_no_bytes_whatever_raise_anything_but_bad_envelope(data: bytes) -> None:
    scan(data)
    scan(MAGIC + data)
    for decode in (Envelope.decode, RunHead.decode, kind_of):
        with suppress(BadEnvelope):
            decode(data)


def framed(payloads: list[bytes]) -> bytes:
    return MAGIC + b"".join(frame_head(payload) + payload for payload in payloads)


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=6), st.data())
def test_a_segment_cut_anywhere_gives_an_exact_prefix(payloads: list[bytes], data: st.DataObject) -> None:
    whole = framed(payloads)
    cut = whole[: data.draw(st.integers(0, len(whole)))]
    found = scan(cut)
    kept = [cut[begin:end] for begin, end in found.spans]
    assert kept == payloads[: len(kept)]
    if found.good_offset:
        assert cut[: found.good_offset] == framed(kept)
    assert (found.reason == "clean") == (found.good_offset == len(cut) and len(cut) >= 4)


@given(st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=6), st.data())
def test_no_changed_byte_goes_unseen(payloads: list[bytes], data: st.DataObject) -> None:
    whole = bytearray(framed(payloads))
    whole[data.draw(st.integers(0, len(whole) - 1))] ^= data.draw(st.integers(1, 255))
    found = scan(bytes(whole))
    kept = [bytes(whole[begin:end]) for begin, end in found.spans]
    assert found.reason != "clean"
    assert kept == payloads[: len(kept)]


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=4), st.integers(1, 4096))
def test_a_tail_of_zeros_is_no_record(payloads: list[bytes], zeros: int) -> None:
    whole = framed(payloads)
    found = scan(whole + bytes(zeros))
    assert (len(found.spans), found.good_offset) == (len(payloads), len(whole))
    assert found.reason in ("torn-header", "bad-length")


def test_a_frame_of_nothing_or_of_too_much_is_refused() -> None:
    for payload in (b"", bytes(MAX_PAYLOAD + 1)):
        with pytest.raises(ValueError, match="a frame holds"):
            frame_head(payload)
