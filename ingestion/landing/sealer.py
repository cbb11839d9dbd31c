"""Lands sealed segments: decode, write the files, and then ONE ledger transaction; until it, nothing exists."""

from __future__ import annotations

import fcntl
import hashlib
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from contracts.clock import Clock, system_clock
from contracts.site import Site
from ingestion.landing.collector import Collector
from ingestion.landing.decoder import Decoder
from ingestion.landing.judge import MessageJudge
from ingestion.landing.parquet import clean_orphans, clean_temporary, ensure_empty_files, write_files
from ingestion.landing.tables import TableJudge
from ingestion.ledger import Landing, Ledger, compactions
from ingestion.ledger.database import reading
from ingestion.ledger.memory import Memory
from ingestion.spool.frames import FILE
from ingestion.spool.reader import Damaged, messages, sealed_segments, segment_id

log = structlog.get_logger()


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
        except (OSError, sqlite3.OperationalError) as error:
            wait = min(wait * 2, 30.0)
            log.error("landing_waits", problem=str(error), seconds=wait)


def land_pending(site: Site, clock: Clock = system_clock) -> int:
    """Lands what is sealed and not landed yet, in order; returns the number of segments."""
    return Sealer(site, clock).land()


class Sealer:
    """Lands the segments of one site. Knows which it has done, so that a quiet pass asks the ledger nothing."""

    def __init__(self, site: Site, clock: Clock = system_clock) -> None:
        self._site, self._clock, self._ledger = site, clock, Ledger(site.paths.ledger)
        self._decoder: Decoder | None = None
        self._done: set[str] = set()
        ensure_empty_files(site.paths.landing, site.streams)

    def land(self) -> int:
        """One pass; returns the number of segments that it landed."""
        if all(segment_id(path) in self._done for path in self._sealed()):
            return 0
        landed = 0
        with landing_lock(self._site):
            self._done = set(self._ledger.landed_segments())
            for path in self._sealed():
                if segment_id(path) not in self._done:
                    self._land(path)
                    landed += 1
        return landed

    def _sealed(self) -> list[Path]:
        """Sealed segments of every spool, each spool in order."""
        folders = sorted(path for path in self._site.paths.spool.glob("*") if path.is_dir())
        return [segment for folder in folders for segment in sealed_segments(folder)]

    def _land(self, path: Path) -> None:
        self._decoder = self._decoder or Decoder(self._site)
        name = segment_id(path)
        landing = Landing(name, hashlib.sha256(path.read_bytes()).hexdigest())
        collector = Collector(self._site.streams)
        with reading(self._ledger.path) as connection:
            memory = Memory(connection)
            memory.begin(landing)
            judge_segment(self._site, path, self._decoder, memory, landing, collector)
        landing.files = write_files(
            self._site.paths.landing, name.replace("/", "-"), self._site.streams, collector.partitions()
        )
        self._ledger.commit(landing, self._clock())
        self._done.add(name)
        log.info("landed", segment=name, received=landing.received, files=len(landing.files))


def judge_segment(
    site: Site, path: Path, decoder: Decoder, memory: Memory, landing: Landing, collector: Collector
) -> None:
    """Every message of a segment as the archive will hold it, in order of arrival."""
    judge = MessageJudge(decoder, memory, landing, collector)
    tables = TableJudge(site.paths.spool, decoder, memory, landing, collector)
    for item in messages(path):
        if isinstance(item, Damaged):
            judge.damaged(item)
            continue
        landing.newest_ns = max(landing.newest_ns, item.received_ns)
        (tables if item.kind == FILE else judge).take(decoder.governance.as_kept(item))


@contextmanager
def landing_lock(site: Site) -> Iterator[None]:
    """One process at a time judges and lands: identity is decided in the order of the spool."""
    site.paths.ledger.parent.mkdir(parents=True, exist_ok=True)
    with (site.paths.ledger.parent / "landing.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
