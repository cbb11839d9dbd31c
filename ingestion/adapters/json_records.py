"""Reads a dropped file of JSON objects: an array, or one at a stated path; a record per object, its keys the columns.

Strict as a message is: a key that stands twice, or a number that no float holds, refuses the whole file, and so does a
key that the source does not know, for nobody has said what it is. A key that an object lacks is an absent value.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from contracts.sources import Source
from ingestion.adapters.records import Record
from ingestion.adapters.unpivot import headings_problem
from ingestion.rejection import Rejection, shown
from ingestion.validation.strict_json import read_document

#: Bytes of a file: it is read at once.
MAX_BYTES = 100_000_000


@dataclass(frozen=True, slots=True)
class Objects:
    """The items of the array. They have no lines that a parser tells: a record's line is its number."""

    items: list[Any]

    @property
    def records(self) -> Iterator[Record]:
        """The items in order; one that is no object is refused alone."""
        for number, item in enumerate(self.items, 1):
            yield Record(number, number, item if isinstance(item, dict) else Rejection("E_SHAPE").at_line(number))


def read_records(data: bytes, source: Source) -> Objects | Rejection:
    """The objects of a file; a rejection refuses it whole."""
    if not data:
        return Rejection("E_EMPTY")
    if len(data) > MAX_BYTES:
        return Rejection("E_SIZE", {"limit": str(MAX_BYTES)})
    found = read_document(data.removeprefix(codecs.BOM_UTF8))
    if isinstance(found, Rejection):
        return found
    items = _array(found, source.format.records)
    if isinstance(items, Rejection):
        return items
    headings = list(dict.fromkeys(key for item in items if isinstance(item, dict) for key in item))
    if unknown := next((key for key in headings if not source.format.is_column(key)), None):
        told = {
            "problem": f"'{shown(unknown)}' is not in the source",
            "problem_sv": f"”{shown(unknown)}” finns inte i källan",
        }
        return Rejection("E_SCHEMA", told)
    return headings_problem(source.format.unpivot, headings) or (Objects(items) if items else Rejection("E_EMPTY"))


def _array(value: Any, path: str | None) -> list[Any] | Rejection:
    for step in path.split(".") if path else ():
        if not isinstance(value, dict) or step not in value:
            return Rejection("E_REQUIRED", {"field": path or ""})
        value = value[step]
    return value if isinstance(value, list) else Rejection("E_ARRAY")
