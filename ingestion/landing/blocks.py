"""What one rule made of many messages, as columns, until it is known which of them came before."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from ingestion.landing.bulk_rules import Accepted, BulkRule
from ingestion.landing.chunks import Chunk
from ingestion.ledger.records import Account

ValueT = TypeVar("ValueT")


@dataclass(frozen=True, eq=False, slots=True)
class Plan:
    """What a topic means on a day: its rule, its sender, and per row the columns that need no payload."""

    topic: str
    source: str
    device: str
    account: Account
    drop: Collection[str]  # fields that are blanked before anybody reads
    rule: BulkRule
    fixed: list[dict[str, Any]]
    units: list[str | None]  # per row: the unit that the registry has for its channel


class Block:
    """What one rule made of many messages of a chunk: all its rows, but those of messages that came before."""

    def __init__(self, rule: BulkRule, accepted: Accepted, places: list[int], plans: list[Plan], chunk: Chunk) -> None:
        #: Places in the chunk, in order, and the plan of each.
        self.places, self.plans = places, plans
        self._rule, self._accepted, self._chunk = rule, accepted, chunk
        self._dropped: set[int] = set()
        self._flags: dict[int, str] = {}

    def drop(self, offset: int) -> None:
        """The message at this offset of the segment came before."""
        self._dropped.add(offset)

    def flag(self, offset: int, flag: str) -> None:
        """Adds a flag to the rows of the message."""
        self._flags[offset] = flag

    def tables(self, schemas: Mapping[str, pa.Schema]) -> Iterator[tuple[str, pa.Table, pa.Array]]:
        """(stream, rows, their event days) of what is new, per row of the rule."""
        places, plans, accepted = self.places, self.plans, self._accepted
        if self._dropped:
            offsets = self._chunk.offsets
            kept = [n for n, place in enumerate(places) if offsets[place] not in self._dropped]
            if not kept:
                return
            places, plans = [places[n] for n in kept], [plans[n] for n in kept]
            accepted = accepted.take(pa.array(kept))
        by_plan = _ByPlan(plans)
        technical = self._technical(places, by_plan, accepted)
        days = accepted.observed.cast(pa.date32())
        for part, emit in enumerate(self._rule.emits):
            schema = schemas[emit.emit.stream]
            known = technical | {"part": pa.repeat(pa.scalar(part, pa.int64()), len(places))}
            for name, (path, scale) in emit.variables.items():
                column = accepted.observed if path == self._rule.time else accepted.columns[path]
                known[name] = column if scale is None else pc.multiply(column, scale)
            arrays = [
                known[field.name] if field.name in known
                else by_plan.column([plan.fixed[part][field.name] for plan in by_plan.plans], field.type)
                for field in schema
            ]  # fmt: skip
            table = pa.Table.from_arrays(arrays, schema=schema)
            if emit.when:
                there = accepted.columns[emit.when].is_valid()
                yield emit.emit.stream, table.filter(there), days.filter(there)
            else:
                yield emit.emit.stream, table, days

    def _technical(self, places: list[int], by_plan: _ByPlan, accepted: Accepted) -> dict[str, pa.Array]:
        chunk, n = self._chunk, len(places)
        offsets, boots, seqs = (
            pa.array(values_at(column, places), pa.int64()) for column in (chunk.offsets, chunk.boots, chunk.seqs)
        )
        segment = pa.repeat(pa.scalar(chunk.segment), n)
        devices = by_plan.column([plan.device or None for plan in by_plan.plans], pa.string())
        return {
            "event_id": _event_ids(devices, boots, seqs, segment, offsets),
            "source": by_plan.column([plan.source for plan in by_plan.plans], pa.string()),
            "device": devices,
            "received_at": accepted.received,
            "segment": segment,
            "spool_offset": offsets,
            "record": pa.nulls(n, pa.int64()),
            "boot": boots,
            "seq": seqs,
            "flags": self._all_flags(places, accepted),
        }

    def _all_flags(self, places: list[int], accepted: Accepted) -> pa.Array:
        future = pc.greater(accepted.observed, accepted.received)
        flags = pa.nulls(len(places), pa.string())
        if self._flags:
            flags = pa.array([self._flags.get(self._chunk.offsets[place]) for place in places], pa.string())
        if not pc.any(future).as_py():
            return flags
        joined = pc.binary_join_element_wise("future", flags, ",", null_handling="skip")
        return pc.if_else(future, joined, flags)


class _ByPlan:
    """Columns that the topics alone decide: few values, taken once per message."""

    def __init__(self, plans: list[Plan]) -> None:
        codes = {plan: code for code, plan in enumerate(dict.fromkeys(plans))}
        self.plans = list(codes)
        self._codes = pa.array([codes[plan] for plan in plans], pa.int32())

    def column(self, values: list[Any], kind: pa.DataType) -> pa.Array:
        """One value per plan → one per message."""
        if len(set(values)) == 1:
            return pa.repeat(pa.scalar(values[0], kind), len(self._codes))
        return pa.array(values, kind).take(self._codes)


def values_at(column: list[ValueT], places: list[int]) -> list[ValueT]:
    """The values at places in ascending order."""
    return column if len(places) == len(column) else [column[place] for place in places]


def _event_ids(devices: pa.Array, boots: pa.Array, seqs: pa.Array, segment: pa.Array, offsets: pa.Array) -> pa.Array:
    """`<device>:<boot>:<seq>` where a message is numbered, `<segment>:<offset>` where it is not."""
    text = pa.string()
    places = pc.binary_join_element_wise(segment, offsets.cast(text), ":") if boots.null_count else None
    if boots.null_count == len(boots):
        return places
    devices = pc.fill_null(devices, "")
    numbered = pc.binary_join_element_wise(devices, boots.cast(text), seqs.cast(text), ":")
    return numbered if places is None else pc.coalesce(numbered, places)
