"""The packets of one frame, which were received together; and what one message is, wherever it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ingestion.spool.frames import RUN, BadEnvelope, RunHead, is_erased
from ingestion.spool.packets import MalformedPacket, bodies, parse_body, read_header
from ingestion.spool.plain import PlainPacket, plain_packets
from ingestion.spool.segments import segment_id


class SpooledMessage(NamedTuple):
    """One message or dropped file with everything that is known about its arrival. Times in ns since 1970 UTC."""

    spool: str
    segment: str
    offset: int
    kind: int
    topic_bytes: bytes
    payload: bytes
    qos: int
    dup: bool
    retain: bool
    packet_id: int
    connection: int
    session: int
    received_ns: int
    user_properties: tuple[tuple[str, str], ...]
    protocol: int
    #: The retention of its source has ended: spaces stand where the payload stood.
    erased: bool = False

    @property
    def topic(self) -> str | None:
        """The topic as text, or None when it is not UTF-8."""
        try:
            return self.topic_bytes.decode()
        except UnicodeDecodeError:
            return None


@dataclass(frozen=True, slots=True)
class Damaged:
    """A place of a sealed segment that cannot be read: one frame, or the rest from `offset` on when `rest` is True."""

    segment: str
    offset: int
    reason: str
    rest: bool


class Run:
    """The packets of one frame, which were received together. A run that is not whole raises when it is read."""

    def __init__(self, path: Path, begin: int, payload: bytes, sessions: dict[int, int]) -> None:
        """`begin` is the offset of the payload in its segment. Raises BadEnvelope."""
        self.head = RunHead.decode(payload)
        self.session = self.head.session or sessions.get(self.head.connection, 0)
        #: As columns would hold them; empty until the run is read as a whole.
        self.packets: list[PlainPacket] = []
        self._spool, self._segment, self._begin, self._payload = path.parent.name, segment_id(path), begin, payload

    def messages(self) -> Iterator[SpooledMessage | Damaged]:
        """Every packet. One that cannot be read is damaged alone. Raises BadEnvelope or MalformedPacket."""
        places = list(bodies(self._payload, RunHead.SIZE))
        self._check(len(places))
        for place in places:
            yield self._message(*place)

    def whole(self) -> Iterator[Run]:
        """The run itself with its `packets`. Raises BadEnvelope or MalformedPacket."""
        self.packets = plain_packets(self._payload, RunHead.SIZE, self.head.protocol, self._begin)
        self._check(len(self.packets))
        yield self

    def message(self, offset: int) -> SpooledMessage | Damaged:
        """The packet at an offset of the segment."""
        start = offset - self._begin
        header = read_header(self._payload, start, len(self._payload))
        assert header is not None  # it was read before
        return self._message(start, header.body, header.end)

    def _check(self, found: int) -> None:
        if found != self.head.count:
            raise BadEnvelope(f"a run of {self.head.count} packets holds {found}")

    def _message(self, start: int, body: int, end: int) -> SpooledMessage | Damaged:
        head, offset = self.head, self._begin + start
        try:
            read = parse_body(self._payload, start, body, end, head.protocol)
        except MalformedPacket as error:
            return Damaged(self._segment, offset, str(error), rest=False)
        topic, content, qos, dup, retain, packet_id, properties = read
        return SpooledMessage(
            self._spool, self._segment, offset, RUN, topic, content, qos, dup, retain, packet_id, head.connection,
            self.session, head.received_ns, properties, head.protocol, is_erased(head.flags, content),
        )  # fmt: skip
