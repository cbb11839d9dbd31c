"""Topic → source and rule: which source claims a topic, and with which line of its mapping."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count

from contracts.sources import Message, MqttTransport, Source
from ingestion.adapters.patterns import Pattern, compile_pattern, covers
from ingestion.rejection import Rejection, shown

#: Sources in these states route; a draft is tried with `bruk source try` only, a retired one is history.
ROUTED = ("active", "deprecated")
_REMEMBERED = 50_000


@dataclass(frozen=True, slots=True)
class Route:
    """Where a topic leads. `rule` None: the source ignores it on purpose. `levels` are the named levels."""

    source: str
    rule: int | None
    levels: dict[str, str]


@dataclass(frozen=True, slots=True)
class NoRoute:
    """No rule claims the topic; `source` is the one whose subscription let it in, or empty."""

    source: str
    rejection: Rejection


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a mapping. Sorts by specificity; at equal specificity a rule goes before an ignore line."""

    pattern: Pattern
    source: str
    rule: int | None


class Router:
    """Finds the route of a topic among the MQTT sources; the most specific literal wins. Remembers what it has seen."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self._filters: list[tuple[Pattern, str, str]] = []
        lines: list[_Line] = []
        for source in sources:
            if isinstance(source.transport, MqttTransport):
                self._filters += [(compile_pattern(f), f, source.id) for f in source.transport.subscribe]
                lines += _lines(source, source.transport.prefix)
        self._filters.sort(key=lambda item: item[0].specificity)
        order = count()
        self._lines = sorted(lines, key=lambda line: (line.pattern.specificity, line.rule is None, next(order)))
        self._seen: dict[str, Route | NoRoute] = {}

    def route(self, topic: str) -> Route | NoRoute:
        """The route of a topic; E_TOPIC as a value where none claims it."""
        found = self._seen.get(topic)
        if found is None:
            if len(self._seen) >= _REMEMBERED:  # topics of an attacker must not fill the memory
                self._seen.clear()
            found = self._seen[topic] = self._find(topic)
        return found

    def _find(self, topic: str) -> Route | NoRoute:
        open_to = [source for _, text, source in self._filters if covers(text, topic)]
        levels = topic.split("/")
        for line in self._lines:
            if line.source in open_to and (named := line.pattern.match(levels)) is not None:
                return Route(line.source, line.rule, named)
        return NoRoute(open_to[0] if open_to else "", Rejection("E_TOPIC", {"topic": shown(topic, 200)}))


def _lines(source: Source, prefix: str) -> list[_Line]:
    """The rules of a source, and its ignore lines both as written below the prefix and as a whole topic."""
    lines = [_Line(_below(prefix, message), source.id, number) for number, message in enumerate(source.messages)]
    for text in source.ignore:
        lines += [_Line(compile_pattern(form), source.id, None) for form in (f"{prefix}/{text}", text)]
    return lines


def _below(prefix: str, message: Message) -> Pattern:
    return compile_pattern(f"{prefix}/{message.topic}")
