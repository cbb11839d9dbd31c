"""Gathers rows per stream and event day as Arrow tables, totally ordered, so that equal input gives equal bytes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from contracts.streams import TECHNICAL, LogicalType, Stream
from ingestion.adapters.outcome import Row
from ingestion.landing.blocks import Block

_CHUNK = 20_000
_TYPES: dict[LogicalType, pa.DataType] = {
    "string": pa.string(), "number": pa.float64(), "integer": pa.int64(), "boolean": pa.bool_(),
    "timestamp": pa.timestamp("us", "UTC"), "date": pa.date32(),
}  # fmt: skip


class Arrived(NamedTuple):
    """The technical columns that the rows of one event share. `received` is UTC; `flag` joins those of the rows."""

    event_id: str
    source: str
    device: str | None
    received: datetime
    segment: str
    offset: int
    record: int | None = None
    boot: int | None = None
    seq: int | None = None
    flag: str | None = None


def landed_schema(stream: Stream) -> pa.Schema:
    """The columns of a landed file: those of the stream, then the technical ones. The event day stands in the path."""
    own = [(item.name, _TYPES[item.logicalType]) for item in stream.properties]
    return pa.schema(own + [(name, _TYPES[kind]) for name, (kind, _, _) in TECHNICAL.items()])


class Collector:
    """Rows of one segment, by partition."""

    def __init__(self, streams: dict[str, Stream]) -> None:
        self._schemas = {name: landed_schema(stream) for name, stream in streams.items()}
        self._names = {name: [item.name for item in stream.properties] for name, stream in streams.items()}
        self._rows: dict[tuple[str, date], list[tuple[Any, ...]]] = {}
        self._tables: dict[tuple[str, date], list[pa.Table]] = {}
        self._waiting = 0

    def add(self, arrived: Arrived, rows: list[Row]) -> None:
        """Adds the rows of one event, numbered from 0."""
        event_id, source, device, received, segment, offset, record, boot, seq, flag = arrived
        for part, row in enumerate(rows):
            flags = ",".join(filter(None, (row.flags, flag))) or None
            own = row.values
            self._rows.setdefault((row.stream, row.event_date), []).append(
                (*[own[name] for name in self._names[row.stream]], event_id, part, source, device, received, segment,
                 offset, record, boot, seq, flags)
            )  # fmt: skip
        self._waiting += len(rows)
        if self._waiting >= _CHUNK:
            self._pack()

    def add_block(self, block: Block) -> None:
        """Adds the rows of many messages."""
        for stream, table, days in block.tables(self._schemas):
            for day in pc.unique(days).to_pylist():
                whole = len(table) == 0 or pc.all(pc.equal(days, day)).as_py()
                part = table if whole else table.filter(pc.equal(days, day))
                self._tables.setdefault((stream, day), []).append(part)

    def partitions(self) -> Iterator[tuple[str, date, pa.Table]]:
        """(stream, event day, rows in order of arrival), in order of stream and day."""
        self._pack()
        for stream, day in sorted(self._tables):
            yield stream, day, _in_order(pa.concat_tables(self._tables.pop((stream, day))).combine_chunks())

    def _pack(self) -> None:
        """Python rows → Arrow: a tenth of the memory."""
        for key, rows in self._rows.items():
            schema = self._schemas[key[0]]
            values = zip(*rows, strict=True)
            columns = [pa.array(column, field.type) for column, field in zip(values, schema, strict=True)]
            self._tables.setdefault(key, []).append(pa.Table.from_arrays(columns, schema=schema))
        self._rows.clear()
        self._waiting = 0


def _in_order(table: pa.Table) -> pa.Table:
    """The rows in order of arrival; mostly they are."""
    offsets = table["spool_offset"].chunk(0) if len(table) else pa.array([], pa.int64())
    one_segment = len(pc.unique(table["segment"])) <= 1
    if one_segment and pc.all(pc.less(offsets[:-1], offsets[1:]), min_count=0).as_py():
        return table
    return table.sort_by([(name, "ascending") for name in ("segment", "spool_offset", "record", "part")])
