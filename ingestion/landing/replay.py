"""Judges quarantined messages and records again with the sources and registry of today; accepted exactly once."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any

from contracts.clock import Clock
from contracts.site import Site
from ingestion.adapters.outcome import Decoded, Ignored, Recorded, Repeated
from ingestion.adapters.records import Record, Records
from ingestion.landing.collector import Arrived, Collector
from ingestion.landing.decoder import Decoder, Opened
from ingestion.landing.judge import arrived, conflict, content_hash, open_safely, place, refusal
from ingestion.landing.parquet import write_files
from ingestion.landing.sealer import landing_lock
from ingestion.landing.tables import Drop, decode_record, landed_days, read_drop, record_arrived, record_refusal
from ingestion.ledger import Landing, Ledger, QuarantineEntry, Refused, Replay
from ingestion.ledger.database import reading
from ingestion.ledger.memory import Memory
from ingestion.ledger.records import Account
from ingestion.rejection import Rejection
from ingestion.spool.frames import FILE
from ingestion.spool.reader import SpooledMessage, messages
from ingestion.spool.segments import has_segment, segment_path


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of the entries: a file refused whole may become many records."""

    accepted: int
    ignored: int
    duplicate: int
    still_quarantined: int

    def to_dict(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in self.__slots__}


def replay_entries(site: Site, clock: Clock, filters: dict[str, Any]) -> Replayed:
    """Replays the open entries that fit the filters. Doing it twice is the same as once."""
    ledger = Ledger(site.paths.ledger)
    with landing_lock(site):
        entries = ledger.quarantined(state="open", **filters)
        replay = Replay(ledger.next_replay())
        collector = Collector(site.streams)
        with reading(ledger.path) as connection:
            judge = _ReplayJudge(site, connection, replay, collector)
            for segment, group in groupby(sorted(entries, key=lambda e: (e.segment, e.offset)), lambda e: e.segment):
                judge.segment(segment, group)
        name = f"replay-{replay.number}"
        replay.files = write_files(site.paths.landing, name, site.streams, collector.partitions())
        ledger.commit_replay(replay, clock())
    tally = judge.tally
    return Replayed(tally["accepted"], tally["ignored"], tally["duplicate"], tally["quarantined"])


class _ReplayJudge:
    def __init__(self, site: Site, connection: sqlite3.Connection, replay: Replay, collector: Collector) -> None:
        self._site, self._memory, self._replay, self._collector = site, Memory(connection), replay, collector
        self._decoder = Decoder(site)
        self._tables = lru_cache(maxsize=1)(self._read_table)
        self.tally: Counter[str] = Counter()

    def segment(self, segment: str, entries: Iterable[QuarantineEntry]) -> None:
        """The entries of one segment, in order."""
        numbers = self._replay.numbers.setdefault(segment, {})
        self._memory.begin(Landing(segment, "", numbers=numbers, restarted=self._replay.restarted))
        path = segment_path(self._site.paths.spool, segment)
        stored = messages(path) if has_segment(path) else ()
        kept = (self._decoder.governance.as_kept(item) for item in stored if isinstance(item, SpooledMessage))
        found = {item.offset: item for item in kept}
        for entry in entries:
            message = found.get(entry.offset)
            if message is None or message.erased:  # a damaged place stays damaged, and what is erased is gone
                self.tally["quarantined"] += 1
            elif message.kind == FILE:
                self._file(entry, Drop.of(message))
            else:
                self._message(entry, message)

    def _message(self, entry: QuarantineEntry, message: SpooledMessage) -> None:
        opened = open_safely(self._decoder, message)
        decoded: Decoded | None = opened.decoded
        if opened.number is not None:
            content = content_hash(message)
            outbox, number = (opened.device, opened.number.boot), opened.number.seq
            first = self._memory.first(outbox, number, (content, message.offset, message.received_ns))
            if first is not None and first.place != place(message):
                decoded = None if first.content == content else conflict(self._memory, outbox, number, first)
        if isinstance(decoded, Rejection):
            self._still(entry, refusal(message, opened, decoded))
        else:
            self._settle(entry, opened, decoded, arrived(message, opened, None))

    def _settle(self, entry: QuarantineEntry, opened: Opened, decoded: Decoded | None, told: Arrived) -> None:
        """An entry that is refused no longer; `decoded` None is a duplicate."""
        outcome = _outcome(decoded)
        self._take_off(entry)
        self._add(entry, opened.source, opened.device, outcome)
        self._replay.closed[entry.id] = outcome
        if isinstance(decoded, list):
            self._collector.add(told, decoded)

    def _still(self, entry: QuarantineEntry, refused: Refused) -> None:
        """Refused again, perhaps for another reason."""
        self._take_off(entry)
        self._add(entry, refused.source, refused.device, "quarantined", refused.code)
        self._replay.recoded[entry.id] = refused

    def _file(self, entry: QuarantineEntry, drop: Drop) -> None:
        table = self._tables(drop)
        if isinstance(table, Rejection):
            self._still(entry, record_refusal(drop, entry.record, table))
            return
        chosen = [record for record in table.records if entry.record in (None, record.number)]
        change = self._replay.drops.setdefault((entry.segment, entry.offset), Counter())
        change.update({"records": len(chosen) - 1, "quarantined": -1})
        self._take_off(entry)
        self._replay.received[entry.segment] += len(chosen) - 1
        if entry.record is None:
            self._replay.closed[entry.id] = f"{len(chosen)} records"
        for record in chosen:
            change[self._record(entry, drop, record)] += 1

    def _record(self, entry: QuarantineEntry, drop: Drop, record: Record) -> str:
        """The outcome of one record: of the entry's own, or of one of a file that was refused whole."""
        adapter = self._decoder.table(drop.source)
        assert adapter is not None, "a table was read by its adapter"
        decoded = decode_record(adapter, self._decoder.places, drop, record)
        if isinstance(decoded, Rejection):
            refused = record_refusal(drop, record.number, decoded)
            self._add(entry, drop.source, drop.source, "quarantined", decoded.code)
            if entry.record is None:
                self._replay.refused.append((entry.segment, refused))
            else:
                self._replay.recoded[entry.id] = refused
            return "quarantined"
        outcome = _outcome(decoded)
        self._add(entry, drop.source, drop.source, outcome, decoded.code if isinstance(decoded, Ignored) else "")
        if entry.record is not None:
            self._replay.closed[entry.id] = outcome
        if isinstance(decoded, list):
            self._replay.drop_rows.setdefault((entry.segment, entry.offset), Counter()).update(landed_days(decoded))
            self._collector.add(record_arrived(drop, record.number), decoded)
        return outcome

    def _read_table(self, drop: Drop) -> Records | Rejection:
        return read_drop(self._site.paths.spool, drop, self._decoder.table(drop.source))

    def _take_off(self, entry: QuarantineEntry) -> None:
        self._accounts(entry)[entry.source, entry.device, "quarantined", entry.code] -= 1

    def _add(self, entry: QuarantineEntry, source: str, device: str, outcome: str, code: str = "") -> None:
        self._accounts(entry)[source, device, outcome, code] += 1
        self.tally[outcome] += 1

    def _accounts(self, entry: QuarantineEntry) -> Counter[Account]:
        return self._replay.accounts.setdefault(entry.segment, Counter())


def _outcome(decoded: Recorded | None) -> str:
    """The word of what is refused no longer; None is a message that came before."""
    if decoded is None or isinstance(decoded, Repeated):
        return "duplicate"
    return "ignored" if isinstance(decoded, Ignored) else "accepted"
