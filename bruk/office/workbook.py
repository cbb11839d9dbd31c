"""Writes a template as an XLSX workbook, equal contents as equal bytes; the one place that writes by openpyxl."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from bruk.office.template import TemplateColumn, TemplateSheet
from contracts.office import EXPLANATION, WORDS

_MADE = datetime(2026, 1, 1)  # noqa: DTZ001 - the same for ever: XLSX knows no zone
_MADE_IN_ZIP = (2026, 1, 1, 0, 0, 0)
_ROWS = 5_000  # rows below the headings for which the lists of words hold
_BOLD, _TITLE = Font(name="Calibri", size=11, bold=True), Font(name="Calibri", size=14, bold=True)
_EXAMPLE = Font(name="Calibri", size=11, italic=True, color="00666666")
_WIDTHS = (30, 60, 15, 34, 46, 30)  # of the columns of the explanation, in signs
_LINE = 15  # height of a line of text, in points
_REQUIRED, _OPTIONAL = (PatternFill("solid", fgColor=colour) for colour in ("00C9DDEB", "00EEEEEE"))
_WRAP = Alignment(wrap_text=True, vertical="top")
_SAID = (
    "Skriv en rad per post. Rubrikerna ska stå kvar som de är, i vilken ordning som helst; kolumner som inte måste "
    "fyllas i får tas bort.",
    "Raden med exemplet får stå kvar: den räknas aldrig, så länge den är oförändrad.",
    "Lägg filen i mappen programme, som XLSX eller CSV. Namnet på filen spelar ingen roll.",
)


def write_workbook(template: TemplateSheet, rows: Sequence[Sequence[Any]] = ()) -> bytes:
    """A workbook: the sheet to fill in with one example row, what each column is, and the words of the columns.

    `rows`: cells in the order of the columns, to stand below the example as if a person had typed them.
    """
    book = Workbook()
    book.properties.creator, book.properties.title = "Bruk", template.template.title.sv
    book.properties.created = _MADE
    sheet = book.active
    assert isinstance(sheet, Worksheet), "a new workbook has one"
    sheet.title = template.template.sheet
    _explain(book.create_sheet(EXPLANATION), template)
    words = book.create_sheet(WORDS)
    _fill(sheet, template.columns)
    _type(sheet, template.columns, rows)
    for number, column in enumerate((c for c in template.columns if c.words), 1):
        _list(words, number, column)
        _choose(sheet, template.columns.index(column) + 1, words, number, column)
    for one in book.worksheets:
        _print_on_a4(one)
    out = io.BytesIO()
    book.save(out)
    return _without_clock(out.getvalue())


def _print_on_a4(sheet: Worksheet) -> None:
    """As wide as a sheet of paper that lies."""
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0


def _fill(sheet: Worksheet, columns: list[TemplateColumn]) -> None:
    """Headings and example; the form of a whole column, so that what is typed into it stays what it is."""
    for place, column in enumerate(columns, 1):
        heading, shown = sheet.cell(1, place, column.heading), sheet.cell(2, place, column.example)
        heading.font, heading.alignment = _BOLD, _WRAP
        heading.fill = _REQUIRED if column.required else _OPTIONAL
        shown.font = _EXAMPLE
        widest = max(len(column.heading), len(column.example_text), *map(len, column.words or [""]))
        dimension = sheet.column_dimensions[get_column_letter(place)]
        dimension.width = min(max(widest, 10), 38) + 3
        if form := "@" if column.is_text else "yyyy-mm-dd" if column.is_day else "":
            dimension.number_format = shown.number_format = form
    sheet.freeze_panes = "A2"


def _type(sheet: Worksheet, columns: list[TemplateColumn], rows: Sequence[Sequence[Any]]) -> None:
    """The rows below the example, each cell in the form of its column."""
    for row, cells in enumerate(rows, 3):
        for place, (column, value) in enumerate(zip(columns, cells, strict=True), 1):
            cell = sheet.cell(row, place, value)
            if column.is_text or isinstance(value, date):
                cell.number_format = "@" if column.is_text else "yyyy-mm-dd"


def _list(words: Worksheet, place: int, column: TemplateColumn) -> None:
    words.cell(1, place, column.heading).font = _BOLD
    for row, word in enumerate(column.words, 2):
        words.cell(row, place, word).number_format = "@"
    words.column_dimensions[get_column_letter(place)].width = max(map(len, [column.heading, *column.words])) + 3


def _choose(sheet: Worksheet, at: int, words: Worksheet, place: int, column: TemplateColumn) -> None:
    """Lets a person choose among the words of a column."""
    letter, own = get_column_letter(place), get_column_letter(at)
    rule = DataValidation(
        type="list", formula1=f"'{words.title}'!${letter}$2:${letter}${len(column.words) + 1}", allow_blank=True,
        showErrorMessage=True, errorTitle=column.heading, error="Välj ett av orden i listan.",
    )  # fmt: skip
    rule.add(f"{own}2:{own}{_ROWS}")
    sheet.add_data_validation(rule)


def _explain(sheet: Worksheet, template: TemplateSheet) -> None:
    sheet.cell(1, 1, template.template.title.sv).font = _TITLE
    for row, text in enumerate(_SAID, 2):
        sheet.cell(row, 1, text)
    first = len(_SAID) + 3
    headings = ("Rubrik", "Betydelse", "Måste fyllas i", "Form", "Ord som kan stå här", "Exempel")
    for place, (heading, width) in enumerate(zip(headings, _WIDTHS, strict=True), 1):
        sheet.cell(first, place, heading).font = _BOLD
        sheet.column_dimensions[get_column_letter(place)].width = width
    for row, column in enumerate(template.columns, first + 1):
        required = "Ja" if column.required else "Nej"
        cells = (column.heading, column.meaning, required, column.form, ", ".join(column.words), column.example_text)
        for place, text in enumerate(cells, 1):
            cell = sheet.cell(row, place, text)
            cell.alignment, cell.number_format = _WRAP, "@"
        lines = max(len(text) // (width - 4) + 1 for text, width in zip(cells, _WIDTHS, strict=True))
        sheet.row_dimensions[row].height = _LINE * lines


def _without_clock(data: bytes) -> bytes:
    """The same package without the time at which it was written."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as written, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for part in written.infolist():
            text = written.read(part)
            if part.filename == "docProps/core.xml":
                made = f"{_MADE.isoformat()}Z".encode()
                text = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + made, text)
            package.writestr(zipfile.ZipInfo(part.filename, _MADE_IN_ZIP), text, zipfile.ZIP_DEFLATED)
    return out.getvalue()
