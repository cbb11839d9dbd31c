"""Takes out of a file of JSON objects what may not be kept, or keeps the whole file outside."""

from __future__ import annotations

import codecs
from collections.abc import Collection

from contracts.sources import Source
from ingestion.adapters.json_records import read_records
from ingestion.drop_list import blanked
from ingestion.rejection import Rejection
from ingestion.validation.personal import holds_personal_number


def clear_records(data: bytes, source: Source, numbers: Collection[str]) -> bytes | Rejection:
    """The file with the fields of the drop list empty, at any depth; the same bytes where there is nothing to empty.

    A sole trader's number, in a column of `numbers`, refuses it whole: no pseudonyms are made in JSON.
    """
    found = read_records(data, source)
    if isinstance(found, Rejection):
        return found
    for record in found.records:
        if isinstance(record.cells, dict) and any(holds_personal_number(record.cells.get(name)) for name in numbers):
            return Rejection("E_PERSONAL").at_line(record.line)
    return blanked(data.removeprefix(codecs.BOM_UTF8), source.governance.drop)
