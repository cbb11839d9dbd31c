"""Makes of the one sheet of a workbook that a source reads the plain table that is kept; nothing else of it is."""

from __future__ import annotations

from contracts.sources import Format
from ingestion.adapters.grid import MERGED, Grid, is_blank, letters, plain
from ingestion.adapters.workbook import is_workbook, read_workbook
from ingestion.rejection import Rejection, shown

#: Bytes of a workbook.
MAX_BYTES = 16_000_000


def plain_sheet(data: bytes, form: Format) -> bytes | Rejection:
    """The sheet as UTF-8 with semicolons: its headings, each in one line, on the row of the last of them, and its rows.

    Equal cells give equal bytes. A column without a heading in which something stands refuses the file.
    """
    assert form.workbook is not None
    if not is_workbook(data):
        return Rejection("E_TYPE", {"field": "file", "field_sv": "fil", "value": "–", "expected": "xlsx"})
    grids = read_workbook(data)
    if isinstance(grids, Rejection):
        return grids
    grid = next((grid for grid in grids if grid.name == form.workbook.sheet), None)
    if grid is None:
        return _no_sheet(form.workbook.sheet, [grid.name for grid in grids])
    return _plain(grid, form.workbook.headings)


def _plain(grid: Grid, at: list[int]) -> bytes | Rejection:
    headings = _headings([row for number, row in enumerate(grid.rows, 1) if number in at])
    width = len(headings)
    for number, row in enumerate(grid.rows[at[-1] :], at[-1] + 1):
        strange = [place for place, cell in enumerate(row) if cell.strip() and (place >= width or not headings[place])]
        if strange and not is_blank(row):
            return _unnamed(grid.name, number, letters(strange[0]))
    kept = [place for place, heading in enumerate(headings) if heading]
    if not kept:
        return Rejection("E_EMPTY", {"sheet": shown(grid.name)})
    below = [[row[place] if place < len(row) else "" for place in kept] for row in grid.rows[at[-1] :]]
    return plain([[]] * (at[-1] - 1) + [[headings[place] for place in kept], *below])


def _headings(rows: list[list[str]]) -> list[str]:
    """The heading of every column: the words of its cells from top to bottom, with single spaces.

    A cell that is merged into the one left of it or above says nothing more.
    """
    width = max(map(len, rows), default=0)
    cells = [[row[place] for row in rows if place < len(row) and row[place] != MERGED] for place in range(width)]
    return [" ".join(" ".join(column).split()) for column in cells]


def _no_sheet(wanted: str, there: list[str]) -> Rejection:
    names = shown(", ".join(there), 200)
    return Rejection("E_WORKBOOK", {
        "problem": f"it has no sheet '{wanted}'", "problem_sv": f"den har inget blad ”{wanted}”",
        "cure": f"Name the sheet in the source as it is called; there are: {names}.",
        "cure_sv": f"Skriv bladets namn i källan som det heter; det finns: {names}.",
    })  # fmt: skip


def _unnamed(sheet: str, row: int, column: str) -> Rejection:
    return Rejection("E_WORKBOOK", {
        "sheet": shown(sheet), "problem": f"in row {row} something stands in column {column}, which has no heading",
        "problem_sv": f"på rad {row} står något i kolumn {column}, som saknar rubrik",
        "cure": "Give the column a heading, or name the rows of the headings in the source.",
        "cure_sv": "Ge kolumnen en rubrik, eller ange rubrikernas rader i källan.",
    })  # fmt: skip
