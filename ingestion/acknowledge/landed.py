"""Which numbers of each outbox are landed: what the spool no longer holds is as safe there."""

from __future__ import annotations

import sqlite3

import structlog

from contracts.errors import BrukError
from ingestion.acknowledge.highs import MAX_RANGES, Numbers
from ingestion.ledger.ledger import Ledger

log = structlog.get_logger()


class LandedNumbers:
    """The numbers in the ledger at the time that this was made. Empty where it cannot be read: devices send again."""

    def __init__(self, ledger: Ledger) -> None:
        self._highest: dict[tuple[str, int], int] = {}
        self._gaps: dict[tuple[str, int], list[tuple[int, int]]] = {}
        if not ledger.path.exists():
            return
        try:
            for gap in ledger.gaps():
                self._gaps.setdefault((gap.device, gap.boot), []).append((gap.first, gap.last))
            self._highest = {(one.device, one.boot): one.highest for one in ledger.sequences()}
        except (BrukError, OSError, sqlite3.Error) as error:
            log.warning("landed_numbers_not_read", problem=str(error))

    def of(self, device: str, boot: int) -> Numbers:
        """What is landed of one outbox, as far as it may be remembered."""
        highest = self._highest.get((device, boot), -1)
        gaps = self._gaps.get((device, boot), [])
        if not gaps:
            return Numbers(highest)
        begins = [last + 1 for _, last in gaps]
        ends = [*(first for first, _ in gaps[1:]), highest + 1]
        return Numbers(gaps[0][0] - 1, list(zip(begins, ends, strict=True))[:MAX_RANGES])
