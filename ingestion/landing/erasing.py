"""Landed files without the rows of one person: of records that are erased, or that name the pseudonym."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from contracts.site import Site
from ingestion.landing.collector import landed_schema
from ingestion.landing.parquet import encode
from ingestion.ledger import LandedFile
from ingestion.ledger.erasing import Place

_OF_ROW = ("segment", "spool_offset", "record", "source", "device")


@dataclass(frozen=True, slots=True)
class Shrunk:
    """A landed file as it should be, its bytes, and the place of each row that is not in it any more."""

    file: LandedFile
    data: bytes
    rows: list[Place]


def without_person(
    site: Site, file: LandedFile, pseudonym: str, records: Collection[tuple[str, int, int]]
) -> Shrunk | None:  # fmt: skip
    """The file without these rows; None where it has none. `records`: segment, offset and number of those erased."""
    schema = landed_schema(site.streams[file.stream])
    table = pq.read_table(site.paths.landing / file.path, schema=schema, partitioning=None)
    places = [Place(*row) for row in zip(*(table[name].to_pylist() for name in _OF_ROW), strict=True)]
    gone = [named or at[:3] in records for named, at in zip(_names(table, pseudonym), places, strict=True)]
    if not any(gone):
        return None
    data = encode(table.filter(pa.array([not one for one in gone])))
    new = replace(file, rows=gone.count(False), sha256=hashlib.sha256(data).hexdigest())
    return Shrunk(new, data, [at for at, one in zip(places, gone, strict=True) if one])


def names_person(site: Site, path: str, pseudonym: str) -> bool:
    """Whether a landed file, listed or not, holds the pseudonym in any column."""
    return any(_names(pq.read_table(site.paths.landing / path, partitioning=None), pseudonym))


def _names(table: pa.Table, pseudonym: str) -> list[bool]:
    found = [False] * table.num_rows
    for column in table.columns:
        if pa.types.is_string(column.type):
            hits = pc.fill_null(pc.match_substring(column, pseudonym), False).to_pylist()
            found = [one or hit for one, hit in zip(found, hits, strict=True)]
    return found
