"""Reads the sheets of an XLSX workbook as text cells; the one place that reads by openpyxl.

By openpyxl, since it alone of the readers of today tells a formula that nobody has worked out from an empty cell, and
merged, hidden and percent cells, error values and the two calendars of Excel. Rows and columns that are hidden or
filtered away are read like all others. What a workbook is packed in is judged before: size, macros, entities.
"""

from __future__ import annotations

import io
import math
import re
import warnings
import zipfile
import zlib
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.cell import Cell
from openpyxl.utils import column_index_from_string
from openpyxl.worksheet.worksheet import Worksheet

from ingestion.adapters.grid import MAX_COLUMNS, MAX_ROWS, MERGED, NOT_WORKED_OUT, Grid, too_large
from ingestion.rejection import Rejection

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
MAX_UNPACKED, MAX_PARTS = 64_000_000, 1_000
MAX_RANGES = 200_000  # cells that are merged or linked
_RANGED = re.compile(rb"<(?:\w+:)?(?:mergeCell|hyperlink)\s")
_RANGE = re.compile(rb"<(?:\w+:)?(?:mergeCell|hyperlink)\s[^>]*?\bref=[\"']([^\"']*)[\"']")
_REF = re.compile(rb"([A-Z]{1,3})(\d{1,7})(?::([A-Z]{1,3})(\d{1,7}))?")
_FORMULA = re.compile(rb"<f[ >/]")
_MALFORMED = (
    OSError, ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError, EOFError, AssertionError,
    NotImplementedError, RuntimeError, ParseError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip


def is_workbook(data: bytes) -> bool:
    """Whether the bytes are packed like a workbook: as XLSX and ODS are, or as old and encrypted ones."""
    return data.startswith((ZIP, OLE))


def read_workbook(data: bytes) -> list[Grid] | Rejection:
    """Every worksheet in order; a rejection refuses the whole file. Reads no macro, link, comment or property."""
    if data.startswith(OLE):
        return _refused("it is in the old format (.xls) or has a password", "den är i gammalt format (.xls) eller låst",
                        "Save it as .xlsx without a password.", "Spara den som .xlsx utan lösenord.")  # fmt: skip
    try:
        formulas = _judge_parts(data)
        if isinstance(formulas, Rejection):
            return formulas
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of openpyxl: parts that it does not know and that say nothing of cells
            values = openpyxl.load_workbook(io.BytesIO(data), data_only=True, keep_links=False)
            told = openpyxl.load_workbook(io.BytesIO(data), keep_links=False) if formulas else None
        grids = []
        for sheet in values.worksheets:
            grid = _grid(sheet, told[sheet.title] if told else None)
            if isinstance(grid, Rejection):
                return grid
            grids.append(grid)
        return grids
    except _MALFORMED:
        return _refused("it is damaged, or no workbook", "den är skadad, eller ingen arbetsbok",
                        "Open it, save it anew as .xlsx and drop it again.",
                        "Öppna den, spara den på nytt som .xlsx och lämna in den igen.")  # fmt: skip


def _judge_parts(data: bytes) -> bool | Rejection:
    """Whether a sheet has formulas; or why the package is not opened."""
    formulas = False
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = package.infolist()
        names = {part.filename for part in parts}
        if "mimetype" in names and "xl/workbook.xml" not in names:
            return _refused("it is in another format (as ODS)", "den är i ett annat format (som ODS)",
                            "Save it as .xlsx.", "Spara den som .xlsx.")  # fmt: skip
        if any(name.lower().endswith("vbaproject.bin") or "macrosheets/" in name.lower() for name in names):
            return _refused("it has macros", "den har makron",
                            "Save it as .xlsx (not .xlsm).", "Spara den som .xlsx (inte .xlsm).")  # fmt: skip
        if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
            return _refused(f"it unpacks to more than {MAX_UNPACKED // 1_000_000} MB",
                            f"den packas upp till mer än {MAX_UNPACKED // 1_000_000} MB",
                            "Divide it into several files, without pictures.",
                            "Dela upp den i flera filer, utan bilder.")  # fmt: skip
        for part in parts:
            if not part.filename.startswith("xl/media/"):  # a sheet may have any name, but lies in no picture
                text = package.read(part)  # never more than the size that was judged
                if b"<!DOCTYPE" in text or text[:2] in (b"\xff\xfe", b"\xfe\xff"):
                    raise ValueError("no program for tables writes such a part")
                if _ranged_cells(text) > MAX_RANGES:
                    return _refused("cells are merged, or linked, far beyond the list",
                                    "celler är sammanfogade, eller länkade, långt utanför listan",
                                    "Divide the merged cells, and remove the links.",
                                    "Dela de sammanfogade cellerna, och ta bort länkarna.")  # fmt: skip
                formulas |= _FORMULA.search(text) is not None
    return formulas


def _ranged_cells(part: bytes) -> int:
    """How many cells of a sheet are merged or linked: openpyxl makes each of them, however many there are."""
    ranges = _RANGE.findall(part)
    places = [_REF.fullmatch(ref) for ref in ranges]
    if len(ranges) != len(_RANGED.findall(part)) or not all(places):
        raise ValueError("no program for tables writes such a range")
    size = 0
    for ends in filter(None, places):
        (left, top), (right, bottom) = ends.group(1, 2), (ends[3] or ends[1], ends[4] or ends[2])
        columns = column_index_from_string(right.decode()) - column_index_from_string(left.decode())
        size += (abs(columns) + 1) * (abs(int(bottom) - int(top)) + 1)
    return size


def _grid(sheet: Worksheet, formulas: Worksheet | None) -> Grid | Rejection:
    # Not iter_rows: it makes a cell for every place up to the last one that somebody gave a colour.
    found = {place: text for place, cell in sheet._cells.items() if (text := _text(cell))}
    for place, cell in formulas._cells.items() if formulas else ():
        value = sheet._cells.get(place)
        if cell.data_type == "f" and (value is None or (value.value is None and value.data_type == "n")):
            found[place] = NOT_WORKED_OUT
    height, width = (max((place[at] for place in found), default=0) for at in (0, 1))
    if height > MAX_ROWS or width > MAX_COLUMNS:
        return too_large(sheet.title)
    for merged in sheet.merged_cells.ranges:
        anchor = (merged.min_row, merged.min_col)
        for row in range(merged.min_row, min(merged.max_row, height) + 1):
            for column in range(merged.min_col, min(merged.max_col, width) + 1):
                found[row, column] = MERGED if (row, column) != anchor else found.get(anchor, "")
    rows = [[found.get((row, column), "") for column in range(1, width + 1)] for row in range(1, height + 1)]
    return Grid(sheet.title, rows, sheet.sheet_state != "visible")


def _text(cell: Cell) -> str:
    """What a cell says, in the one spelling of its type."""
    value: Any = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Ja" if value else "Nej"
    if isinstance(value, int | float):
        return _number(value, "%" in (cell.number_format or ""))
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d" if value.time() == time() else "%Y-%m-%d %H:%M:%S")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value).replace("\r\n", "\n").replace("\r", "\n")


def _number(value: float, percent: bool) -> str:
    """A number as its cell shows it: of the 15 digits that a program for tables keeps, with a decimal comma."""
    if not math.isfinite(value):
        return "#NUM!"
    if isinstance(value, int) and not percent:
        return str(value)
    shown = Decimal(f"{value * 100 if percent else value:.15g}")
    text = format(shown.normalize() if shown else Decimal(), "f")
    return text.replace(".", ",") + ("%" if percent else "")


def _refused(problem: str, problem_sv: str, cure: str, cure_sv: str) -> Rejection:
    return Rejection("E_WORKBOOK", {"problem": problem, "problem_sv": problem_sv, "cure": cure, "cure_sv": cure_sv})
