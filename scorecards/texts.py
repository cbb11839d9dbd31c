"""The texts of the pages, one gettext catalogue per language; a text that one of them lacks stops the rendering."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Formatter

from babel.messages import pofile
from babel.messages.catalog import Catalog, Message

from contracts.documents import Text
from contracts.errors import ContractError, StateError
from scorecards.records import LANGS, Lang

LOCALE = Path(__file__).with_name("locale")
_KEY = re.compile(r'^msgid "(.+)"$', re.MULTILINE)


@cache
def catalogue() -> dict[str, Text]:
    """The texts by key, in the order of the Swedish file.

    Raises ContractError with file and line when a text is missing in one language, is empty or marked as fuzzy, stands
    twice, or fills in other places than in the other language.
    """
    read = {lang: _read(lang) for lang in LANGS}
    for lang, other in (("sv", "en"), ("en", "sv")):
        for key, message in read[lang].items():  # type: ignore[index]
            _compare(lang, key, message, read[other].get(key))  # type: ignore[index,arg-type]
    return {key: Text(sv=str(read["sv"][key].string), en=str(read["en"][key].string)) for key in read["sv"]}


@cache
def words(lang: Lang) -> dict[str, str]:
    """The texts of one language by key."""
    return {key: found.sv if lang == "sv" else found.en for key, found in catalogue().items()}


def text(key: str, lang: Lang) -> str:
    """One text; raises StateError when nobody wrote it."""
    try:
        return words(lang)[key]
    except KeyError:
        raise StateError(f"the catalogues have no text '{key}'") from None


def file_of(lang: Lang) -> Path:
    """The catalogue of a language: keys are its msgids, so that both languages are translations of the same thing."""
    return LOCALE / lang / "LC_MESSAGES" / "bruk.po"


def _read(lang: Lang) -> Mapping[str, Message]:
    """The messages of one language by key; raises ContractError where one cannot be used."""
    file = file_of(lang)
    try:
        raw = file.read_bytes()
        found: Catalog = pofile.read_po(raw.splitlines(), locale=lang, abort_invalid=True)
    except (OSError, ValueError, pofile.PoFileError) as error:
        raise ContractError(_name(lang), None, f"cannot be read: {error}", "Open it in Poedit and save it") from error
    for key, times in Counter(_KEY.findall(raw.decode("utf-8"))).items():
        if times > 1:
            raise ContractError(_name(lang), None, f"'{key}' stands {times} times", "Keep one of them")
    messages = {str(message.id): message for message in found if message.id}
    for key, message in messages.items():
        if problem := _problem(message):
            raise ContractError(_name(lang), message.lineno, f"'{key}' {problem}", "Write or confirm the text")
    return messages


def _problem(message: Message) -> str:
    if message.fuzzy:
        return "is marked as fuzzy"
    if not str(message.string).strip():
        return "is not translated"
    try:
        _places(str(message.string))
    except ValueError as error:
        return f"has braces that do not close: {error}"
    return ""


def _compare(lang: Lang, key: str, message: Message, other: Message | None) -> None:
    if other is None:
        problem = f"'{key}' stands in no other language"
        raise ContractError(_name(lang), message.lineno, problem, "Write it in both, or take it away")
    here, there = _places(str(message.string)), _places(str(other.string))
    if here != there:
        differing = ", ".join(f"{{{name}}}" for name in sorted(here ^ there))
        problem = f"'{key}' fills in {differing} in one language only"
        raise ContractError(_name(lang), message.lineno, problem, "Name the same places in both")


def _places(words: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(words) if name}


def _name(lang: Lang) -> str:
    return f"scorecards/locale/{lang}/LC_MESSAGES/bruk.po"
