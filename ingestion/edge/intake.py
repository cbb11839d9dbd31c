"""Takes what a machine gives into the outbox: waits while that is full, and steps over what no broker would take."""

from __future__ import annotations

import threading
from collections.abc import Iterable

import structlog

from contracts.errors import TransientError
from ingestion.edge.outbox import Outbox, OutboxFull, problem_of

log = structlog.get_logger()

WAIT_S = 1.0


class Stopped(TransientError):
    """Told to end while the outbox was full: what was not stored is still with whoever gave it."""


class Intake:
    """The door of an outbox, for any number of threads. `taken` and `refused` count since it was made."""

    def __init__(self, outbox: Outbox, stop: threading.Event) -> None:
        self._outbox, self._stop = outbox, stop
        self.taken = self.refused = 0
        self.problem = ""

    def take(self, items: Iterable[tuple[str, bytes]], mark: tuple[str, str] | None = None) -> None:
        """Returns when the messages, and the mark with them, are on disk. Raises Stopped, OutboxDamaged."""
        good = [item for item in items if self._is_good(*item)]
        while good or mark:
            try:
                self._outbox.put_many(good, mark)
                break
            except OutboxFull as error:
                self._say(str(error))
            if self._stop.wait(WAIT_S):
                raise Stopped("told to end while the outbox was full")
        self._say("")
        self.taken += len(good)

    def _is_good(self, topic: str, payload: bytes) -> bool:
        problem = problem_of(topic, payload)
        if problem:
            self.refused += 1
            log.error("message_refused", problem=problem, refused=self.refused)
        return problem is None

    def _say(self, problem: str) -> None:
        if problem and not self.problem:
            log.error("outbox_full", problem=problem, hint="nothing is lost: what gives us messages has to wait")
        self.problem = problem
