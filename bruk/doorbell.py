"""The trigger that rings when the ledger has pending days and the traffic has paused; it carries no data."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from airflow.triggers.base import BaseEventTrigger, TriggerEvent

from ingestion.ledger import read_pending


class LedgerPendingTrigger(BaseEventTrigger):
    """Rings when days are pending and nothing was sealed for `quiet` seconds, or `longest` seconds after the first.

    At most one ring per `debounce` seconds. The run that it starts asks the ledger itself; after a failed run the
    clock beside this trigger rings again, not the trigger.
    """

    def __init__(self, ledger: str, quiet: float, debounce: float, poll: float = 1.0) -> None:
        super().__init__()
        self.ledger, self.quiet, self.debounce, self.poll = ledger, quiet, debounce, poll

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Class path and arguments, as the triggerer stores them."""
        arguments = {"ledger": self.ledger, "quiet": self.quiet, "debounce": self.debounce, "poll": self.poll}
        return "bruk.doorbell.LedgerPendingTrigger", arguments

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Yields an event with the newest touch number each time the bell rings."""
        bell = Bell(self.quiet, self.debounce)
        while True:
            pending, newest = await asyncio.to_thread(read_pending, Path(self.ledger))
            if bell.hear(pending, newest, time.monotonic()):
                yield TriggerEvent({"touched_seq": newest})
            await asyncio.sleep(self.poll)


class Bell:
    """When to ring, as a pure machine of (pending days, newest touch number, seconds)."""

    def __init__(self, quiet: float, debounce: float) -> None:
        self.quiet, self.debounce = quiet, debounce
        self.rung_for = -1
        self.rung_at = float("-inf")
        self.newest = -1
        self.changed_at = self.first_at = 0.0

    def hear(self, pending: int, newest: int, now: float) -> bool:
        """True when a refresh should start now: something new is pending, traffic paused or waited long enough."""
        if not pending or newest == self.rung_for:
            self.newest = newest
            self.first_at = self.changed_at = now
            return False
        if newest != self.newest:
            if self.newest == self.rung_for or self.newest == -1:
                self.first_at = now
            self.newest, self.changed_at = newest, now
        settled = now - self.changed_at >= self.quiet or now - self.first_at >= self.debounce
        if settled and now - self.rung_at >= self.debounce:
            self.rung_for, self.rung_at = newest, now
            return True
        return False
