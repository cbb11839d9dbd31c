"""What the sheet of a source looks like: its headings, how each column is read, its key, and the template's example."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from contracts.office import example_text
from contracts.sources import Source
from contracts.streams import Property, Stream
from ingestion.adapters.cells import ReadCell, fold, reader
from ingestion.rejection import Rejection


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a template."""

    heading: str
    item: Property
    read: ReadCell
    #: What stands here in the example row of the template; None where nothing does.
    example_text: str | None

    @property
    def example(self) -> Any:
        """The same as read."""
        return None if self.example_text is None else self.read(self.example_text)

    @property
    def personal(self) -> bool:
        """Whether the door may put a pseudonym in place of what stands here."""
        return self.item.custom("personal") is not None


class Layout:
    """The sheet of one source."""

    def __init__(self, source: Source, streams: dict[str, Stream]) -> None:
        (emit,) = source.format.emit
        stream = streams[emit.stream]
        self.source, self.stream = source, stream
        self.columns = [
            _column(str(origin.column), stream.by_name[name], origin.map or {}) for name, origin in emit.fields.items()
        ]
        self.by_heading = {fold(column.heading): column for column in self.columns}
        self.required = [column for column in self.columns if column.item.required]
        by_name = {column.item.name: column for column in self.columns}
        key = [name for name in stream.natural_key if name not in ("source", "device")]
        self.key = [by_name[name] for name in key] if all(name in by_name for name in key) else []

    def column(self, heading: str) -> Column | None:
        """The column of a heading, however it is spaced and capitalised."""
        return self.by_heading.get(fold(heading))

    def is_example(self, cells: dict[str, str]) -> bool:
        """Whether a row, by heading, says exactly what the template's example does, in every column that it has."""
        there = [(self.column(heading), cell) for heading, cell in cells.items()]
        return bool(there) and all(
            (column.read(cell) if cell else None) == column.example for column, cell in there if column
        )

    def key_of(self, cells: dict[str, str]) -> tuple[Any, ...] | None:
        """What tells the record of a row from others; None where a part is empty or cannot be read."""
        values = [column.read(cell) if (cell := cells.get(column.heading, "")) else None for column in self.key]
        found = bool(values) and not any(value is None or isinstance(value, Rejection) for value in values)
        return tuple(values) if found else None


def _column(heading: str, item: Property, words: dict[str, str]) -> Column:
    return Column(heading, item, reader(item, words), example_text(item))
