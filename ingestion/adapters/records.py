"""What every reader of a file format gives: records, numbered in order, each its columns or its outcome already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Protocol

from ingestion.adapters.outcome import Ignored, Repeated
from ingestion.rejection import Rejection

#: What a reader makes of one place of a file: cells by column (text, of JSON what it says), or why they are no record.
Found = dict[str, Any] | Ignored | Repeated | Rejection


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its number (from 1), the line on which it begins, its cells by column, or what became of it.

    `later`: of a series, whether its stamp, if the clock showed it twice, is the second; None: nobody knows. Of a
    sheet also its row, and the letters of its columns by heading.
    """

    number: int
    line: int
    cells: Found
    later: bool | None = None
    row: int | None = None
    places: Mapping[str, str] = field(default_factory=dict)

    def refused(self, rejection: Rejection) -> Rejection:
        """The rejection with where in the file it is: the line, and in a sheet the row and the column."""
        if self.row is None:
            return rejection.at_line(self.line)
        heading = rejection.facts.get("field", "")
        column = {"column": f"{self.places[heading]} ({heading})"} if heading in self.places else {}
        return Rejection(rejection.code, {**rejection.facts, "line": str(self.line), "row": str(self.row), **column})


class Records(Protocol):
    """A file that was read to its end once; its records are read again one by one, so that a large one stays small."""

    @property
    def records(self) -> Iterator[Record]:
        """The records in order; the same at every reading."""
        ...


def once(found: Iterable[tuple[int, Found]]) -> Iterator[tuple[int, Found]]:
    """The same with every exact repeat of earlier cells told as one. Knows a record by 16 bytes of its hash."""
    seen: set[bytes] = set()
    for line, cells in found:
        if isinstance(cells, dict):
            said = blake2b("\x1f".join(f"{name}\x1e{cell}" for name, cell in cells.items()).encode(), digest_size=16)
            mark = said.digest()
            if mark in seen:
                yield line, Repeated()
                continue
            seen.add(mark)
        yield line, cells
