"""Writes landed files in the order that survives a crash: temporary, fsync, read back, hash, rename, fsync folder."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from contracts.errors import StateError
from contracts.faults import point
from contracts.streams import Stream
from ingestion.atomic import replace_file, sync_folder
from ingestion.landing.collector import landed_schema
from ingestion.ledger import LandedFile

_TEMPORARY = ".tmp"


def write_files(
    landing: Path, name: str, streams: dict[str, Stream], partitions: Iterable[tuple[str, date, pa.Table]]
) -> list[LandedFile]:
    """Writes `<stream>/v<major>.<minor>/event_date=<day>/<name>.parquet` each, all durable when it returns.

    Equal rows give equal bytes. Raises StateError when a file does not read back as it was written.
    """
    files: list[LandedFile] = []
    with ThreadPoolExecutor(8) as pool:  # the disk takes many fsyncs at once for the time of one

        def written() -> Iterator[tuple[LandedFile, bytes]]:
            for stream, day, table in partitions:
                version = streams[stream].partition_version
                path = f"{stream}/{version}/event_date={day.isoformat()}/{name}.parquet"
                data = encode(table)
                sha256 = hashlib.sha256(data).hexdigest()
                yield LandedFile(stream, version, day, path, table.num_rows, sha256), data

        def store(item: tuple[LandedFile, bytes]) -> LandedFile:
            _write_verified(landing / item[0].path, item[1], item[0].sha256)
            return item[0]

        files.extend(pool.map(store, written()))
    point("seal.written")
    for file in files:
        final = landing / file.path
        _temporary(final).replace(final)
    folders = {(landing / file.path).parent for file in files}
    for folder in sorted(folders | {folder.parent for folder in folders}):
        sync_folder(folder)
    point("seal.renamed")
    return files


def encode(table: pa.Table) -> bytes:
    """The table as Parquet, with page checksums."""
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd", write_page_checksum=True)
    return sink.getvalue()


def ensure_empty_files(landing: Path, streams: dict[str, Stream]) -> None:
    """One file without rows per stream version, so that an empty stream is a table and no error."""
    for stream in streams.values():
        path = landing / stream.id / stream.partition_version / "empty.parquet"
        data = encode(landed_schema(stream).empty_table())
        if not path.exists() or path.read_bytes() != data:
            replace_file(path, data)


def clean_temporary(landing: Path) -> int:
    """Removes what a crash left half written; returns how many."""
    left = list(landing.rglob(f".*{_TEMPORARY}"))
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


def clean_orphans(landing: Path, listed: Iterable[str]) -> int:
    """Removes files that no ledger row names, left by a crash before the commit; returns how many. Under the lock."""
    known = {landing / path for path in listed}
    orphans = [path for path in landing.glob("*/*/event_date=*/*.parquet") if path not in known]
    for path in orphans:
        path.unlink(missing_ok=True)
    return len(orphans)


def _temporary(final: Path) -> Path:
    return final.with_name(f".{final.name}{_TEMPORARY}")


def _write_verified(final: Path, data: bytes, sha256: str) -> None:
    final.parent.mkdir(parents=True, exist_ok=True)
    temporary = _temporary(final)
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    found = temporary.read_bytes()
    pq.read_table(io.BytesIO(found), page_checksum_verification=True)
    if hashlib.sha256(found).hexdigest() != sha256:
        raise StateError(f"{final.name} does not read back as it was written")
