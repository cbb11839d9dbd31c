"""Lines of a pipe as messages: stored as they come, many at once when they come fast."""

from __future__ import annotations

import queue
import threading
from contextlib import suppress
from typing import BinaryIO

from ingestion.edge.intake import Intake
from ingestion.edge.outbox import MAX_PAYLOAD

BATCH = 1_000
_LONG = MAX_PAYLOAD + 3  # more than any message may have, with its line end


def read_line(stream: BinaryIO) -> bytes | None:
    """The next line without its end, None at the end of all; of a line without an end only what shows it too long."""
    line = stream.readline(_LONG)
    rest = line
    while len(rest) == _LONG and not rest.endswith(b"\n"):
        rest = stream.readline(_LONG)
    return line.rstrip(b"\r\n") if line else None


def take_lines(pipe: BinaryIO, topic: str, intake: Intake, stop: threading.Event) -> bool:
    """Reads until the end of the pipe or `stop`; True when the pipe ended and all of it is stored.

    Empty lines are none. A line is safe once it is stored; what a killed process had in the pipe nobody has any more.
    """
    arrived: queue.Queue[bytes | None] = queue.Queue(BATCH)
    threading.Thread(target=_read, args=(pipe, arrived, stop), name="lines", daemon=True).start()
    while not stop.is_set():
        batch = _gather(arrived)
        intake.take([(topic, line) for line in batch if line])
        if None in batch:
            return True
    return False


def _read(pipe: BinaryIO, arrived: queue.Queue[bytes | None], stop: threading.Event) -> None:
    line: bytes | None = b""
    while line is not None and not stop.is_set():
        line = read_line(pipe)
        arrived.put(line)


def _gather(arrived: queue.Queue[bytes | None]) -> list[bytes | None]:
    """What is there now, or what comes within a moment."""
    batch: list[bytes | None] = []
    with suppress(queue.Empty):
        batch.append(arrived.get(timeout=0.2))
        while len(batch) < BATCH:
            batch.append(arrived.get_nowait())
    return batch
