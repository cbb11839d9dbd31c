"""Appends frames to segments and returns when they are durable; recovers a torn tail; seals by size and by age.

A segment is sealed when a later one exists. An error of the disk that may pass (full, quota, short write) is waited
out with nothing acknowledged; a failing fsync stops the process, because a second fsync may claim success for pages
that are lost.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path

from contracts.clock import Clock, system_clock
from contracts.errors import TerminalError, TransientError
from ingestion.spool.frames import MAGIC, RUN, BadEnvelope, RunHead, frame_head, kind_of, scan

WAIT_OUT = {errno.ENOSPC, errno.EDQUOT}


class SpoolFailed(TerminalError):
    """The disk failed underneath: nothing more can be promised. Not an OSError, or paho would reconnect for ever."""


class SpoolBusy(TransientError):
    """Another process writes this spool."""


def segment_name(number: int) -> str:
    """File name of a segment; names sort in order."""
    return f"{number:012d}.seg"


class SegmentWriter:
    """The one writer of a spool folder. Not for threads: one loop owns it."""

    def __init__(
        self,
        folder: Path,
        clock: Clock = system_clock,
        seal_bytes: int = 4_000_000,
        seal_seconds: float = 10.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.folder, self._clock, self._sleep = folder, clock, sleep
        self._seal_bytes, self._seal_ns = seal_bytes, int(seal_seconds * 1e9)
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = self._take_lock()
        self.last_run: RunHead | None = None
        self._number = self._recover()
        self._begin(self._number)

    @property
    def number(self) -> int:
        """Number of the open segment."""
        return self._number

    @property
    def used(self) -> int:
        """Bytes of the open segment, all durable."""
        return self._good

    def append(self, *parts: bytes) -> tuple[int, int]:
        """Writes one frame and waits for the disk: (segment number, offset of the frame). Raises SpoolFailed."""
        head = frame_head(*parts)
        buffers = [head, *parts]
        size = sum(map(len, buffers))
        while not self._write(buffers, size):
            self._sleep(0.5)
        place = (self._number, self._good)
        self._good += size
        if self._first_ns is None:
            self._first_ns = self._clock()
        if self._good > self._seal_bytes:
            self.seal()
        return place

    def tick(self) -> None:
        """Seals the open segment when its first record is older than the limit. Call it also without traffic."""
        if self._first_ns is not None and self._clock() - self._first_ns >= self._seal_ns:
            self.seal()

    def seal(self) -> None:
        """Begins the next segment, which seals this one. An empty segment stays open."""
        if self._first_ns is not None:
            os.close(self._fd)
            self._number += 1
            self._begin(self._number)

    def close(self) -> None:
        """Seals what is there and lets go of the folder; nothing is left pending behind a stopped service."""
        self.seal()
        os.close(self._fd)
        os.close(self._lock)

    def _take_lock(self) -> int:
        lock = os.open(self.folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(lock)
            raise SpoolBusy(f"another process writes {self.folder.name}; stop it first (`bruk down`)") from error
        return lock

    def _recover(self) -> int:
        """Cuts the torn tail of the newest segment, remembers the newest run, returns the number to begin."""
        segments = sorted(self.folder.glob("*.seg"))
        for newest in segments[-1:]:
            found = scan(newest.read_bytes())
            if found.reason != "clean":
                with newest.open("r+b") as file:
                    file.truncate(found.good_offset)
                    self._sync(file.fileno())
        for segment in reversed(segments):
            self.last_run = _newest_run(segment)
            if self.last_run is not None:
                break
        return int(segments[-1].stem) + 1 if segments else 0

    def _begin(self, number: int) -> None:
        path = self.folder / segment_name(number)
        while True:
            try:
                self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o640)
                if os.write(self._fd, MAGIC) == len(MAGIC):
                    break
            except OSError as error:
                if error.errno not in WAIT_OUT:
                    raise SpoolFailed(f"cannot begin {path.name}: {error}") from error
            with contextlib.suppress(FileNotFoundError):
                path.unlink()
            self._sleep(0.5)
        self._sync(self._fd)
        folder = os.open(self.folder, os.O_RDONLY)
        self._sync(folder)
        os.close(folder)
        self._good = len(MAGIC)
        self._first_ns: int | None = None

    def _write(self, buffers: list[bytes], size: int) -> bool:
        """One writev and one fdatasync. False: the disk is full, the file is as it was."""
        try:
            written = os.writev(self._fd, buffers)
        except OSError as error:
            if error.errno not in WAIT_OUT:
                raise SpoolFailed(f"the spool cannot be written: {error}") from error
            written = 0
        if written != size:
            os.ftruncate(self._fd, self._good)
            os.lseek(self._fd, self._good, os.SEEK_SET)
            return False
        try:
            os.fdatasync(self._fd)
        except OSError as error:
            raise SpoolFailed(f"fdatasync failed, what was written may be lost: {error}") from error
        return True

    @staticmethod
    def _sync(descriptor: int) -> None:
        try:
            os.fsync(descriptor)
        except OSError as error:
            raise SpoolFailed(f"fsync failed: {error}") from error


def _newest_run(segment: Path) -> RunHead | None:
    """The head of the last run in a segment, for connection number and session."""
    data = segment.read_bytes()
    for begin, end in reversed(scan(data).spans):
        payload = data[begin:end]
        with contextlib.suppress(BadEnvelope):
            if kind_of(payload) == RUN:
                return RunHead.decode(payload)
    return None
