"""Makes landing and ledger again from the spool, compares the rows, and lets the new ones count in one transaction.

Everything is written beside: files under names of their own, a ledger of its own. A crash before the transaction leaves
the old landing and orphans that the sealer removes; after it the new landing counts. Segments whose retention has ended
cannot be judged again: their rows, counts and verdicts are taken over as they stand.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from contracts.clock import Clock, system_clock
from contracts.faults import point
from contracts.paths import SitePaths
from contracts.site import Site
from contracts.streams import Stream
from ingestion.landing.collector import landed_schema
from ingestion.landing.parquet import encode, write_files
from ingestion.landing.sealer import Sealer, landing_lock
from ingestion.landing.unreadable import PatientReader
from ingestion.ledger import LandedFile, Ledger, coverage, rebuilding
from ingestion.ledger.database import writing

_ORDER = [("event_id", "ascending"), ("part", "ascending")]


@dataclass(frozen=True, slots=True)
class Compared:
    """One stream: rows and hash of its sorted business columns; None where there was nothing, or nothing readable."""

    stream: str
    rows_before: int
    rows_after: int
    sha256_before: str | None
    sha256_after: str | None

    @property
    def same(self) -> bool:
        """Whether nothing differs. A stream without listed files has nothing to differ from; one that cannot be read
        is never the same.
        """
        return self.rows_before == 0 or (self.sha256_before is not None and self.sha256_before == self.sha256_after)


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild found, and whether the new landing counts now."""

    streams: list[Compared]
    taken_over: int  # segments that could not be judged again
    swapped: bool

    @property
    def same(self) -> bool:
        return all(stream.same for stream in self.streams)


class _Beside(SitePaths):
    """The same site with a ledger, and so a landing lock, of its own."""

    @property
    def ledger(self) -> Path:
        return self.var / "ledger" / "rebuilt" / "ledger.sqlite"


def rebuild_landing(site: Site, clock: Clock = system_clock, *, accept_differences: bool = False) -> Rebuilt:
    """Lands the whole spool again, by the sources and registry of today. Landing waits meanwhile, receiving does not.

    Where rows differ, nothing is swapped unless the differences are accepted.
    """
    with landing_lock(site):
        beside = replace(site, paths=_Beside(site.paths.site))
        shutil.rmtree(beside.paths.ledger.parent, ignore_errors=True)
        old, new = Ledger(site.paths.ledger), Ledger(beside.paths.ledger)
        number = rebuilding.next_rebuild(old.path)
        prefix = f"rebuilt-{number}-"
        ended = rebuilding.take_over_ended(old.path, new.path)
        _take_over_rows(site, old.landed_files(), ended, f"{prefix}kept", new.path)
        # Who rebuilds waits for no disk: what cannot be read is a difference, and nothing is swapped unasked.
        Sealer(beside, clock, prefix, PatientReader(clock, tries=1, seconds=0)).land()
        rebuilding.keep_decisions(old.path, new.path)
        point("rebuild.landed")
        rebuilt = Rebuilt(_compare(site, old.landed_files(), new.landed_files()), len(ended), False)
        if rebuilt.same or accept_differences:
            rebuilding.swap(old.path, new.path, number, clock())
            point("rebuild.swapped")
            rebuilt = replace(rebuilt, swapped=True)
        else:
            for file in new.landed_files():
                (site.paths.landing / file.path).unlink(missing_ok=True)
        shutil.rmtree(beside.paths.ledger.parent)
    return rebuilt


def _take_over_rows(site: Site, files: list[LandedFile], ended: list[str], name: str, ledger: Path) -> None:
    """The rows of segments that cannot be judged again, in files of their own."""
    if not ended:
        return
    where: list[tuple[str, str, object]] = [("segment", "in", ended)]

    def partitions() -> Iterator[tuple[str, date, pa.Table]]:
        for stream, day, group in _days(files):
            if stream in site.streams:
                # File by file: a damaged one must not take the others of its day with it.
                found = (_read(site, site.streams[stream], [file], where) for file in group)
                tables = [table for table in found if table is not None and table.num_rows]
                if tables:
                    yield stream, day, pa.concat_tables(tables).sort_by(_ORDER).combine_chunks()

    kept = write_files(site.paths.landing, name, site.streams, partitions())
    with writing(ledger) as connection:
        coverage.touch(connection, kept)


def _compare(site: Site, before: list[LandedFile], after: list[LandedFile]) -> list[Compared]:
    """Every stream of the site, and every one that has landed: a contract that is gone must not take rows with it."""
    return [
        Compared(
            name,
            sum(file.rows for file in before if file.stream == name),
            sum(file.rows for file in after if file.stream == name),
            *(_hash(site, name, [file for file in files if file.stream == name]) for files in (before, after)),
        )
        for name in sorted({*site.streams, *(file.stream for file in before)})
    ]


def _hash(site: Site, name: str, files: list[LandedFile]) -> str | None:
    """Over the event days of a stream: rows sorted by event id and part, the stream's own columns."""
    if name not in site.streams:
        return None
    stream, digest, any_rows = site.streams[name], hashlib.sha256(), False
    own = ["event_id", "part", *(item.name for item in stream.properties)]
    for _, day, group in _days(files):
        table = _read(site, stream, group)
        if table is None:
            return None
        if table.num_rows:
            any_rows = True
            digest.update(day.isoformat().encode() + encode(table.select(own)))
    return digest.hexdigest() if any_rows else None


def _days(files: list[LandedFile]) -> Iterator[tuple[str, date, list[LandedFile]]]:
    def day(file: LandedFile) -> tuple[str, date]:
        return file.stream, file.event_date

    for (stream, event_date), group in groupby(sorted(files, key=day), day):
        yield stream, event_date, list(group)


def _read(
    site: Site, stream: Stream, files: list[LandedFile], where: list[tuple[str, str, object]] | None = None
) -> pa.Table | None:
    """The rows of some files of one day, ordered; None when a file is gone or damaged."""
    schema = landed_schema(stream)
    try:
        paths = [site.paths.landing / file.path for file in files]
        tables = [pq.read_table(path, schema=schema, filters=where, partitioning=None) for path in paths]
    except (OSError, pa.ArrowInvalid):
        return None
    return pa.concat_tables(tables).sort_by(_ORDER).combine_chunks()
