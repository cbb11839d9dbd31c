"""Tells equal things from unequal ones by one short word for each, whatever they hold."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

_LENGTH = 32  # 128 bits: no two of a thousand million things share a word


@dataclass(frozen=True, repr=False)
class Held:
    """Facts that many answers hold: their word is made once, and stands for them in the words of what holds them."""

    @cached_property
    def digest(self) -> str:
        """Equal for equal facts."""
        return digest([_plain(getattr(self, field.name)) for field in fields(self)])

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.digest}>"


def digest(thing: Any) -> str:
    """Equal for equal values: for numbers, words, days and records of them, which write themselves out in full."""
    return hashlib.sha256(repr(thing).encode()).hexdigest()[:_LENGTH]


def _plain(thing: Any) -> Any:
    """Rows write themselves out faster as plain tuples."""
    if isinstance(thing, list) and thing and isinstance(thing[0], tuple):
        return [tuple(row) for row in thing]
    return {key: _plain(rows) for key, rows in thing.items()} if isinstance(thing, dict) else thing
