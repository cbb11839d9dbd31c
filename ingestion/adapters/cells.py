"""Typed values of the cells that a person has filled in, each with what is wrong with it and how to mend it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from difflib import get_close_matches
from typing import Any

from contracts.office import TRUTHS
from contracts.streams import Property
from ingestion.adapters.grid import MERGED, NOT_WORKED_OUT
from ingestion.rejection import Rejection, shown
from ingestion.validation.strict_json import MAX_INTEGER

#: Reads a cell that is not empty. The rejection says nothing of where the cell stands.
ReadCell = Callable[[str], Any]

#: What programs for tables write where a formula has no value, in English and Swedish, and where a column is narrow.
_FAULT = re.compile(r"#[A-ZÅÄÖ0-9/]+[!?]|#N/A|#{3,}|Err:\d{3}")
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:[ \u00a0\u202f]\d{3})+|\d+)(?:,\d+)?", re.ASCII)
_POINT = re.compile(r"[+-]?\d+\.\d+", re.ASCII)
_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})-(\d{1,2})|(\d\d)(\d\d))(?: \d\d:\d\d(?::\d\d)?)?", re.ASCII)
_ORGANISATION = re.compile(r"(?:16)?(\d{6})(\d{4})", re.ASCII)
#: A day beyond these has a digit too few, or one that is wrong.
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
#: How many of the words that may stand in a cell a reason tells.
_TOLD = 24
_DASHES = str.maketrans("‐‑‒–—−", "------")


def reader(item: Property, words: dict[str, str]) -> ReadCell:
    """The reader of a column of that property; `words` are those of the source, text → code."""
    if item.logicalType == "boolean":
        read = _of_words({word.capitalize(): truth for word, truth in TRUTHS.items()}, ["Ja", "Nej"])
    elif item.listed and words:
        read = _of_words(words, list(words.values()), "E_CELL_REGISTRY")
    elif words:
        read = _of_words(words, list(words))
    else:
        read = {"date": _day, "number": _number, "integer": _integer}.get(item.logicalType, _text(item))
    return _judged(item, read)


def fold(text: str) -> str:
    """One spelling of a word or heading: small letters, one space, one kind of dash."""
    return " ".join(text.translate(_DASHES).split()).casefold()


def is_fault(text: str) -> bool:
    """Whether this is no value, but what a program for tables shows in place of one."""
    return fault(text) is not None


def near(text: str, known: list[str]) -> list[str]:
    """The one of `known` that is spelled most like the text, if any is like it."""
    by_fold = {fold(word): word for word in known}
    return [by_fold[found] for found in get_close_matches(fold(text), list(by_fold), n=1, cutoff=0.6)]


def _judged(item: Property, read: ReadCell) -> ReadCell:
    """Refuses what is no value at all before reading, and what lies outside the limits of the contract after."""
    options = item.logicalTypeOptions
    minimum, maximum = (options.minimum, options.maximum) if options else (None, None)

    def judged(text: str) -> Any:
        if wrong := fault(text):
            return wrong
        value = read(text)
        if not isinstance(value, int | float) or isinstance(value, bool):
            return value
        if minimum is not None and value < minimum:
            return _beyond(text, f"less than {minimum:g}", f"mindre än {minimum:g}")
        if maximum is not None and value > maximum:
            return _beyond(text, f"more than {maximum:g}", f"mer än {maximum:g}")
        return value

    return judged


def _beyond(text: str, problem: str, problem_sv: str) -> Rejection:
    return Rejection("E_CELL_LIMIT", {"value": shown(text, 40), "problem": problem, "problem_sv": problem_sv})


def fault(text: str) -> Rejection | None:
    """Why a cell has no value though something stands in it; None where it has one, or nothing stands in it."""
    if text == MERGED:
        said = ("the cell is merged with another", "cellen är sammanfogad med en annan",
                "Divide the merged cell and fill in each row of its own.",
                "Dela den sammanfogade cellen och fyll i varje rad för sig.")  # fmt: skip
    elif text == NOT_WORKED_OUT:
        said = ("its formula has not been worked out", "dess formel är inte uträknad",
                "Open the file in a program for tables, save it and drop it again; or write the value.",
                "Öppna filen i ett kalkylprogram, spara den och lämna in den igen; eller skriv värdet.")  # fmt: skip
    elif _FAULT.fullmatch(text):
        said = (f"its formula gives {text}, or the column is too narrow",
                f"dess formel ger {text}, eller kolumnen är för smal",
                "Write the value in place of the formula.", "Skriv värdet i stället för formeln.")  # fmt: skip
    else:
        return None
    return Rejection("E_CELL_FAULT", dict(zip(("problem", "problem_sv", "cure", "cure_sv"), said, strict=True)))


def _of_words(words: dict[str, Any], told: list[str], code: str = "E_CELL_WORD") -> ReadCell:
    by_fold = {fold(word): value for word, value in words.items()}
    told = list(dict.fromkeys(told))
    expected = ", ".join(told[:_TOLD]) + (" …" if len(told) > _TOLD else "")

    def read(text: str) -> Any:
        if (key := fold(text)) in by_fold:
            return by_fold[key]
        facts = {"value": shown(text, 40), "expected": expected}
        if found := near(text, list(words) if code == "E_CELL_REGISTRY" else told):
            facts |= {"near": f" Did you mean '{found[0]}'?", "near_sv": f" Menade du ”{found[0]}”?"}
        return Rejection(code, {"near": "", **facts})

    return read


def _number(text: str) -> Any:
    plain = text.translate(_DASHES)
    if _NUMBER.fullmatch(plain):
        value = float(re.sub(r"[ \u00a0\u202f]", "", plain).replace(",", ".")) + 0.0
        return value if abs(value) <= MAX_INTEGER else _no_number(text, "12,5")
    return _no_number(text, plain.replace(".", ",") if _POINT.fullmatch(plain) else "12,5")


def _integer(text: str) -> Any:
    value = _number(text)
    if isinstance(value, Rejection):
        return _no_number(text, "12", whole=True)
    return int(value) if value == int(value) else _no_number(text, "12", whole=True)


def _no_number(text: str, example: str, *, whole: bool = False) -> Rejection:
    facts = {"expected": "number", "expected_sv": "tal", "how": "with a decimal comma", "how_sv": "med decimalkomma"}
    if whole:
        facts = {"expected": "whole number", "expected_sv": "heltal", "how": "no decimals", "how_sv": "utan decimaler"}
    return Rejection("E_CELL_NUMBER", {"value": shown(text, 40), "example": example, **facts})


def _day(text: str) -> Any:
    found = _DAY.fullmatch(text.translate(_DASHES).replace("/", "-") if text[:4].isdecimal() else "")
    if found:
        year, month, day = found[1], found[2] or found[4], found[3] or found[5]
        try:
            read = date(int(year), int(month), int(day))
        except ValueError:
            read = date.min
        if _FIRST_YEAR <= read.year <= _LAST_YEAR:
            return read
    return Rejection("E_CELL_DATE", {"value": shown(text, 40)})


def _text(item: Property) -> ReadCell:
    """Text as it stands, in the form of the contract; an organisation number in its one spelling."""
    pattern = item.logicalTypeOptions.pattern if item.logicalTypeOptions else None
    form = re.compile(pattern) if pattern else None
    organisation = item.custom("personal") == "sole_trader"

    def read(text: str) -> Any:
        if organisation and (found := _ORGANISATION.fullmatch(re.sub(r"[\s-]", "", text.translate(_DASHES)))):
            text = f"{found[1]}-{found[2]}"
        if form is None or form.search(text):
            return text
        # Not the text itself: what is almost an organisation number may be almost a personal number.
        return Rejection("E_CELL_FORM", {"example": str(item.examples[0]) if item.examples else "–"})

    return read
