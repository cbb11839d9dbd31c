"""Why an input was refused: a code, the facts, and what it means in plain Swedish and English with the cure."""

from __future__ import annotations

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
    """One refused input. `facts` fill the words of the reason (field, value, line …)."""

    code: str
    facts: dict[str, str] = field(default_factory=dict)

    def words(self) -> Reason:
        """The reason and the cure with the facts filled in."""
        return explain(self.code, self.facts)

    def at_line(self, line: int) -> Rejection:
        """The same, in a line of a file."""
        return Rejection(self.code, {**self.facts, "line": str(line)})


class _Blank(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "–"


def explain(code: str, facts: dict[str, str]) -> Reason:
    """Plain words for a stored code and its facts; an unknown code (from a newer release) explains itself by name."""
    reason = REASONS.get(code, Reason(code, code, "–", "–"))
    sv, en, cure_sv, cure_en = (text.format_map(_Blank(facts)) for text in reason)
    if "line" in facts and "{line}" not in reason.sv:
        sv, en = f"Rad {facts['line']}: {sv}", f"Line {facts['line']}: {en}"
    return Reason(sv, en, cure_sv, cure_en)


def shown(value: object) -> str:
    """A value as it stands in a reason: short, on one line."""
    text = str(value).replace("\n", " ")
    return text if len(text) <= 60 else text[:57] + "…"
