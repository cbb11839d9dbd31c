"""Finds records of the registry that hold on one day although only one of them can."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from contracts.measuring import Valid

ValidT = TypeVar("ValidT", bound=Valid)


def held_twice(records: Iterable[ValidT], key: Callable[[ValidT], Any]) -> Iterator[tuple[ValidT, ValidT]]:
    """Pairs of records with one key that both hold on some day: an earlier one, and one that begins before it ends."""
    longest: dict[Any, ValidT] = {}
    for record in sorted(records, key=lambda one: (one.valid_from, one.valid_to)):
        before = longest.setdefault(key(record), record)
        if before is not record and record.valid_from <= before.valid_to:
            yield before, record
        if record.valid_to > before.valid_to:
            longest[key(record)] = record


def windows_twice(windows: Iterable[tuple[ValidT, int, int]]) -> Iterator[tuple[ValidT, ValidT]]:
    """Pairs of windows (a record; from and until, in s after midnight) that share time on a day on which both hold."""
    ordered = sorted(windows, key=lambda one: one[1:])
    for place, (one, _, until) in enumerate(ordered):
        for other, begins, _ in ordered[place + 1 :]:
            if begins < until and one.valid_from <= other.valid_to and other.valid_from <= one.valid_to:
                yield one, other
