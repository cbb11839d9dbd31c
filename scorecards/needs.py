"""Says what would bring an indicator that nobody has reported yet: a sheet of the office, or what machines send."""

from __future__ import annotations

from dataclasses import dataclass

from scorecards.links import Page
from scorecards.records import Indicator
from scorecards.sheets import SheetNeeded, sheets_needed
from scorecards.voice import Voice


@dataclass(frozen=True)
class Need:
    """One thing that would help: a sheet with its place on the page of templates, and the columns that must be filled
    in; else only words.

    `word` stands before the columns, which are called as in the sheet: in Swedish.
    """

    name: str
    href: str
    word: str = ""
    columns: str = ""


def needs(voice: Voice, page: Page, indicator: Indicator) -> list[Need]:
    """All that an indicator is made from, with ways from `page` to the templates."""
    sheets = _sheets(indicator)
    found = [
        Need(_titled(voice, item), page.to("templates", anchor=item.name), *_columns(voice, item)) for item in sheets
    ]
    return [*found, *(Need(words, "") for words in _others(voice, indicator, bool(sheets)))]


def needs_of(voice: Voice, indicator: Indicator) -> str:
    """The same in one phrase."""
    sheets = _sheets(indicator)
    said = [_titled(voice, item) + (f" ({' '.join(_columns(voice, item))})" if item.columns else "") for item in sheets]
    return ", ".join([*said, *_others(voice, indicator, bool(sheets))])


def _sheets(indicator: Indicator) -> list[SheetNeeded]:
    return sheets_needed(indicator.streams, indicator.needed_columns)


def _others(voice: Voice, indicator: Indicator, has_sheet: bool) -> list[str]:
    """What is no sheet: of what is counted by its stream, of what is computed by the model of its own, or by what the
    value stands on.
    """
    computed = indicator.how in ("own", "metric")
    found = [words for name in indicator.streams if not computed and (words := voice.code("needs", name, ""))]
    if found or has_sheet:
        return found
    own = indicator.measured_of[0] if indicator.how == "own" else ""
    return [voice.code("needs", own, voice(f"needs.{indicator.stands_on}"))]


def _titled(voice: Voice, sheet: SheetNeeded) -> str:
    return voice("needs.sheet", title=voice.of_text(sheet.title))


def _columns(voice: Voice, sheet: SheetNeeded) -> tuple[str, str]:
    """The word for columns and their headings."""
    if not sheet.columns:
        return "", ""
    key = "needs.column" if len(sheet.columns) == 1 else "needs.columns"
    return voice(key), ", ".join(f"”{name}”" for name in sheet.columns)
