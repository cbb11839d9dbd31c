"""The bytes that a landed segment should have at a moment: dropped fields blanked, what has been kept long enough
erased; pure.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from ingestion.adapters.governance import DAY_NS, UNCLAIMED_DAYS, Governance
from ingestion.spool.blanking import blank_payload
from ingestion.spool.frames import BLANKED, ERASED, FILE
from ingestion.spool.rewriting import Stored, rewrite


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
    one = _Pass(governance, now_ns, landed_ns)
    found = rewrite(data, one.form)
    if found.unreadable:
        one.ends(one.newest_ns + max(governance.longest_days, UNCLAIMED_DAYS) * DAY_NS)
    return Form(found.data, one.erased, one.due_ns)


class _Pass:
    """Takes every message of a segment once: its new payload, and when the next retention ends."""

    def __init__(self, governance: Governance, now_ns: int, newest_ns: int) -> None:
        self._governance, self._now = governance, now_ns
        self.newest_ns, self.erased = newest_ns, 0
        self.due_ns: int | None = None

    def form(self, stored: Stored) -> tuple[bytes, int]:
        """The payload that a message should have. A dropped file's frame holds only a hash: its bytes lie beside it."""
        drop, days = self._governance.of(stored.topic, stored.kind)
        payload, is_file = stored.payload, stored.kind == FILE
        self.newest_ns = max(self.newest_ns, stored.received_ns)
        blanked = payload if is_file or not drop else blank_payload(payload, drop)
        if days is not None and blanked is None:
            days = min(days, UNCLAIMED_DAYS)
        waits = self.ends(self._now + DAY_NS if days is None else stored.received_ns + days * DAY_NS)
        if waits or is_file or not payload:
            self.erased += stored.erased
            return (payload if blanked is None else blanked), BLANKED
        self.erased += 1
        return b" " * len(payload), ERASED

    def ends(self, moment_ns: int) -> bool:
        """Notes when a retention ends; whether that is still to come."""
        if moment_ns <= self._now:
            return False
        self.due_ns = moment_ns if self.due_ns is None else min(self.due_ns, moment_ns)
        return True
