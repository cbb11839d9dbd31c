"""Rewrites payloads of a segment at equal length: CRC and flag are set anew, all other bytes and offsets stay; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from ingestion.spool.frames import RUN, BadEnvelope, Envelope, RunHead, is_erased, kind_of, masked_crc, scan
from ingestion.spool.packets import MalformedPacket, parse_publish, publishes


class Stored(NamedTuple):
    """A message as it lies in a segment; its receive time in ns since 1970 UTC."""

    kind: int
    topic: bytes
    payload: bytes
    received_ns: int
    erased: bool


class Rewritten(NamedTuple):
    """The segment's new bytes, how many payloads changed, and whether something in it cannot be read."""

    data: bytes
    changed: int
    unreadable: bool


#: The new payload of a message, and the flag that its frame gets where it differs.
Change = Callable[[Stored], tuple[bytes, int]]


def rewrite(data: bytes, change: Change) -> Rewritten:
    """The segment with each payload replaced by `change` of it, which sees every message once and in order.

    What cannot be read (a frame of a newer version, a packet that is no PUBLISH, all behind damage) stays as it is.
    Raises ValueError when a new payload has another length.
    """
    found = scan(data)
    out, changed, unreadable = bytearray(data), 0, found.reason != "clean"
    for begin, end in found.spans:
        flags = 0
        for stored, last in stored_messages(data, begin, end):
            if stored is None:
                unreadable = True
                continue
            new, flag = change(stored)
            if new != stored.payload:
                if len(new) != len(stored.payload):
                    raise ValueError("a payload is rewritten at equal length or not at all")
                out[last - len(new) : last] = new
                changed += 1
                flags |= flag
        if flags:
            out[begin + 1] |= flags
            length = bytes(out[begin - 8 : begin - 4])
            out[begin - 4 : begin] = masked_crc(length, bytes(out[begin:end])).to_bytes(4, "little")
    return Rewritten(bytes(out), changed, unreadable)


def stored_messages(data: bytes, begin: int, end: int) -> Iterator[tuple[Stored | None, int]]:
    """The messages of one frame, each with the offset behind its payload; None for what is unreadable."""
    payload = data[begin:end]
    try:
        if kind_of(payload) != RUN:
            single = Envelope.decode(payload)
            erased = is_erased(payload[1], single.payload)
            yield Stored(single.kind, single.topic, single.payload, single.received_ns, erased), end
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
    return Stored(RUN, packet.topic, packet.payload, head.received_ns, is_erased(head.flags, packet.payload))
