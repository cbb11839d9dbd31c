"""Counts again, from the spool and the landed files alone, what came in and what became of it; asks no account."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from contracts.site import Site
from ingestion.landing.decoder import Decoder
from ingestion.landing.judge import open_safely
from ingestion.landing.tables import Drop, read_drop
from ingestion.ledger import DropFile, LandedFile, QuarantineEntry
from ingestion.ledger.lives import Gone
from ingestion.rejection import Rejection
from ingestion.spool.frames import FILE
from ingestion.spool.reader import SpooledMessage, messages, segment_id

_PLACE = ["segment", "spool_offset", "record", "source", "device"]


class Place(NamedTuple):
    """Where a message or a record stands in the spool; `record` is None for a message and for a whole file."""

    segment: str
    offset: int
    record: int | None


class Sender(NamedTuple):
    """Source and device, '' where unknown."""

    source: str
    device: str


@dataclass
class Recount:
    """Numbers that owe nothing to the ledger's accounts. `problems` are sentences for people, in English."""

    received: Counter[str] = field(default_factory=Counter)
    accepted: Counter[Sender] = field(default_factory=Counter)
    without_message: int = 0
    two_outcomes: int = 0
    files_not_recounted: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def recount(
    site: Site,
    segments: Iterable[Path],
    landed: Iterable[LandedFile],
    quarantine: Iterable[QuarantineEntry],
    drops: Iterable[DropFile],
    gone: Gone,
) -> Recount:
    """Reads every message of the landed `segments` and every landed row, and says how many of each there are.

    What is `gone` because its retention has ended cannot be counted again: the ledger's number stands.

    The sender of an accepted or quarantined message is the one that its row or entry names; that of an ignored or
    repeated one is decided by the sources of today.
    """
    accepted = landed_places(site.paths.landing, landed)
    refused = {
        Place(entry.segment, entry.offset, entry.record): Sender(entry.source, entry.device)
        for entry in quarantine
        if entry.state != "replayed"
    }
    found = Recount(accepted=Counter(accepted.values()))
    found.two_outcomes = len(accepted.keys() & refused.keys())
    counter = _Counter(site, accepted, refused, list(drops), found, gone.files)
    for segment in segments:
        counter.segment(segment)
    found.received.update(gone.received)
    counter.seen |= {place for place in accepted.keys() | refused.keys() if place.segment in gone.segments}
    found.without_message = len((accepted.keys() | refused.keys()) - counter.seen)
    return found


def landed_places(landing: Path, files: Iterable[LandedFile]) -> dict[Place, Sender]:
    """The places in the spool that landed rows come from: one message may have given many rows in several streams.

    A file that is gone or cannot be read gives none; that it is not whole is said where files are checked.
    """
    tables = [table for file in files if (table := _places(landing / file.path)) is not None]
    if not tables:
        return {}
    table = pa.concat_tables(tables).group_by(_PLACE).aggregate([])
    columns = [pc.fill_null(table[name], "") if name == "device" else table[name] for name in _PLACE]
    rows = zip(*(column.to_pylist() for column in columns), strict=True)
    return {Place(segment, offset, record): Sender(source, device) for segment, offset, record, source, device in rows}


def _places(file: Path) -> pa.Table | None:
    try:
        return pq.read_table(file, columns=_PLACE, partitioning=None).group_by(_PLACE).aggregate([])
    except (OSError, pa.ArrowInvalid):
        return None


class _Counter:
    """Walks through the spool once."""

    def __init__(
        self,
        site: Site,
        accepted: dict[Place, Sender],
        refused: dict[Place, Sender],
        drops: list[DropFile],
        found: Recount,
        erased: frozenset[str],
    ) -> None:
        self._erased = erased
        self._site, self._decoder, self._found = site, Decoder(site), found
        self._accepted, self._refused = accepted, refused
        self._drops: defaultdict[tuple[str, str, str], deque[DropFile]] = defaultdict(deque)
        for booked in drops:
            self._drops[booked.sha256, booked.source, booked.name].append(booked)
        self._files_before: set[str] = set()
        self.seen: set[Place] = set()

    def segment(self, path: Path) -> None:
        name = segment_id(path)
        for item in messages(path):
            place = Place(name, item.offset, None)
            self.seen.add(place)
            if not isinstance(item, SpooledMessage):
                self._found.received[""] += 1
            elif item.kind == FILE:
                self._file(place, Drop.of(item))
            else:
                self._found.received[self._source(place, item)] += 1

    def _source(self, place: Place, message: SpooledMessage) -> str:
        known = self._accepted.get(place) or self._refused.get(place)
        return known.source if known else open_safely(self._decoder, message).source

    def _file(self, place: Place, drop: Drop) -> None:
        """A file that was refused whole counts as one, a repeated one as the first did, every other by its records."""
        waiting = self._drops[drop.sha256, drop.source, drop.name]
        if not waiting:
            self._found.problems.append(f"the ledger has no outcome for the dropped file {drop.name}")
            return
        booked = waiting.popleft()
        repeated = booked.outcome == "duplicate" and drop.sha256 in self._files_before
        self._files_before.add(drop.sha256)
        if repeated:
            self._found.received[drop.source] += booked.records
            return
        erased = drop.sha256 in self._erased
        records = [1] if place in self._refused else None if erased else self._records(drop)
        if records is None:
            self._found.files_not_recounted += [] if erased else [drop.name]
            self._found.received[drop.source] += booked.records
            self.seen |= {p for p in self._accepted.keys() | self._refused.keys() if p[:2] == place[:2]}
            return
        self.seen |= {Place(place.segment, place.offset, record) for record in records}
        self._found.received[drop.source] += len(records)

    def _records(self, drop: Drop) -> list[int] | None:
        """Numbers of the records in the file's bytes; None when they are gone, or the source reads them no longer."""
        table = read_drop(self._site.paths.spool, drop, self._decoder.table(drop.source))
        if isinstance(table, Rejection):
            if table.code in ("E_DAMAGED", "E_CHECKSUM"):
                self._found.problems.append(f"the bytes of the dropped file {drop.name} are gone or changed")
            return None
        return [record.number for record in table.records]
