"""Reads the plain table that the door keeps of a workbook's sheet; a cell that has no value refuses its row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from contracts.sources import Source
from ingestion.adapters.cells import fault
from ingestion.adapters.csv_adapter import Table, read_table
from ingestion.adapters.records import Record
from ingestion.rejection import Rejection


@dataclass(frozen=True, slots=True)
class Worksheet:
    """The rows of the sheet below its headings."""

    table: Table

    @property
    def records(self) -> Iterator[Record]:
        """The rows in order, with the reason where a formula was not worked out or a cell is merged or a fault."""
        for record in self.table.records:
            wrong = _fault(record) if isinstance(record.cells, dict) else None
            yield replace(record, cells=record.refused(wrong)) if wrong else record


def read_worksheet(data: bytes, source: Source) -> Worksheet | Rejection:
    """The kept table of the sheet that the source names."""
    found = read_table(data, source)
    return found if isinstance(found, Rejection) else Worksheet(found)


def _fault(record: Record) -> Rejection | None:
    assert isinstance(record.cells, dict)
    for heading, cell in record.cells.items():
        if wrong := fault(cell):
            return Rejection(wrong.code, {"column": heading, **wrong.facts})
    return None
