"""Keeps personal numbers out of the spool: what a source takes for organisations is read before it is taken."""

from __future__ import annotations

from contracts.site import Site
from contracts.sources import FileTransport
from ingestion.adapters.csv_adapter import Table, read_table
from ingestion.rejection import Rejection
from ingestion.validation.personal import holds_personal_number, personal_fields


class Guard:
    """What the door looks for in the files of one source; false where the source reads no organisation numbers."""

    def __init__(self, site: Site, source_id: str) -> None:
        source = site.sources.get(source_id)
        self._source = source if source and isinstance(source.transport, FileTransport) else None
        self._columns = personal_fields(self._source, site.streams) if self._source else frozenset()

    def __bool__(self) -> bool:
        return bool(self._columns)

    def judge(self, data: bytes) -> Rejection | None:
        """Why the whole file stays outside: a personal number, or that nobody can tell because it cannot be read."""
        if self._source is None or not self._columns:
            return None
        table = read_table(data, self._source)
        return table if isinstance(table, Rejection) else self._personal(table)

    def _personal(self, table: Table) -> Rejection | None:
        looked_at = [at for at, name in enumerate(table.columns) if name in self._columns]
        for line, cells in table.rows:
            whole = len(cells) == len(table.columns)  # in a torn row the number may stand anywhere
            if any(map(holds_personal_number, [cells[at] for at in looked_at] if whole else cells)):
                return Rejection("E_PERSONAL").at_line(line)
        return None
