"""Runs an outbox beside a machine: its inputs and its sender, each in a thread that is begun again when it fails."""

from __future__ import annotations

import fcntl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import structlog

from contracts.errors import TerminalError, UsageError
from ingestion.edge.intake import Intake
from ingestion.edge.outbox import Outbox, OutboxFull
from ingestion.edge.sender import Sender
from ingestion.mqtt.address import Broker

log = structlog.get_logger()

Task = Callable[[threading.Event], Any]
AGAIN_S = 1.0


class Program:
    """One outbox with what fills and what empties it. Raises OutboxFull, UsageError as an Outbox does."""

    def __init__(self, file: Path, broker: Broker, device: str, limit_bytes: int) -> None:
        self.stop = threading.Event()
        self.outbox = Outbox(file, limit_bytes)
        if self.outbox.set_aside:
            log.error("outbox_damaged", set_aside=str(self.outbox.set_aside), boot=self.outbox.boot,
                      hint="what waited in it was not acknowledged; keep the file and ask for help")  # fmt: skip
        self.intake = Intake(self.outbox, self.stop)
        self.sender = Sender(self.outbox, broker, device)
        self.failure: TerminalError | None = None
        self._threads: list[threading.Thread] = []

    def start(self, *inputs: Task) -> None:
        """Starts the sender and the inputs."""
        for task in (self.sender.run, *inputs):
            thread = threading.Thread(target=self._keep_running, args=(task,), daemon=True)
            thread.start()
            self._threads.append(thread)

    def end(self) -> None:
        """Stops and waits; what was stored stays stored. Raises the error that ended it, if one did."""
        self.stop.set()
        for thread in self._threads:
            thread.join(10)
        self.outbox.close()
        if self.failure:
            raise self.failure

    def status(self) -> dict[str, Any]:
        """What is stored, sent and acknowledged, and what stands in the way; `problems` is empty when nothing does."""
        try:
            state = self.outbox.state()
        except OutboxFull as error:
            return {"problems": [str(error)]}
        progress = self.sender.progress
        problems = [text for text in (progress.problem, self.intake.problem) if text]
        if self.outbox.set_aside:
            problems.append(f"a damaged outbox was set aside: {self.outbox.set_aside.name}")
        if progress.copy_of is not None:
            problems.append(f"it was an old copy of boot {progress.copy_of} and goes on as {state.boot}")
        return {
            "boot": state.boot, "stored": state.highest + 1, "acknowledged": state.acknowledged + 1,
            "waiting": state.waiting, "bytes": state.bytes, "connected": progress.connected,
            "published": progress.published, "taken": self.intake.taken, "refused": self.intake.refused,
            "problems": problems,
        }  # fmt: skip

    def _keep_running(self, task: Task) -> None:
        """A task that returns is done. Only what nobody can mend by waiting ends the program."""
        while not self.stop.is_set():
            try:
                task(self.stop)
                return
            except TerminalError as error:
                self.failure = error
                self.stop.set()
            except Exception as error:
                # Beside a machine nobody looks: whatever it ran into, it must come back.
                if not self.stop.is_set():
                    log.exception("task_failed", problem=str(error))
            self.stop.wait(AGAIN_S)


@contextmanager
def only_one(file: Path) -> Iterator[None]:
    """Keeps a second program from an outbox: two senders of one name would throw each other out. Raises UsageError."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.with_name(file.name + ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise UsageError(f"another program works with {file}") from error
        yield
