"""An independent builder of MQTT packets for the tests, written from the standard and not from our reader."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st


def varint(value: int) -> bytes:
    """MQTT's variable byte integer."""
    out = bytearray()
    while True:
        value, digit = divmod(value, 128)
        out.append(digit | (0x80 if value else 0))
        if not value:
            return bytes(out)


def text(value: bytes) -> bytes:
    """Two bytes of length, big-endian, and the bytes."""
    return len(value).to_bytes(2, "big") + value


def packet(first: int, body: bytes) -> bytes:
    """Fixed header and body."""
    return bytes([first]) + varint(len(body)) + body


def publish(
    topic: bytes, payload: bytes, *, qos: int = 0, dup: bool = False, retain: bool = False, packet_id: int = 1,
    protocol: int = 5, properties: bytes = b"",
) -> bytes:  # fmt: skip
    """A PUBLISH as the standard draws it."""
    body = text(topic)
    if qos:
        body += packet_id.to_bytes(2, "big")
    if protocol == 5:
        body += varint(len(properties)) + properties
    return packet(0x30 | dup << 3 | qos << 1 | retain, body + payload)


CONNACK = packet(0x20, b"\x00\x00\x00")
PINGRESP = packet(0xD0, b"")
SUBACK = packet(0x90, b"\x00\x01\x00\x01")

short_text = st.text(max_size=20).map(lambda value: value.replace("\0", "").encode())


def one_property() -> st.SearchStrategy[bytes]:
    """Every property that a PUBLISH may carry, except user properties."""
    return st.one_of(
        st.integers(0, 1).map(lambda value: b"\x01" + bytes([value])),
        st.binary(min_size=4, max_size=4).map(lambda value: b"\x02" + value),
        st.binary(min_size=2, max_size=2).map(lambda value: b"\x23" + value),
        short_text.map(lambda value: b"\x08" + text(value)),
        st.binary(max_size=20).map(lambda value: b"\x09" + text(value)),
        st.integers(1, 268_435_455).map(lambda value: b"\x0b" + varint(value)),
        short_text.map(lambda value: b"\x03" + text(value)),
    )


@st.composite
def fields(draw: st.DrawFn) -> dict[str, Any]:
    """Arguments of `publish`, and `pairs`, the user properties among its properties."""
    protocol = draw(st.sampled_from([4, 5]))
    pairs: list[tuple[bytes, bytes]] = []
    raw = b""
    if protocol == 5:
        pairs = draw(st.lists(st.tuples(short_text, short_text), max_size=3))
        parts = [b"\x26" + text(key) + text(value) for key, value in pairs]
        others = draw(st.lists(one_property(), max_size=4))
        for other in others:
            parts.insert(draw(st.integers(0, len(parts))), other)
        raw = b"".join(parts)
    qos = draw(st.integers(0, 2))
    return {
        "topic": draw(st.binary(max_size=30)), "payload": draw(st.binary(max_size=300)), "qos": qos,
        "dup": draw(st.booleans()) if qos else False, "retain": draw(st.booleans()),
        "packet_id": draw(st.integers(1, 65_535)), "protocol": protocol, "properties": raw, "pairs": pairs,
    }  # fmt: skip


def build(given: dict[str, Any]) -> bytes:
    """The packet of drawn fields."""
    return publish(**{key: value for key, value in given.items() if key != "pairs"})
