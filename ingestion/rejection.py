"""Why an input was refused: a code, the facts, and what it means in plain Swedish and English with the cure."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple


class Reason(NamedTuple):
    """Plain words for one code; `{…}` is filled from the rejection's facts."""

    sv: str
    en: str
    cure_sv: str
    cure_en: str


#: Every code. The words stand in a file of their own, so that who writes them need not read Python.
REASONS: dict[str, Reason] = {
    code: Reason(**words)
    for code, words in tomllib.loads(Path(__file__).with_name("reasons.toml").read_text("utf-8")).items()
}


@dataclass(frozen=True, slots=True)
class Rejection:
    """One refused input. `facts` fill the words of the reason (field, value, line …); `…_sv` says one in Swedish."""

    code: str
    facts: dict[str, str] = field(default_factory=dict)

    def words(self) -> Reason:
        """The reason and the cure with the facts filled in."""
        return explain(self.code, self.facts)

    def at_line(self, line: int) -> Rejection:
        """The same, in a line of a file."""
        return Rejection(self.code, {**self.facts, "line": str(line)})

    def in_sheet(self, sheet: str) -> Rejection:
        """The same, in a sheet of that name, unless it names one itself."""
        return Rejection(self.code, {"sheet": sheet, **self.facts})

    def of_machine(self, equipment: str) -> Rejection:
        """The same, of a machine that could be read although the rest could not."""
        return Rejection(self.code, {**self.facts, "equipment": equipment})


_EXPECTED_SV = {"number": "ett tal", "integer": "ett heltal", "text": "en text", "true/false": "true eller false"}


class _Blank(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "–"


def explain(code: str, facts: dict[str, str]) -> Reason:
    """Plain words for a stored code and its facts; an unknown code (from a newer release) explains itself by name."""
    reason = REASONS.get(code, Reason(code, code, "–", "–"))
    swedish = _Blank(facts | {name.removesuffix("_sv"): word for name, word in facts.items() if name.endswith("_sv")})
    if "expected" in facts and "expected_sv" not in facts:
        swedish["expected"] = _EXPECTED_SV.get(facts["expected"], facts["expected"])
    sv, cure_sv = reason.sv.format_map(swedish), reason.cure_sv.format_map(swedish)
    en, cure_en = reason.en.format_map(_Blank(facts)), reason.cure_en.format_map(_Blank(facts))
    if "sheet" in facts:
        sv = f"{_place(facts, ('Blad ”', '”'), 'rad', 'kolumn')}: {sv}"
        en = _place(facts, ("Sheet '", "'"), "row", "column") + f": {en}"
    elif "line" in facts and "{line}" not in reason.sv:
        sv, en = f"Rad {facts['line']}: {sv}", f"Line {facts['line']}: {en}"
    if "also" in facts:
        cure_sv = f"{cure_sv} På samma rad är också fel: {facts['also']}."
        cure_en = f"{cure_en} Wrong in the same row, too: {facts['also']}."
    return Reason(sv, en, cure_sv, cure_en)


def _place(facts: dict[str, str], sheet: tuple[str, str], row: str, column: str) -> str:
    """Where in a workbook: sheet, row and column, as far as they are told."""
    told = [f"{word} {facts[name]}" for name, word in (("row", row), ("column", column)) if name in facts]
    return ", ".join([facts["sheet"].join(sheet), *told])


def shown(value: object, limit: int = 60) -> str:
    """A value as it stands in a reason: short, on one line, and nothing in it that a terminal would obey."""
    signs = str(value).replace("\n", " ")
    text = "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in signs)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def as_json(value: object) -> str:
    """A value as the machine wrote it: quotes tell a text from a number."""
    return shown(json.dumps(value, ensure_ascii=False, default=str))


def as_ascii(name: str) -> str:
    """A name with everything spelled out that looks like something else."""
    return shown(ascii(name)[1:-1])
