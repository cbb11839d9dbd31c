"""The fast judge: what surely is accepted of many messages, rule by rule, before each is judged in its order.

It decides what a message says, never whether it came before: that is for the judge of the segment, in order of arrival.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import structlog

from contracts.clock import utc
from contracts.registry import Equipment
from contracts.site import Site
from ingestion.adapters.mapping import Arrival
from ingestion.adapters.router import Route
from ingestion.landing.bulk_rules import TIMESTAMP, UNIT, Accepted, BulkRule, compile_rule
from ingestion.landing.decoder import Decoder
from ingestion.ledger.records import Account
from ingestion.rejection import Rejection
from ingestion.spool.frames import FILE
from ingestion.spool.reader import Damaged, SpooledMessage
from ingestion.validation.identity import Number

log = structlog.get_logger()


class Plan(NamedTuple):
    """What a topic means on a day: its rule, its sender, and per row the columns that need no payload."""

    topic: str
    source: str
    device: str
    account: Account
    group: int
    rule: BulkRule
    fixed: list[dict[str, Any]]
    units: list[str | None]  # per row: the unit that the registry has for its channel


class BulkJudge:
    """The rules of a site for many messages, and what its topics mean today."""

    def __init__(self, site: Site, decoder: Decoder) -> None:
        self._decoder = decoder
        self._rules = {
            (source.id, number): compile_rule(source, message, site.streams)
            for source in decoder.sources()
            for number, message in enumerate(source.messages)
        }
        self._plans: dict[bytes, Plan | None] = {}
        self._day: date | None = None

    def propose(self, messages: Sequence[SpooledMessage | Damaged]) -> tuple[list[Block | None], list[Block]]:
        """For each message of one segment the block that would accept it next, or None: the exact judge decides.

        And every block: they hold the rows, in order of arrival.
        """
        proposals: list[Block | None] = [None] * len(messages)
        blocks = []
        for places, plans in self._by_rule(messages):
            chosen: list[Any] = [messages[place] for place in places]
            try:
                block = _block(chosen, plans)
            except Exception:  # a mistake of ours costs time and no message: the exact judge takes what is not proposed
                log.exception("fast_judge_failed", segment=chosen[0].segment, topic=plans[0].topic)
                continue
            if block is not None:
                blocks.append(block)
                for place in block.places:
                    proposals[places[place]] = block
        return proposals, blocks

    def _by_rule(self, messages: Sequence[SpooledMessage | Damaged]) -> Iterable[tuple[list[int], list[Plan]]]:
        """Places and plans of the messages that a rule for many can read, by rule."""
        groups: dict[int, tuple[list[int], list[Plan]]] = {}
        plans, received, absent = self._plans, -1, object()
        for place, message in enumerate(messages):
            if isinstance(message, Damaged) or message.retain or message.erased or message.kind == FILE:
                continue
            if message.received_ns != received:
                received = message.received_ns
                self._turn_to(self._decoder.places.day_of(received))
            plan: Any = plans.get(message.topic_bytes, absent)
            if plan is absent:
                plan = plans[message.topic_bytes] = self._find_safely(message)
            if plan is not None:
                group = groups.get(plan.group)
                if group is None:
                    group = groups[plan.group] = ([], [])
                group[0].append(place)
                group[1].append(plan)
        return groups.values()

    def _turn_to(self, day: date) -> None:
        """Validity in the registry is by day; and topics of an attacker must not fill the memory."""
        if day != self._day or len(self._plans) > 50_000:
            self._plans.clear()
            self._day = day

    def _find_safely(self, message: SpooledMessage) -> Plan | None:
        """What the topic of a message means today; None: only the exact judge may say."""
        try:
            return self._find(message)
        except Exception:
            log.exception("fast_judge_failed", segment=message.segment, topic=message.topic)
            return None

    def _find(self, message: SpooledMessage) -> Plan | None:
        topic = message.topic
        route = self._decoder.route(topic) if topic is not None else None
        if not isinstance(route, Route) or route.rule is None:
            return None
        rule = self._rules[route.source, route.rule]
        received = utc(message.received_ns)
        found = self._decoder.equipment(route, received)
        if rule is None or isinstance(found, Rejection):
            return None
        equipment = found.id if isinstance(found, Equipment) else None
        fixed = []
        for maker, emit in zip(self._decoder.makers(route), rule.emits, strict=True):
            values = maker.fixed(Arrival({}, route.levels, received, equipment), emit.variables)
            if isinstance(values, Rejection):
                return None
            fixed.append(values)
        units = [
            self._decoder.places.units.get((row.get("equipment", ""), row.get("channel", "")))
            if emit.emit.stream == "measurement" else None
            for row, emit in zip(fixed, rule.emits, strict=True)
        ]  # fmt: skip
        device = found.device if isinstance(found, Equipment) else ""
        return Plan(
            topic or "", route.source, device, (route.source, device, "accepted", ""), id(rule), rule, fixed, units
        )


#: Place in the block, event id, offset, boot, seq, flags of one accepted message.
Kept = tuple[int, str, int, int | None, int | None, str | None]


class Block:
    """What one rule made of many messages of one segment, until it is known which of them came before."""

    def __init__(self, rule: BulkRule, accepted: Accepted, plans: list[Plan], segment: str) -> None:
        self._rule, self._accepted, self._plans, self._segment = rule, accepted, plans, segment
        self._future = pc.greater(accepted.observed, accepted.received).to_pylist()
        self._turn = -1
        self._kept: list[Kept] = []
        #: Of the messages that were proposed from, in order.
        self.places = accepted.places

    def turn(self) -> Plan:
        """The plan of the next message: each is asked for once, in order of arrival."""
        self._turn += 1
        return self._plans[self._turn]

    def keep(self, event_id: str, offset: int, number: Number | None, flag: str | None) -> None:
        """Takes the message whose turn it is: it is new."""
        if self._future[self._turn]:
            flag = "future" if flag is None else f"future,{flag}"
        boot, seq = number or (None, None)
        self._kept.append((self._turn, event_id, offset, boot, seq, flag))

    def tables(self, schemas: Mapping[str, pa.Schema]) -> Iterator[tuple[str, pa.Table, pa.Array]]:
        """(stream, rows, their event days) of what was kept, per row of the rule."""
        if not self._kept:
            return
        places, *columns = (list(column) for column in zip(*self._kept, strict=True))
        chosen = None if len(places) == len(self._plans) else pa.array(places)
        plans = [self._plans[place] for place in places]
        observed, received = _take(self._accepted.observed, chosen), _take(self._accepted.received, chosen)
        technical = self._technical(columns, plans, received)
        days = observed.cast(pa.date32())
        for part, emit in enumerate(self._rule.emits):
            schema = schemas[emit.emit.stream]
            known = technical | {"part": pa.repeat(pa.scalar(part, pa.int64()), len(places))}
            for name, (path, scale) in emit.variables.items():
                known[name] = observed if path == self._rule.time else _take(self._accepted.columns[path], chosen)
                known[name] = known[name] if scale is None else pc.multiply(known[name], scale)
            arrays = [known.get(each.name) for each in schema]
            whole = [
                _of_plans([plan.fixed[part][each.name] for plan in plans], each.type) if array is None else array
                for array, each in zip(arrays, schema, strict=True)
            ]
            table = pa.Table.from_arrays(whole, schema=schema)
            if emit.when:
                there = _take(self._accepted.columns[emit.when], chosen).is_valid()
                yield emit.emit.stream, table.filter(there), days.filter(there)
            else:
                yield emit.emit.stream, table, days

    def _technical(self, columns: list[list[Any]], plans: list[Plan], received: pa.Array) -> dict[str, pa.Array]:
        ids, offsets, boots, seqs, flags = columns
        n = len(ids)
        return {
            "event_id": pa.array(ids, pa.string()),
            "source": _of_plans([plan.source for plan in plans], pa.string()),
            "device": _of_plans([plan.device or None for plan in plans], pa.string()),
            "received_at": received,
            "segment": pa.repeat(pa.scalar(self._segment), n),
            "spool_offset": pa.array(offsets, pa.int64()),
            "record": pa.nulls(n, pa.int64()),
            "boot": pa.array(boots, pa.int64()),
            "seq": pa.array(seqs, pa.int64()),
            "flags": pa.array(flags, pa.string()),
        }


def _block(messages: list[SpooledMessage], plans: list[Plan]) -> Block | None:
    """What one rule surely accepts of messages."""
    rule = plans[0].rule
    received = pa.array([message.received_ns // 1_000 for message in messages], pa.int64()).cast(TIMESTAMP)
    accepted = rule.accept([message.payload for message in messages], received)
    if accepted is None:
        return None
    own = [plans[place] for place in accepted.places]
    right = _right(rule, accepted, own)
    if not all(right):
        accepted = accepted.only(pa.array([place for place, each in enumerate(right) if each], pa.int64()))
        own = [plan for plan, each in zip(own, right, strict=True) if each]
    return Block(rule, accepted, own, messages[0].segment) if accepted else None


def _right(rule: BulkRule, accepted: Accepted, plans: list[Plan]) -> list[bool]:
    """Per message: whether it gives a row at all, and whether the unit that it states is that of the registry."""
    needed = [emit.when for emit in rule.emits]
    right = [True] * len(plans)
    if None not in needed:
        right = _any([accepted.columns[path].is_valid() for path in needed if path]).to_pylist()
    if rule.states_unit and (stated := accepted.columns[UNIT]).null_count < len(stated):
        for place, unit in enumerate(stated.to_pylist()):
            if unit is not None and any(known not in (None, unit) for known in plans[place].units):
                right[place] = False
    return right


def _any(masks: list[pa.Array]) -> pa.Array:
    found = masks[0]
    for mask in masks[1:]:
        found = pc.or_(found, mask)
    return found


def _take(column: pa.Array, chosen: pa.Array | None) -> pa.Array:
    return column if chosen is None else column.take(chosen)


def _of_plans(values: list[Any], kind: pa.DataType) -> pa.Array:
    """A column that few topics decide: mostly one value for all."""
    if len(set(values)) == 1:
        return pa.repeat(pa.scalar(values[0], kind), len(values))
    return pa.array(values, kind)
