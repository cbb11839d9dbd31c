"""Reads one dropped table by its source: declared dialect, columns by name, one outcome per data row.

Nothing is guessed: the encoding is UTF-8 if the bytes are strictly that, else the declared one; the dialect is the
declared one. What concerns the whole file (encoding, header, a cut end) refuses it whole; a wrong row is refused alone.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, takewhile

from contracts.sources import Format, Source
from ingestion.adapters.outcome import Ignored
from ingestion.adapters.records import Record
from ingestion.adapters.series import StampOrder
from ingestion.adapters.text import decode_text, whole_lines
from ingestion.adapters.unpivot import headings_problem
from ingestion.rejection import Rejection, shown

#: What stands in the first cell of a record that was erased since, in a row of else empty cells.
ERASED = "(erased)"


@dataclass(frozen=True, slots=True)
class Table:
    """A table that was read to its end once; its records are read again one by one, so that a large one stays small."""

    text: str
    delimiter: str
    quote: str
    columns: list[str]
    stamps: StampOrder | None = None

    @property
    def lines(self) -> Iterator[tuple[int, list[str]]]:
        """Line and cells as they stand of the header and of every data row, also of one with too few or too many."""
        for found in _lines(self.text, self.delimiter, self.quote):
            assert not isinstance(found, Rejection), "the first reading came to the end"
            yield found

    @property
    def records(self) -> Iterator[Record]:
        """The data rows in order, numbered from 1 (blank lines have no number)."""
        later = self.stamps.reader() if self.stamps else lambda cells: None
        for number, (line, cells) in enumerate(islice(self.lines, 1, None), 1):
            if cells[0] == ERASED and not any(cells[1:]):
                yield Record(number, line, Ignored("erased"))
            elif any(cells):  # spreadsheets leave rows of bare delimiters at the end
                named = _cells(self.columns, cells, line)
                yield Record(number, line, named, None if isinstance(named, Rejection) else later(named))


def read_table(data: bytes, source: Source) -> Table | Rejection:
    """Reads the bytes of a table as the source declares them; a rejection refuses the whole file."""
    form, dialect = source.format, source.format.table
    assert dialect is not None
    text = decode_text(data, form.encoding, "csv")
    if isinstance(text, Rejection):
        return text
    delimiter, quote = dialect.delimiter, dialect.quote
    text = _blank_comments(text, dialect.comment)
    if wrong := whole_lines(text, dialect.final_newline):
        return wrong
    lines = _lines(text, delimiter, quote)
    header = next(lines, None)
    if header is None or isinstance(header, Rejection):
        return header or Rejection("E_EMPTY")
    wrong = _judge_header(header[1], form, delimiter) or headings_problem(form.unpivot, header[1])
    if wrong:
        return wrong
    torn = next((found for found in lines if isinstance(found, Rejection)), None)
    return torn or Table(text, delimiter, quote, header[1], StampOrder.of(source))


def _blank_comments(text: str, comment: str | None) -> str:
    """The text with the lines before the header that begin so made empty: the other lines keep their numbers."""
    if comment is None:
        return text
    lines = text.splitlines(keepends=True)
    above = takewhile(lambda line: line.startswith(comment) or not line.strip(), lines)
    blanked = ["\n" for _ in above]
    return "".join(blanked + lines[len(blanked) :])


def _lines(text: str, delimiter: str, quote: str) -> Iterator[tuple[int, list[str]] | Rejection]:
    """(line number, cells) of every line that is not blank; a rejection ends it."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quotechar=quote, strict=True)
    begins = 1
    while True:
        begins = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield _quoting(begins, str(error))
            return
        if cells:
            yield begins, cells


def _judge_header(columns: list[str], form: Format, delimiter: str) -> Rejection | None:
    """Columns by name in any order: none twice, none unknown, none missing."""
    declared = form.columns
    if len(columns) == 1 and len(declared) > 1 and any(mark in columns[0] for mark in ",;\t|" if mark != delimiter):
        problem = {"problem": f"no '{delimiter}' in the header", "problem_sv": f"inget ”{delimiter}” i rubriken"}
        return Rejection("E_DIALECT", problem)
    doubled = [name for name in columns if columns.count(name) > 1] if len(columns) <= 1000 else []
    if doubled:
        return _columns(doubled[0], "stands twice", "står två gånger")
    if missing := [name for name in declared if name not in columns]:
        return Rejection("E_REQUIRED", {"field": missing[0]})
    if extra := [name for name in columns if not form.is_column(name)]:
        return _columns(extra[0], "is not in the source", "finns inte i källan")
    return None


def wrong_width(columns: list[str], cells: list[str], line: int) -> Rejection:
    """What is said of a row with too few or too many cells: numbers, and nothing that stands in it."""
    problem = f"{len(cells)} fields, the header has {len(columns)}"
    swedish = f"{len(cells)} fält, rubriken har {len(columns)}"
    return Rejection("E_CSV", {"line": str(line), "problem": problem, "problem_sv": swedish})


def _cells(columns: list[str], cells: list[str], line: int) -> dict[str, str] | Rejection:
    if len(cells) != len(columns):
        return wrong_width(columns, cells, line)
    return dict(zip(columns, (cell.strip() for cell in cells), strict=True))


def _columns(name: str, problem: str, swedish: str) -> Rejection:
    return Rejection("E_SCHEMA", {"problem": f"'{shown(name)}' {problem}", "problem_sv": f"”{shown(name)}” {swedish}"})


def _quoting(line: int, error: str) -> Rejection:
    """What the csv module says of quotes, in plain words."""
    if "end of data" in error:
        problem, swedish = "a quote is not closed", "ett citattecken avslutas inte"
    else:
        problem, swedish = "a quote in the wrong place", "ett citattecken på fel ställe"
    return Rejection("E_CSV", {"line": str(line), "problem": problem, "problem_sv": swedish})
