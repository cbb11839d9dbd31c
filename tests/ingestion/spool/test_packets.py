"""Packets: the same bytes cut anywhere give the same packets; a PUBLISH reads back as it was built."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.spool.packets import MAX_PACKET, MalformedPacket, parse_publish, publishes, split
from tests.ingestion.mqtt import builder


@given(builder.fields())
def test_a_publish_reads_back_as_it_was_built(given: dict[str, Any]) -> None:
    read = parse_publish(builder.build(given), given["protocol"])
    assert (read.topic, read.payload, read.qos, read.dup, read.retain) == tuple(
        given[key] for key in ("topic", "payload", "qos", "dup", "retain")
    )
    assert read.packet_id == (given["packet_id"] if given["qos"] else 0)
    assert read.user_properties == tuple((key.decode(), value.decode()) for key, value in given["pairs"])


stream = st.lists(
    st.one_of(
        builder.fields().map(lambda given: (True, builder.build(given), given)),
        st.sampled_from([builder.PINGRESP, builder.SUBACK]).map(lambda data: (False, data, {})),
    ),
    max_size=12,
)


@given(stream, st.lists(st.integers(0, 4000), max_size=8))
def test_the_same_bytes_cut_anywhere_give_the_same_packets(
    packets: list[tuple[bool, bytes, dict[str, Any]]], cuts: list[int]
) -> None:
    data = b"".join(item[1] for item in packets)
    pieces = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    buffer, found, count, acks, control = b"", b"", 0, b"", b""
    for begin, end in pairwise(pieces):
        buffer += data[begin:end]
        part = split(bytearray(buffer) + b"\x30" * 5, len(buffer))  # what lies behind the end is not looked at
        found, count = found + part.publishes, count + part.messages
        acks, control = acks + part.acks, control + part.control
        buffer = buffer[part.used :]
    assert buffer == b""
    assert found == b"".join(raw for is_publish, raw, _ in packets if is_publish)
    assert control == b"".join(raw for is_publish, raw, _ in packets if not is_publish)
    assert count == sum(is_publish for is_publish, _, _ in packets)
    expected = b"".join(
        (b"\x40\x02" if given["qos"] == 1 else b"\x50\x02") + given["packet_id"].to_bytes(2, "big")
        for is_publish, _, given in packets
        if is_publish and given["qos"]
    )
    assert acks == expected


@given(st.lists(builder.fields().map(builder.build), min_size=1, max_size=10), st.binary(max_size=8))
def test_a_stored_run_falls_apart_into_its_packets(packets: list[bytes], head: bytes) -> None:
    data = head + b"".join(packets)
    assert [data[begin:end] for begin, end in publishes(data, len(head))] == packets


@given(st.binary(max_size=200))
def test_no_bytes_whatever_raise_anything_but_malformed(data: bytes) -> None:
    for protocol in (4, 5):
        try:
            split(data)
            parse_publish(data, protocol)
            list(publishes(data))
        except MalformedPacket:
            pass


@pytest.mark.parametrize(
    "data",
    [
        b"\x30\xff\xff\xff\xff\x01",  # a length of five bytes
        b"\x30" + builder.varint(MAX_PACKET + 1),
        b"\x36\x05\x00\x01a\x00\x01",  # QoS 3
        b"\x32\x03\x00\x01a",  # QoS 1 without a packet id
        b"\x32\x00",
    ],
)
def test_a_broken_packet_is_refused_and_nothing_of_it_acknowledged(data: bytes) -> None:
    with pytest.raises(MalformedPacket):
        split(data)


def test_a_property_that_no_publish_may_carry_is_malformed() -> None:
    with pytest.raises(MalformedPacket):
        parse_publish(builder.publish(b"a", b"x", properties=b"\x11\x00\x00\x00\x01"), 5)
