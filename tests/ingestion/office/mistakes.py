"""Plausible mistakes in a filled template, made from its columns: what is done, and where it must be said to be."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from bruk.office.template import TemplateSheet
from contracts.streams import Property
from tests.ingestion.office.filled import as_text, filled, stream_of, text_file, workbook

#: The row that mistakes are made in: the second of the filled ones, below headings and example.
ROW = 4


@dataclass(frozen=True)
class Mistake:
    """`make` changes an open sheet. It must be told with this code and cure, in this row and column (None: in none)."""

    name: str
    code: str
    make: Callable[[Worksheet], None]
    column: str | None
    cure: str
    row: int = ROW
    only_xlsx: bool = False

    def __str__(self) -> str:
        return self.name


def mistakes(template: TemplateSheet) -> Iterator[Mistake]:
    """Those that the template's columns allow, ten and more for each; one of a kind in each."""
    items = list(enumerate(stream_of(template).properties, 1))
    found = [*_of_headings(template, items), *_of_rows(template, items)]
    found += [one for at, item in items for one in _of_cell(at, item, item.name == stream_of(template).event_time)]
    yield from {one.name: one for one in reversed(found)}.values()


def _of_headings(template: TemplateSheet, items: list[tuple[int, Property]]) -> Iterator[Mistake]:
    at, item = next((at, one) for at, one in items if one.required)
    letter, beyond = get_column_letter(at), get_column_letter(len(items) + 1)
    misspelled = item.heading[:-2] + item.heading[-1]
    yield Mistake("a misspelled heading", "E_SHEET_COLUMNS", _put(1, at, misspelled), letter,
                  f"Skriv ”{item.heading}” i kolumn {letter}.", 1)  # fmt: skip
    yield Mistake(
        "an unknown column", "E_SHEET_COLUMNS", _beside(len(items) + 1), beyond, f"Ta bort kolumn {beyond}", 1
    )
    yield Mistake("a column twice", "E_SHEET_COLUMNS", _put(1, len(items) + 1, item.heading), beyond, "Behåll en", 1)
    yield Mistake("a required column is gone", "E_SHEET_COLUMNS", lambda sheet: sheet.delete_cols(at), None,
                  f"Lägg till kolumnen ”{item.heading}”.", 1)  # fmt: skip
    yield Mistake("a title above the headings", "E_SHEET_COLUMNS", _title, None, "Ta bort raderna ovanför", 2)


def _of_rows(template: TemplateSheet, items: list[tuple[int, Property]]) -> Iterator[Mistake]:
    by_name = {item.name: at for at, item in items}
    key = stream_of(template).natural_key
    other = next((at for at, item in items if item.name not in key and not item.words and not item.logicalTypeOptions
                  and item.logicalType == "string"), None)  # fmt: skip

    def twice(sheet: Worksheet) -> None:
        for name in key:
            _put(ROW, by_name[name], sheet.cell(ROW - 1, by_name[name]).value)(sheet)
        if other:
            _put(ROW, other, "något annat")(sheet)

    if other:
        letter = get_column_letter(by_name[key[0]])
        yield Mistake("the same record twice", "E_ROW_TWICE", twice, letter, "Behåll den rad som gäller")
    required = next(at for at, item in items if item.required)
    merged = f"{get_column_letter(required)}{ROW - 1}:{get_column_letter(required)}{ROW}"
    yield Mistake("merged cells", "E_CELL_FAULT", lambda sheet: sheet.merge_cells(merged), get_column_letter(required),
                  "Dela den sammanfogade cellen", only_xlsx=True)  # fmt: skip


def _of_cell(at: int, item: Property, is_time: bool) -> Iterator[Mistake]:
    letter = get_column_letter(at)

    def typed(name: str, code: str, value: object, cure: str, *, only_xlsx: bool = False) -> Mistake:
        return Mistake(name, code, _put(ROW, at, value), letter, cure, only_xlsx=only_xlsx)

    if item.required:
        yield typed("empty", "E_CELL_EMPTY", None, "Fyll i den, t.ex. ")
    if item.custom("personal") == "person":
        return
    yield typed("a broken formula", "E_CELL_FAULT", "#REF!", "Skriv värdet i stället för formeln")
    yield typed("a formula that nobody worked out", "E_CELL_FAULT", "=A1&B1", "spara den", only_xlsx=True)
    if item.words or item.logicalType == "boolean":
        yield typed("a wrong word", "E_CELL_WORD", "kanske lite grann", "Välj ett av: ")
    elif item.logicalType == "date":
        yield typed("a date that can be read in two ways", "E_CELL_DATE", "3/5 2026", "2026-05-03")
        yield typed("a year alone", "E_CELL_DATE", 2026, "2026-05-03")
        if is_time:
            yield typed("a day to come", "E_CELL_DAY", date(2031, 1, 1), "Rätta dagen")
            yield typed("a day long ago", "E_CELL_DAY", date(1926, 5, 3), "Rätta dagen")
    elif item.logicalType in ("number", "integer"):
        yield typed("a decimal point", "E_CELL_NUMBER", "12.5", "12,5" if item.logicalType == "number" else "12")
        yield typed("a number with its unit", "E_CELL_NUMBER", "12 st", "utan enhet")
        if item.logicalTypeOptions and item.logicalTypeOptions.minimum is not None:
            yield typed("less than can be", "E_CELL_LIMIT", -400000, "Rätta talet")
    elif item.listed:
        yield typed(f"not in the registry ({item.listed})", "E_CELL_REGISTRY", "am-spare-prats", "Skriv ett av: ")
    elif item.logicalTypeOptions and item.logicalTypeOptions.pattern:
        yield typed("another form", "E_CELL_FORM", "vet ej (se bilaga)", "Skriv den i samma form som ")


def _put(row: int, column: int, value: object) -> Callable[[Worksheet], None]:
    def put(sheet: Worksheet) -> None:
        cell = sheet.cell(row, column)
        cell.value, cell.number_format = value, "General"
        if isinstance(value, date):
            cell.number_format = "yyyy-mm-dd"

    return put


def _beside(column: int) -> Callable[[Worksheet], None]:
    def put(sheet: Worksheet) -> None:
        sheet.cell(1, column, "Kommentar från mötet")
        sheet.cell(ROW, column, "ring upp")

    return put


def _title(sheet: Worksheet) -> None:
    sheet.insert_rows(1)
    sheet.cell(1, 1, "Lista för 2026")


def as_workbook(template: TemplateSheet, mistake: Mistake) -> bytes:
    """The filled template with the mistake, as XLSX."""
    book = openpyxl.load_workbook(io.BytesIO(workbook(template, filled(template))))
    mistake.make(book[template.template.sheet])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_csv(template: TemplateSheet, mistake: Mistake) -> bytes:
    """The same as CSV with semicolons in cp1252."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row in csv.reader(
        io.StringIO(text_file(template, filled(template)).decode("cp1252"), newline=""), delimiter=";"
    ):
        sheet.append(row)
    mistake.make(sheet)
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(
        [[as_text(value) for value in row] for row in sheet.iter_rows(values_only=True)]
    )
    return out.getvalue().encode("cp1252")
