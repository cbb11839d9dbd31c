"""Marks the words of the office's sheets, which are Swedish, where an English text quotes them."""

from __future__ import annotations

import re
from functools import cache

from markupsafe import Markup, escape

from scorecards.records import Lang
from scorecards.sheets import sheet_words
from scorecards.texts import words

_WORD = re.compile(r"[^\W\d_]+")


def quoting(text: str, lang: Lang) -> Markup:
    """A text of the registry for a page; in English with the language of what it quotes from the sheets.

    A word that the English pages use themselves (pilot, status) needs no other voice.
    """
    if lang == "sv":
        return escape(text)
    found, at = Markup(), 0
    for match in _quoted().finditer(text):
        found += escape(text[at : match.start()]) + Markup('<span lang="sv">{}</span>').format(match.group())
        at = match.end()
    return found + escape(text[at:])


@cache
def _quoted() -> re.Pattern[str]:
    """Longest first, so that a heading of several words is one quotation."""
    english = {word for said in words("en").values() for word in _WORD.findall(said)}
    swedish = sorted((word for word in sheet_words() if word not in english), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, swedish))})(?!\w)")
