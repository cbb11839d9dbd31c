"""Waits for a segment that the disk does not give; after some minutes what can be read of it counts, for others wait.

Landing goes in the order of the spool, or another copy of a message would become the first: so a segment is not passed
over. Its bytes stay where they are, and the keeper leaves what it cannot read whole.
"""

from __future__ import annotations

from pathlib import Path

import structlog

from contracts.clock import Clock
from contracts.errors import TransientError
from ingestion.spool.segments import LOST, Segment, read_readable, read_segment, segment_id

log = structlog.get_logger()
TRIES, SECONDS = 5, 300.0


class SegmentWaits(TransientError):
    """A segment cannot be read now; nothing behind it is landed before it."""


class PatientReader:
    """Reads the segments of one sealer. Knows since when each could not be read."""

    def __init__(self, clock: Clock, tries: int = TRIES, seconds: float = SECONDS) -> None:
        """So many tries, over so many seconds, until what can be read has to do."""
        self._clock, self._tries, self._patience_ns = clock, tries, int(seconds * 1e9)
        self._failed: dict[Path, tuple[int, int]] = {}  # tries, and when the first was (ns)

    def read(self, path: Path) -> Segment:
        """The segment, or with a `problem` what could be read of it. Raises SegmentWaits, OSError."""
        try:
            segment = read_segment(path)
        except OSError as error:
            if error.errno not in LOST:
                raise
            return self._part(path, error)
        self._failed.pop(path, None)
        return segment

    def _part(self, path: Path, error: OSError) -> Segment:
        now = self._clock()
        tries, since = self._failed.get(path, (0, now))
        self._failed[path] = tries + 1, since
        if tries + 1 < self._tries or now - since < self._patience_ns:
            raise SegmentWaits(f"segment {segment_id(path)} cannot be read: {error}") from error
        part = read_readable(path)
        log.error("segment_unreadable", segment=segment_id(path), problem=str(error), read=len(part.data),
                  hint="what could be read is landed, the rest is in quarantine; check the disk")  # fmt: skip
        return part
