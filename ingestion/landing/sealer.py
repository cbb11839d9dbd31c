"""Lands sealed segments: decode, write the files, and then ONE ledger transaction; until it, nothing exists."""

from __future__ import annotations

import fcntl
import gc
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from contracts.clock import Clock, system_clock
from contracts.faults import point
from contracts.site import Site
from ingestion.landing.bulk import BulkJudge
from ingestion.landing.chunks import chunks
from ingestion.landing.collector import Collector
from ingestion.landing.decoder import Decoder
from ingestion.landing.judge import MessageJudge
from ingestion.landing.parquet import clean_orphans, clean_temporary, ensure_empty_files, write_files
from ingestion.landing.stretches import ChunkJudge
from ingestion.landing.tables import TableJudge
from ingestion.landing.unreadable import PatientReader, SegmentWaits
from ingestion.ledger import Landing, Ledger, compactions
from ingestion.ledger.database import reading
from ingestion.ledger.memory import Memory
from ingestion.spool.reader import runs, sealed_segments, segment_id
from ingestion.spool.segments import Segment, kept_segments, segment_size, spool_folders, written_ns

log = structlog.get_logger()
#: Bytes of segments that are landed in one transaction: what bounds the memory.
GROUP_BYTES = 8_000_000


def run_sealer(site: Site, clock: Clock, stop: threading.Event) -> None:
    """Lands whatever is sealed until `stop` is set. A disk or lock that is in the way is tried again, a bug is not."""
    sealer = Sealer(site, clock)
    with landing_lock(site):
        cleaned = clean_temporary(site.paths.landing)
        ledger = Ledger(site.paths.ledger)
        listed = [file.path for file in ledger.landed_files()] + compactions.replaced_files(ledger.path)
        cleaned += clean_orphans(site.paths.landing, listed)
    log.info("sealer_started", cleaned=cleaned)
    wait = site.settings.landing_poll_seconds
    while not stop.wait(wait):
        try:
            sealer.land()
            wait = site.settings.landing_poll_seconds
        except (OSError, sqlite3.OperationalError, SegmentWaits) as error:
            wait = min(wait * 2, 30.0)
            log.error("landing_waits", problem=str(error), seconds=wait)


def land_pending(site: Site, clock: Clock = system_clock) -> int:
    """Lands what is sealed and not landed yet, in order; returns the number of segments."""
    return Sealer(site, clock).land()


class Sealer:
    """Lands the segments of one site. Knows which it has done, so that a quiet pass asks the ledger nothing."""

    def __init__(
        self, site: Site, clock: Clock = system_clock, prefix: str = "", reader: PatientReader | None = None
    ) -> None:
        """`prefix` begins the names of the landed files: a rebuild must overwrite none that is listed."""
        self._site, self._clock, self._ledger = site, clock, Ledger(site.paths.ledger)
        self._prefix, self._reader = prefix, reader or PatientReader(clock)
        self._judge: SegmentJudge | None = None
        self._done: set[str] = set()
        ensure_empty_files(site.paths.landing, site.streams)

    def land(self) -> int:
        """One pass; returns the number of segments that it landed."""
        sealed = self._sealed()
        if all(segment_id(path) in self._done for path in sealed):
            return 0
        landed = 0
        with landing_lock(self._site):
            self._done = set(self._ledger.landed_segments())
            for group in _groups([path for path in sealed if segment_id(path) not in self._done]):
                self._land(group)
                landed += len(group)
        return landed

    def _sealed(self) -> list[Path]:
        """Sealed segments of every spool, each spool in order. Archived ones are landed, unless the ledger was lost."""
        listed = sealed_segments if self._done else kept_segments
        return [segment for folder in spool_folders(self._site.paths.spool) for segment in listed(folder)]

    def _land(self, paths: list[Path]) -> None:
        """Segments in ONE ledger transaction. What each gives does not depend on which others are with it."""
        judge = self._judge = self._judge or SegmentJudge(self._site)
        landings = []
        with reading(self._ledger.path) as connection:
            memory = Memory(connection)
            for path in paths:
                with _uncollected():
                    landing, collector = judge.judge(path, self._reader.read(path), memory)
                point("seal.judged")
                name = self._prefix + landing.segment.replace("/", "-")
                landing.files = write_files(self._site.paths.landing, name, self._site.streams, collector.partitions())
                landings.append(landing)
        self._ledger.commit_all(landings, self._clock())
        point("seal.committed")
        for landing in landings:
            self._done.add(landing.segment)
            log.info("landed", segment=landing.segment, received=landing.received, files=len(landing.files))


class SegmentJudge:
    """Judges whole segments by the sources and the registry of a site."""

    def __init__(self, site: Site) -> None:
        self._site, self._decoder = site, Decoder(site)
        self._bulk = BulkJudge(site, self._decoder)

    def judge(self, path: Path, stored: Segment, memory: Memory) -> tuple[Landing, Collector]:
        """What a segment gives: every message as the archive will hold it, in order of arrival and in chunks."""
        landing = Landing(segment_id(path), stored.sha256)
        memory.begin(landing)
        collector = Collector(self._site.streams)
        messages_of = MessageJudge(self._decoder, memory, landing, collector, written_ns(path))
        tables = TableJudge(self._site.paths.spool, self._decoder, memory, landing, collector)
        together = ChunkJudge(self._decoder, memory, landing, messages_of, tables)
        for chunk in chunks(landing.segment, runs(path, stored), self._decoder.places.day_of):
            proposals = self._bulk.propose(chunk)
            together.take(chunk, proposals)
            for block in proposals.blocks:
                collector.add_block(block)
        return landing, collector


@contextmanager
def _uncollected() -> Iterator[None]:
    """Nothing in judging makes cycles, and the collector would walk every message again and again: half of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _groups(paths: list[Path]) -> Iterator[list[Path]]:
    """Neighbours whose bytes together are those of one large segment: after a standstill there are many small ones."""
    group: list[Path] = []
    size = 0
    for path in paths:
        own = segment_size(path)
        if group and size + own > GROUP_BYTES:
            yield group
            group, size = [], 0
        group.append(path)
        size += own
    if group:
        yield group


@contextmanager
def landing_lock(site: Site) -> Iterator[None]:
    """One process at a time judges and lands: identity is decided in the order of the spool."""
    site.paths.ledger.parent.mkdir(parents=True, exist_ok=True)
    with (site.paths.ledger.parent / "landing.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
