"""Rewrites payloads of a segment at equal length: CRC and flag are set anew, all other bytes and offsets stay; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from ingestion.spool.frames import ERASED, RUN, VERSION, BadEnvelope, Envelope, RunHead, kind_of, masked_crc, scan
from ingestion.spool.packets import MalformedPacket, parse_publish, publishes


class Stored(NamedTuple):
    """A message as it lies in a segment: kind, topic, payload, receive time (ns since 1970 UTC)."""

    kind: int
    topic: bytes
    payload: bytes
    received_ns: int


class Rewritten(NamedTuple):
    """The segment's new bytes, and how many payloads changed."""

    data: bytes
    changed: int


def rewrite(data: bytes, flag: int, change: Callable[[Stored], bytes]) -> Rewritten:
    """The segment with each payload replaced by `change` of it; a frame in which one differs gets the flag.

    What cannot be read (a frame of a newer version, a packet that is no PUBLISH, all behind damage) stays as it is.
    Raises ValueError when a new payload has another length.
    """
    out, changed = bytearray(data), 0
    for begin, end in scan(data).spans:
        before = changed
        for stored, last in stored_messages(data, begin, end):
            if stored is None:
                continue
            new = change(stored)
            if len(new) != len(stored.payload):
                raise ValueError("a payload is rewritten at equal length or not at all")
            if new != stored.payload:
                out[last - len(new) : last] = new
                changed += 1
        if changed != before:
            out[begin + 1] |= flag
            length = bytes(out[begin - 8 : begin - 4])
            out[begin - 4 : begin] = masked_crc(length, bytes(out[begin:end])).to_bytes(4, "little")
    return Rewritten(bytes(out), changed)


def erased_payloads(data: bytes) -> int:
    """How many payloads of the segment are erased."""
    flagged = [span for span in scan(data).spans if data[span[0]] == VERSION and data[span[0] + 1] & ERASED]
    stored = (item for begin, end in flagged for item, _ in stored_messages(data, begin, end))
    return sum(1 for item in stored if item and item.payload and not item.payload.strip(b" "))


def stored_messages(data: bytes, begin: int, end: int) -> Iterator[tuple[Stored | None, int]]:
    """The messages of one frame, each with the offset behind its payload; None for what is unreadable."""
    payload = data[begin:end]
    try:
        if kind_of(payload) != RUN:
            single = Envelope.decode(payload)
            yield Stored(single.kind, single.topic, single.payload, single.received_ns), end
            return
        head = RunHead.decode(payload)
        places = list(publishes(payload, RunHead.SIZE))
    except (BadEnvelope, MalformedPacket):
        places = []
    if not places or len(places) != head.count:
        yield None, end
        return
    for start, stop in places:
        yield _packet(payload[start:stop], head), begin + stop


def _packet(data: bytes, head: RunHead) -> Stored | None:
    try:
        packet = parse_publish(data, head.protocol)
    except MalformedPacket:
        return None
    return Stored(RUN, packet.topic, packet.payload, head.received_ns)
