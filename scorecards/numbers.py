"""Writes numbers, dates, moments and durations as people of a language write them; the only place that does.

The same numbers stand on many pages, and writing one takes longer than finding it again.
"""

from __future__ import annotations

import math
from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import lru_cache

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from scorecards.records import Lang

LOCALES: dict[Lang, str] = {"sv": "sv_SE", "en": "en_GB"}
#: Stands where there is no number.
NONE = "–"
_NBSP = "\u00a0"

Number = float | int | Decimal
_WHOLE, _TIMES = ("n", "SEK", "EUR"), ("h", "days", "months", "FTE", "levels", "pp")


def count(value: Number | None, lang: Lang) -> str:
    """A whole number with thousands apart: 12 345."""
    return NONE if value is None else _written(value, "#,##0", lang)


def decimal(value: Number | None, lang: Lang, places: int = 1) -> str:
    """A number with up to `places` decimals, without trailing zeros: 12,5."""
    pattern = "#,##0" + ("." + "#" * places if places else "")
    return NONE if value is None else _written(value, pattern, lang)


def fixed(value: Number | None, lang: Lang, places: int) -> str:
    """A number with exactly so many decimals, for columns that are compared: 12,50."""
    pattern = "#,##0" + ("." + "0" * places if places else "")
    return NONE if value is None else _written(value, pattern, lang)


def significant(value: Number | None, lang: Lang, digits: int = 3) -> str:
    """A number with the digits that say something, and at most four decimals: 4 852, 246, 76,1, 1,17, 0,102."""
    if not value:
        return count(value, lang)
    size = math.floor(math.log10(abs(float(f"{float(value):.{digits - 1}e}"))))
    return fixed(value, lang, min(4, max(0, digits - 1 - size)))


def percent(value: Number | None, lang: Lang, pattern: str = "#,##0.0") -> str:
    """A percent value 0–100 with one decimal: 61,2 % (sv), 61.2% (en)."""
    if value is None:
        return NONE
    number = _written(value, pattern, lang)
    return number + (f"{_NBSP}%" if lang == "sv" else "%")


def short_percent(value: Number, lang: Lang) -> str:
    """A percent value 0–100 without a decimal that says nothing: 60 %, 12,5 %."""
    return percent(value, lang, "#,##0.#")


def share(value: Number | None, lang: Lang) -> str:
    """A share 0–1 as percent."""
    return percent(None if value is None else float(value) * 100, lang)


def measure(value: Number | None, unit: str, lang: Lang) -> str:
    """A value as its unit asks for: `%` (0–100) with one decimal, what is counted or paid whole, the rest short."""
    if unit == "%":
        return percent(value, lang)
    if unit in _WHOLE:
        return count(value, lang)
    return decimal(value, lang) if unit in _TIMES else significant(value, lang)


def day(value: date | None, lang: Lang) -> str:
    """31 december 2026."""
    return NONE if value is None else _dated(value, "d MMMM y", lang)


def short_day(value: date | None, lang: Lang) -> str:
    """31 dec. 2026."""
    return NONE if value is None else _dated(value, "d MMM y", lang)


def month(value: date, lang: Lang) -> str:
    """oktober 2026."""
    return _dated(value, "LLLL y", lang)


def short_month(value: date, lang: Lang) -> str:
    """okt., without the year."""
    return _dated(value, "LLL", lang).rstrip(".")


def instant(value: datetime | None, lang: Lang, zone: tzinfo) -> str:
    """A moment as the clocks of `zone` show it: 24 november 2026 14:05."""
    if value is None:
        return NONE
    return _timed(value, "d MMMM y HH:mm", lang, zone)


def short_instant(value: datetime | None, lang: Lang, zone: tzinfo) -> str:
    """A moment as the clocks of `zone` show it: 24 nov. 14:05."""
    return NONE if value is None else _timed(value, "d MMM HH:mm", lang, zone)


def duration(seconds: Number | None, lang: Lang) -> str:
    """Hours and minutes, or minutes and seconds below an hour: 5 h 12 min, 5 min 37 s."""
    if seconds is None:
        return NONE
    whole = round(float(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    if hours:
        return f"{count(hours, lang)}{_NBSP}h {minutes}{_NBSP}min"
    return f"{minutes}{_NBSP}min {left}{_NBSP}s" if minutes else f"{left}{_NBSP}s"


@lru_cache(maxsize=1 << 16)
def _written(value: Number, pattern: str, lang: Lang) -> str:
    told = str(format_decimal(value + 0, pattern, locale=LOCALES[lang]))  # + 0: of zeros there is one
    return told.replace("-", "\u2212")  # a minus, which no line breaks after


@lru_cache(maxsize=1 << 14)
def _dated(value: date, pattern: str, lang: Lang) -> str:
    return str(format_date(value, pattern, locale=LOCALES[lang]))


@lru_cache(maxsize=1 << 15)
def _timed(value: datetime, pattern: str, lang: Lang, zone: tzinfo) -> str:
    return str(format_datetime(value, pattern, tzinfo=zone, locale=LOCALES[lang]))
