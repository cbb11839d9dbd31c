"""The breakdowns of an edition as one table of the pack: a row for each cell, what is hidden without a number."""

from __future__ import annotations

from collections.abc import Iterator

from scorecards.edition import Edition
from scorecards.pack.workbook import Cell
from scorecards.programme_records import Breakdown, BreakdownCell
from scorecards.views.breakdowns import TOTAL, headings, name_of
from scorecards.voice import Voice

#: Its name among the tables of the pack, and its columns: no table of the edition has them as a reader needs them.
NAME = "breakdown"
COLUMNS = (
    "breakdown_name", "first_column", "first", "second_column", "second", "third_column", "third", "number",
    "number_unit", "shown", "last_shown",
)  # fmt: skip


def rows(edition: Edition, voice: Voice) -> Iterator[list[Cell]]:
    """Each cell of each breakdown that is told; of one that is withheld a single row that says why."""
    for table, cells in edition.breakdowns:
        if table.withheld:
            yield [voice.of(table.name), *[None] * 8, voice.of(table.withheld_words), None]
            continue
        for cell in cells:
            yield _row(edition, voice, table, cell)


def _row(edition: Edition, voice: Voice, table: Breakdown, cell: BreakdownCell) -> list[Cell]:
    at: list[Cell] = []
    for column, heading, value in zip(table.columns, headings(voice, table), (cell.d1, cell.d2, cell.d3), strict=False):
        at += [heading, voice("breakdown.total") if value == TOTAL else name_of(edition, voice, column, str(value))]
    shown = cell.state == "shown"
    number, last = (None if told is None else float(told) for told in (cell.value, cell.last_value))
    unit = voice.unit_sign(table.unit) or voice("breakdown.number").lower()
    word = voice("breakdown.shown" if shown else f"breakdown.{cell.state}")
    rest: list[Cell] = [number if shown else None, unit, word, None if shown else last]
    return [voice.of(table.name), *at, *[None] * (6 - len(at)), *rest]
