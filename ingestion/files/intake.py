"""What of a dropped file may be kept, and for which source: as it came, or read and cleared before a byte of it is."""

from __future__ import annotations

from contracts.site import Site
from ingestion.files.guard import Cleared, Guard
from ingestion.files.sheets import MAX_BYTES, Piece, SheetIntake
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
        #: The drop folder that the files lie in.
        self.folder = site.paths.drop / ((source.folder if source else None) or where)

    def __bool__(self) -> bool:
        return bool(self._guard) or bool(self._sheets)

    def pieces(self, name: str, data: bytes) -> list[Piece] | Rejection:
        """What may be kept, one piece or, of a file of sheets, one for each; or why the whole file stays outside."""
        if self._sheets:
            return self._sheets.take(name, data)
        cleared = self._guard.clear(data)
        return cleared if isinstance(cleared, Rejection) else [Piece(self.whole.source, None, cleared)]
