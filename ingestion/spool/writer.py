"""Appends frames to segments and returns when they are durable; recovers a torn tail; seals by size and by age.

A segment is sealed when a later one exists. An error of the disk that may pass (full, quota, short write) is waited
out with nothing acknowledged; a failing fsync stops the process, because a second fsync may claim success for pages
that are lost.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import structlog

from contracts.clock import Clock, system_clock
from contracts.errors import TerminalError, TransientError
from contracts.faults import point
from ingestion.spool.frames import MAGIC, Origin, Scan, frame_head, has_frame, newest_origin, scan
from ingestion.spool.segments import all_segments, archived_label, archived_segments
from ingestion.spool.segments import segment_name as segment_name

log = structlog.get_logger()

WAIT_OUT = {errno.ENOSPC, errno.EDQUOT}


class SpoolFailed(TerminalError):
    """The disk failed underneath: nothing more can be promised. Not an OSError, or paho would reconnect for ever."""


class SpoolStopped(TransientError):
    """The service was told to end while the disk was full: what was not written is not acknowledged and comes again."""


class SpoolBusy(TransientError):
    """Another process writes this spool."""


class SegmentWriter:
    """The one writer of a spool folder. Not for threads: one loop owns it."""

    def __init__(
        self,
        folder: Path,
        clock: Clock = system_clock,
        seal_bytes: int = 4_000_000,
        seal_seconds: float = 10.0,
        sleep: Callable[[float], None] = time.sleep,
        stop: Callable[[], bool] = lambda: False,
    ) -> None:
        """`stop` ends the wait for room on a full disk by SpoolStopped."""
        self.folder, self._clock, self._stop = folder, clock, stop
        #: How to wait for room, in s; whoever owns the writer may have to show meanwhile that it lives.
        self.sleep = sleep
        self._seal_bytes, self._seal_ns = seal_bytes, int(seal_seconds * 1e9)
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = self._take_lock()
        #: Connection number and session of the newest frame, None in an empty spool.
        self.last_run_header: Origin | None = None
        self._first_ns: int | None = None  # when the first record of the open segment was written
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
        """Writes one frame and waits for the disk: (segment number, offset of the frame).

        Raises SpoolFailed; SpoolStopped: the frame may be there nevertheless, and is a redelivery when it comes again.
        """
        head = frame_head(*parts)
        buffers = [head, *parts]
        size = sum(map(len, buffers))
        while not self._write(buffers, size):
            self._wait_for_room()
        place = (self._number, self._good)
        self._good += size
        if self._first_ns is None:
            self._first_ns = self._clock()
        if self._good > self._seal_bytes:
            self.seal()
        return place

    def tick(self) -> None:
        """Seals the open segment when its first record is older than the limit. Call it also without traffic.

        A record of the future is that of a clock that was put back: waiting for it could take years.
        """
        if self._first_ns is not None and not 0 <= self._clock() - self._first_ns < self._seal_ns:
            self.seal()

    def seal(self) -> None:
        """Begins the next segment, which seals this one. An empty segment stays open."""
        if self._first_ns is not None:
            sealed = self._fd
            self._begin(self._number + 1)
            point("spool.sealed")
            os.close(sealed)
            self._number += 1

    def close(self) -> None:
        """Seals what is there and lets go of the folder; nothing is left pending behind a stopped service.

        But on a full disk, where no segment can be begun: there the next start seals it.
        """
        with suppress(SpoolStopped):
            self.seal()
        os.close(self._fd)
        os.close(self._lock)

    def _wait_for_room(self) -> None:
        if self._stop():
            raise SpoolStopped(f"{self.folder.name}: the disk is full, and the service was told to end")
        self.sleep(0.5)

    def _take_lock(self) -> int:
        lock = os.open(self.folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(lock)
            raise SpoolBusy(f"another process writes {self.folder.name}; stop it first (`bruk down`)") from error
        return lock

    def _recover(self) -> int:
        """Cuts the torn tail of the newest segment, remembers the newest frame, returns the number to begin."""
        archived = archived_segments(self.folder)
        segments = sorted({*archived, *all_segments(self.folder)})
        number = int(segments[-1].stem) + 1 if segments else 0
        for newest in [path for path in segments[-1:] if path not in archived]:
            if self._cut_tail(newest) <= len(MAGIC):
                newest.unlink()  # no frame: nobody has read it, so its number is free again
                segments.pop()
                number -= 1
        origins = (self._origin(segment) for segment in reversed(segments))
        self.last_run_header = next((origin for origin in origins if origin is not None), None)
        return number

    @staticmethod
    def _origin(segment: Path) -> Origin | None:
        try:
            return newest_origin(segment.read_bytes())
        except FileNotFoundError:  # archived, perhaps just now
            label = archived_label(segment)
            return label.origin if label else None

    def _cut_tail(self, newest: Path) -> int:
        """Truncates at the last good offset and returns the size, all durable. Damage is no torn tail and stays."""
        data = newest.read_bytes()
        found = scan(data)
        size = len(data)
        if _is_damaged(data, found):
            log.error("segment_damaged", segment=newest.name, reason=found.reason, good=found.good_offset)
        elif found.reason != "clean":
            size = found.good_offset
            log.warning("torn_tail_cut", segment=newest.name, reason=found.reason, kept=size, cut=len(data) - size)
        with newest.open("r+b") as file:
            file.truncate(size)
            # A killed process may have written its last frame whole and not synced it: from here on it is read.
            self._sync(file.fileno())
        return size

    def _begin(self, number: int) -> None:
        """Creates a segment and makes its name durable before any record in it can be acknowledged."""
        path = self.folder / segment_name(number)
        while (descriptor := self._create(path)) is None:
            self._wait_for_room()
        self._sync(descriptor)
        folder = os.open(self.folder, os.O_RDONLY)
        self._sync(folder)
        os.close(folder)
        self._fd, self._good = descriptor, len(MAGIC)
        self._first_ns = None

    def _create(self, path: Path) -> int | None:
        """Descriptor of the file with its magic. None: the disk is full, and nothing is left of it."""
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o640)
            try:
                if os.write(descriptor, MAGIC) == len(MAGIC):
                    return descriptor
            except OSError as error:
                if error.errno not in WAIT_OUT:
                    raise
            os.close(descriptor)
            path.unlink()
        except OSError as error:
            if error.errno not in WAIT_OUT:
                raise SpoolFailed(f"cannot begin {path.name}: {error}") from error
        return None

    def _write(self, buffers: list[bytes], size: int) -> bool:
        """One writev and one fdatasync. False: the disk is full, the file is as it was."""
        try:
            written = os.writev(self._fd, buffers)
        except OSError as error:
            if error.errno not in WAIT_OUT:
                raise SpoolFailed(f"the spool cannot be written: {error}") from error
            written = 0
        if written != size:
            self._take_back()
            return False
        point("spool.written")
        try:
            os.fdatasync(self._fd)
        except OSError as error:
            with suppress(OSError):  # or the next start finds it whole in memory, and an fsync that claims success
                os.ftruncate(self._fd, self._good)
            raise SpoolFailed(f"fdatasync failed, what was written may be lost: {error}") from error
        point("spool.synced")
        return True

    def _take_back(self) -> None:
        try:
            os.ftruncate(self._fd, self._good)
            os.lseek(self._fd, self._good, os.SEEK_SET)
        except OSError as error:
            raise SpoolFailed(f"half a frame cannot be taken back: {error}") from error
        log.warning("spool_full", folder=self.folder.name, hint="nothing is acknowledged until there is room")

    @staticmethod
    def _sync(descriptor: int) -> None:
        try:
            os.fsync(descriptor)
        except OSError as error:
            raise SpoolFailed(f"fsync failed: {error}") from error


def _is_damaged(data: bytes, found: Scan) -> bool:
    """Whether this is no torn tail: another magic, or a whole frame behind a broken one, for only the last can tear.

    The broken one may be broken in its length, so that nothing but its bytes tells where the next begins.
    """
    if found.reason == "bad-magic":
        return len(data) >= len(MAGIC)
    return found.reason != "clean" and has_frame(data, found.good_offset + 1)
