"""Writes the part of the guide for a programme's office that the contracts say: each template, column by column."""

from __future__ import annotations

from bruk.office.template import TemplateColumn, TemplateSheet, templates
from contracts.streams import Stream

_HEAD = "| rubrik | betydelse | måste fyllas i | form | exempel |\n|---|---|---|---|---|\n"


def guide(streams: dict[str, Stream]) -> str:
    """Markdown in Swedish, for people who fill in templates: a section for each, in order of stream."""
    return "".join(map(_section, templates(streams)))


def _section(sheet: TemplateSheet) -> str:
    rows = "".join(_row(column) for column in sheet.columns)
    said = "innehåller personer" if sheet.template.personal_data != "none" else "innehåller inga personer"
    return (
        f"\n## {sheet.template.title.sv}\n\n`{sheet.file_name('xlsx')}`, `{sheet.file_name('csv')}` · blad "
        f"{sheet.template.sheet} · {said}\n\n{_HEAD}{rows}"
    )


def _row(column: TemplateColumn) -> str:
    form = ", ".join(column.words) if column.words else column.form
    cells = (column.heading, column.meaning, "ja" if column.required else "", form, column.example_text)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"
