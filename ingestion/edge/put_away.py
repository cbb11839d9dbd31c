"""Watches the files that a folder put away: what a machine writes to one that it kept open is taken too, and told."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote, unquote

import structlog

from ingestion.edge.intake import Intake
from ingestion.edge.lines import read_line
from ingestion.edge.outbox import Outbox

log = structlog.get_logger()

BATCH, BATCH_BYTES = 1_000, 1_000_000
STILL_S = 2.0  # a file whose size and time stay the same for so long is complete
WATCHED_S, WATCHED_FILES = 86_400.0, 1_000  # how long after its last change, and how many of the newest
_MARK = "done:"


class Stillness:
    """Since when each file has looked the same. `clock`: seconds, monotonic."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._seen: dict[str, tuple[tuple[int, int], float]] = {}

    def holds(self, file: Path) -> bool:
        """Whether nobody has written to it for a while. Raises OSError."""
        found, now = file.stat(), self._clock()
        looks = found.st_size, found.st_mtime_ns
        before, since = self._seen.get(file.name, (None, now))
        if looks != before:
            since = now
        self._seen[file.name] = looks, since
        return now - since >= STILL_S

    def keep(self, names: set[str]) -> None:
        """Forgets all others."""
        self._seen = {name: seen for name, seen in self._seen.items() if name in names}


class PutAway:
    """The newest files of `done/`, each with how far it was read: a mark in the outbox, so that a restart knows too."""

    def __init__(
        self, folder: Path, topic: str, outbox: Outbox, intake: Intake, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._folder, self._topic, self._outbox, self._intake = folder, topic, outbox, intake
        self._still = Stillness(clock)
        self._read: dict[str, tuple[int, int]] = {}  # name → its number in the file system, bytes read
        for name, value in outbox.marks().items():
            if name.startswith(_MARK):
                inode, offset = map(int, value.split())
                self._read[unquote(name.removeprefix(_MARK), errors="surrogateescape")] = inode, offset

    def add(self, name: str, inode: int, offset: int) -> None:
        """Watches a file from now on, which was read up to `offset`. Raises Stopped, OutboxDamaged."""
        self._intake.take([], _mark(name, inode, offset))
        self._read[name] = inode, offset
        for oldest in list(self._read)[:-WATCHED_FILES]:
            self._forget(oldest)

    def poll(self) -> int:
        """Takes what was written behind the end of a file; returns how many had grown. Raises as `add` does."""
        grown = 0
        for name, (inode, offset) in list(self._read.items()):
            file = self._folder / name
            try:
                found = file.stat()
                if found.st_ino != inode or time.time() - found.st_mtime > WATCHED_S:
                    self._forget(name)
                elif found.st_size > offset and self._still.holds(file):
                    self._take_rest(file, inode, offset)
                    grown += 1
            except FileNotFoundError:
                self._forget(name)
            except OSError as error:
                log.error("file_not_watched", file=name, problem=str(error))
                self._forget(name)
        self._still.keep(set(self._read))
        return grown

    def _take_rest(self, file: Path, inode: int, offset: int) -> None:
        log.error("file_grew_after_it_was_taken", file=file.name, offset=offset,
                  hint="what came is sent; let the machine write under another name, then rename")  # fmt: skip
        with file.open("rb") as stream:
            stream.seek(offset)
            for lines in batches(stream):
                place = stream.tell()
                self._intake.take(((self._topic, line) for line in lines), _mark(file.name, inode, place))
                self._read[file.name] = inode, place

    def _forget(self, name: str) -> None:
        self._outbox.unmark(_mark(name, 0, 0)[0])
        self._read.pop(name, None)


def batches(stream: BinaryIO) -> Iterator[list[bytes]]:
    """The lines that hold something; at the end of each list the stream stands behind its last line."""
    batch: list[bytes] = []
    size = 0
    while (line := read_line(stream)) is not None:
        if line:
            batch.append(line)
            size += len(line)
        if len(batch) == BATCH or size > BATCH_BYTES:
            yield batch
            batch, size = [], 0
    yield batch


def _mark(name: str, inode: int, offset: int) -> tuple[str, str]:
    return _MARK + quote(name, errors="surrogateescape"), f"{inode} {offset}"
