"""The small language of formulas: elements, numbers, + - * and parentheses; read, evaluated, and written as SQL."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

#: There is no division: a metric has one numerator and one denominator, and is divided once.
_TOKEN = re.compile(r"\s*(?:(?P<element>[A-Z][A-Z0-9_]*)|(?P<number>\d+(?:\.\d+)?)|(?P<sign>[-+*()]))")


@dataclass(frozen=True)
class Element:
    """The sum of an element, by its name."""

    name: str


@dataclass(frozen=True)
class Number:
    value: Decimal


@dataclass(frozen=True)
class Operation:
    """Two sides and what is done with them: `+`, `-` or `*`."""

    sign: str
    left: Node
    right: Node


Node = Element | Number | Operation


def parse(text: str) -> Node:
    """The expression as a tree; raises ValueError that says at which character it breaks the grammar."""
    reader = _Reader(text)
    node = reader.sum()
    if reader.here is not None:
        raise reader.wrong("'+', '-', '*' or the end")
    return node


def elements_of(node: Node) -> list[str]:
    """The elements of an expression in the order in which they first stand, each once."""
    return list(dict.fromkeys(_elements(node)))


def evaluate(node: Node, sums: Mapping[str, Decimal]) -> Decimal:
    """What an expression comes to with these sums; raises KeyError for an element that has none."""
    if isinstance(node, Element):
        return sums[node.name]
    if isinstance(node, Number):
        return node.value
    left, right = evaluate(node.left, sums), evaluate(node.right, sums)
    return left * right if node.sign == "*" else left + right if node.sign == "+" else left - right


def sql_of(node: Node) -> str:
    """SQL over columns that are named like the elements, in lower case; a product of sums is no longer a DECIMAL."""
    if isinstance(node, Element):
        return node.name.lower()
    if isinstance(node, Number):
        return str(node.value)
    left, right = sql_of(node.left), sql_of(node.right)
    if node.sign == "*":
        return f"{left}::double * {right}::double"
    return f"({left} {node.sign} {right})"


def _elements(node: Node) -> Iterator[str]:
    if isinstance(node, Element):
        yield node.name
    elif isinstance(node, Operation):
        yield from _elements(node.left)
        yield from _elements(node.right)


class _Reader:
    """Reads from left to right: a sum of products of factors."""

    def __init__(self, text: str) -> None:
        self._text, self._end = text, 0
        self.kind = ""
        self.here: str | None = None
        self._next()

    def sum(self) -> Node:
        node = self._product()
        while self.here in ("+", "-"):
            sign = self._take()
            node = Operation(sign, node, self._product())
        return node

    def wrong(self, wanted: str) -> ValueError:
        found = f"'{self.here}'" if self.here is not None else "nothing"
        return ValueError(f"'{self._text}': {wanted} is expected at character {self._begin + 1}, not {found}")

    def _product(self) -> Node:
        node = self._factor()
        while self.here == "*":
            node = Operation(self._take(), node, self._factor())
        return node

    def _factor(self) -> Node:
        if self.kind == "element":
            return Element(self._take())
        if self.kind == "number":
            return Number(Decimal(self._take()))
        if self.here != "(":
            raise self.wrong("an element, a number or '('")
        self._take()
        node = self.sum()
        if self.here != ")":
            raise self.wrong("')'")
        self._take()
        return node

    def _take(self) -> str:
        taken = self.here
        self._next()
        return taken or ""

    def _next(self) -> None:
        rest = self._text[self._end :]
        self._begin = self._end + len(rest) - len(rest.lstrip())
        if not rest.strip():
            self.kind, self.here = "", None
            return
        found = _TOKEN.match(rest)
        if found is None:
            sign = rest.lstrip()[0]
            raise ValueError(f"'{self._text}': '{sign}' at character {self._begin + 1} is not of this language")
        self.kind = found.lastgroup or ""
        self.here = found[self.kind]
        self._end += found.end()
