"""Shows what a sample would become by one source, its rows, ignored and rejections; writes nothing."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from contracts.clock import Clock, system_clock
from contracts.errors import UsageError
from contracts.site import Site
from ingestion.adapters.outcome import Ignored, Recorded, Repeated, Row
from ingestion.files.intake import Intake
from ingestion.landing.decoder import Decoder
from ingestion.landing.judge import open_safely
from ingestion.landing.tables import Drop, decode_record
from ingestion.mqtt.recordings import read_recording
from ingestion.rejection import Reason, Rejection
from ingestion.spool.frames import FILE, MESSAGE, SHEET
from ingestion.spool.reader import SpooledMessage


@dataclass(frozen=True, slots=True)
class TriedRejection:
    """One refused message or record; `where` is the line of the sample, and its topic."""

    code: str
    where: str
    facts: dict[str, str]

    def words(self) -> Reason:
        """Reason and cure in Swedish and English."""
        return Rejection(self.code, self.facts).words()


@dataclass(slots=True)
class TryResult:
    """What a sample gives. `ignored`: messages by topic, or records by file name, with why where a reader knows it."""

    rows: list[Row] = field(default_factory=list)
    ignored: Counter[str] = field(default_factory=Counter)
    repeated: int = 0
    rejections: list[TriedRejection] = field(default_factory=list)

    def take(self, what: str, where: str, decoded: Recorded) -> None:
        """Adds one outcome."""
        if isinstance(decoded, Rejection):
            self.rejections.append(TriedRejection(decoded.code, where, decoded.facts))
        elif isinstance(decoded, Ignored):
            self.ignored[what] += 1
        elif isinstance(decoded, Repeated):
            self.repeated += 1
        else:
            self.rows += decoded

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        rejections = [asdict(item) | item.words()._asdict() for item in self.rejections]
        rows = [json.loads(json.dumps(asdict(row), default=str)) for row in self.rows]
        return {"rows": rows, "ignored": dict(self.ignored), "repeated": self.repeated, "rejections": rejections}


def try_sample(site: Site, source_id: str, sample: Path, clock: Clock = system_clock) -> TryResult:
    """Decodes a recording (.jsonl) or a file of the source, whatever its status. Raises UsageError."""
    source = site.sources.get(source_id)
    if source is None:
        raise UsageError(f"there is no source '{source_id}'; there are: {', '.join(sorted(site.sources))}")
    decoder = Decoder(site, only=source)
    if source.transport.kind == "file":
        return _try_table(site, decoder, source_id, sample, clock())
    return _try_recording(decoder, sample, clock())


def _try_recording(decoder: Decoder, sample: Path, now_ns: int) -> TryResult:
    """A line without a receive time is judged as if it came now."""
    result = TryResult()
    for number, line in enumerate(read_recording(sample), 1):
        received = int(line.received * 1e9) or now_ns
        message = _message(MESSAGE, line.topic.encode(), line.payload, received, line.retain, line.properties)
        result.take(line.topic, f"{number}: {line.topic}", open_safely(decoder, message).decoded)
    return result


def _try_table(site: Site, decoder: Decoder, source_id: str, sample: Path, now_ns: int) -> TryResult:
    try:
        data = sample.read_bytes()
    except OSError as error:
        raise UsageError(f"{sample}: {error.strerror}") from error
    result, pieces = TryResult(), Intake(site, source_id).pieces(sample.name, data)  # as the door would take it
    if isinstance(pieces, Rejection):
        result.take(sample.name, sample.name, pieces)
        return result
    for piece in pieces:
        sheet = ((SHEET, piece.sheet),) if piece.sheet else ()
        digest = hashlib.sha256(piece.cleared.data).digest()
        message = _message(FILE, f"{source_id}/{sample.name}".encode(), digest, now_ns, properties=sheet)
        _try_piece(decoder, Drop.of(message), piece.cleared.data, result)
    return result


def _try_piece(decoder: Decoder, drop: Drop, data: bytes, result: TryResult) -> None:
    adapter = decoder.table(drop.source)
    assert adapter is not None, "a file source has a table adapter"
    table = adapter.read(data)
    if isinstance(table, Rejection):
        result.take(drop.name, drop.name, table)
        return
    for record in table.records:
        decoded = decode_record(adapter, decoder.places, drop, record)
        if isinstance(decoded, Rejection) and drop.sheet:
            decoded = decoded.in_sheet(drop.sheet)
        why = decoded.code if isinstance(decoded, Ignored) else ""
        result.take(f"{drop.name}: {why}" if why else drop.name, f"{record.row or record.line}", decoded)


def _message(
    kind: int, topic: bytes, payload: bytes, received_ns: int, retain: bool = False,
    properties: tuple[tuple[str, str], ...] = (),
) -> SpooledMessage:  # fmt: skip
    """The sample as if it had come through the spool."""
    return SpooledMessage(
        "try", "try/0", 0, kind, topic, payload, 0, False, retain, 0, 0, 0, received_ns, properties, 5
    )
