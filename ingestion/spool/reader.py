"""Reads segments: every message of every frame in order, and what is damaged as a value of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, TypeVar

from ingestion.spool.frames import MESSAGE, RUN, BadEnvelope, Envelope, RunHead, is_erased, kind_of, scan
from ingestion.spool.packets import MalformedPacket
from ingestion.spool.run import Damaged as Damaged
from ingestion.spool.run import Run as Run
from ingestion.spool.run import SpooledMessage as SpooledMessage
from ingestion.spool.segments import Segment, has_segment, kept_segments, read_segment, read_what_is_there, segment_name
from ingestion.spool.segments import all_segments as all_segments
from ingestion.spool.segments import sealed_segments as sealed_segments
from ingestion.spool.segments import segment_id as segment_id

Item = SpooledMessage | Damaged
ItemT = TypeVar("ItemT")


def messages(path: Path) -> Iterator[SpooledMessage | Damaged]:
    """Every message of a sealed segment in order of arrival; damage is yielded where it stands, the rest at the end.

    The segment may be archived. Raises FileNotFoundError when it is gone.
    """
    return _items(path, read_what_is_there(path), Run.messages)


def runs(path: Path, segment: Segment) -> Iterator[Run | SpooledMessage | Damaged]:
    """The same of a segment that has been read, but a run in one piece: who takes many at once needs few messages."""
    return _items(path, segment, Run.whole)


class Position(NamedTuple):
    """A place in a spool: segment number and byte offset behind the last whole frame."""

    number: int
    offset: int


class Stretch(NamedTuple):
    """Whole frames of one segment: `data` begins at its offset `base`; `spans` are the payloads in `data`."""

    path: Path
    base: int
    data: bytes
    spans: list[tuple[int, int]]


def follow(
    folder: Path, position: Position | None, limit_bytes: int = 16_000_000
) -> tuple[list[SpooledMessage | Damaged], Position | None]:
    """The messages that were written since `position` (None: from the first segment), and the new position.

    Stops after about `limit_bytes`; what is left comes with the next call.
    """
    found, position = stretches(folder, position, limit_bytes)
    return [item for stretch in found for item in messages_of(stretch)], position


def stretches(
    folder: Path, position: Position | None, limit_bytes: int = 16_000_000
) -> tuple[list[Stretch], Position | None]:
    """The same as frames, for who needs little of each message.

    Safe on a file that is being written: a frame is read when its CRC is right. The rest of a damaged segment is
    passed over here; landing quarantines it.
    """
    out: list[Stretch] = []
    taken = 0
    for path in _from(folder, position):
        number = int(path.stem)
        start = position.offset if position is not None and number == position.number else 0
        try:
            data = read_segment(path, start).data
        except FileNotFoundError:  # its retention has ended
            continue
        found = scan(data, magic=start == 0)
        out.append(Stretch(path, start, data, found.spans))
        position = Position(number, start + found.good_offset)
        taken += found.good_offset
        if taken >= limit_bytes:
            break
    return out, position


def messages_of(stretch: Stretch) -> Iterator[SpooledMessage | Damaged]:
    """Every message of the frames in order; what cannot be read stands in its place."""
    return _read(stretch.path, stretch.data, stretch.spans, Run.messages, stretch.base)


def _from(folder: Path, position: Position | None) -> list[Path]:
    """The segments from a position on, in order. The archive is listed only for one who is behind it: it is long."""
    plain = all_segments(folder)
    if position is not None and plain and int(plain[0].stem) <= position.number:
        behind = position.number + 1
        if not has_segment(folder / segment_name(behind)) or folder / segment_name(behind) in plain:
            return [path for path in plain if int(path.stem) >= position.number]
    every = sorted({*kept_segments(folder), *plain})
    return [path for path in every if position is None or int(path.stem) >= position.number]


def _items(path: Path, segment: Segment, read: Callable[[Run], Iterable[ItemT]]) -> Iterator[ItemT | Item]:
    """What the frames of a segment give, and at the end what is damaged of its rest."""
    found = scan(segment.data)
    yield from _read(path, segment.data, found.spans, read)
    if found.reason != "clean" or segment.problem:
        yield Damaged(segment_id(path), found.good_offset, segment.problem or found.reason, rest=True)


def _read(
    path: Path, data: bytes, spans: list[tuple[int, int]], read: Callable[[Run], Iterable[ItemT]], base: int = 0
) -> Iterator[ItemT | Item]:
    """What the frames in `data` give, which begins at offset `base` of the segment."""
    sessions = _sessions(path, data, spans)
    for begin, end in spans:
        payload = data[begin:end]
        try:
            if kind_of(payload) == RUN:
                yield from read(Run(path, base + begin, payload, sessions))
            else:
                yield _single(path, base + begin - 8, Envelope.decode(payload), payload[1])
        except (BadEnvelope, MalformedPacket) as error:
            yield Damaged(segment_id(path), base + begin - 8, str(error), rest=False)


def _single(path: Path, offset: int, envelope: Envelope, flags: int) -> SpooledMessage:
    return SpooledMessage(
        path.parent.name, segment_id(path), offset, envelope.kind, envelope.topic, envelope.payload, envelope.qos,
        envelope.dup, envelope.retain, envelope.packet_id, envelope.connection, envelope.session,
        envelope.received_ns, envelope.properties, 5 if envelope.kind == MESSAGE else 0,
        is_erased(flags, envelope.payload),
    )  # fmt: skip


def _sessions(path: Path, data: bytes, spans: list[tuple[int, int]]) -> dict[int, int]:
    """Session id by connection, for runs that were written before the CONNACK was known and so carry 0.

    Our own lane hands the CONNACK over first and writes no such run; the format allows them, and the frame that
    completes one may be the first of the next segment.
    """
    known: dict[int, int] = {}
    wanted = _collect(data, spans, known)
    later = path.with_name(segment_name(int(path.stem) + 1))
    if wanted and has_segment(later):
        following = read_segment(later).data
        _collect(following, scan(following).spans, known)
    return known


def _collect(data: bytes, spans: list[tuple[int, int]], known: dict[int, int]) -> set[int]:
    """Adds what the frames tell to `known`; returns the connections that still lack a session."""
    wanted = set()
    for begin, end in spans:
        payload = data[begin:end]
        if len(payload) < RunHead.SIZE or payload[1] >> 4 & 3 != RUN:
            continue
        try:
            head = RunHead.decode(payload)
        except BadEnvelope:
            continue
        if head.session:
            known.setdefault(head.connection, head.session)
        else:
            wanted.add(head.connection)
    return wanted - known.keys()
