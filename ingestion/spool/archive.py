"""The archived form of a sealed segment: gzip, and in its header whose bytes they are; bytes ↔ values, pure.

Any gzip program reads it. The header's extra field (RFC 1952, subfield `BK`) says what must be known without reading
the rest: the newest connection, size and sha256 of the segment, and the sha256 of the bytes that it was made from, so
that between two steps of a change both the old and the new segment can be told from a damaged one. No Parquet library
is needed: the receiving process reads headers when it starts.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from dataclasses import dataclass
from typing import NamedTuple

from ingestion.spool.frames import Origin, newest_origin

_FIXED = struct.Struct("<HBBIBBH")  # magic, method, flags, time, extra flags, system, length of the extra field
_FIELD = struct.Struct("<2sHBIQQ32s32s")  # BK, length, has origin, connection, session, size, sha256, made from
_MAGIC, _DEFLATE, _EXTRA, _UNKNOWN_SYSTEM = 0x8B1F, 8, 4, 255
HEADER_SIZE = _FIXED.size + _FIELD.size
_LEVEL = 3  # a third of the time of level 6 for a quarter more bytes


class NotArchived(ValueError):
    """The bytes do not begin as an archived segment does."""


@dataclass(frozen=True, slots=True)
class Label:
    """What an archived segment says of itself. Hashes are of uncompressed bytes, in hex."""

    origin: Origin | None
    size: int
    sha256: str
    made_from: str


class Unpacked(NamedTuple):
    """The bytes of an archived segment; where `problem` says what is damaged, those before the damage."""

    data: bytes
    label: Label
    problem: str | None


def pack(data: bytes, made_from: str) -> bytes:
    """The archived form of a segment whose bytes were those of sha256 `made_from` before. Equal input, equal bytes."""
    origin = newest_origin(data)
    field = _FIELD.pack(
        b"BK", _FIELD.size - 4, origin is not None, *(origin or (0, 0)), len(data), hashlib.sha256(data).digest(),
        bytes.fromhex(made_from),
    )  # fmt: skip
    head = _FIXED.pack(_MAGIC, _DEFLATE, _EXTRA, 0, 0, _UNKNOWN_SYSTEM, len(field))
    deflate = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    tail = struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFFFFFF)
    return head + field + deflate.compress(data) + deflate.flush() + tail


def read_label(archived: bytes) -> Label:
    """The label at the beginning of an archived segment; HEADER_SIZE bytes are enough. Raises NotArchived."""
    if len(archived) < HEADER_SIZE:
        raise NotArchived("shorter than its header")
    magic, method, flags, *_, length = _FIXED.unpack_from(archived)
    name, inner, known, connection, session, size, sha256, made_from = _FIELD.unpack_from(archived, _FIXED.size)
    expected = (_MAGIC, _DEFLATE, _EXTRA, _FIELD.size, b"BK", _FIELD.size - 4)
    if (magic, method, flags, length, name, inner) != expected:
        raise NotArchived("no header of an archived segment")
    return Label(Origin(connection, session) if known else None, size, sha256.hex(), made_from.hex())


def unpack(archived: bytes) -> Unpacked:
    """The segment, checked against size and sha256. Never raises but NotArchived: what can be read is given back."""
    label = read_label(archived)
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    data, problem = bytearray(), None
    try:
        # In pieces: what stands before damage is not lost with it. Never more than the label promises.
        for at in range(HEADER_SIZE, len(archived), 4096):
            data += inflate.decompress(archived[at : at + 4096], max(1, label.size + 1 - len(data)))
            if inflate.eof or len(data) > label.size:
                break
    except zlib.error as error:
        problem = str(error)
    if problem is None and not inflate.eof:
        problem = "the archived segment is cut or longer than it says"
    if problem is None and (len(data) != label.size or hashlib.sha256(data).hexdigest() != label.sha256):
        problem = "the archived segment is not what its label says"
    return Unpacked(bytes(data), label, problem)
