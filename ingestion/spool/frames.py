"""The frame of the spool, format version 1: bytes ↔ values, pure.

A segment is the magic `SEG1` and frames without padding: length (u32), masked CRC-32C of length and payload (u32),
payload. All integers are little-endian. A payload is a run of PUBLISH packets (kind 2, as received) or one envelope
(kind 0 a message, kind 1 a file).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import NamedTuple

import google_crc32c

MAGIC = b"SEG1"
MAX_PAYLOAD = 1 << 24
MAX_SEARCHED = 1 << 28  # bytes to check for a frame that no length leads to: about a second
VERSION = 1
MESSAGE, FILE, RUN = 0, 1, 2
#: Property of a dropped file's frame: the sha256 of the earlier file whose place it takes.
SUPERSEDES = "supersedes"
#: User property of a dropped file of sheets: the name of the one that this frame is of.
SHEET = "sheet"
#: Flags of a frame: the drop list was blanked in a payload; a payload was erased.
BLANKED, ERASED = 1 << 6, 1 << 7
_HEAD = struct.Struct("<II")
_RUN = struct.Struct("<BBBBIQQI")
_ENVELOPE = struct.Struct("<BBHIQQHHI")
_U16 = struct.Struct("<H")


class BadEnvelope(ValueError):
    """The frame's CRC is right and its payload is not version 1 of anything we know."""


def masked_crc(length: bytes, *payload: bytes | memoryview) -> int:
    """CRC-32C of the stored length and the payload, rotated by 15 and offset, so that a CRC of CRCs stays safe."""
    crc: int = google_crc32c.extend(0, length)
    for part in payload:
        crc = google_crc32c.extend(crc, bytes(part))
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def frame_head(*payload: bytes) -> bytes:
    """The 8 bytes before a payload given in parts. Raises ValueError for 0 bytes or more than 16 MiB."""
    size = sum(map(len, payload))
    if not 1 <= size <= MAX_PAYLOAD:
        raise ValueError(f"a frame holds 1 to {MAX_PAYLOAD} bytes, not {size}")
    length = size.to_bytes(4, "little")
    return length + masked_crc(length, *payload).to_bytes(4, "little")


class Scan(NamedTuple):
    """Whole frames of a segment: payload spans (begin, end), the offset behind the last good one, why it stopped."""

    spans: list[tuple[int, int]]
    good_offset: int
    reason: str  # clean, bad-magic, torn-header, bad-length, torn-payload, bad-crc


def scan(data: bytes, *, magic: bool = True) -> Scan:
    """Every whole frame of a segment, or of its tail (`magic` False). Never raises, whatever the bytes are."""
    spans: list[tuple[int, int]] = []
    offset = 0
    if magic:
        if data[:4] != MAGIC:
            return Scan(spans, 0, "bad-magic")
        offset = 4
    while offset != len(data):
        if offset + 8 > len(data):
            return Scan(spans, offset, "torn-header")
        length, crc = _HEAD.unpack_from(data, offset)
        if not 1 <= length <= MAX_PAYLOAD:
            return Scan(spans, offset, "bad-length")
        end = offset + 8 + length
        if end > len(data):
            return Scan(spans, offset, "torn-payload")
        if masked_crc(data[offset : offset + 4], data[offset + 8 : end]) != crc:
            return Scan(spans, offset, "bad-crc")
        spans.append((offset + 8, end))
        offset = end
    return Scan(spans, offset, "clean")


def has_frame(data: bytes, start: int) -> bool:
    """Whether a whole frame begins anywhere from `start` on, also where no length leads to it.

    True also when bytes that were made to look like frames are too much work: who cannot tell destroys nothing.
    """
    work, at = 0, data.find(VERSION, start + _HEAD.size)
    while at >= 0:
        length, crc = _HEAD.unpack_from(data, at - _HEAD.size)
        if 2 <= length <= len(data) - at and data[at + 1] >> 4 & 3 != 3:
            work += length
            if work > MAX_SEARCHED or masked_crc(data[at - 8 : at - 4], data[at : at + length]) == crc:
                return True
        at = data.find(VERSION, at + 1)
    return False


@dataclass(frozen=True, slots=True)
class RunHead:
    """What stands before the packets of a run. Times in nanoseconds since 1970 UTC."""

    protocol: int
    connection: int
    received_ns: int
    session: int
    count: int
    flags: int = RUN << 4

    SIZE = _RUN.size

    def encode(self) -> bytes:
        """The 28 bytes of §5.1."""
        return _RUN.pack(
            VERSION, self.flags, self.protocol, 0, self.connection, self.received_ns, self.session, self.count
        )

    @classmethod
    def decode(cls, payload: bytes) -> RunHead:
        """Reads the head of a run's payload. Raises BadEnvelope."""
        if len(payload) < _RUN.size:
            raise BadEnvelope("a run shorter than its head")
        version, flags, protocol, zero, connection, received, session, count = _RUN.unpack_from(payload)
        if version != VERSION or flags >> 4 & 3 != RUN or flags & 0x0F or zero or protocol not in (4, 5) or not count:
            raise BadEnvelope("not a run of version 1")
        return cls(protocol, connection, received, session, count, flags)


def kind_of(payload: bytes) -> int:
    """0 message, 1 file, 2 run. Raises BadEnvelope for another version or kind."""
    if len(payload) < 2 or payload[0] != VERSION or payload[1] >> 4 & 3 == 3:
        raise BadEnvelope("unknown version or kind")
    return payload[1] >> 4 & 3


def is_erased(flags: int, payload: bytes) -> bool:
    """Whether a payload is erased: the flag says that one of its frame is, and it is those which are spaces."""
    return bool(flags & ERASED and payload) and not payload.strip(b" ")


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message (kind 0) or one dropped file (kind 1: topic is the drop name, payload the 32 bytes of its sha256)."""

    topic: bytes
    payload: bytes
    received_ns: int
    kind: int = MESSAGE
    qos: int = 0
    dup: bool = False
    retain: bool = False
    packet_id: int = 0
    connection: int = 0
    session: int = 0
    properties: tuple[tuple[str, str], ...] = ()

    def encode(self) -> bytes:
        """The bytes of §5.2. Raises ValueError when a part is too long for its length field."""
        if self.qos > 2 or self.kind > FILE:
            raise ValueError("QoS is 0 to 2, and a run is no envelope")
        flags = self.qos | self.dup << 2 | self.retain << 3 | self.kind << 4
        try:
            props = b"".join(_text(part) for pair in self.properties for part in pair)
            head = _ENVELOPE.pack(
                VERSION, flags, self.packet_id, self.connection, self.received_ns, self.session,
                len(self.properties), len(self.topic), len(self.payload),
            )  # fmt: skip
        except struct.error as error:
            raise ValueError(str(error)) from error
        return head + props + self.topic + self.payload

    @classmethod
    def decode(cls, data: bytes) -> Envelope:
        """Reads one envelope; its length must be exact. Raises BadEnvelope."""
        if len(data) < _ENVELOPE.size:
            raise BadEnvelope("shorter than an envelope")
        version, flags, packet_id, connection, received, session, props, topic, size = _ENVELOPE.unpack_from(data)
        if version != VERSION or flags & 3 == 3 or flags >> 4 & 3 > FILE:
            raise BadEnvelope("not an envelope of version 1")
        texts, offset = [], _ENVELOPE.size
        for _ in range(2 * props):
            text, offset = _read_text(data, offset)
            texts.append(text)
        if offset + topic + size != len(data):
            raise BadEnvelope("the lengths do not add up")
        return cls(
            topic=data[offset : offset + topic], payload=data[offset + topic :], received_ns=received,
            kind=flags >> 4 & 3, qos=flags & 3, dup=bool(flags & 4), retain=bool(flags & 8), packet_id=packet_id,
            connection=connection, session=session, properties=tuple(zip(texts[::2], texts[1::2], strict=True)),
        )  # fmt: skip


class Origin(NamedTuple):
    """The connection number and the session id (ns) that a frame was received under."""

    connection: int
    session: int


def newest_origin(data: bytes) -> Origin | None:
    """Connection and session of the newest readable frame of a segment; None when it holds no frame."""
    for begin, end in reversed(scan(data).spans):
        payload = data[begin:end]
        try:
            head = RunHead.decode(payload) if kind_of(payload) == RUN else Envelope.decode(payload)
        except BadEnvelope:
            continue
        return Origin(head.connection, head.session)
    return None


def _text(value: str) -> bytes:
    raw = value.encode()
    return _U16.pack(len(raw)) + raw


def _read_text(data: bytes, offset: int) -> tuple[str, int]:
    if offset + 2 > len(data):
        raise BadEnvelope("a property is cut")
    end = offset + 2 + _U16.unpack_from(data, offset)[0]
    if end > len(data):
        raise BadEnvelope("a property is cut")
    try:
        return data[offset + 2 : end].decode(), end
    except UnicodeDecodeError as error:
        raise BadEnvelope("a property is not UTF-8") from error
