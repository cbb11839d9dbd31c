"""Follows landed rows back: the landing file and its hash, the spool segment and offset, the message or file record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from contracts.site import Site
from contracts.streams import TECHNICAL
from ingestion.adapters.file_adapter import FileAdapter
from ingestion.drop_list import showable
from ingestion.ledger import LandedFile, Ledger
from ingestion.rejection import Rejection
from ingestion.spool.frames import FILE
from ingestion.spool.reader import SpooledMessage, messages
from ingestion.spool.segments import has_segment, segment_path

#: A landed row is found by conditions on its columns: (column, operator, value), as pyarrow has them.
Condition = tuple[str, str, Any]
_SHOWN = 4_000


@dataclass(frozen=True)
class Evidence:
    """One landed row and where it came from. `note` says what could not be opened any more (pruned or damaged)."""

    event_id: str
    part: int
    stream: str
    event_date: date
    row: dict[str, Any]
    landing_file: str
    landing_sha256: str
    source: str
    device: str | None
    received_at: str
    segment: str
    offset: int
    topic: str | None = None
    payload: str | None = None
    file_name: str | None = None
    record: int | None = None
    note: str = ""

    def to_dict(self) -> dict[str, Any]:
        """As JSON types; times in RFC 3339, UTC."""
        return asdict(self) | {"event_date": self.event_date.isoformat()}


class LandingPart(NamedTuple):
    """How many rows of a landed file were asked for."""

    path: str
    sha256: str
    rows: int


class _Landed(NamedTuple):
    file: LandedFile
    row: dict[str, Any]


class Archive:
    """The landing zone and the spool of one site, opened for looking up."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._files: dict[str, list[LandedFile]] = {}
        ledger = Ledger(site.paths.ledger)
        for file in ledger.landed_files():
            self._files.setdefault(file.stream, []).append(file)
        self._superseded: dict[str, list[str]] = {}
        for old in ledger.superseded():
            self._superseded.setdefault(old.stream, []).append(old.sha256)
        self._segment = lru_cache(maxsize=16)(self._read_segment)
        self._records = lru_cache(maxsize=16)(self._read_records)

    def rows(
        self, stream: str, where: Sequence[Condition], first: date = date.min, last: date = date.max
    ) -> list[Evidence]:
        """The landed rows of a stream between two event days (UTC, both included), the newest day first."""
        return [self._evidence(landed) for landed in self._rows(stream, where, first, last)]

    def current(self, stream: str, where: Sequence[Condition], first: date = date.min) -> list[Evidence]:
        """The same without the rows that count no longer: superseded by a later record, or with their whole file."""
        key = self._site.streams[stream].natural_key
        found = list(self._rows(stream, where, first, date.max))
        named = sorted({_key(landed.row, key) for landed in found if None not in _key(landed.row, key)}, key=str)
        newest: dict[tuple[Any, ...], tuple[Any, ...]] = {}
        if named:
            rivals = [(column, "in", list({each[place] for each in named})) for place, column in enumerate(key)]
            for rival in self._rows(stream, rivals, date.min, date.max):
                if self._is_superseded(stream, rival.row):
                    continue
                own = _key(rival.row, key)
                newest[own] = max(newest.get(own, _arrival(rival.row)), _arrival(rival.row))
        holding = [one for one in found if newest.get(_key(one.row, key), _arrival(one.row)) == _arrival(one.row)]
        return [self._evidence(landed) for landed in holding if not self._is_superseded(stream, landed.row)]

    def events(self, streams: Iterable[str], event_ids: Iterable[str], first: date, last: date) -> list[Evidence]:
        """The landed rows with one of these event ids, in the streams that may hold them."""
        wanted = sorted(set(event_ids))
        if not wanted:
            return []
        return [row for stream in streams for row in self.rows(stream, [("event_id", "in", wanted)], first, last)]

    def newest(self, streams: Iterable[str], equipment: str, first: date, last: date) -> list[Evidence]:
        """The newest landed row of a machine in each of the streams, where there is one."""
        found = (self._newest(stream, equipment, first, last) for stream in streams)
        return [self._evidence(landed) for landed in found if landed]

    def files(self, streams: Iterable[str], equipment: str, first: date, last: date, limit: int) -> list[LandingPart]:
        """The newest landed files of each stream with rows of a machine between two days, at most `limit` each."""
        where = [("equipment", "==", equipment)]
        return [
            LandingPart(file.path, file.sha256, table.num_rows)
            for stream in streams
            for file, table in islice(self._tables(stream, where, first, last, ["equipment"]), limit)
        ]

    def _rows(self, stream: str, where: Sequence[Condition], first: date, last: date) -> Iterator[_Landed]:
        for file, table in self._tables(stream, where, first, last):
            for row in table.to_pylist():
                yield _Landed(file, row)

    def _is_superseded(self, stream: str, row: dict[str, Any]) -> bool:
        """Whether another file stands in the place of the row's: its event id begins with the sha256."""
        return row["event_id"][:64] in self._superseded.get(stream, ())

    def _tables(
        self, stream: str, where: Sequence[Condition], first: date, last: date, columns: list[str] | None = None
    ) -> Iterator[tuple[LandedFile, pa.Table]]:
        """Files with rows that fit, the newest event day first."""
        days = [file for file in self._files.get(stream, []) if first <= file.event_date <= last]
        for file in sorted(days, key=lambda file: (file.event_date, file.path), reverse=True):
            path = self._site.paths.landing / file.path
            if not path.exists():
                continue
            table = pq.read_table(path, columns=columns, filters=list(where), partitioning=None)
            if table.num_rows:
                yield file, table

    def _newest(self, stream: str, equipment: str, first: date, last: date) -> _Landed | None:
        time = self._site.streams[stream].event_time
        newest: _Landed | None = None
        for file, table in self._tables(stream, [("equipment", "==", equipment)], first, last):
            if newest is not None and file.event_date != newest.file.event_date:
                break
            if old := self._superseded.get(stream):
                of_file = pc.utf8_slice_codeunits(table["event_id"], 0, 64)
                table = table.filter(pc.invert(pc.is_in(of_file, value_set=pa.array(old, pa.string()))))
                if not table.num_rows:
                    continue
            ordered = table.sort_by([(time, "descending"), ("event_id", "descending"), ("part", "descending")])
            landed = _Landed(file, ordered.slice(0, 1).to_pylist()[0])
            if newest is None or landed.row[time] > newest.row[time]:
                newest = landed
        return newest

    def _evidence(self, landed: _Landed) -> Evidence:
        file, row = landed
        known = {name: _plain(value) for name, value in row.items() if name not in TECHNICAL}
        found = Evidence(
            row["event_id"], row["part"], file.stream, file.event_date, known, file.path, file.sha256,
            row["source"], row["device"], row["received_at"].isoformat(), row["segment"], row["spool_offset"],
            record=row["record"],
        )  # fmt: skip
        return Evidence(**(vars(found) | self._origin(found)))

    def _origin(self, found: Evidence) -> dict[str, Any]:
        """Topic and payload of the message, or name and record of the file, as they stand in the spool."""
        message = self._segment(found.segment).get(found.offset)
        if message is None:
            return {"note": "the spool segment is no longer kept, or damaged at this place"}
        if message.erased:
            return {"topic": message.topic, "note": "the retention of its source has ended; the payload is erased"}
        if message.kind != FILE:
            source = self._site.sources.get(found.source)
            payload = showable(message.payload, source, self._site.streams) if source else message.payload
            return {"topic": message.topic, "payload": _text(payload)}
        name = (message.topic or "").partition("/")[2]
        record = self._records(message.payload.hex(), found.source).get(found.record or 0)
        note = "" if record else "the bytes of the file are no longer kept, or its source reads them no more"
        return {"file_name": name, "payload": record, "note": note}

    def _read_segment(self, segment: str) -> dict[int, SpooledMessage]:
        path = segment_path(self._site.paths.spool, segment)
        if not has_segment(path):
            return {}
        return {item.offset: item for item in messages(path) if isinstance(item, SpooledMessage)}

    def _read_records(self, sha256: str, source_id: str) -> dict[int, str]:
        """The records of a dropped file by number, readable: `Column: cell; …`."""
        path = self._site.paths.spool / "files" / "bytes" / sha256
        source = self._site.sources.get(source_id)
        if source is None or source.transport.kind != "file" or not path.exists():
            return {}
        table = FileAdapter(source, self._site.streams).read(path.read_bytes())
        if isinstance(table, Rejection):
            return {}
        return {
            record.number: "; ".join(f"{column}: {cell}" for column, cell in record.cells.items())
            for record in table.records
            if isinstance(record.cells, dict)
        }


def _key(row: dict[str, Any], columns: Sequence[str]) -> tuple[Any, ...]:
    return tuple(row[column] for column in columns)


def _arrival(row: dict[str, Any]) -> tuple[Any, ...]:
    """What the newest record of a natural key is told by, as in the macro `not_superseded`."""
    return row["received_at"], row["segment"], row["spool_offset"], row["record"] or 0, row["part"]


def _text(data: bytes) -> str:
    """A payload for people: text where it is UTF-8, else hex."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data[:_SHOWN].hex()


def _plain(value: Any) -> Any:
    """A cell as a JSON type."""
    return value.isoformat() if hasattr(value, "isoformat") else value
