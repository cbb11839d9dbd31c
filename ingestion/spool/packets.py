"""MQTT packets as bytes: splits a stream into whole packets and reads one PUBLISH; pure, knows no socket."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

MAX_PACKET = 8 << 20  # a longer packet is refused; the broker's message_size_limit must be below it
PUBLISH = 0x30
ACK = (b"", b"\x40\x02", b"\x50\x02")  # QoS 0: nothing, QoS 1: PUBACK, QoS 2: PUBREC (paho answers the PUBREL)


class MalformedPacket(ConnectionError):
    """The broker broke the protocol. paho sees a lost connection; nothing of this read is acknowledged."""


class Split(NamedTuple):
    """The complete packets at the beginning of a buffer."""

    publishes: bytes  # complete PUBLISH packets of any QoS, as received
    messages: int  # how many
    acks: bytes  # their PUBACK and PUBREC packets, in the same order
    control: bytes  # all other complete packets, as received
    used: int  # bytes consumed; the rest is the beginning of a packet


class Header(NamedTuple):
    """Where one packet's body begins and where the packet ends; `end` may lie behind the buffer."""

    body: int
    end: int


def read_header(data: bytes | bytearray, at: int, size: int) -> Header | None:
    """The fixed header at `at`, or None when it is cut. Raises MalformedPacket for an impossible length."""
    if size - at > 1 and data[at + 1] < 128:
        return Header(at + 2, at + 2 + data[at + 1])
    length = shift = 0
    for body in range(at + 1, min(at + 5, size)):
        byte = data[body]
        length |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            if length > MAX_PACKET:
                raise MalformedPacket(f"packet of {length} bytes")
            return Header(body + 1, body + 1 + length)
    if size - at >= 5:
        raise MalformedPacket("remaining length")
    return None


def split(data: bytes | bytearray, size: int | None = None) -> Split:
    """Sorts the complete MQTT packets at the beginning of data[:size].

    The same bytes cut anywhere give the same packets. Raises MalformedPacket. The header is read here and not by
    `read_header`: a call per packet is half of the time per message.
    """
    end = len(data) if size is None else size
    at = start = count = 0
    acks, control, runs = bytearray(), bytearray(), []
    while end - at >= 2:
        head, length, body = data[at], data[at + 1], at + 2
        if length > 127:  # remaining length: 7 bits a byte, at most 4 bytes
            length &= 127
            for shift in (7, 14, 21, 28):
                if shift == 28:
                    raise MalformedPacket("remaining length")
                if body == end:
                    length = MAX_PACKET  # cut inside the length: surely not complete
                    break
                byte = data[body]
                body += 1
                length |= (byte & 127) << shift
                if byte < 128:
                    break
            if length > MAX_PACKET:
                raise MalformedPacket(f"packet of {length} bytes")
        after = body + length
        if after > end:
            break
        if head & 0xF0 == PUBLISH:
            if head & 6:
                place = body + 2 + (data[body] << 8) + data[body + 1] if length > 1 else after
                if place + 2 > after or head & 6 == 6:
                    raise MalformedPacket("publish")
                acks += ACK[head >> 1 & 3]
                acks += data[place : place + 2]
            count += 1
        else:
            if at > start:
                runs.append(data[start:at])
            control += data[at:after]
            start = after
        at = after
    if at > start:
        runs.append(data[start:at])
    return Split(bytes(runs[0]) if len(runs) == 1 else b"".join(runs), count, bytes(acks), bytes(control), at)


def publishes(data: bytes, start: int = 0) -> Iterator[tuple[int, int]]:
    """Begin and end of each packet of a stored run. Raises MalformedPacket when the bytes do not end with a packet."""
    return ((begin, end) for begin, _, end in bodies(data, start))


def bodies(data: bytes, start: int = 0) -> Iterator[tuple[int, int, int]]:
    """Begin, begin of the body, and end of each packet of a stored run.

    Raises MalformedPacket when the bytes do not end with a packet.
    """
    at, size = start, len(data)
    while at < size:
        length = data[at + 1] if at + 2 < size else 255
        if length < 128:
            body, end = at + 2, at + 2 + length
        elif length != 255 and data[at + 2] < 128:  # two bytes of length: nearly always
            body = at + 3
            end = body + (length & 127 | data[at + 2] << 7)
        else:
            header = read_header(data, at, size)
            if header is None:
                raise MalformedPacket("a run is not whole PUBLISH packets")
            body, end = header
        if end > size or data[at] & 0xF0 != PUBLISH:
            raise MalformedPacket("a run is not whole PUBLISH packets")
        yield at, body, end
        at = end


#: User properties in order, duplicates included.
UserProperties = tuple[tuple[str, str], ...]


class Publish(NamedTuple):
    """One PUBLISH, read."""

    topic: bytes
    payload: bytes
    qos: int
    dup: bool
    retain: bool
    packet_id: int
    user_properties: UserProperties


def parse_publish(packet: bytes, protocol: int) -> Publish:
    """Reads a complete PUBLISH of protocol level 4 (3.1.1) or 5. Raises MalformedPacket."""
    header = read_header(packet, 0, len(packet))
    if header is None or header.end != len(packet):
        raise MalformedPacket("publish")
    return Publish(*parse_body(packet, 0, header.body, header.end, protocol))


def parse_body(
    data: bytes, start: int, body: int, end: int, protocol: int
) -> tuple[bytes, bytes, int, bool, bool, int, UserProperties]:
    """The fields of `Publish` of the packet data[start:end] whose body begins at `body`. Raises MalformedPacket."""
    if end - body < 2:
        raise MalformedPacket("publish")
    head = data[start]
    topic_end = body + 2 + (data[body] << 8 | data[body + 1])
    qos = head >> 1 & 3
    at = topic_end + 2 if qos else topic_end
    if at > end or qos == 3:
        raise MalformedPacket("publish")
    packet_id = data[topic_end] << 8 | data[topic_end + 1] if qos else 0
    properties: UserProperties = ()
    if protocol == 5:
        if at < end and data[at] < 128:
            size, at = data[at], at + 1
        else:
            size, at = _varint(data[:end], at)
        if at + size > end:
            raise MalformedPacket("properties")
        properties = _user_properties(data[at : at + size]) if size else ()
        at += size
    topic = data[body + 2 : topic_end]
    return topic, data[at:end], qos, head & 8 > 0, head & 1 > 0, packet_id, properties


#: The properties that our outbox sends, read in one piece: they are half of the time that a packet takes.
_NUMBER = re.compile(rb"&\0\x04boot\0(.)(\d+)&\0\x03seq\0(.)(\d+)", re.DOTALL)
#: PUBLISH properties of MQTT 5 by identifier: fixed size in bytes, or how their length is written (§2.2.2.2, 3.3.2.3).
_PROPERTY_SIZE: dict[int, int | str] = {
    0x01: 1, 0x02: 4, 0x23: 2, 0x08: "text", 0x09: "text", 0x26: "pair", 0x0B: "varint", 0x03: "text",
}  # fmt: skip


def _user_properties(data: bytes) -> UserProperties:
    """The user properties in order, duplicates included; all other properties are skipped."""
    if (match := _NUMBER.fullmatch(data)) and match[1][0] == len(match[2]) and match[3][0] == len(match[4]):
        return ("boot", match[2].decode()), ("seq", match[4].decode())
    found, at = [], 0
    while at < len(data):
        kind, at = _varint(data, at)
        size = _PROPERTY_SIZE.get(kind)
        if size is None:
            raise MalformedPacket(f"property {kind}")
        if size == "varint":
            _, at = _varint(data, at)
        elif size == "pair":
            key, at = _text(data, at)
            value, at = _text(data, at)
            found.append((key.decode("utf-8", "replace"), value.decode("utf-8", "replace")))
        elif size == "text":
            _, at = _text(data, at)
        else:
            at += int(size)
    if at != len(data):
        raise MalformedPacket("properties")
    return tuple(found)


def _text(data: bytes, at: int) -> tuple[bytes, int]:
    end = at + 2 + int.from_bytes(data[at : at + 2], "big")
    if at + 2 > len(data) or end > len(data):
        raise MalformedPacket("a text of a property is cut")
    return data[at + 2 : end], end


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    for place in range(at, min(at + 4, len(data))):
        value |= (data[place] & 127) << shift
        shift += 7
        if data[place] < 128:
            return value, place + 1
    raise MalformedPacket("variable byte integer")
