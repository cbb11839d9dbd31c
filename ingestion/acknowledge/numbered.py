"""Topic and number of each message of a frame, and nothing else of it: the part of the tail that costs per message."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ingestion.rejection import Rejection
from ingestion.spool.frames import RUN, BadEnvelope, RunHead, kind_of
from ingestion.spool.packets import PUBLISH, MalformedPacket, parse_publish, read_header
from ingestion.spool.reader import SpooledMessage, Stretch, messages_of
from ingestion.validation.identity import Number, from_properties
from ingestion.validation.strict_json import MAX_INTEGER

#: User properties as our own outbox writes them: boot and seq with their lengths, and nothing else. All other forms
#: take the exact way.
_PLAIN = re.compile(rb"&\x00\x04boot\x00(.)([1-9]\d{0,15})&\x00\x03seq\x00(.)(0|[1-9]\d{0,14})", re.DOTALL)
_DECIMAL = re.compile(r"0|[1-9]\d{0,15}", re.ASCII)


class Numbered(NamedTuple):
    """One message that carries a number. `first`: the lowest number that its device still holds, where it says so."""

    topic: bytes
    received_ns: int
    boot: int
    seq: int
    first: int | None


def numbered(stretch: Stretch) -> Iterator[Numbered]:
    """The messages of a stretch whose boot and seq can be read from their user properties. Never raises."""
    for begin, end in stretch.spans:
        payload = stretch.data[begin:end]
        try:
            if kind_of(payload) == RUN and (head := RunHead.decode(payload)).protocol == 5:
                yield from _of_run(payload, head)
                continue
        except (BadEnvelope, MalformedPacket, IndexError):
            continue  # landing quarantines what is no frame of ours
        yield from _exactly(Stretch(stretch.path, stretch.base, stretch.data, [(begin, end)]))


def _of_run(payload: bytes, head: RunHead) -> list[Numbered]:
    """One pass over the packets of a run. Raises MalformedPacket or IndexError when they are not whole."""
    found: list[Numbered] = []
    at, size, count, plain, received_ns = RunHead.SIZE, len(payload), 0, _PLAIN.fullmatch, head.received_ns
    while at < size:
        start, length, body = at, payload[at + 1], at + 2
        if length > 127:
            body, at = read_header(payload, start, size) or (size, size + 1)
        else:
            at = body + length
        if payload[start] & 0xF0 != PUBLISH or at > size:
            raise MalformedPacket("a run is not whole PUBLISH packets")
        count += 1
        topic_end = body + 2 + (payload[body] << 8) + payload[body + 1]
        place = topic_end + 2 if payload[start] & 6 else topic_end
        properties = payload[place] if place < at else 128
        end = place + 1 + properties
        match = plain(payload, place + 1, end) if properties < 128 and end <= at and payload[start] & 6 != 6 else None
        if match is None:
            if properties:
                found += _of_packet(payload[start:at], received_ns)
            continue
        boot_length, boot, seq_length, seq = match.groups()
        if boot_length[0] == len(boot) and seq_length[0] == len(seq) and (epoch := int(boot)) < MAX_INTEGER:
            found.append(Numbered(payload[body + 2 : topic_end], received_ns, epoch, int(seq), None))
    if count != head.count:
        raise MalformedPacket(f"a run of {head.count} packets holds {count}")
    return found


def _of_packet(packet: bytes, received_ns: int) -> list[Numbered]:
    try:
        read = parse_publish(packet, 5)
    except MalformedPacket:
        return []
    return _of_message(read.topic, received_ns, read.user_properties)


def _exactly(stretch: Stretch) -> Iterator[Numbered]:
    for item in messages_of(stretch):
        if isinstance(item, SpooledMessage):
            yield from _of_message(item.topic_bytes, item.received_ns, item.user_properties)


def _of_message(topic: bytes, received_ns: int, properties: tuple[tuple[str, str], ...]) -> list[Numbered]:
    number: Number | Rejection | None = from_properties(properties)
    if number is None or isinstance(number, Rejection):
        return []
    first = [value for key, value in properties if key == "first"]
    held = int(first[0]) if len(first) == 1 and _DECIMAL.fullmatch(first[0]) else None
    return [Numbered(topic, received_ns, number.boot, number.seq, held)]
