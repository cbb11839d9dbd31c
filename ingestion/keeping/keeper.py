"""The keeper: blank, archive, erase and delete what is due, then compact closed days; in small steps."""

from __future__ import annotations

import errno
import fcntl
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass

import structlog

from contracts.clock import Clock
from contracts.errors import StateError, TransientError
from contracts.site import Site
from ingestion.adapters.governance import Governance
from ingestion.keeping.compaction import compact, crowded_days, remove_replaced
from ingestion.keeping.files import erase_files
from ingestion.keeping.segments import clean_left, keep_segment
from ingestion.ledger import lives

log = structlog.get_logger()

#: Holds the warehouse, or raises TransientError at once when a refresh does.
Turn = Callable[[], AbstractContextManager[None]]


class KeepingBusy(TransientError):
    """Another process keeps this site."""


@dataclass
class Pass:
    """What one pass has done."""

    segments: int = 0
    files_erased: int = 0
    days_compacted: int = 0
    files_removed: int = 0


def run_keeper(site: Site, clock: Clock, stop: threading.Event, turn: Turn) -> None:
    """A pass, a pause, and again until `stop` is set. A disk or lock that is in the way is tried again, a bug is not.

    It takes no lock that landing needs: each step is one short transaction of the ledger.
    """
    cleaned = False
    while True:
        try:
            with keeping_lock(site):
                if not cleaned:
                    log.info("keeper_started", cleaned=clean_left(site.paths))
                    cleaned = True
                done = keep(site, clock, turn, stop.is_set)
            if any(asdict(done).values()):
                log.info("kept", **asdict(done))
        except (OSError, sqlite3.OperationalError, KeepingBusy) as error:
            log.error("keeping_waits", problem=str(error))
        if stop.wait(site.settings.keeping_seconds):
            return


def keep_once(site: Site, clock: Clock, turn: Turn) -> Pass:
    """One pass by itself. Raises KeepingBusy."""
    with keeping_lock(site):
        clean_left(site.paths)
        return keep(site, clock, turn)


def keep(site: Site, clock: Clock, turn: Turn, stop: Callable[[], bool] = lambda: False) -> Pass:
    """One pass: what is due now, one segment and one day after the other."""
    done = Pass()
    governance, after = Governance(site), ""
    while not stop() and (due := lives.next_due(site.paths.ledger, governance.fingerprint, clock(), after)):
        done.segments += _keep_segment(site, due, governance, clock())
        after = due.segment
    done.files_erased = erase_files(site, clock())
    for day in crowded_days(site, clock()):
        if stop():
            return done
        try:
            compact(site, *day, clock())
            done.days_compacted += 1
        except (StateError, FileNotFoundError) as error:  # a damaged file stops its own day only
            log.error("not_compacted", stream=day[0], day=str(day[2]), problem=str(error))
    try:
        with turn():
            done.files_removed = remove_replaced(site, clock())
    except TransientError:
        pass  # a refresh is at work: the next pass removes them
    return done


def _keep_segment(site: Site, due: lives.DueSegment, governance: Governance, now_ns: int) -> bool:
    """One step; a place of the disk that cannot be read stops its own segment only."""
    try:
        return keep_segment(site.paths, due, governance, now_ns)
    except OSError as error:
        if error.errno != errno.EIO:
            raise
        log.error("segment_not_kept", segment=due.segment, problem=str(error))
        return False


@contextmanager
def keeping_lock(site: Site) -> Iterator[None]:
    """One process at a time changes what is kept. Raises KeepingBusy."""
    site.paths.ledger.parent.mkdir(parents=True, exist_ok=True)
    with (site.paths.ledger.parent / "keeping.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise KeepingBusy("the keeper of this site is at work (`bruk status`)") from error
        yield
