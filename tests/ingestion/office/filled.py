"""Templates filled in by an office that does not exist: rows as a person types them, and files that hold them."""

from __future__ import annotations

import codecs
import csv
import io
from datetime import date, timedelta
from typing import Any

import openpyxl

from bruk.office.template import TemplateColumn, TemplateSheet, templates
from bruk.office.workbook import write_workbook
from contracts.streams import Property, Stream, load_streams

STREAMS = load_streams()
TEMPLATES: dict[str, TemplateSheet] = {sheet.stream: sheet for sheet in templates(STREAMS)}
#: Invented: the numbers of the demonstration's registry.
FIRMS = ("559900-0100", "559900-0241", "559900-0316")
ROWS = 3
#: The form of identifiers: what is put behind one leaves it one.
_ID = "^[0-9A-Za-zÅÄÖåäö][0-9A-Za-zÅÄÖåäö._/-]{0,62}$"

Cells = list[Any]


def stream_of(template: TemplateSheet) -> Stream:
    return STREAMS[template.stream]


def filled(template: TemplateSheet, rows: int = ROWS) -> list[Cells]:
    """Rows that tell different records, with every column filled in; each like the example, and none equal to it."""
    items = stream_of(template).properties
    return [[_cell(item, column, n) for item, column in zip(items, template.columns, strict=True)] for n in range(rows)]


def _cell(item: Property, column: TemplateColumn, n: int) -> Any:
    kind, form = item.custom("personal"), item.logicalTypeOptions and item.logicalTypeOptions.pattern
    if kind == "person":
        return f"anställd {1001 + n}"
    if kind == "sole_trader":
        return FIRMS[n]
    if column.words:
        return column.words[n % len(column.words)]
    if isinstance(column.example, date):
        return column.example + timedelta(days=n)
    if column.is_text and form in (None, _ID):
        return f"{column.example}{n + 2}"
    return column.example


def workbook(template: TemplateSheet, rows: list[Cells], *, example: bool = True) -> bytes:
    """The written template with rows typed into it below the example, or in its place."""
    book = openpyxl.load_workbook(io.BytesIO(write_workbook(template)))
    sheet = book[template.template.sheet]
    if not example:
        sheet.delete_rows(2)
    for row, cells in enumerate(rows, 3 if example else 2):
        for place, value in enumerate(cells, 1):
            cell = sheet.cell(row, place, value)
            if isinstance(value, date):
                cell.number_format = "yyyy-mm-dd"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_text(value: Any) -> str:
    """A cell as a Swedish program for tables writes it into a text file."""
    return str(value).replace(".", ",") if isinstance(value, float) else "" if value is None else str(value)


def text_file(
    template: TemplateSheet, rows: list[Cells], encoding: str = "cp1252", delimiter: str = ";", *, example: bool = True
) -> bytes:
    """The same as CSV, as it is saved in Sweden. `utf-8-sig` has a byte-order mark."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([column.heading for column in template.columns])
    if example:
        writer.writerow([column.example_text for column in template.columns])
    writer.writerows([[as_text(value) for value in row] for row in rows])
    data = out.getvalue().encode("utf-8" if encoding == "utf-8-sig" else encoding)
    return codecs.BOM_UTF8 + data if encoding == "utf-8-sig" else data
