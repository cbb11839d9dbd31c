"""Knows a personal number in any usual spelling, and which columns of a source are about persons."""

from __future__ import annotations

import re
import unicodedata

from contracts.sources import FieldFrom, Source
from contracts.streams import PERSONAL, Stream

_BETWEEN = r"[\s.+\-‐-―−]*"
#: Ten digits whose third is that of a month (a legal person's is 2 or more), with or without century and dash.
_NUMBER = re.compile(
    rf"(?<!\d)(?:16|18|19|20)?{_BETWEEN}(\d\d){_BETWEEN}([01]\d){_BETWEEN}(\d\d){_BETWEEN}(\d{{4}})(?!\d)"
)
#: The same as a VAT number: SE, the ten digits, 01.
_VAT = re.compile(r"SE(\d\d)([01]\d)(\d\d)[\s-]*(\d{4})\d\d", re.IGNORECASE)
_PSEUDONYM = re.compile(r"p-[0-9a-f]{32}")
_SLOT = re.compile(r"\{(?:path|column)\.([^}]+)\}")


def personal_number(value: object) -> str | None:
    """The ten digits of the first personal or coordination number in a value, without century and dash; else None.

    A pseudonym holds none, whatever its digits.
    """
    text = _PSEUDONYM.sub(" ", str(value))
    found = _VAT.search(text) or _NUMBER.search(text)  # the 16 of SE16… is no century
    return "".join(str(unicodedata.decimal(digit)) for digit in "".join(found.groups())) if found else None


def holds_personal_number(value: object) -> bool:
    """Whether a value for an organisation number holds a personal or coordination number in any usual spelling."""
    return personal_number(value) is not None


def normalised(identifier: str) -> str:
    """One spelling of what names a person: the ten digits of a personal number, else the text in small letters.

    Compatible signs are one (NFKC), and white space counts as one space.
    """
    return personal_number(identifier) or " ".join(unicodedata.normalize("NFKC", identifier).casefold().split())


def is_pseudonym(value: object) -> bool:
    """Whether this has the form that the file door gives a pseudonym: `p-` and 32 hex digits."""
    return bool(_PSEUDONYM.fullmatch(str(value)))


def personal_columns(source: Source, streams: dict[str, Stream]) -> dict[str, str]:
    """The columns, or keys of the payload, that personal fields are read from, with what the stream marks them as.

    A column of several fields is the most personal of them.
    """
    found: dict[str, str] = {}
    for emit in source.emits:
        stream = streams.get(emit.stream)
        kinds = {item.name: item.custom("personal") for item in stream.properties} if stream else {}
        for field, origin in emit.fields.items():
            if kind := kinds.get(field):
                found |= {name: min(kind, found.get(name, kind), key=PERSONAL.index) for name in origins(origin)}
    return found


def personal_fields(source: Source, streams: dict[str, Stream]) -> frozenset[str]:
    """The columns, or the keys of the payload, in which a personal number may stand."""
    return frozenset(name for name, kind in personal_columns(source, streams).items() if kind != "with_org_nr")


def origins(origin: FieldFrom) -> list[str]:
    """The columns that a field is read from; of a dotted path its last step."""
    if origin.column is not None:
        return [origin.column]
    paths = [origin.path] if origin.path is not None else _SLOT.findall(origin.template or "")
    return [path.rpartition(".")[2] for path in paths]
