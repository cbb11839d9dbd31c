"""Files of a folder as messages, a line each: a file is taken once, also when the process is killed meanwhile."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, unquote

import structlog

from contracts.faults import point
from ingestion.atomic import sync_folder
from ingestion.edge.intake import Intake
from ingestion.edge.outbox import Outbox
from ingestion.edge.put_away import PutAway, Stillness, batches

log = structlog.get_logger()

POLL_S = 0.5
_MARK = "file:"


class Folder:
    """A folder that a machine writes files to. `poll` is for one thread.

    How far a file has been read is a mark in the outbox, in the transaction of the lines themselves. A taken file
    moves to `done/` and its mark goes; so a file of the same name and content that is dropped again is sent again.
    What is written to it there nevertheless is taken as well.
    """

    def __init__(
        self, folder: Path, topic: str, outbox: Outbox, intake: Intake, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._folder, self._done, self._topic = folder, folder / "done", topic
        self._outbox, self._intake, self._still = outbox, intake, Stillness(clock)
        self._problems: dict[str, str] = {}
        self._done.mkdir(parents=True, exist_ok=True)
        self._put_away = PutAway(self._done, topic, outbox, intake, clock)
        for mark in outbox.marks():  # moved, and killed before the mark went
            if mark.startswith(_MARK) and not (folder / _name_in(mark)).exists():
                outbox.unmark(mark)

    def run(self, stop: threading.Event) -> None:
        """Polls until `stop`. Raises what the intake raises."""
        while not stop.is_set():
            if not self.poll():
                stop.wait(POLL_S)

    def poll(self) -> int:
        """Takes every complete file in order of name; returns how many. One that cannot be read stops no other."""
        taken = self._put_away.poll()
        files = sorted(self._folder.iterdir())
        self._still.keep({file.name for file in files})
        for file in files:
            try:
                if self._is_complete(file):
                    self._take(file)
                    taken += 1
            except OSError as error:
                self._say(file.name, str(error))
        return taken

    def _say(self, name: str, problem: str) -> None:
        if self._problems.get(name) != problem:
            log.error("file_not_taken", file=name, problem=problem)
        self._problems[name] = problem

    def _is_complete(self, file: Path) -> bool:
        """Whether it is a plain file that nobody has written to for a while; names of half files are left alone."""
        if file.name.startswith(".") or file.suffix in (".tmp", ".part") or file.is_symlink() or not file.is_file():
            return False
        return self._still.holds(file)

    def _take(self, file: Path) -> None:
        mark = _mark_of(file.name)
        with file.open("rb") as stream:
            # Its number too: one that is dropped just after we were killed behind the move is another file.
            inode = os.fstat(stream.fileno()).st_ino
            digest = f"{hashlib.file_digest(stream, 'sha256').hexdigest()}:{inode}"
            stored, _, offset = self._outbox.marks().get(mark, "").partition(" ")
            stream.seek(int(offset) if stored == digest else 0)
            for lines in batches(stream):
                self._intake.take(((self._topic, line) for line in lines), (mark, f"{digest} {stream.tell()}"))
            read = stream.tell()
        point("edge.file-stored")
        # Watched under its new name before it has that: killed behind the move, the next start still knows.
        target = self._target(file)
        self._put_away.add(target.name, inode, read)
        self._move(file, target)
        point("edge.file-moved")
        self._outbox.unmark(mark)
        log.info("file_taken", file=file.name)

    def _target(self, file: Path) -> Path:
        target = self._done / file.name
        return self._done / f"{file.stem}.{time.time_ns()}{file.suffix}" if target.exists() else target

    def _move(self, file: Path, target: Path) -> None:
        os.rename(file, target)
        sync_folder(self._done)
        sync_folder(self._folder)


def _mark_of(name: str) -> str:
    """The name of a file's mark. A file may be named in bytes that are no text, and a mark is text."""
    return _MARK + quote(name, errors="surrogateescape")


def _name_in(mark: str) -> str:
    return unquote(mark.removeprefix(_MARK), errors="surrogateescape")
