"""Tells by its headings which template a sheet is, or which one it nearly is and what is wrong with it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingestion.adapters.cells import near
from ingestion.adapters.grid import MERGED, Grid, is_blank, letters
from ingestion.adapters.layout import Column, Layout
from ingestion.rejection import Rejection, shown

_LOOKED_AT = 20  # rows in which headings are looked for
_DIGITS = re.compile(r"\d{4}")


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that is wrong with a row of headings, and its cure; `place` are the letters of a column, or nothing."""

    place: str
    problem: tuple[str, str]  # Swedish, English
    cure: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Fit:
    """A sheet held against a layout. `row` of its headings counts from 0; `columns` by place, None: to be ignored."""

    grid: Grid
    layout: Layout
    row: int
    columns: list[Column | None]
    likeness: float
    wrong: list[Wrong]

    @property
    def resembles(self) -> bool:
        """Whether it must be meant to be this template: half of its headings and no fewer than three are."""
        stated = sum(bool(cell.strip()) for cell in self.grid.rows[self.row])
        return self.likeness >= 3 and self.likeness * 2 >= stated

    def rejection(self) -> Rejection:
        """What is wrong, with the cures, in one sentence each."""
        facts = {"sheet": self.grid.name, "row": str(self.row + 1)}
        facts |= {"template": self.layout.source.name.sv}
        for n, tongue in enumerate(("_sv", "")):
            facts[f"problem{tongue}"] = "; ".join(one.problem[n] for one in self.wrong)
            facts[f"cure{tongue}"] = " ".join(dict.fromkeys(one.cure[n] for one in self.wrong))
        places = [one.place for one in self.wrong if one.place]
        return Rejection("E_SHEET_COLUMNS", facts | ({"column": places[0]} if places else {}))


def best_fit(grid: Grid, layouts: list[Layout]) -> Fit:
    """The layout that a sheet is, or that comes nearest; of two equals the one whose columns it has most of."""
    fits = [_fit(grid, layout) for layout in layouts]
    return max(fits, key=lambda fit: (not fit.wrong, fit.likeness, fit.likeness / len(fit.layout.columns)))


def _fit(grid: Grid, layout: Layout) -> Fit:
    written = [row for row, cells in enumerate(grid.rows) if not is_blank(cells)]
    row = max(written[:_LOOKED_AT], key=lambda at: sum(layout.column(cell) is not None for cell in grid.rows[at]))
    columns = [layout.column(cell) for cell in grid.rows[row]]
    known = [column for column in columns if column is not None]
    absent = [column.heading for column in layout.columns if column not in known]
    trusted = len(known) * 2 >= sum(bool(cell.strip()) for cell in grid.rows[row])
    wrong = _above(written, row) if known else []
    meant: set[str] = set()
    for at in range(max(map(len, grid.rows))):
        cell = grid.rows[row][at].strip() if at < len(columns) else ""
        column = columns[at] if at < len(columns) else None
        if column is not None and columns.index(column) < at:
            wrong.append(_twice(at, column.heading))
        elif column is None and not _is_empty(grid, row, at):
            found = near(cell, absent) if cell not in ("", MERGED) else []
            meant |= set(found)
            wrong.append(_strange(at, cell if trusted else "", found, cell == MERGED))
    wrong += [_missing(c.heading) for c in layout.required if c.heading in absent and c.heading not in meant]
    return Fit(grid, layout, row, columns, len(set(map(id, known))) + 0.9 * len(meant), wrong)


def _is_empty(grid: Grid, header: int, at: int) -> bool:
    """Whether nothing stands in a column below the headings."""
    return all(is_blank(row[at : at + 1]) for row in grid.rows[header + 1 :])


def _above(written: list[int], row: int) -> list[Wrong]:
    if row == written[0]:
        return []
    problem = (f"ovanför dem, på rad {written[0] + 1}, står något annat",
               f"above them, in row {written[0] + 1}, stands something else")  # fmt: skip
    return [Wrong("", problem, ("Ta bort raderna ovanför rubrikerna.", "Delete the rows above the headings."))]


def _twice(at: int, heading: str) -> Wrong:
    problem = f"”{heading}” står två gånger", f"'{heading}' stands twice"
    return Wrong(letters(at), problem, ("Behåll en av kolumnerna.", "Keep one of the columns."))


def _strange(at: int, heading: str, meant: list[str], merged: bool) -> Wrong:
    """A column that the template has not. A text that may be a person is not said again."""
    place = letters(at)
    said = f"”{shown(heading, 40)}” i kolumn {place}", f"'{shown(heading, 40)}' in column {place}"
    if not heading or merged or _DIGITS.search(heading):
        said = f"rubriken i kolumn {place}", f"the heading of column {place}"
    problem = f"{said[0]} finns inte i mallen", f"{said[1]} is not in the template"
    if meant:
        return Wrong(
            place, problem, (f"Skriv ”{meant[0]}” i kolumn {place}.", f"Write '{meant[0]}' in column {place}.")
        )
    cure = (f"Ta bort kolumn {place}, eller det som står i den.", f"Delete column {place}, or what stands in it.")
    return Wrong(place, problem, cure)


def _missing(heading: str) -> Wrong:
    problem = f"”{heading}” saknas", f"'{heading}' is missing"
    return Wrong("", problem, (f"Lägg till kolumnen ”{heading}”.", f"Add the column '{heading}'."))
