"""Gives the messages of a chunk their outcomes: those that surely are new together, all others one by one, in order."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from itertools import compress, pairwise

from ingestion.landing.blocks import Plan
from ingestion.landing.bulk import Proposals
from ingestion.landing.chunks import Chunk
from ingestion.landing.decoder import Decoder
from ingestion.landing.judge import MessageJudge
from ingestion.landing.tables import TableJudge
from ingestion.ledger import Landing, Outbox
from ingestion.ledger.memory import Memory
from ingestion.ledger.records import CONTENT
from ingestion.spool.frames import FILE
from ingestion.spool.reader import Damaged
from ingestion.validation.identity import Number

#: Shorter stretches are judged one by one: what is done once for many would cost more.
SHORT = 8
DUP = 8
#: Where the columns of a chunk are cut for one outbox: the places of its messages.
Places = list[int]


class ChunkJudge:
    """The outcomes of all messages of one segment, chunk by chunk."""

    def __init__(
        self, decoder: Decoder, memory: Memory, landing: Landing, messages: MessageJudge, tables: TableJudge
    ) -> None:
        self._decoder, self._memory, self._landing = decoder, memory, landing
        self._messages, self._tables = messages, tables
        self._spool = landing.segment.partition("/")[0]

    def take(self, chunk: Chunk, proposals: Proposals) -> None:
        """Judges every message of the chunk in order of arrival."""
        for begin, end in _stretches(chunk, proposals):
            if end - begin < SHORT or not self._take_together(chunk, proposals, begin, end):
                for place in range(begin, end):
                    self._take_alone(chunk, proposals, place)

    def _take_alone(self, chunk: Chunk, proposals: Proposals, place: int) -> None:
        item = chunk.message(place)
        if isinstance(item, Damaged):
            self._messages.damaged(item)
            return
        item = self._decoder.governance.as_kept(item)
        self._landing.newest_ns = max(self._landing.newest_ns, item.received_ns)
        plan, block = proposals.plans[place], proposals.owners[place]
        if item.kind == FILE:
            self._tables.take(item)
        elif plan is None or block is None:
            self._messages.take(item)
        else:
            boot, seq = chunk.boots[place], chunk.seqs[place]
            number = None if boot is None or seq is None else Number(boot, seq)
            self._messages.take_proposed(item, plan, number, block)

    def _take_together(self, chunk: Chunk, proposals: Proposals, begin: int, end: int) -> bool:
        """Accepts messages of one connection which the fast judge accepts; False: one of them may have come before."""
        plans = [plan for plan in proposals.plans[begin:end] if plan is not None]
        ids = chunk.packet_ids[begin:end]
        if any(ids) and self._memory.may_repeat(self._spool, _link(chunk, begin)):
            return False
        boxes = _outboxes(chunk, plans, begin)
        numbers = {outbox: [chunk.seqs[place] or 0 for place in places] for outbox, places in boxes.items()}
        if not all(self._memory.are_new(outbox, each) for outbox, each in numbers.items()):
            return False
        contents = content_hashes(chunk.topics[begin:end], chunk.payloads[begin:end])
        self._memory.add_packets(self._spool, compress(zip(ids, contents, strict=True), ids))
        for outbox, places in boxes.items():
            self._memory.add(
                outbox, numbers[outbox], [contents[place - begin] for place in places],
                [chunk.offsets[place] for place in places], [chunk.received[place] for place in places],
            )  # fmt: skip
        self._count(plans, contents, max(chunk.received[begin:end]))
        return True

    def _count(self, plans: list[Plan], contents: list[bytes], newest_ns: int) -> None:
        landing = self._landing
        landing.topics.update(zip([plan.topic for plan in plans], contents, strict=True))
        landing.accounts.update([plan.account for plan in plans])
        landing.received += len(plans)
        landing.newest_ns = max(landing.newest_ns, newest_ns)


def content_hashes(topics: list[bytes], payloads: list[bytes]) -> list[bytes]:
    """What messages say, as `content_hash` has it: the topic is hashed once and not for each."""
    begun = {topic: blake2b(topic + b"\0", digest_size=16) for topic in {*topics}}
    found = []
    for topic, payload in zip(topics, payloads, strict=True):
        said = begun[topic].copy()
        said.update(payload)
        found.append(said.digest()[:CONTENT])
    return found


def _stretches(chunk: Chunk, proposals: Proposals) -> Iterator[tuple[int, int]]:
    """Begin and end of what may be judged together: neighbours of one connection, proposed, and not sent again."""
    alone = [
        place
        for place, (owner, head) in enumerate(zip(proposals.owners, chunk.heads, strict=True))
        if owner is None or head & DUP
    ]
    cuts = {0, len(chunk), *alone, *[place + 1 for place in alone], *[place for place, _ in chunk.links]}
    ordered = sorted(cuts)
    return pairwise(ordered)


def _link(chunk: Chunk, place: int) -> tuple[int, int]:
    return next(link for begin, link in reversed(chunk.links) if begin <= place)


def _outboxes(chunk: Chunk, plans: list[Plan], begin: int) -> dict[Outbox, Places]:
    """Places of the numbered messages, by outbox and in order."""
    end = begin + len(plans)
    named = list(zip([plan.device for plan in plans], chunk.boots[begin:end], strict=True))
    if named.count(named[0]) == len(named):  # the machine that empties its outbox
        device, boot = named[0]
        return {} if boot is None else {(device, boot): list(range(begin, end))}
    found: dict[Outbox, Places] = {}
    for place, (device, boot) in enumerate(named, begin):
        if boot is not None:
            found.setdefault((device, boot), []).append(place)
    return found
