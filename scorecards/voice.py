"""Speaks one language: texts of the catalogue, and numbers and dates the way that language writes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from contracts.documents import Text
from scorecards import numbers
from scorecards.numbers import Number
from scorecards.records import Lang, Words
from scorecards.texts import catalogue, text

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


@dataclass(frozen=True)
class Voice:
    """What templates and view models say things with; moments are told in `zone`, the site's own."""

    lang: Lang
    zone: tzinfo

    def __call__(self, key: str, **values: str | int) -> str:
        """The text of a key with its places filled; raises StateError when there is no such text."""
        found = text(key, self.lang)
        return found.format(**values) if values else found

    def code(self, family: str, code: str, otherwise: str | None = None) -> str:
        """The word for a code of the data; a code that has no word yet is shown as it is, or `otherwise`."""
        key = f"{family}.{code}"
        return self(key) if key in catalogue() else code if otherwise is None else otherwise

    def of(self, words: Words) -> str:
        """A text of the registry in this language."""
        return words.of(self.lang)

    def of_text(self, text: Text) -> str:
        """A text that people wrote in a file, in this language."""
        return text.sv if self.lang == "sv" else text.en

    def unit(self, value: Number | None, words: Words) -> str:
        """The word for what is counted, in the form that the number asks for: `1 maskin`, `2 maskiner`."""
        key = f"one.{words.en}"
        return self(key) if value == 1 and key in catalogue() else self.of(words)

    def unit_of(self, unit: str, counted: Words | None) -> str:
        """The unit of an indicator in words: what it counts, nothing where its name says that, or its sign."""
        if unit == "n":
            return self.of(counted) if counted else self("breakdown.number").lower()
        return self.code("measure", unit, self.unit_sign(unit))

    def unit_sign(self, unit: str) -> str:
        """The sign that readers know a unit of the registry by: `°C` for `Cel`; nothing for `1`, a bare number."""
        return "" if unit == "1" else self.code("unit", unit)

    def count(self, value: Number | None) -> str:
        return numbers.count(value, self.lang)

    def decimal(self, value: Number | None, places: int = 1) -> str:
        return numbers.decimal(value, self.lang, places)

    def fixed(self, value: Number | None, places: int) -> str:
        return numbers.fixed(value, self.lang, places)

    def significant(self, value: Number | None) -> str:
        return numbers.significant(value, self.lang)

    def share(self, value: Number | None) -> str:
        return numbers.share(value, self.lang)

    def measure(self, value: Number | None, unit: str) -> str:
        """A value with the sign of its unit: 12,5 h, 1 200 kr; what has a word for a unit is told without it."""
        number = numbers.measure(value, unit, self.lang)
        if value is None or unit in ("n", "%", "ratio") or f"measure.{unit}" in catalogue():
            return number
        return f"{number}\u00a0{self.code('sign', unit)}"

    def measure_word(self, value: Number | None, unit: str) -> str:
        """The word for a unit that has no sign, as the number asks for it: 1 dag, 2 dagar; empty for the others."""
        one = f"measure.{unit}.one"
        return self(one) if value == 1 and one in catalogue() else self.code("measure", unit, "")

    def tick(self, value: Number, unit: str) -> str:
        """A value on an axis: short, percent without decimals when it is whole."""
        return numbers.short_percent(value, self.lang) if unit == "%" else numbers.decimal(value, self.lang)

    def day(self, value: date | None) -> str:
        return numbers.day(value, self.lang)

    def short_day(self, value: date | None) -> str:
        return numbers.short_day(value, self.lang)

    def month(self, value: date) -> str:
        return numbers.month(value, self.lang)

    def short_month(self, value: date) -> str:
        return numbers.short_month(value, self.lang)

    def axis_month(self, value: date, with_year: bool) -> str:
        """A month on an axis."""
        return f"{self.short_month(value)} {value.year}" if with_year else self.short_month(value)

    def instant(self, value: datetime | None) -> str:
        return numbers.instant(value, self.lang, self.zone)

    def short_instant(self, value: datetime | None) -> str:
        return numbers.short_instant(value, self.lang, self.zone)

    def duration(self, seconds: Number | None) -> str:
        return numbers.duration(seconds, self.lang)

    def age(self, seconds: Number | None) -> str:
        """How old, in the one unit that says it: '3 days'; a dash when nothing is known."""
        if seconds is None:
            return numbers.NONE
        for size, name in ((_DAY, "day"), (_HOUR, "hour")):
            if seconds >= size:
                whole = int(seconds // size)
                return self(f"age.{name}" if whole == 1 else f"age.{name}s", n=self.count(whole))
        if seconds < _MINUTE:
            return self("age.none")
        return self("age.minutes", n=self.count(int(seconds // _MINUTE)))

    def period(self, start: date, end: date) -> str:
        """A month by its name; anything else by its days."""
        if start.day == 1 and (start.year, start.month) == (end.year, end.month):
            return self.month(start)
        return f"{self.short_day(start)} – {self.short_day(end)}"
