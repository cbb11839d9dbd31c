"""Writes templates as files: XLSX, or CSV with semicolons that every Swedish program for tables opens."""

from __future__ import annotations

import codecs
import csv
import io
from pathlib import Path
from typing import Literal, get_args

from bruk.office.template import TemplateSheet, templates
from bruk.office.workbook import write_workbook
from contracts.streams import Stream
from ingestion.atomic import replace_file
from scorecards.sheets import SHEETS

Ending = Literal["xlsx", "csv"]
#: Their folder beside the pages, for links: `mallar/deltagarlista.xlsx`.
TEMPLATES = SHEETS
#: The bytes by the form and all that the template says.
_made: dict[str, bytes] = {}


def write_templates(streams: dict[str, Stream], folder: Path) -> None:
    """Every template in both forms; the folder is made."""
    folder.mkdir(parents=True, exist_ok=True)
    for template in templates(streams):
        for ending in get_args(Ending):
            write_template(template, folder, ending)


def write_template(template: TemplateSheet, folder: Path, ending: Ending) -> Path:
    """Writes one template into a folder that exists; returns the file. Equal contracts give equal bytes."""
    file = folder / template.file_name(ending)
    replace_file(file, template_bytes(template, ending), durable=False)
    return file


def template_bytes(template: TemplateSheet, ending: Ending) -> bytes:
    """The bytes of a template; made once a process, for every audience has the same in its site."""
    said = f"{ending} {template!r}"
    if said not in _made:
        _made[said] = write_workbook(template) if ending == "xlsx" else write_csv(template)
    return _made[said]


def write_csv(template: TemplateSheet) -> bytes:
    """Headings and the example row: UTF-8 with byte-order mark, semicolons, CRLF; cp1252 holds every sign of it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([column.heading for column in template.columns])
    writer.writerow([column.example_text for column in template.columns])
    return codecs.BOM_UTF8 + out.getvalue().encode()
