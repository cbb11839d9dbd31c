"""The fast judge: what surely is accepted of many messages, rule by rule, before each is judged in its order.

It decides what a message says, never whether it came before: that is for the judge of the segment, in order of arrival.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import NamedTuple, TypeVar

import pyarrow as pa
import pyarrow.compute as pc
import structlog

from contracts.clock import utc
from contracts.registry import Equipment
from contracts.site import Site
from ingestion.adapters.mapping import Arrival
from ingestion.adapters.router import Route
from ingestion.landing.blocks import Block, Plan, values_at
from ingestion.landing.bulk_rules import TIMESTAMP, UNIT, Accepted, BulkRule, compile_rule
from ingestion.landing.chunks import Chunk
from ingestion.landing.decoder import Decoder
from ingestion.rejection import Rejection
from ingestion.spool.blanking import blank_payload
from ingestion.spool.frames import MESSAGE

log = structlog.get_logger()
ValueT = TypeVar("ValueT")


class Proposals(NamedTuple):
    """What the fast judge says of a chunk, by place: the exact judge decides where there is no owner."""

    plans: list[Plan | None]  # what the topic means
    owners: list[Block | None]  # what accepts the message, if it is new
    blocks: list[Block]  # they hold the rows, in order of arrival


class BulkJudge:
    """The rules of a site for many messages, and what its topics mean today."""

    def __init__(self, site: Site, decoder: Decoder) -> None:
        self._decoder = decoder
        self._rules = {
            (source.id, number): compile_rule(source, message, site.streams)
            for source in decoder.sources()
            for number, message in enumerate(source.messages)
        }
        self._plans = _Plans(self)

    def propose(self, chunk: Chunk) -> Proposals:
        """The message of each place as the fast judge has it. Blanks in the chunk what its archive will not hold."""
        plans = self._plan(chunk)
        proposals = Proposals(plans, [None] * len(chunk), [])
        for places, own in _by_rule(plans):
            try:
                block = _block(chunk, places, own)
            except Exception:  # a mistake of ours costs time and no message: the exact judge takes what is not proposed
                log.exception("fast_judge_failed", segment=chunk.segment, topic=own[0].topic)
                continue
            if block is not None:
                proposals.blocks.append(block)
                for place in block.places:
                    proposals.owners[place] = block
        return proposals

    def _plan(self, chunk: Chunk) -> list[Plan | None]:
        """By place, what the topic means; None for what is no ordinary message."""
        known = self._plans
        known.turn_to(chunk.day, max(chunk.received))
        plans = list(map(known.__getitem__, chunk.topics))
        if any(plan.drop for plan in {*plans} - {None} if plan):
            for place, plan in enumerate(plans):
                if plan and plan.drop:
                    chunk.payloads[place] = blank_payload(chunk.payloads[place], plan.drop) or chunk.payloads[place]
        return plans

    def find_safely(self, topic: bytes, received_ns: int) -> Plan | None:
        """What a topic means on the day of that instant; None: only the exact judge may say."""
        try:
            return self._find(topic.decode(), received_ns)
        except UnicodeDecodeError:
            return None
        except Exception:
            log.exception("fast_judge_failed", topic=repr(topic))
            return None

    def _find(self, topic: str, received_ns: int) -> Plan | None:
        route = self._decoder.route(topic)
        if not isinstance(route, Route) or route.rule is None:
            return None
        rule = self._rules[route.source, route.rule]
        received = utc(received_ns)
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
        drop = self._decoder.governance.of(topic.encode(), MESSAGE).drop
        return Plan(topic, route.source, device, (route.source, device, "accepted", ""), drop, rule, fixed, units)


class _Plans(dict[bytes, "Plan | None"]):
    """What topics mean, found once a day: validity in the registry is by day."""

    def __init__(self, judge: BulkJudge) -> None:
        super().__init__()
        self._judge, self._day, self._received_ns = judge, date.min, 0
        self[b""] = None

    def turn_to(self, day: date, received_ns: int) -> None:
        """Forgets what another day had; and topics of an attacker must not fill the memory."""
        self._received_ns = received_ns
        if day != self._day or len(self) > 50_000:
            self.clear()
            self[b""] = None
            self._day = day

    def __missing__(self, topic: bytes) -> Plan | None:
        plan = self[topic] = self._judge.find_safely(topic, self._received_ns)
        return plan


def _by_rule(plans: list[Plan | None]) -> Collection[tuple[list[int], list[Plan]]]:
    """Places and plans of the messages that a rule for many can read, by rule."""
    kinds = {plan and id(plan.rule) for plan in {*plans}}
    if len(kinds) == 1 and None not in kinds:  # one machine that empties its outbox
        return [(list(range(len(plans))), [plan for plan in plans if plan])]
    groups: dict[int, tuple[list[int], list[Plan]]] = {}
    for place, plan in enumerate(plans):
        if plan is not None:
            group = groups.get(id(plan.rule))
            if group is None:
                group = groups[id(plan.rule)] = ([], [])
            group[0].append(place)
            group[1].append(plan)
    return groups.values()


def _block(chunk: Chunk, places: list[int], plans: list[Plan]) -> Block | None:
    """What one rule surely accepts of messages."""
    rule = plans[0].rule
    received = pc.divide(pa.array(values_at(chunk.received, places), pa.int64()), 1_000).cast(TIMESTAMP)
    accepted = rule.accept(values_at(chunk.payloads, places), received)
    if accepted is None:
        return None
    own = values_at(plans, accepted.places)
    right = _right(rule, accepted, own)
    if not all(right):
        accepted = accepted.only(pa.array([place for place, each in enumerate(right) if each], pa.int64()))
        own = [plan for plan, each in zip(own, right, strict=True) if each]
    return Block(rule, accepted, values_at(places, accepted.places), own, chunk) if accepted else None


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
