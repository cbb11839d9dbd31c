"""What the tables of the pack and their columns are called, in both languages."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from contracts.documents import Strict, Text, read_document
from scorecards.audience import Audience

_FILE = Path(__file__).with_name("tables.yaml")


class TableWords(Strict):
    """A table of the edition for readers: the stem of its file, its name, what a row of it is, who may see it."""

    file: Text
    name: Text
    says: Text
    audience: Audience = "programme"


class ColumnWords(Strict):
    """A column: its heading, its unit (`=`: that of the row's column "unit"), what it says."""

    sv: str
    en: str
    says: Text
    unit: str = ""


class PackWords(Strict):
    """The tables in the order of the pack, and every column of them."""

    tables: dict[str, TableWords]
    columns: dict[str, ColumnWords]


@cache
def pack_words() -> PackWords:
    """The words of tables.yaml; raises ContractError with file and line."""
    return read_document(_FILE, PackWords)
