"""Knows a personal number where an organisation number is asked for: a sole trader's is one."""

from __future__ import annotations

import re

from contracts.sources import FieldFrom, Source
from contracts.streams import Stream

#: Ten digits whose third is that of a month (a legal person's is 2 or more), with or without century and dash.
_NUMBER = re.compile(r"(?<!\d)(?:16|18|19|20)?\d\d[01]\d{3}[\s+\-‐-―−]*\d{4}(?!\d)")
#: The same as a VAT number: SE, the ten digits, 01.
_VAT = re.compile(r"SE\d\d[01]\d{3}[\s-]*\d{6}", re.IGNORECASE)
_SLOT = re.compile(r"\{(?:path|column)\.([^}]+)\}")


def holds_personal_number(value: object) -> bool:
    """Whether a value for an organisation number holds a personal or coordination number in any usual spelling."""
    text = str(value)
    return bool(_NUMBER.search(text) or _VAT.search(text))


def personal_fields(source: Source, streams: dict[str, Stream]) -> frozenset[str]:
    """The columns, or the keys of the payload, that the source reads an organisation number from."""
    return frozenset(
        name
        for emit in source.emits
        for field, origin in emit.fields.items()
        if emit.stream in streams and streams[emit.stream].by_name[field].custom("personal")
        for name in _origins(origin)
    )


def _origins(origin: FieldFrom) -> list[str]:
    """Names of columns; of a dotted path its last step."""
    if origin.column is not None:
        return [origin.column]
    paths = [origin.path] if origin.path is not None else _SLOT.findall(origin.template or "")
    return [path.rpartition(".")[2] for path in paths]
