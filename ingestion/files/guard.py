"""Takes persons out of a file before anything of it is kept: pseudonyms, empty cells, or the whole file stays outside.

A file in which nothing has to change keeps its bytes. Another is written anew: the same cells, dialect and lines. It is
UTF-8 whatever it was, since that is what is tried first: without a name, a text in another encoding might pass for it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from contracts.site import Site
from contracts.sources import FileTransport, Source
from contracts.streams import PERSONAL
from ingestion.adapters.csv_adapter import Table, read_table, wrong_width
from ingestion.files.pseudonyms import PseudonymKey, site_key
from ingestion.files.records import clear_records
from ingestion.rejection import Rejection
from ingestion.validation.personal import (
    holds_personal_number,
    is_pseudonym,
    origins,
    personal_columns,
    personal_number,
)

_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Cleared:
    """What of a file may be kept; `key`: the fingerprint of the key that pseudonyms in it were made with."""

    data: bytes
    key: str | None = None
    changed: bool = False


class Guard:
    """What the door does to the files of one source; false where the source is about no persons and drops nothing."""

    def __init__(self, site: Site, source_id: str) -> None:
        found = site.sources.get(source_id)
        self._site = site
        self._source = found if found and isinstance(found.transport, FileTransport) else None
        self._kinds = personal_columns(self._source, site.streams) if self._source else {}
        self._drop = frozenset(self._source.governance.drop) if self._source else frozenset()
        self._read = _columns_read(self._source) if self._source else frozenset()

    def __bool__(self) -> bool:
        return bool(self._drop) or any(kind != "with_org_nr" for kind in self._kinds.values())

    def clear(self, data: bytes) -> Cleared | Rejection:
        """The bytes that may be kept, or why the whole file stays outside; the same bytes give the same.

        What cannot be read, or has a row whose columns cannot be told, may name a person anywhere.
        """
        if self._source is None or not self:
            return Cleared(data)
        if self._source.format.adapter == "json_records":
            return self._clear_records(data, self._source)
        table = read_table(data, self._source)
        if isinstance(table, Rejection):
            return _unquoted(table)
        clearing = self.clearing(table.columns)
        rewriting = _Rewriting(table, clearing)
        text = rewriting.run()
        if isinstance(text, Rejection):
            return text
        return Cleared(text.encode(), self.made_with(clearing), True) if rewriting.changed else Cleared(data)

    def _clear_records(self, data: bytes, source: Source) -> Cleared | Rejection:
        found = clear_records(data, source, [name for name, kind in self._kinds.items() if kind != "with_org_nr"])
        return _unquoted(found) if isinstance(found, Rejection) else Cleared(found, None, found != data)

    def clearing(self, columns: list[str]) -> Clearing:
        """What clears the rows of a table with these columns."""
        return Clearing(columns, self._kinds, self._drop, self._read, lambda: self.key)

    def made_with(self, clearing: Clearing) -> str | None:
        """The fingerprint of the key, if pseudonyms were made."""
        return self.key.fingerprint if clearing.pseudonyms and isinstance(self.key, PseudonymKey) else None

    @cached_property
    def key(self) -> PseudonymKey | Rejection:
        """The site's key; read when the first person is met."""
        return site_key(self._site.settings, self._site.paths)


class Clearing:
    """Takes persons and dropped columns out of the rows of one table, whose columns are known."""

    def __init__(self, columns: list[str], kinds: dict[str, str], drop: frozenset[str], read: frozenset[str],
                 key: Callable[[], PseudonymKey | Rejection]) -> None:  # fmt: skip
        """`key` is asked when the first person is met."""
        self._key, self.columns, named = key, columns, list(enumerate(columns))
        self._persons, self.numbers, self._with_number = (
            [at for at, name in named if kinds.get(name) == kind] for kind in PERSONAL
        )
        self._drop = [at for at, name in named if name in drop]
        self._unread = [at for at, name in named if name not in read]
        #: Whether a row without a person may be kept although nobody can tell its columns.
        self.may_be_torn = not (self._persons or self._drop)
        self.pseudonyms = False

    def row(self, cells: list[str]) -> list[str] | Rejection:
        """What may be kept of a row as wide as the table; a rejection keeps the whole file outside."""
        row = list(cells)
        for at in self._drop:
            row[at] = ""
        traders = [at for at in self.numbers if holds_personal_number(cells[at])]
        named = [at for at in self._persons if cells[at].strip()] + traders
        if not named:
            return row
        with_number = [at for at in self._with_number if traders and cells[at].strip()]
        if refused := self._hide(row, named + with_number):
            return refused
        stands = _stands(filter(None, (personal_number(cells[at]) for at in named)), row)
        return Rejection("E_PERSONAL") if stands else row

    def _hide(self, row: list[str], cells: list[int]) -> Rejection | None:
        """Puts pseudonyms into these cells, and empties those that no mapping reads; or why it cannot."""
        key = self._key()
        if isinstance(key, Rejection):
            return key
        for at in cells:
            row[at] = key.pseudonym(row[at])
        for at in self._unread:  # nobody has said that they are about no person
            row[at] = ""
        self.pseudonyms = True
        return None


class _Rewriting:
    """One reading of one table, from its header to its end, while it is written anew."""

    def __init__(self, table: Table, clearing: Clearing) -> None:
        self._table, self._clearing = table, clearing
        self.changed = False

    def run(self) -> str | Rejection:
        """The whole table, each row beginning on the line that it began on; or the first row that may not be kept."""
        out = io.StringIO(newline="")
        writer = csv.writer(out, delimiter=self._table.delimiter, quotechar=self._table.quote, lineterminator="\r\n")
        lines = 0
        for line, cells in self._table.lines:
            row = cells if not lines else self._row(line, cells)
            if isinstance(row, Rejection):
                return row
            out.write("\r\n" * (line - 1 - lines))
            writer.writerow(row)
            lines = line + len(_LINE_END.findall(" ".join(row)))
            self.changed = self.changed or row != cells
        return out.getvalue()

    def _row(self, line: int, cells: list[str]) -> list[str] | Rejection:
        if not any(cells):
            return cells
        if len(cells) != len(self._table.columns):
            return self._torn(line, cells)
        row = self._clearing.row(cells)
        return row.at_line(line) if isinstance(row, Rejection) else row

    def _torn(self, line: int, cells: list[str]) -> list[str] | Rejection:
        """In a row with cells too few or too many a person may stand in any."""
        if any(map(holds_personal_number, cells)):
            return Rejection("E_PERSONAL").at_line(line)
        return cells if self._clearing.may_be_torn else wrong_width(self._table.columns, cells, line)


def _stands(numbers: Iterable[str], row: list[str]) -> bool:
    """Whether one of the numbers still stands in a cell, with whatever signs between its digits."""
    left = ["".join(filter(str.isdecimal, cell)) for cell in row if not is_pseudonym(cell)]
    return any(number in digits for number in numbers for digits in left)


def _columns_read(source: Source) -> frozenset[str]:
    """The columns that a mapping, a condition or the finding of the machine reads."""
    found = {name for emit in source.emits for origin in emit.fields.values() for name in origins(origin)}
    found |= {when.column for emit in source.emits for when in emit.conditions if when.column}
    return frozenset(found | ({source.equipment.column} if source.equipment and source.equipment.column else set()))


def _unquoted(refused: Rejection) -> Rejection:
    """The same without words of the file: where there is no header, what stands there may be a person."""
    if refused.code != "E_SCHEMA":
        return refused
    problem = {"problem": "a column stands twice or is not in the source"}
    return Rejection("E_SCHEMA", problem | {"problem_sv": "en kolumn står två gånger eller finns inte i källan"})
