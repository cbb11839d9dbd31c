"""The mapping of one file source, compiled once: bytes → records by the reader of its format → rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from contracts.sources import Source
from contracts.streams import Stream
from ingestion.adapters.csv_adapter import read_table
from ingestion.adapters.mapping import Arrival, RowMaker, make_rows
from ingestion.adapters.mtconnect_xml import read_streams
from ingestion.adapters.outcome import Ignored, Recorded
from ingestion.adapters.records import Record, Records
from ingestion.adapters.shdr import read_log
from ingestion.rejection import Rejection, shown
from ingestion.validation.times import TimeReader

#: By `format.adapter`: reads the bytes of a whole file as its source declares them, or says why it is refused whole.
READERS: dict[str, Callable[[bytes, Source], Records | Rejection]] = {
    "csv": read_table, "shdr": read_log, "mtconnect_xml": read_streams,
}  # fmt: skip


class FileAdapter:
    """What the records of one source become. Knows no format and no vendor: everything stands in the source."""

    def __init__(self, source: Source, streams: dict[str, Stream]) -> None:
        times = TimeReader(source.time)
        self._source, self._reader = source, READERS[source.format.adapter]
        self._makers = [RowMaker(emit, streams[emit.stream], source, times) for emit in source.format.emit]

    def read(self, data: bytes) -> Records | Rejection:
        """The records of a file, or why the whole file is refused."""
        return self._reader(data, self._source)

    def machine(self, record: Record) -> str | Rejection | None:
        """Id of the equipment that a record is of; None where neither the source nor the record says it."""
        declared = self._source.equipment
        if declared is None or declared.column is None:
            return declared.fixed if declared else None
        if not isinstance(record.cells, dict):
            return None
        word = record.cells.get(declared.column, "")
        if not word:
            return Rejection("E_REQUIRED", {"field": declared.column})
        found = declared.map.get(word) if declared.map is not None else word
        return found or Rejection("E_DEVICE", {"value": shown(word)})

    def rows(self, record: Record, received: datetime, equipment: str | None) -> Recorded:
        """The rows of one record; rejections name the line."""
        if not isinstance(record.cells, dict):
            return record.cells
        rows = make_rows(self._makers, Arrival(dict(record.cells), {}, received, equipment, later=record.later))
        if isinstance(rows, Rejection):
            return rows.at_line(record.line)
        return rows or Ignored("no_row")
