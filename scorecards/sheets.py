"""What the office's sheets are called, what their columns are, and who may see what stands on them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from contracts.documents import Text
from contracts.office import TRUTHS
from contracts.streams import Stream, load_streams

_CONFIDENTIAL = "company-confidential"
#: Where the empty sheets lie below the root of a site.
SHEETS = "mallar"


@dataclass(frozen=True)
class SheetNeeded:
    """A sheet that would bring an indicator: its title, the name of its file without ending, the columns to fill in."""

    title: Text
    name: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class OfficeSheet:
    """A sheet that the office fills in: its title, what its rows say, who fills it in, its file without ending.

    `personal`: it holds what is about persons.
    """

    title: Text
    purpose: Text
    filled_by: Text
    file: str
    personal: bool


def office_sheets() -> list[OfficeSheet]:
    """Every sheet of the office, in the order of streams."""
    found = [stream.template for _, stream in sorted(_streams().items()) if stream.template is not None]
    return [OfficeSheet(t.title, t.purpose, t.filled_by, t.file, t.personal_data != "none") for t in found]


@cache
def _streams() -> dict[str, Stream]:
    return load_streams()


def sheets_needed(streams: Sequence[str], columns: Iterable[str]) -> list[SheetNeeded]:
    """The sheets among streams, each once; `columns` are `stream.column`. What machines send is no sheet."""
    wanted = [name.split(".", 1) for name in columns]
    holding = {(of, column): _holding(of, column) for of, column in wanted}
    found = []
    for name in dict.fromkeys([*streams, *holding.values()]):
        stream = _streams().get(name)
        if stream is not None and stream.template is not None:
            headings = {item.name: item.heading for item in stream.properties}
            filled = tuple(headings.get(column, column) for (_, column), there in holding.items() if there == name)
            found.append(SheetNeeded(stream.template.title, stream.template.file, filled))
    return found


def classification(streams: Sequence[str], columns: Iterable[str]) -> str:
    """The closest of what an indicator of these streams and columns stands on: company-confidential, or nothing."""
    names = {*streams, *(_holding(*name.split(".", 1)) for name in columns)}
    templates = [stream.template for name in names if (stream := _streams().get(name)) is not None]
    closed = any(template is not None and template.classification == _CONFIDENTIAL for template in templates)
    return _CONFIDENTIAL if closed else ""


def sheet_words() -> set[str]:
    """What stands in Swedish on the sheets: their titles and headings, and the words of their cells."""
    found = set(TRUTHS)
    for stream in _streams().values():
        if stream.template is not None:
            found.add(stream.template.title.sv)
            for item in stream.properties:
                found |= {item.heading, *item.words}
    return found


def place_name(code: str) -> str | None:
    """What the sheets call a county, or None for what is none; a proper name, the same in every language."""
    county = next(item for item in _streams()["participation"].properties if item.name == "county")
    return next((word for word, known in county.words.items() if known == code), None)


def _holding(stream: str, column: str) -> str:
    """The stream whose sheet has a column: what persons may tell of themselves has a sheet of its own (`skills_…`)."""
    beside = [stream, *(name for name in _streams() if name.startswith(f"{stream}_"))]
    having = (name for name in beside if name in _streams() and _has(_streams()[name], column))
    return next(having, stream)


def _has(stream: Stream, column: str) -> bool:
    return any(item.name == column for item in stream.properties)
