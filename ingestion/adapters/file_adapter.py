"""The mapping of one file source, compiled once: bytes → records by the reader of its format → rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from contracts.sources import Source
from contracts.streams import Stream
from ingestion.adapters.csv_adapter import read_table
from ingestion.adapters.json_records import read_records
from ingestion.adapters.layout import Layout
from ingestion.adapters.mapping import Arrival, Maker, RowMaker, make_rows
from ingestion.adapters.mtconnect_xml import read_streams
from ingestion.adapters.outcome import Ignored, Recorded
from ingestion.adapters.records import Record, Records
from ingestion.adapters.shdr import read_log
from ingestion.adapters.sheet import SheetRowMaker, read_sheet
from ingestion.adapters.unpivot import Long
from ingestion.adapters.worksheet import read_worksheet
from ingestion.rejection import Rejection, shown
from ingestion.validation.times import TimeReader

Reader = Callable[[bytes, Source], Records | Rejection]
#: By `format.adapter`: reads the bytes of a whole file as its source declares them, or says why it is refused whole.
READERS: dict[str, Reader] = {
    "csv": read_table, "xlsx": read_worksheet, "json_records": read_records, "shdr": read_log,
    "mtconnect_xml": read_streams,
}  # fmt: skip


class FileAdapter:
    """What the records of one source become. Knows no format and no vendor: everything stands in the source."""

    def __init__(self, source: Source, streams: dict[str, Stream]) -> None:
        self._source = source
        self._reader: Reader
        self._makers: Sequence[Maker]
        if source.format.adapter == "sheet":
            layout = Layout(source, streams)
            self._reader = lambda data, _: read_sheet(data, layout)
            self._makers = [SheetRowMaker(layout, source.time)]
        else:
            self._reader, times = READERS[source.format.adapter], TimeReader(source.time)
            self._makers = [RowMaker(emit, streams[emit.stream], source, times) for emit in source.format.emit]

    def read(self, data: bytes) -> Records | Rejection:
        """The records of a file, or why the whole file is refused."""
        found, unpivot = self._reader(data, self._source), self._source.format.unpivot
        return found if isinstance(found, Rejection) or unpivot is None else Long(found, unpivot)

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
        found = declared.map.get(str(word)) if declared.map is not None else str(word)
        return found or Rejection("E_DEVICE", {"value": shown(word)})

    def rows(self, record: Record, received: datetime, equipment: str | None) -> Recorded:
        """The rows of one record; rejections name the line, in a sheet also row and column."""
        if not isinstance(record.cells, dict):
            return record.cells
        rows = make_rows(self._makers, Arrival(dict(record.cells), {}, received, equipment, later=record.later))
        if isinstance(rows, Rejection):
            return record.refused(rows)
        return rows or Ignored("no_row")
