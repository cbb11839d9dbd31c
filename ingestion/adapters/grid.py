"""The cells of a sheet as text, row by row as the program for tables shows them, and the plain form that is kept of it.

Plain is UTF-8 with semicolons and CRLF, whatever the sheet came in: equal cells give equal bytes. A date is written as
2026-05-03, a number with a decimal comma, a truth as Ja or Nej, so that one reader knows what XLSX and CSV say.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ingestion.adapters.text import decode_text, whole_lines
from ingestion.rejection import Rejection

#: Stands in a cell that another covers, since they are merged; and in a formula that no program has worked out.
MERGED, NOT_WORKED_OUT = "#MERGED!", "#FORMULA!"
MAX_ROWS, MAX_COLUMNS = 50_000, 200
_DELIMITERS = ";,\t"


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet. `rows[0]` is row 1; rows may be of different length, and blank ones are kept for the numbers."""

    name: str
    rows: list[list[str]]
    hidden: bool = False


def letters(column: int) -> str:
    """The name of a column, counted from 0: A, B, … Z, AA."""
    name = ""
    while column >= 0:
        column, rest = divmod(column, 26)
        name = chr(ord("A") + rest) + name
        column -= 1
    return name


def is_blank(row: Iterable[str]) -> bool:
    """Whether nothing stands in a row: a cell that is merged into an empty one is empty."""
    return all(cell.strip() in ("", MERGED) for cell in row)


def plain(rows: Iterable[list[str]]) -> bytes:
    """The plain form of rows."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    for row in rows:
        writer.writerow([] if is_blank(row) else row)
    return out.getvalue().encode()


def without(data: bytes, word: str, mark: str) -> tuple[bytes, list[int]]:
    """The plain form with a mark alone in every row below the headings that holds the word; and which, from 1.

    All other rows are as they were, where they were.
    """
    rows = list(csv.reader(io.StringIO(data.decode(), newline=""), delimiter=";", strict=True))
    header = next((at for at, row in enumerate(rows) if not is_blank(row)), 0)
    found = [at for at, row in enumerate(rows) if at > header and any(word in cell for cell in row)]
    for at in found:
        rows[at] = [mark, *("" for _ in rows[at][1:])]
    return plain(rows), [at - header for at in found]


def numbered(text: str) -> Iterator[tuple[int, int, list[str]]]:
    """Line, row and cells of every row of the plain form that is not blank, both counted from 1."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True)
    line = 1
    for row, cells in enumerate(reader, 1):
        if not is_blank(cells):
            yield line, row, [cell.strip() for cell in cells]
        line = reader.line_num + 1


def read_csv(data: bytes, name: str) -> Grid | Rejection:
    """A CSV file as a program for tables shows it, as a sheet of that name; a rejection refuses it whole.

    UTF-8 with or without byte-order mark, else cp1252; semicolon, comma or tab, whichever parts the first line most. A
    first line `sep=;` is no row.
    """
    text = decode_text(data, "cp1252", "xlsx | csv")
    if isinstance(text, Rejection):
        return _encoding() if text.code == "E_ENCODING" else text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    first, _, rest = text.partition("\n")
    told = first.strip('"') if first.strip('"')[:4].lower() == "sep=" and len(first.strip('"')) == 5 else ""
    text = rest if told else text
    if wrong := whole_lines(text):
        return wrong
    delimiter = told[-1] if told else _delimiter(text)
    return _rows(text, delimiter, name)


def _delimiter(text: str) -> str:
    line = next((line for line in text.split("\n") if line.strip()), "")
    return max(_DELIMITERS, key=lambda mark: len(next(csv.reader([line], delimiter=mark), [])))


def _rows(text: str, delimiter: str, name: str) -> Grid | Rejection:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    try:
        for cells in reader:
            rows.append(cells)
            if len(rows) > MAX_ROWS or len(cells) > MAX_COLUMNS:
                return too_large(name)
    except csv.Error:
        problem = {"problem": "a quote is not closed, or stands in the wrong place"}
        problem |= {"problem_sv": "ett citattecken avslutas inte, eller står på fel ställe"}
        return Rejection("E_CSV", {"line": str(len(rows) + 1), **problem})
    return Grid(name, rows) if any(not is_blank(row) for row in rows) else Rejection("E_EMPTY")


def _encoding() -> Rejection:
    """Of text in another encoding, as Excel's Unicode text."""
    return Rejection("E_WORKBOOK", {
        "problem": "it is text in neither UTF-8 nor cp1252", "problem_sv": "den är text i varken UTF-8 eller cp1252",
        "cure": "Save it as XLSX, or as CSV UTF-8.", "cure_sv": "Spara den som XLSX, eller som CSV UTF-8.",
    })  # fmt: skip


def too_large(sheet: str) -> Rejection:
    """Of a sheet with more than anybody fills in by hand."""
    return Rejection("E_WORKBOOK", {
        "sheet": sheet,
        "problem": f"the sheet has more than {MAX_ROWS} rows or {MAX_COLUMNS} columns",
        "problem_sv": f"bladet har fler än {MAX_ROWS} rader eller {MAX_COLUMNS} kolumner",
        "cure": "Divide it into several files, or delete what stands far below or to the right.",
        "cure_sv": "Dela upp det i flera filer, eller ta bort det som står långt ner eller långt till höger.",
    })  # fmt: skip
