"""Gives every message of a segment its one outcome: accepted, ignored, quarantined or duplicate."""

from __future__ import annotations

import hashlib

import structlog

from contracts.clock import utc
from ingestion.adapters.outcome import Ignored, Row
from ingestion.landing.collector import Arrived, Collector
from ingestion.landing.decoder import Decoder, Opened
from ingestion.ledger import Landing, NumberedEvent, Packet, Refused
from ingestion.ledger.memory import Memory
from ingestion.rejection import Rejection, shown
from ingestion.spool.reader import Damaged, SpooledMessage
from ingestion.validation.identity import Number

log = structlog.get_logger()


class MessageJudge:
    """The outcomes of the messages of one segment, added to its `Landing` and its `Collector`."""

    def __init__(self, decoder: Decoder, memory: Memory, landing: Landing, collector: Collector) -> None:
        self._decoder, self._memory, self._landing, self._collector = decoder, memory, landing, collector

    def take(self, message: SpooledMessage) -> None:
        """Judges one message."""
        content = content_hash(message)
        opened = open_safely(self._decoder, message)
        again, flag = self._redelivered(message, content)
        if again:
            self.count(opened, "duplicate")
        elif (repeated := self._numbered(message, opened, content)) is not None:
            if isinstance(repeated, Rejection):
                self.refuse(message, opened, repeated)
            else:
                self.count(opened, "duplicate")
        else:
            self._first(message, opened, content, flag)

    def damaged(self, place: Damaged) -> None:
        """A place of the segment that nobody can read any more."""
        self._landing.accounts["", "", "quarantined", "E_DAMAGED"] += 1
        self._landing.received += 1
        facts = {"problem": shown(place.reason)}
        self._landing.refused.append(
            Refused(place.offset, None, "E_DAMAGED", facts, "", "", "", self._landing.newest_ns, "")
        )

    def count(self, opened: Opened, outcome: str, code: str = "") -> None:
        """One more of the four."""
        self._landing.accounts[opened.source, opened.device, outcome, code] += 1
        self._landing.received += 1

    def refuse(self, message: SpooledMessage, opened: Opened, rejection: Rejection) -> None:
        """Into quarantine, with the reason."""
        self.count(opened, "quarantined", rejection.code)
        self._landing.refused.append(refusal(message, opened, rejection))

    def _first(self, message: SpooledMessage, opened: Opened, content: bytes, flag: str | None) -> None:
        """A message that is no redelivery and has no number that came before."""
        decoded = opened.decoded
        if isinstance(decoded, Rejection):
            self.refuse(message, opened, decoded)
        elif isinstance(decoded, Ignored):
            self.count(opened, "ignored")
        elif message.retain and opened.number is None and self._known_retained(message, content):
            self.count(opened, "duplicate")
        else:
            self._landing.topics[message.topic or ""] = content
            self.count(opened, "accepted")
            self._collector.add(arrived(message, opened, flag), decoded)

    def _redelivered(self, message: SpooledMessage, content: bytes) -> tuple[bool, str | None]:
        """Whether this frame repeats the newest one of its packet id; and the flag of one that may.

        DUP and the same session: a redelivery. Without DUP on a new connection: the broker may have come back from an
        old snapshot, or the machine said the same again; nobody can tell, so it is kept and flagged.
        """
        if not message.packet_id:
            return False, None
        before = self._memory.packet(message.packet_id)
        self._landing.packets[message.packet_id] = Packet(message.session, message.connection, content)
        if before is None or before.session != message.session or before.content != content:
            return False, None
        if message.dup:
            return True, None
        return False, "possible_duplicate" if before.connection != message.connection else None

    def _numbered(self, message: SpooledMessage, opened: Opened, content: bytes) -> bool | Rejection | None:
        """True: this number said the same before. A rejection: it said something else. None: it is new, or none."""
        number, device = opened.number, opened.device
        if number is None:
            return None
        first = self._memory.number(device, *number)
        if first is None:
            self._landing.numbers[device, number.boot, number.seq] = NumberedEvent(content, place(message))
            return None
        return True if first.content == content else conflict(device, number, first)

    def _known_retained(self, message: SpooledMessage, content: bytes) -> bool:
        return self._memory.last_of_topic(message.topic or "") == content


def conflict(device: str, number: Number, first: NumberedEvent) -> Rejection:
    """The rejection of a number that said something else before; at number 0 the counting itself began again."""
    facts = {"value": f"{device}:{number.boot}:{number.seq}", "first": first.place}
    return Rejection("E_EPOCH" if number.seq == 0 else "E_CONFLICT", facts)


def open_safely(decoder: Decoder, message: SpooledMessage) -> Opened:
    """The decoded message; a mistake of ours becomes E_INTERNAL, so that no message can stop the next."""
    try:
        return decoder.open(message)
    except Exception as error:
        log.exception("decode_failed", segment=message.segment, offset=message.offset)
        return Opened("", "", None, Rejection("E_INTERNAL", {"problem": type(error).__name__}))


def content_hash(message: SpooledMessage) -> bytes:
    """What the message says: a hash of topic and payload."""
    return hashlib.blake2b(message.topic_bytes + b"\0" + message.payload, digest_size=16).digest()


def place(message: SpooledMessage) -> str:
    """Where the message stands: `<segment>:<offset>`."""
    return f"{message.segment}:{message.offset}"


def arrived(message: SpooledMessage, opened: Opened, flag: str | None) -> Arrived:
    """The technical columns of an accepted message."""
    number = opened.number
    event_id = f"{opened.device}:{number.boot}:{number.seq}" if number else place(message)
    return Arrived(
        event_id, opened.source, opened.device or None, utc(message.received_ns), message.segment, message.offset, None,
        number.boot if number else None, number.seq if number else None, flag,
    )  # fmt: skip


def refusal(message: SpooledMessage, opened: Opened, rejection: Rejection, record: int | None = None) -> Refused:
    """The quarantine entry of a message."""
    return Refused(
        message.offset, record, rejection.code, rejection.facts, message.topic or repr(message.topic_bytes),
        opened.source, opened.device, message.received_ns, hashlib.sha256(message.payload).hexdigest(),
    )  # fmt: skip


def decoded_rows(opened: Opened) -> list[Row]:
    """The rows of an accepted message, none for every other."""
    return opened.decoded if isinstance(opened.decoded, list) else []
