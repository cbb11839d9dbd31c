"""Writes a table as the CSV that a spreadsheet of the language opens with a double click."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path

from scorecards.pack.safe import safe
from scorecards.pack.workbook import Cell
from scorecards.records import Lang

_EXACT = 2**53  # below it a whole number in binary is the whole number that it says


def write_csv(headings: Sequence[str], rows: Iterable[Sequence[Cell]], out: Path, lang: Lang) -> None:
    """UTF-8 with a byte-order mark, CRLF. Swedish: semicolons and decimal commas; English: commas and points.

    Numbers have all of their digits; days are ISO 8601, moments `2026-11-24 14:05` local time.
    """
    delimiter, decimal = (";", ",") if lang == "sv" else (",", ".")
    with out.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, lineterminator="\r\n")
        writer.writerow([safe(heading) for heading in headings])
        for row in rows:
            writer.writerow([written(cell, decimal) for cell in row])


def written(cell: Cell, decimal: str) -> str:
    """One cell as text: only what is a text is made safe."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return safe(cell)
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M")
    if isinstance(cell, date):
        return cell.isoformat()
    whole = isinstance(cell, float) and cell.is_integer() and abs(cell) < _EXACT
    return str(int(cell) if whole else cell).replace(".", decimal)
