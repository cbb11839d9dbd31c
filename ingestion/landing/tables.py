"""Gives every record of a dropped file its one outcome, and the file its outcome row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import structlog

from contracts.clock import utc
from ingestion.adapters.file_adapter import FileAdapter
from ingestion.adapters.outcome import Ignored, Recorded, Repeated, Row
from ingestion.adapters.records import Record, Records
from ingestion.files.erasing import is_kept_whole
from ingestion.landing.collector import Arrived, Collector
from ingestion.landing.decoder import Decoder
from ingestion.landing.places import Places
from ingestion.ledger import DropRecord, Landing, Refused
from ingestion.ledger.memory import Memory
from ingestion.rejection import Rejection, shown
from ingestion.spool.frames import SHEET, SUPERSEDES
from ingestion.spool.reader import SpooledMessage

log = structlog.get_logger()
ResultT = TypeVar("ResultT")


@dataclass(frozen=True, slots=True)
class Drop:
    """One dropped file as the spool has it. Its sender is the drop account, which is named like the source."""

    message: SpooledMessage
    source: str
    name: str
    sha256: str
    #: The sheet of a file of sheets, as the program for tables calls it; None of other files.
    sheet: str | None = None

    @classmethod
    def of(cls, message: SpooledMessage) -> Drop:
        source, _, name = message.topic_bytes.decode(errors="replace").partition("/")
        sheet = dict(message.user_properties).get(SHEET)
        return cls(message, source, name, message.payload.hex(), sheet)


class TableJudge:
    """The outcomes of the dropped files of one segment."""

    def __init__(self, spool: Path, decoder: Decoder, memory: Memory, landing: Landing, collector: Collector) -> None:
        self._spool, self._decoder, self._memory = spool, decoder, memory
        self._landing, self._collector = landing, collector

    def take(self, message: SpooledMessage) -> None:
        """Judges one dropped file."""
        drop = Drop.of(message)
        tally: Counter[str] = Counter()
        rows: Counter[tuple[str, str]] = Counter()
        known = self._memory.same_bytes(drop.sha256, drop.source)
        if known is not None:
            self._count(drop, tally, "duplicate", "", known)
        else:
            self._judge(drop, tally, rows)
        self._landing.drops.append(
            DropRecord(
                message.offset, drop.sha256, drop.name, drop.source, sum(tally.values()), tally["accepted"],
                tally["ignored"], tally["quarantined"], tally["duplicate"], message.received_ns, rows,
                dict(message.user_properties).get(SUPERSEDES),
            )
        )  # fmt: skip

    def _judge(self, drop: Drop, tally: Counter[str], rows: Counter[tuple[str, str]]) -> None:
        adapter = self._decoder.table(drop.source)
        table = read_drop(self._spool, drop, adapter)
        if isinstance(table, Rejection) or adapter is None:
            assert isinstance(table, Rejection)
            self._refuse(drop, tally, None, table)
            return
        for record in table.records:
            decoded = decode_record(adapter, self._decoder.places, drop, record)
            if isinstance(decoded, Rejection):
                self._refuse(drop, tally, record.number, decoded)
            elif isinstance(decoded, Ignored):
                self._count(drop, tally, "ignored", decoded.code, 1)
            elif isinstance(decoded, Repeated):
                self._count(drop, tally, "duplicate", "", 1)
            else:
                self._count(drop, tally, "accepted", "", 1)
                rows.update(landed_days(decoded))
                self._collector.add(record_arrived(drop, record.number), decoded)

    def _refuse(self, drop: Drop, tally: Counter[str], record: int | None, rejection: Rejection) -> None:
        self._count(drop, tally, "quarantined", rejection.code, 1)
        self._landing.refused.append(record_refusal(drop, record, rejection))

    def _count(self, drop: Drop, tally: Counter[str], outcome: str, code: str, n: int) -> None:
        tally[outcome] += n
        self._landing.received += n
        self._landing.accounts[drop.source, drop.source, outcome, code] += n


def read_drop(spool: Path, drop: Drop, adapter: FileAdapter | None) -> Records | Rejection:
    """The records of a dropped file, from its bytes beside the spool; a rejection refuses the whole file."""
    if adapter is None:
        return Rejection("E_TOPIC", {"topic": shown(f"{drop.source}/{drop.name}")})
    try:
        data = (spool / drop.message.spool / "bytes" / drop.sha256).read_bytes()
    except FileNotFoundError:
        gone = {"problem": "the bytes of the file are gone", "problem_sv": "filens byte är borta"}
        return Rejection("E_DAMAGED", gone)
    if not is_kept_whole(spool / drop.message.spool, drop.sha256, data):
        return Rejection("E_CHECKSUM")
    return _safely(drop, lambda: adapter.read(data))


def decode_record(adapter: FileAdapter, places: Places, drop: Drop, record: Record) -> Recorded:
    """What one record becomes. Its machine must be valid on the day of arrival or on that of the event."""
    return _safely(drop, lambda: _decode_record(adapter, places, drop, record))


def _decode_record(adapter: FileAdapter, places: Places, drop: Drop, record: Record) -> Recorded:
    received = utc(drop.message.received_ns)
    machine = adapter.machine(record)
    if isinstance(machine, Rejection):
        return machine.at_line(record.line)
    rows = adapter.rows(record, received, machine)
    if machine is None or isinstance(rows, Ignored | Repeated):
        return rows
    days = [rows[0].event_date] if isinstance(rows, list) else []
    found = places.named(machine, places.day(received), *days)
    if isinstance(rows, Rejection):  # its machine's operator must see it
        return rows if isinstance(found, Rejection) else rows.of_machine(machine)
    return found.at_line(record.line) if isinstance(found, Rejection) else rows


def landed_days(rows: list[Row]) -> Iterator[tuple[str, str]]:
    """Stream and event day of each row."""
    return ((row.stream, row.event_date.isoformat()) for row in rows)


def record_arrived(drop: Drop, record: int) -> Arrived:
    """The technical columns of an accepted record."""
    message = drop.message
    return Arrived(
        f"{drop.sha256}:{record}", drop.source, drop.source, utc(message.received_ns), message.segment, message.offset,
        record,
    )  # fmt: skip


def record_refusal(drop: Drop, record: int | None, rejection: Rejection) -> Refused:
    """The quarantine entry of one record, or of the whole file."""
    rejection = rejection.in_sheet(drop.sheet) if drop.sheet else rejection
    topic = f"{drop.source}/{drop.name}"
    return Refused(
        drop.message.offset, record, rejection.code, rejection.facts, topic, drop.source, drop.source,
        drop.message.received_ns, drop.sha256,
    )  # fmt: skip


def _safely(drop: Drop, step: Callable[[], ResultT]) -> ResultT | Rejection:
    """A mistake of ours becomes E_INTERNAL, so that no file and no record can stop the next."""
    try:
        return step()
    except Exception as error:
        log.exception("decode_failed", segment=drop.message.segment, file=drop.sha256)
        return Rejection("E_INTERNAL", {"problem": type(error).__name__})
