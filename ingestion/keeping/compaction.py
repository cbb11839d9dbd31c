"""Joins the many small landed files of a closed event day into one; the rows are the same, in the same total order.

The order of steps is that of landing: temporary file, fsync, rename, fsync of the folder, ONE transaction that lists
the new file and drops the old. Old files stay until nobody can hold the older list.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from contracts.clock import utc
from contracts.errors import StateError
from contracts.faults import point
from contracts.site import Site
from contracts.streams import Stream
from ingestion.atomic import sync_folder
from ingestion.landing.collector import landed_schema
from ingestion.landing.sealer import landing_lock
from ingestion.ledger import LandedFile, compactions
from ingestion.ledger.compactions import CrowdedDay

_GRACE_NS = 3_600_000_000_000  # longer than any reader that is no refresh holds a list
_PIECE = 200_000  # rows that are ordered at a time: some 150 MB
_SAMPLE = 500
_COMPACTED = "compact-"


def crowded_days(site: Site, now_ns: int) -> list[tuple[str, str, date]]:
    """(stream, version, event day) of closed days with many files. A stream that cannot be read today is left alone."""
    last = utc(now_ns).date() - timedelta(days=site.settings.compact_after_days)
    found = compactions.crowded_days(site.paths.ledger, last, site.settings.compact_at_files)
    return [day for day in found if day[0] in site.streams]


def compact(site: Site, stream: str, version: str, day: date, now_ns: int) -> LandedFile:
    """Replaces the landed files of a day by one. Raises StateError when the new file has not every row."""
    crowded = compactions.files_of(site.paths.ledger, stream, version, day)
    folder = site.paths.landing / stream / version / f"event_date={day.isoformat()}"
    taken = [file.path for file in crowded.files] + compactions.replaced_files(site.paths.ledger)
    final = folder / f"{_COMPACTED}{_generation(site.paths.landing, folder, taken)}.parquet"
    temporary = final.with_name(f".{final.name}.tmp")
    rows = _write(site, site.streams[stream], crowded, temporary)
    if rows != sum(file.rows for file in crowded.files):
        raise StateError(f"{stream} {day}: {rows} rows compacted of {sum(file.rows for file in crowded.files)}")
    path = final.relative_to(site.paths.landing).as_posix()
    new = LandedFile(stream, version, day, path, rows, _sha256(temporary))
    point("compact.written")
    with landing_lock(site):  # a sealer that starts removes files that are not listed
        temporary.replace(final)
        sync_folder(folder)
        point("compact.renamed")
        compactions.replace(site.paths.ledger, new, crowded.files, now_ns)
    point("compact.committed")
    return new


def remove_replaced(site: Site, now_ns: int) -> int:
    """Deletes replaced files that no reader can hold any more; returns how many. Call it while no refresh is planned.

    The warehouse's staging reads the files of the list that the last refresh was handed; every other reader takes the
    ledger's list anew and is done with it within the hour.
    """
    handed = site.paths.inputs / "landing.parquet"
    held = set(pq.read_table(handed, columns=["path"])["path"].to_pylist()) if handed.exists() else set()
    free = [path for path in compactions.replaced_files(site.paths.ledger, now_ns - _GRACE_NS) if path not in held]
    for path in free:
        (site.paths.landing / path).unlink(missing_ok=True)
    compactions.forget_replaced(site.paths.ledger, free)
    return len(free)


def _generation(landing: Path, folder: Path, taken: list[str]) -> int:
    """One more than the newest compacted file of the folder that is listed, or waits to be deleted.

    Repeating after a crash overwrites its own orphan, and never a file that somebody may read or is about to delete.
    """
    paths = [landing / path for path in taken]
    names = [path.stem for path in paths if path.parent == folder and path.name.startswith(_COMPACTED)]
    return max((int(name.removeprefix(_COMPACTED)) for name in names), default=0) + 1


def _write(site: Site, stream: Stream, crowded: CrowdedDay, temporary: Path) -> int:
    """Writes the rows of all files, ordered by event id and part, durably; returns how many can be read back."""
    files = [site.paths.landing / file.path for file in crowded.files]
    for path, file in zip(files, crowded.files, strict=True):
        if _sha256(path) != file.sha256:
            raise StateError(f"{file.path} was changed since it was landed; see `bruk verify`")
    schema = landed_schema(stream)
    with temporary.open("wb") as sink:
        with pq.ParquetWriter(sink, schema, compression="zstd", write_page_checksum=True) as writer:
            for table in _ordered(files, schema):
                writer.write_table(table)
        sink.flush()
        os.fsync(sink.fileno())
    with pq.ParquetFile(temporary, page_checksum_verification=True) as found:
        return sum(batch.num_rows for batch in found.iter_batches(columns=["event_id"]))


def _ordered(files: list[Path], schema: pa.Schema) -> Iterator[pa.Table]:
    """All rows in order, a piece of the event ids at a time: memory is bounded however many rows a day has."""
    for low, high in _pieces(files):
        where = [("event_id", ">=", low)] + ([("event_id", "<", high)] if high is not None else [])
        tables = [pq.read_table(path, schema=schema, filters=where, partitioning=None) for path in files]
        yield pa.concat_tables(tables).sort_by([("event_id", "ascending"), ("part", "ascending")])


def _pieces(files: list[Path]) -> Iterator[tuple[str, str | None]]:
    """Bounds of the event ids that cut the rows into pieces of about `_PIECE`; the files themselves are in order."""
    sample: list[str] = []
    for path in files:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(columns=["event_id"]):
                sample += batch.column(0).take(list(range(0, batch.num_rows, _SAMPLE))).to_pylist()
    bounds = sorted(set(sorted(sample)[:: max(1, _PIECE // _SAMPLE)]))
    yield from zip(["", *bounds[1:]], [*bounds[1:], None], strict=True)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
