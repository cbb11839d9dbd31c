"""Takes the records of one person out of a kept file: their lines stay, empty but for a mark, so that nothing moves.

A kept file is known by the sha256 that it was taken under, for ever: event ids stand on it. What it is after an erasure
is said by a note beside it; without the note, other bytes are damage.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from pathlib import Path
from typing import NamedTuple

from contracts.sources import Source
from ingestion.adapters.csv_adapter import ERASED, read_table
from ingestion.adapters.grid import without
from ingestion.atomic import replace_file
from ingestion.rejection import Rejection

_LINE_END = re.compile(r"\r\n|\r|\n")
_NOTES = "erased"


class Taken(NamedTuple):
    """The file's new bytes, and the numbers of the records that were emptied."""

    data: bytes
    records: list[int]


def take_out(data: bytes, source: Source, pseudonym: str) -> Taken | None:
    """The table without the records that name the person; None when it is no table that the source reads.

    Lines and numbers of all other records are as they were; so are their cells. The result is UTF-8.
    """
    if source.format.adapter == "sheet":
        return Taken(*without(data, pseudonym, ERASED))
    table = read_table(data, source) if source.format.table else None
    if table is None or isinstance(table, Rejection):
        return None
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=table.delimiter, quotechar=table.quote, lineterminator="\r\n")
    records, lines = [], 0
    for number, (line, cells) in enumerate(table.lines):
        row = cells
        if number and any(pseudonym in cell for cell in cells):
            records.append(number)
            row = [ERASED, *("" for _ in table.columns[1:])]
        out.write("\r\n" * (line - 1 - lines))
        writer.writerow(row)
        lines = line + len(_LINE_END.findall(" ".join(row)))
    return Taken(out.getvalue().encode(), records)


def replace_kept(folder: Path, sha256: str, data: bytes) -> None:
    """The kept file has other bytes from now on; the note comes first, so that a crash leaves a file that is whole.

    `folder`: the spool of the file door.
    """
    replace_file(folder / _NOTES / sha256, hashlib.sha256(data).hexdigest().encode())
    replace_file(folder / "bytes" / sha256, data)


def is_kept_whole(folder: Path, sha256: str, data: bytes) -> bool:
    """Whether these bytes are the file that was taken under this sha256, or what an erasure left of it."""
    found = hashlib.sha256(data).hexdigest()
    note = folder / _NOTES / sha256
    return found == sha256 or (note.exists() and note.read_text("ascii") == found)


def files_erased_in(folder: Path) -> list[str]:
    """The sha256 of every kept file that an erasure has changed."""
    return sorted(note.name for note in (folder / _NOTES).glob("*") if not note.name.startswith("."))
