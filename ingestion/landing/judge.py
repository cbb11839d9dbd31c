"""Gives every message of a segment its one outcome: accepted, ignored, quarantined or duplicate."""

from __future__ import annotations

from hashlib import blake2b, sha256

import structlog

from contracts.clock import utc
from ingestion.adapters.outcome import Ignored, Row
from ingestion.landing.blocks import Block, Plan
from ingestion.landing.collector import Arrived, Collector
from ingestion.landing.decoder import Decoder, Opened
from ingestion.ledger import Landing, NumberedEvent, Outbox, Packet, Refused
from ingestion.ledger.memory import Memory
from ingestion.ledger.records import CONTENT
from ingestion.rejection import Rejection, shown
from ingestion.spool.reader import Damaged, SpooledMessage
from ingestion.validation.identity import Number

log = structlog.get_logger()


class MessageJudge:
    """The outcomes of the messages of one segment, added to its `Landing` and its `Collector`."""

    def __init__(
        self, decoder: Decoder, memory: Memory, landing: Landing, collector: Collector, written_ns: int
    ) -> None:
        """`written_ns`: when the segment was written, for damage before which no message tells the time."""
        self._written_ns = written_ns
        self._decoder, self._memory, self._landing, self._collector = decoder, memory, landing, collector

    def take(self, message: SpooledMessage) -> None:
        """Judges one message by all rules."""
        content = content_hash(message)
        opened = open_safely(self._decoder, message)
        repeated, flag = self._repeated(message, opened.device, opened.number, content)
        self._settle(message, opened, content, repeated, flag)

    def _settle(
        self, message: SpooledMessage, opened: Opened, content: bytes, repeated: bool | Rejection, flag: str | None
    ) -> None:
        if isinstance(repeated, Rejection):
            self.refuse(message, opened, repeated)
        elif repeated:
            self.count(opened, "duplicate")
        else:
            self._first(message, opened, content, flag)

    def take_proposed(self, message: SpooledMessage, plan: Plan, number: Number | None, block: Block) -> None:
        """A message that is accepted unless it came before."""
        content = content_hash(message)
        repeated, flag = self._repeated(message, plan.device, number, content)
        if repeated is not False:
            block.drop(message.offset)
            self._settle(message, Opened(plan.source, plan.device, number, []), content, repeated, flag)
            return
        if flag:
            block.flag(message.offset, flag)
        landing = self._landing
        landing.topics[plan.topic] = content
        landing.accounts[plan.account] += 1
        landing.received += 1

    def _repeated(
        self, message: SpooledMessage, device: str, number: Number | None, content: bytes
    ) -> tuple[bool | Rejection, str | None]:
        """True: it came before. A rejection: its number said something else. False: it is new, perhaps flagged."""
        before = self._packet_before(message, content)
        if number is None:
            return _redelivered(message, before)
        # Its number tells it from all others, also from one that is equal in content.
        return self._numbered(message, device, number, content), None

    def damaged(self, place: Damaged) -> None:
        """A place of the segment that nobody can read any more."""
        self._landing.accounts["", "", "quarantined", "E_DAMAGED"] += 1
        self._landing.received += 1
        facts = {"problem": shown(f"{place.segment}:{place.offset}, {place.reason}")}
        at = self._landing.newest_ns or self._written_ns
        self._landing.refused.append(Refused(place.offset, None, "E_DAMAGED", facts, "", "", "", at, ""))

    def count(self, opened: Opened, outcome: str, code: str = "") -> None:
        """One more of the four."""
        self._landing.accounts[opened.source, opened.device, outcome, code] += 1
        self._landing.received += 1

    def refuse(self, message: SpooledMessage, opened: Opened, rejection: Rejection) -> None:
        """Into quarantine, with the reason."""
        self.count(opened, "quarantined", rejection.code)
        if rejection.code == "E_SPOOF":
            log.warning("spoof", topic=message.topic, at=place(message), **rejection.facts)
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

    def _packet_before(self, message: SpooledMessage, content: bytes) -> Packet | None:
        """The newest packet of this id, when it may be repeated and said the same in this session."""
        if not message.packet_id:
            return None
        packet = message.packet_id, content
        link = message.session, message.connection
        before = self._memory.packet_before(message.spool, link, packet, dup=message.dup)
        return before if before and before.link[0] == message.session and before.content == content else None

    def _numbered(self, message: SpooledMessage, device: str, number: Number, content: bytes) -> bool | Rejection:
        """True: this number said the same before. A rejection: it said something else. False: it is new."""
        outbox = device, number.boot
        first = self._memory.first(outbox, number.seq, (content, message.offset, message.received_ns))
        if first is None:
            return False
        return first.content == content or conflict(self._memory, outbox, number.seq, first)

    def _known_retained(self, message: SpooledMessage, content: bytes) -> bool:
        return self._memory.last_of_topic(message.topic or "") == content


def _redelivered(message: SpooledMessage, before: Packet | None) -> tuple[bool, str | None]:
    """Whether a message without a number repeats the packet before it; and the flag of one that may.

    DUP and the same session: a redelivery. Without DUP on a new connection: the broker may have come back from an
    old snapshot, or the machine said the same again; nobody can tell, so it is kept and flagged.
    """
    if before is None or message.dup:
        return before is not None, None
    return False, "possible_duplicate" if before.link[1] != message.connection else None


def conflict(memory: Memory, outbox: Outbox, number: int, first: NumberedEvent) -> Rejection:
    """The rejection of a number that said something else before: alone, or in an outbox that counts from 0 again.

    Only a 0 with another content tells the latter: one that comes late for the first time has its place in the order.
    """
    if number == 0:
        memory.add_restarted(outbox)
    device, boot = outbox
    facts = {"value": f"{device}:{boot}:{number}", "first": first.place}
    return Rejection("E_EPOCH" if memory.restarted(outbox) else "E_CONFLICT", facts)


def open_safely(decoder: Decoder, message: SpooledMessage) -> Opened:
    """The decoded message; a mistake of ours becomes E_INTERNAL, so that no message can stop the next."""
    try:
        return decoder.open(message)
    except Exception as error:
        log.exception("decode_failed", segment=message.segment, offset=message.offset)
        return Opened("", "", None, Rejection("E_INTERNAL", {"problem": type(error).__name__}))


def content_hash(message: SpooledMessage) -> bytes:
    """What the message says: a hash of topic and payload."""
    return blake2b(b"%b\0%b" % (message.topic_bytes, message.payload), digest_size=16).digest()[:CONTENT]


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
        opened.source, opened.device, message.received_ns, sha256(message.payload).hexdigest(),
    )  # fmt: skip


def decoded_rows(opened: Opened) -> list[Row]:
    """The rows of an accepted message, none for every other."""
    return opened.decoded if isinstance(opened.decoded, list) else []
