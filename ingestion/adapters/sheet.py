"""Reads the kept plain form of a sheet: one outcome per row, each wrong cell by row, column, and cure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from contracts.sources import TimeRules
from ingestion.adapters.cells import is_fault
from ingestion.adapters.csv_adapter import ERASED
from ingestion.adapters.grid import letters, numbered
from ingestion.adapters.layout import Column, Layout
from ingestion.adapters.mapping import Arrival
from ingestion.adapters.outcome import Ignored, Repeated, Row
from ingestion.adapters.records import Found, Record
from ingestion.adapters.text import decode_text
from ingestion.rejection import Rejection, shown
from ingestion.validation.personal import holds_personal_number, is_pseudonym


@dataclass(frozen=True)
class Sheet:
    """A sheet that the door has recognised and written plainly; its records are read again one by one."""

    text: str
    layout: Layout

    @cached_property
    def header(self) -> tuple[int, list[Column | None]]:
        """The row of the headings, and the column at each place."""
        _, row, cells = next(numbered(self.text))
        return row, [self.layout.column(cell) if cell else None for cell in cells]

    @property
    def records(self) -> Iterator[Record]:
        """The rows below the headings that are not blank, numbered from the first of them."""
        header, columns = self.header
        places = {column.heading: letters(at) for at, column in enumerate(columns) if column}
        seen: dict[tuple[Any, ...], tuple[int, dict[str, str]]] = {}
        for line, row, cells in numbered(self.text):
            if row > header and cells[0] == ERASED and not any(cells[1:]):
                yield Record(row - header, line, Ignored("erased"), row=row)
            elif row > header:
                named = {c.heading: cell for c, cell in zip(columns, cells, strict=False) if c is not None}
                found = self._found(row, named, seen)
                record = Record(row - header, line, found, row=row, places=places)
                yield replace(record, cells=record.refused(found)) if isinstance(found, Rejection) else record

    def _found(self, row: int, cells: dict[str, str], seen: dict[tuple[Any, ...], tuple[int, dict[str, str]]]) -> Found:
        """The cells; or what is known of the row already: the example, or the key of a row above once more."""
        if self.layout.is_example(cells):
            return Ignored("example")
        key = self.layout.key_of(cells)
        if key is None:
            return cells
        first, said = seen.setdefault(key, (row, cells))
        if first == row:
            return cells
        if said == cells:
            return Repeated()
        heading = self.layout.key[0].heading
        told = ", ".join(column.heading for column in self.layout.key)
        return Rejection("E_ROW_TWICE", {"field": heading, "first": str(first), "expected": told})


def read_sheet(data: bytes, layout: Layout) -> Sheet | Rejection:
    """The sheet in the plain form that the door keeps."""
    text = decode_text(data, "utf-8", "csv")
    return text if isinstance(text, Rejection) else Sheet(text, layout)


class SheetRowMaker:
    """The one row of a record of a sheet."""

    def __init__(self, layout: Layout, rules: TimeRules) -> None:
        self._layout, self._zone, self._oldest = layout, ZoneInfo(rules.zone), rules.oldest
        self._time = layout.stream.event_time
        self._empty = {item.name: None for item in layout.stream.properties}
        # A personal number first: no reason that another cell gives may lead to its being kept or shown.
        self._columns = sorted(layout.columns, key=lambda column: not column.personal)

    def make(self, arrival: Arrival) -> Row | Rejection:
        """The row; or the first cell that is wrong, with the headings of the others that are."""
        values: dict[str, Any] = dict(self._empty)
        wrong: dict[str, Rejection] = {}
        for column in self._columns:
            cell = arrival.data.get(column.heading, "")
            value = self._value(column, cell, arrival) if cell else _empty(column)
            if isinstance(value, Rejection):
                wrong[column.heading] = value
            else:
                values[column.item.name] = value
        if not wrong:
            return Row(self._layout.stream.id, values[self._time], values, None)
        (heading, first), *others = wrong.items()
        also = {"also": ", ".join(other for other, _ in others)} if others else {}
        return Rejection(first.code, {"field": heading, **first.facts, **also})

    def _value(self, column: Column, cell: str, arrival: Arrival) -> Any:
        kind = column.item.custom("personal")
        value = column.read(cell)
        named = (kind == "person" and not is_pseudonym(cell)) or (kind == "sole_trader" and holds_personal_number(cell))
        if named and not is_fault(cell):
            return Rejection("E_PERSONAL")
        if column.item.name != self._time or isinstance(value, Rejection):
            return value
        return self._judged(value, cell, arrival.received.astimezone(self._zone).date())

    def _judged(self, day: date, cell: str, today: date) -> date | Rejection:
        """The day on which it happened: not before the oldest of the source nor after today in its zone."""
        if self._oldest <= day <= today:
            return day
        facts = {"problem": f"lies before {self._oldest}", "problem_sv": f"ligger före {self._oldest}",
                 "cure": "Mend the day.", "cure_sv": "Rätta dagen."}  # fmt: skip
        if day > today:
            facts = {"problem": "lies in the future", "problem_sv": "ligger i framtiden",
                     "cure": "Mend the day, or drop the row when the day has been.",
                     "cure_sv": "Rätta dagen, eller lämna in raden när dagen har varit."}  # fmt: skip
        return Rejection("E_CELL_DAY", {"value": shown(cell), **facts})


def _empty(column: Column) -> Rejection | None:
    """Of a cell in which nothing stands: what should, if the contract asks for it."""
    return Rejection("E_CELL_EMPTY", {"example": column.example_text or "–"}) if column.item.required else None
