"""What of a dropped file may be kept, and for which source: as it came, or read and cleared before a byte of it is."""

from __future__ import annotations

from dataclasses import replace

from contracts.site import Site
from contracts.sources import Format
from ingestion.files.guard import Cleared, Guard
from ingestion.files.sheets import MAX_BYTES, Piece, SheetIntake
from ingestion.files.workbooks import MAX_BYTES as MAX_WORKBOOK
from ingestion.files.workbooks import plain_sheet
from ingestion.rejection import Rejection


class Intake:
    """The way in of one source, or of a folder that sources share; false where the bytes are kept as they come."""

    def __init__(self, site: Site, where: str) -> None:
        self._guard, self._sheets = Guard(site, where), SheetIntake(site, where)
        #: The file as it came, for the source of that name.
        self.whole = Piece(where, None, Cleared(b""))
        #: The most bytes that are read; None: as many as there are.
        self.limit = MAX_BYTES if self._sheets else None
        source = site.sources.get(where)
        self._workbook = source.format if source and source.format.workbook else None
        if self._workbook:
            self.limit = MAX_WORKBOOK
        #: The drop folder that the files lie in.
        self.folder = site.paths.drop / ((source.folder if source else None) or where)

    def __bool__(self) -> bool:
        return bool(self._guard) or bool(self._sheets) or bool(self._workbook)

    def pieces(self, name: str, data: bytes) -> list[Piece] | Rejection:
        """What may be kept, one piece or, of a file of sheets, one for each; or why the whole file stays outside."""
        if self._sheets:
            return self._sheets.take(name, data)
        if self._workbook and self._workbook.workbook:
            return self._of_workbook(data, self._workbook, self._workbook.workbook.sheet)
        cleared = self._guard.clear(data)
        return cleared if isinstance(cleared, Rejection) else [Piece(self.whole.source, None, cleared)]

    def _of_workbook(self, data: bytes, form: Format, sheet: str) -> list[Piece] | Rejection:
        table = plain_sheet(data, form)
        cleared = table if isinstance(table, Rejection) else self._guard.clear(table)
        if isinstance(cleared, Rejection):
            return cleared
        return [Piece(self.whole.source, sheet, replace(cleared, changed=True))]
