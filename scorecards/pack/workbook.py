"""The door to openpyxl: sheets of cells become an XLSX file, the same bytes each time."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from scorecards.pack.safe import safe

Cell = str | float | int | date | datetime | None
#: What a sheet of a workbook holds; a longer table goes on in its CSV file, and the sheet says so.
MOST_ROWS = 1_048_575
_WRAPPED = 40  # characters: a longer text goes on in further lines of its cell
_A4 = 9  # of ISO/IEC 29500: what a sheet is printed on
_EPOCH = (1980, 1, 1, 0, 0, 0)
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(<)")
_FORMATS = {datetime: "yyyy-mm-dd hh:mm", date: "yyyy-mm-dd"}


@dataclass(frozen=True)
class SheetOfCells:
    """One sheet: its name (at most 31 characters), headings, rows, and how wide the columns are in characters."""

    name: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    widths: Sequence[int] = ()


def write_workbook(sheets: Iterable[SheetOfCells], out: Path, title: str, made_at: datetime, beyond: str) -> None:
    """Writes the sheets in order; a text is never a formula. `made_at` is the only time in the file.

    `beyond` stands in the last row of a sheet that cannot hold its table.
    """
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    book.properties.title, book.properties.creator = title, "Bruk"
    book.properties.created = book.properties.modified = made_at.replace(tzinfo=None)
    for sheet in sheets:
        _add(book, sheet, beyond)
    raw = io.BytesIO()
    book.save(raw)
    out.write_bytes(_repeatable(raw.getvalue(), made_at))


def _add(book: object, sheet: SheetOfCells, beyond: str) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    page = book.create_sheet(sheet.name[:31])  # type: ignore[attr-defined]
    page.freeze_panes = "A2"
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", _A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows = "1:1"
    widths = sheet.widths or [max(12, min(len(heading) + 2, 40)) for heading in sheet.headings]
    for place, width in enumerate(widths, 1):
        page.column_dimensions[get_column_letter(place)].width = width

    def cell(value: Cell, bold: bool = False) -> object:
        made = WriteOnlyCell(page, safe(value) if isinstance(value, str) else value)
        if isinstance(value, str):
            made.data_type = "s"
            if len(value) > _WRAPPED:
                made.alignment = Alignment(wrap_text=True, vertical="top")
        elif value.__class__ in _FORMATS:
            made.number_format = _FORMATS[value.__class__]
        if bold:
            made.font = Font(name="Calibri", size=11, bold=True)
        return made

    page.append([cell(heading, bold=True) for heading in sheet.headings])
    for number, row in enumerate(sheet.rows, 1):
        if number == MOST_ROWS:
            page.append([cell(beyond)])
            break
        page.append([value if isinstance(value, int | float) or value is None else cell(value) for value in row])


def _repeatable(data: bytes, made_at: datetime) -> bytes:
    """The same parts without the time of writing: openpyxl stamps the archive and the property `modified` with now."""
    out = io.BytesIO()
    stamp = made_at.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            part = source.read(name)
            if name == "docProps/core.xml":
                part = _MODIFIED.sub(rb"\g<1>" + stamp + rb"\g<2>", part)
            target.writestr(zipfile.ZipInfo(name, _EPOCH), part, zipfile.ZIP_DEFLATED)
    return out.getvalue()
