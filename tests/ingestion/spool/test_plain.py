"""The quick reading of a run against the careful one: what it calls plain says the same, and the ordinary is plain."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingestion.spool.packets import MalformedPacket, bodies, parse_body
from ingestion.spool.plain import PlainPacket, plain_packets
from ingestion.validation.identity import Number, from_properties
from tests.ingestion.mqtt import builder

DIGITS = st.sampled_from(["0", "1", "7", "07", "", "999999999999999", "9999999999999999", "-1", "x", "١"])
NUMBERS = st.one_of(
    st.just([]),
    st.builds(lambda boot, seq: [(b"boot", boot.encode()), (b"seq", seq.encode())], DIGITS, DIGITS),
    st.builds(lambda seq: [(b"seq", seq.encode()), (b"boot", b"7")], DIGITS),
)


@st.composite
def packets(draw: st.DrawFn) -> dict[str, Any]:
    """The fields of a packet, mostly numbered as an outbox does it or nearly so."""
    fields = draw(builder.fields())
    if draw(st.booleans()):
        fields["properties"] = pairs(draw(NUMBERS))
    return fields


def pairs(given: list[tuple[bytes, bytes]]) -> bytes:
    """User properties as bytes."""
    return b"".join(b"\x26" + builder.text(key) + builder.text(value) for key, value in given)


def same(quick: list[PlainPacket], data: bytes, protocol: int) -> int:
    """Fails where a packet that is called plain is anything else for the careful reader; returns how many are."""
    plain = 0
    for (offset, head, topic, payload, packet_id, boot, seq), place in zip(quick, bodies(data), strict=True):
        assert offset == 100 + place[0]
        if topic:
            plain += 1
            read = parse_body(data, *place, protocol)
            assert read[:6] == (topic, payload, head >> 1 & 3, head & 8 > 0, head & 1 > 0, packet_id)
            number = from_properties(read[6])
            assert number == (None if boot is None or seq is None else Number(boot, seq))
    return plain


@given(st.lists(packets(), max_size=5), st.sampled_from([4, 5]))
@example([], 5)
def test_what_is_called_plain_says_the_same_to_the_careful_reader(given: list[dict[str, Any]], protocol: int) -> None:
    data = b"".join(builder.build(fields | {"protocol": protocol}) for fields in given)
    same(plain_packets(data, 0, protocol, 100), data, protocol)


@given(st.lists(packets(), min_size=1, max_size=3), st.integers(0, 10_000), st.integers(0, 255))
def test_the_same_holds_with_one_byte_turned(given: list[dict[str, Any]], place: int, byte: int) -> None:
    data = bytearray(b"".join(builder.build(fields | {"protocol": 5}) for fields in given))
    data[place % len(data)] = byte
    try:
        quick = plain_packets(bytes(data), 0, 5, 100)
    except MalformedPacket:
        with pytest.raises(MalformedPacket):
            list(bodies(bytes(data)))
        return
    same(quick, bytes(data), 5)


@given(st.integers(1, 10**15 - 1), st.integers(0, 10**15 - 1), st.booleans(), st.binary(min_size=1, max_size=300))
def test_every_message_of_an_outbox_is_plain(boot: int, seq: int, dup: bool, payload: bytes) -> None:
    number = pairs([(b"boot", b"%d" % boot), (b"seq", b"%d" % seq)])
    data = builder.publish(b"a/b", payload, qos=1, dup=dup, properties=number)
    assert same(plain_packets(data, 0, 5, 100), data, 5) == 1
