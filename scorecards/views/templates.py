"""The page that lists the office's templates: what each is for, who fills it in, and its files."""

from __future__ import annotations

from dataclasses import dataclass

from scorecards.edition import Edition
from scorecards.links import Page
from scorecards.sheets import SHEETS, OfficeSheet, office_sheets
from scorecards.voice import Voice


@dataclass(frozen=True)
class TemplateLine:
    """A template; `anchor` is its place on this page. Its own name is Swedish, as the sheet is; `files` are
    kinds with their addresses."""

    anchor: str
    name: str
    own_name: str
    purpose: str
    filled_by: str
    personal: bool
    files: list[tuple[str, str]]


@dataclass(frozen=True)
class TemplatesPage:
    templates: list[TemplateLine]


def templates_page(_: Edition, voice: Voice, page: Page) -> TemplatesPage:
    """Every template, by the name that the language gives it."""
    lines = [_line(voice, page, sheet) for sheet in office_sheets()]
    return TemplatesPage(sorted(lines, key=lambda line: line.name))


def _line(voice: Voice, page: Page, sheet: OfficeSheet) -> TemplateLine:
    return TemplateLine(
        sheet.file,
        voice.of_text(sheet.title),
        "" if voice.lang == "sv" else sheet.title.sv,
        voice.of_text(sheet.purpose),
        voice.of_text(sheet.filled_by),
        sheet.personal,
        [(ending.upper(), page.to_file(f"{SHEETS}/{sheet.file}.{ending}")) for ending in ("xlsx", "csv")],
    )
