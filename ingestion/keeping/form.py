"""The bytes that a landed segment should have at a moment: dropped fields blanked, what has been kept long enough
erased; pure.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from ingestion.adapters.governance import DAY_NS, UNCLAIMED_DAYS, Governance
from ingestion.spool.blanking import blank_payload
from ingestion.spool.frames import BLANKED, ERASED, FILE, scan
from ingestion.spool.rewriting import Stored, erased_payloads, rewrite, stored_messages


@dataclass(frozen=True, slots=True)
class Form:
    """A segment as it should be. `erased`: payloads that are gone; `due_ns`: when the next one's retention ends, None
    when every one has ended.
    """

    data: bytes
    erased: int
    due_ns: int | None

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def form_of(data: bytes, governance: Governance, now_ns: int, landed_ns: int) -> Form:
    """The segment at `now_ns`; its offsets are those of `data`, and doing it again changes nothing.

    What cannot be read keeps its bytes until the longest retention of the site has ended, counted from the newest
    message or from `landed_ns`. Where nobody can tell the rules today, it is asked for again tomorrow.
    """
    ends = _ends(data, governance, landed_ns)
    due = [now_ns + DAY_NS if end is None else end for end in ends]
    blanked = rewrite(data, BLANKED, lambda stored: _blanked(stored, governance)).data
    erased = rewrite(blanked, ERASED, lambda stored: _erased(stored, governance, now_ns)).data
    return Form(erased, erased_payloads(erased), min((d for d in due if d > now_ns), default=None))


def _ends(data: bytes, governance: Governance, landed_ns: int) -> list[int | None]:
    """When the retention of each message ends, and of what is unreadable; None: nobody can say today."""
    found = scan(data)
    items = [stored for begin, end in found.spans for stored, _ in stored_messages(data, begin, end)]
    readable = [stored for stored in items if stored is not None]
    ends = [retention_end(stored, governance) for stored in readable]
    if found.reason != "clean" or len(readable) < len(items):
        newest = max([landed_ns, *(stored.received_ns for stored in readable)])
        ends.append(newest + max(governance.longest_days, UNCLAIMED_DAYS) * DAY_NS)
    return ends


def retention_end(stored: Stored, governance: Governance) -> int | None:
    """When the bytes of a message or dropped file have been kept long enough (ns since 1970 UTC)."""
    drop, days = governance.of(stored.topic, stored.kind)
    if days is None:
        return None
    if drop and stored.kind != FILE and blank_payload(stored.payload, drop) is None:
        days = min(days, UNCLAIMED_DAYS)
    return stored.received_ns + days * DAY_NS


def _blanked(stored: Stored, governance: Governance) -> bytes:
    drop = governance.of(stored.topic, stored.kind).drop
    blanked = blank_payload(stored.payload, drop) if drop and stored.kind != FILE else None
    return stored.payload if blanked is None else blanked


def _erased(stored: Stored, governance: Governance, now_ns: int) -> bytes:
    """Spaces where the retention has ended. A dropped file's frame holds only a hash: its bytes lie beside it."""
    end = retention_end(stored, governance)
    ended = end is not None and end <= now_ns and stored.kind != FILE
    return b" " * len(stored.payload) if ended else stored.payload
