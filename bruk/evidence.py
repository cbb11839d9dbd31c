"""Follows landed rows back: the landing file and its hash, the spool segment and offset, the message or file record."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import lru_cache
from itertools import islice
from typing import Any

import pyarrow.parquet as pq

from contracts.site import Site
from contracts.sources import Source
from contracts.streams import TECHNICAL
from ingestion.ledger import LandedFile, Ledger
from ingestion.spool.frames import FILE
from ingestion.spool.reader import SpooledMessage, messages

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


class Archive:
    """The landing zone and the spool of one site, opened for looking up; reads each file once."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._files: dict[str, list[LandedFile]] = {}
        for file in Ledger(site.paths.ledger).landed_files():
            self._files.setdefault(file.stream, []).append(file)
        self._segment = lru_cache(maxsize=16)(self._read_segment)
        self._records = lru_cache(maxsize=16)(self._read_records)

    def rows(
        self, stream: str, where: Sequence[Condition], first: date = date.min, last: date = date.max
    ) -> Iterator[Evidence]:
        """The landed rows of a stream between two event days (UTC, both included), the newest day first."""
        days = [file for file in self._files.get(stream, []) if first <= file.event_date <= last]
        for file in sorted(days, key=lambda file: (file.event_date, file.path), reverse=True):
            path = self._site.paths.landing / file.path
            if not path.exists():
                continue
            table = pq.read_table(path, filters=list(where), partitioning=None)
            for row in table.to_pylist():
                yield self._evidence(file, row)

    def events(self, stream: str, event_ids: Iterable[str], first: date, last: date) -> list[Evidence]:
        """The landed rows with one of these event ids."""
        wanted = sorted(set(event_ids))
        return list(self.rows(stream, [("event_id", "in", wanted)], first, last)) if wanted else []

    def newest(self, streams: Iterable[str], equipment: str, first: date, last: date) -> list[Evidence]:
        """The newest landed row of a machine in each of the streams, where there is one."""
        found = []
        for stream in streams:
            found += list(islice(self._newest_first(stream, equipment, first, last), 1))
        return found

    def _newest_first(self, stream: str, equipment: str, first: date, last: date) -> Iterator[Evidence]:
        time = self._site.streams[stream].event_time
        rows: list[Evidence] = []
        for row in self.rows(stream, [("equipment", "==", equipment)], first, last):
            if rows and row.event_date != rows[0].event_date:
                break
            rows.append(row)
        yield from sorted(rows, key=lambda row: (str(row.row[time]), row.event_id), reverse=True)

    def _evidence(self, file: LandedFile, row: dict[str, Any]) -> Evidence:
        known = {name: _plain(value) for name, value in row.items() if name not in TECHNICAL}
        found = Evidence(
            row["event_id"], row["part"], file.stream, file.event_date, known, str(file.path), file.sha256,
            row["source"], row["device"], row["received_at"].isoformat(), row["segment"], row["spool_offset"],
            record=row["record"],
        )  # fmt: skip
        return Evidence(**(vars(found) | self._origin(found)))

    def _origin(self, found: Evidence) -> dict[str, Any]:
        """Topic and payload of the message, or name and record of the file, as they stand in the spool."""
        message = self._segment(found.segment).get(found.offset)
        if message is None:
            return {"note": "the spool segment is no longer kept, or damaged at this place"}
        if message.kind == FILE:
            name = (message.topic or "").partition("/")[2]
            return {"file_name": name, "payload": self._record(found, message.payload.hex())}
        return {"topic": message.topic, "payload": _text(message.payload, "utf-8")}

    def _record(self, found: Evidence, sha256: str) -> str | None:
        records = self._records(sha256, found.source)
        index = found.record
        return records[index] if index is not None and 0 < index < len(records) else None

    def _read_segment(self, segment: str) -> dict[int, SpooledMessage]:
        path = (self._site.paths.spool / segment).with_suffix(".seg")
        if not path.exists():
            return {}
        return {item.offset: item for item in messages(path) if isinstance(item, SpooledMessage)}

    def _read_records(self, sha256: str, source_id: str) -> list[str]:
        path = self._site.paths.spool / "files" / "bytes" / sha256
        source = self._site.sources.get(source_id)
        if source is None or not path.exists():
            return []
        return csv_records(path.read_bytes(), source)


def csv_records(data: bytes, source: Source) -> list[str]:
    """The records of a table as they stand, header first, so that record n (from 1) is at place n."""
    text = _text(data, source.format.encoding).removeprefix("\ufeff")
    dialect = source.format.dialect
    assert dialect is not None, "a file source has a dialect; its model says so"
    lines = io.StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=dialect.delimiter, quotechar=dialect.quote)
    return [dialect.delimiter.join(record) for record in reader if record]


def _text(data: bytes, encoding: str) -> str:
    for attempt in ("utf-8", encoding):
        try:
            return data.decode(attempt)
        except UnicodeDecodeError:
            continue
    return data[:_SHOWN].hex()


def _plain(value: Any) -> Any:
    """A cell as a JSON type."""
    return value.isoformat() if hasattr(value, "isoformat") else value
