"""Topic patterns: MQTT filters, and the sources' own patterns with named levels."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LITERAL, _ONE, _REST = 0, 1, 2
_NAMED = re.compile(r"\{(\w+)(\.\.\.)?\}")


def covers(topic_filter: str, topic: str) -> bool:
    """Whether an MQTT subscription filter matches the topic (`+` one level, `#` the rest, also none)."""
    levels = topic.split("/")
    for place, wanted in enumerate(topic_filter.split("/")):
        if wanted == "#":
            return True
        if place >= len(levels) or wanted not in ("+", levels[place]):
            return False
    return len(levels) == topic_filter.count("/") + 1


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern: per level its kind and its literal or name (empty: not named)."""

    levels: tuple[tuple[int, str], ...]

    @property
    def specificity(self) -> tuple[int, ...]:
        """Sorts patterns: the smallest is the one with a literal where others leave a level open."""
        return tuple(kind for kind, _ in self.levels)

    def match(self, topic: list[str]) -> dict[str, str] | None:
        """The named levels of a topic that fits, else None. A named level is never empty."""
        named: dict[str, str] = {}
        for place, (kind, word) in enumerate(self.levels):
            if kind == _REST:
                named[word] = "/".join(topic[place:])
                return named if len(topic) > place else None
            if place >= len(topic) or not topic[place]:
                return None
            if kind == _ONE:
                named[word] = topic[place]
            elif topic[place] != word:
                return None
        return named if len(topic) == len(self.levels) else None


def compile_pattern(text: str) -> Pattern:
    """Reads `a/{level}/{rest...}`; `+` and `#` are unnamed forms of the same. `{rest...}` and `#` end the pattern."""
    levels: list[tuple[int, str]] = []
    for level in text.split("/"):
        named = _NAMED.fullmatch(level)
        if level == "#" or (named and named[2]):
            levels.append((_REST, named[1] if named else ""))
            break
        if level == "+" or named:
            levels.append((_ONE, named[1] if named else ""))
        else:
            levels.append((_LITERAL, level))
    return Pattern(tuple(levels))
