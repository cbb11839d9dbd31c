"""The quarantine for people: list, show with the original bytes, replay, discard; the bytes never change."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import Any

from contracts.clock import Clock, system_clock
from contracts.errors import UsageError
from contracts.site import Site
from ingestion.drop_list import WITHHELD, showable
from ingestion.landing.replay import Replayed, replay_entries
from ingestion.landing.sealer import landing_lock
from ingestion.ledger import Ledger, QuarantineEntry
from ingestion.spool.frames import FILE
from ingestion.spool.reader import SpooledMessage, messages
from ingestion.spool.segments import has_segment, segment_path

_SHOWN_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry with what was received, at most 4,096 bytes of it; of a table the header and the refused line. Of a
    personal number nothing is shown.

    As text where it is UTF-8 or the encoding that the source states, else as hex. `size` is that of the whole.
    """

    entry: QuarantineEntry
    text: str | None
    hex: str | None
    size: int

    def to_dict(self) -> dict[str, Any]:
        """The entry, its reason and cure in both languages, and its bytes."""
        return self.entry.to_dict() | {"size": self.size, "text": self.text, "hex": self.hex}


def list_entries(
    site: Site, *, code: str | None = None, source: str | None = None, device: str | None = None,
    state: str | None = None, limit: int | None = None,
) -> list[QuarantineEntry]:  # fmt: skip
    """Entries of the quarantine, the newest first; `state` open, replayed or discarded."""
    filters = _given(code=code, source=source, device=device, state=state)
    return Ledger(site.paths.ledger).quarantined(limit, newest_first=True, **filters)


def show(site: Site, entry: int) -> Shown:
    """One entry with its bytes. Raises UsageError when there is none with that id."""
    found = _one(site, entry)
    data = _bytes(site, found)
    if found.code == "E_PERSONAL":
        return Shown(found, WITHHELD.decode(), None, len(data))
    source = site.sources.get(found.source)
    part = _concerned(showable(data, source, site.streams) if source else data, found)
    text = _text(part, source.format.encoding if source else "utf-8")
    return Shown(found, text, part.hex(" ") if text is None else None, len(data))


def replay(
    site: Site, clock: Clock = system_clock, *, code: str | None = None, source: str | None = None,
    device: str | None = None,
) -> Replayed:  # fmt: skip
    """Decodes open entries again with today's sources and registry; what is accepted now is accepted exactly once."""
    return replay_entries(site, clock, _given(code=code, source=source, device=device))


def discard(site: Site, entry: int, reason: str, clock: Clock = system_clock) -> None:
    """Closes an entry for good; it stays counted as quarantined. Raises UsageError when it is not open."""
    with landing_lock(site):
        if not Ledger(site.paths.ledger).discard(_one(site, entry).id, reason, clock()):
            raise UsageError(f"the quarantine entry {entry} is not open")


def _one(site: Site, entry: int) -> QuarantineEntry:
    found = Ledger(site.paths.ledger).quarantined(id=entry)
    if not found:
        raise UsageError(f"there is no quarantine entry {entry}")
    return found[0]


def _bytes(site: Site, entry: QuarantineEntry) -> bytes:
    """The payload or the file as received; empty when it is erased, or its place in the spool cannot be read."""
    path = segment_path(site.paths.spool, entry.segment)
    for item in messages(path) if has_segment(path) else ():
        if isinstance(item, SpooledMessage) and item.offset == entry.offset:
            if item.kind != FILE:
                return b"" if item.erased else item.payload
            file = path.parent / "bytes" / item.payload.hex()
            return file.read_bytes() if file.exists() else b""
    return b""


def _concerned(data: bytes, entry: QuarantineEntry) -> bytes:
    lines, line = data.splitlines(keepends=True), entry.facts.get("line", "")
    if entry.record is not None and line.isdecimal() and 1 < int(line) <= len(lines):
        data = lines[0] + lines[int(line) - 1]
    return data[:_SHOWN_BYTES]


def _text(data: bytes, encoding: str) -> str | None:
    for name in ("utf-8", encoding):
        try:
            return codecs.getincrementaldecoder(name)().decode(data)  # a character that is cut at the end is left out
        except UnicodeDecodeError:
            continue
    return None


def _given(**filters: str | None) -> dict[str, Any]:
    return {name: value for name, value in filters.items() if value is not None}
