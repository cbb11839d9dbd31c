"""Recognises the sheets of a dropped file by their headings, and makes of each the plain form that may be kept.

Nothing else of the file is kept: neither the other sheets nor comments, links, hidden things, or who wrote it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import structlog

from contracts.office import EXPLANATION, WORDS
from contracts.site import Site
from contracts.sources import FileTransport
from ingestion.adapters.cells import is_fault
from ingestion.adapters.grid import Grid, is_blank, letters, plain, read_csv
from ingestion.adapters.headings import Fit, best_fit
from ingestion.adapters.layout import Column, Layout
from ingestion.adapters.workbook import is_workbook, read_workbook
from ingestion.files.guard import Cleared, Clearing, Guard
from ingestion.rejection import Rejection, shown
from ingestion.validation.personal import holds_personal_number

log = structlog.get_logger()
#: Bytes of a file that is filled in by hand.
MAX_BYTES = 16_000_000


@dataclass(frozen=True, slots=True)
class Piece:
    """What may be kept of a dropped file, and the source that reads it; of a file of sheets one that was recognised."""

    source: str
    sheet: str | None
    cleared: Cleared


class SheetIntake:
    """Takes the files of a drop folder of sheets, or of the one source of that name; false where there is none."""

    def __init__(self, site: Site, where: str) -> None:
        sources = [
            source
            for source in site.sources.values()
            if isinstance(source.transport, FileTransport) and source.format.adapter == "sheet"
            if source.id == where or (source.folder == where and source.status in ("active", "deprecated"))
        ]
        self._layouts = [Layout(source, site.streams) for source in sources]
        self._guards = {source.id: Guard(site, source.id) for source in sources}

    def __bool__(self) -> bool:
        return bool(self._layouts)

    def take(self, name: str, data: bytes) -> list[Piece] | Rejection:
        """One piece per sheet, in order; a rejection keeps the whole file outside. Equal cells give equal bytes."""
        try:
            return self._pieces(name, data)
        except Exception as error:  # noqa: BLE001 - a mistake of ours stops no other file, and its words may name a person
            log.error("sheet_not_read", problem=type(error).__name__)
            return Rejection("E_INTERNAL", {"problem": type(error).__name__})

    def _pieces(self, name: str, data: bytes) -> list[Piece] | Rejection:
        fits = self._recognised(name, data)
        if isinstance(fits, Rejection):
            return fits
        pieces = []
        for fit in fits:
            cleared = self._cleared(fit)
            if isinstance(cleared, Rejection):
                return cleared
            pieces.append(Piece(fit.layout.source.id, fit.grid.name, cleared))
        return pieces

    def _recognised(self, name: str, data: bytes) -> list[Fit] | Rejection:
        """The sheets that are templates: none that nearly is one may be left behind unsaid."""
        grids = read_workbook(data) if is_workbook(data) else read_csv(data, Path(name).stem)
        if isinstance(grids, Rejection):
            return grids.in_sheet(Path(name).stem) if not is_workbook(data) else grids
        grids = [grids] if isinstance(grids, Grid) else grids
        own = [grid for grid in grids if grid.name not in (EXPLANATION, WORDS)]
        written = [grid for grid in own if not all(map(is_blank, grid.rows))]
        if not written:
            return Rejection("E_EMPTY")
        fits = [best_fit(grid, self._layouts) for grid in written]
        right = [fit for fit in fits if not fit.wrong]
        meant = [fit for fit in fits if fit.wrong and fit.resembles]
        if meant or not right:
            return self._unknown(meant or fits)
        if hidden := [fit for fit in right if fit.grid.hidden]:
            return _hidden(hidden[0])
        filled = [fit for fit in right if any(not is_blank(row) for row in fit.grid.rows[fit.row + 1 :])]
        return filled or Rejection("E_EMPTY", {"sheet": right[0].grid.name})

    def _unknown(self, fits: list[Fit]) -> Rejection:
        nearest = max(fits, key=lambda fit: fit.likeness)
        if nearest.likeness >= 2 or len(self._layouts) == 1:
            return nearest.rejection()
        names = ", ".join(layout.source.name.sv for layout in self._layouts)
        return Rejection("E_SHEET_UNKNOWN", {
            "problem": "nothing in the first rows is one of their headings",
            "problem_sv": "inget i de första raderna är en av deras rubriker",
            "cure": f"Use one of the templates, with its headings as they are: {names}.",
            "cure_sv": f"Använd en av mallarna, med rubrikerna som de är: {names}.",
        })  # fmt: skip

    def _cleared(self, fit: Fit) -> Cleared | Rejection:
        """The plain form of a sheet: known columns in their places, and no person."""
        guard, columns = self._guards[fit.layout.source.id], fit.columns
        clearing = guard.clearing([column.heading if column else "" for column in columns])
        rows: list[list[str]] = []
        for number, cells in enumerate(fit.grid.rows):
            row = _as_wide(cells, columns)
            if number > fit.row and guard and not is_blank(row) and not _is_example(fit.layout, columns, row):
                values = ["" if is_fault(cell) else cell for cell in row]  # what is no value becomes no pseudonym
                found = _zeros_lost(values, clearing) or clearing.row(values)
                if isinstance(found, Rejection):
                    return Rejection(found.code, {"sheet": fit.grid.name, "row": str(number + 1), **found.facts})
                row = [cell if is_fault(cell) else kept for cell, kept in zip(row, found, strict=True)]
            rows.append(row)
        return Cleared(plain(rows), guard.made_with(clearing), True)


def _as_wide(cells: list[str], columns: list[Column | None]) -> list[str]:
    """A row as wide as the headings, with the columns empty that no heading names."""
    padded = [cell.strip() for cell in cells] + [""] * (len(columns) - len(cells))
    return [cell if column else "" for cell, column in zip(padded, columns, strict=False)]


def _is_example(layout: Layout, columns: list[Column | None], row: list[str]) -> bool:
    return layout.is_example({column.heading: cell for column, cell in zip(columns, row, strict=True) if column})


def _zeros_lost(row: list[str], clearing: Clearing) -> Rejection | None:
    """Of a personal number whose first zeros a program for tables took away: it is hardly to be known as one."""
    for at in clearing.numbers:
        cell = row[at]
        if cell.isdecimal() and 6 <= len(cell) < 10 and holds_personal_number(cell.zfill(10)):
            return Rejection("E_CELL_ZEROS", {"column": f"{letters(at)} ({clearing.columns[at]})"})
    return None


def _hidden(fit: Fit) -> Rejection:
    return Rejection("E_WORKBOOK", {
        "sheet": shown(fit.grid.name), "problem": "the sheet is hidden", "problem_sv": "bladet är dolt",
        "cure": "Show the sheet, or delete it.", "cure_sv": "Visa bladet, eller ta bort det.",
    })  # fmt: skip
