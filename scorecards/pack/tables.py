"""The tables of an edition as readers get them: headings, words for codes, names beside keys, local times."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from scorecards.audience import reaches
from scorecards.edition import Edition
from scorecards.pack import breakdowns
from scorecards.pack.columns import ColumnWords, TableWords, pack_words
from scorecards.pack.seen import seen
from scorecards.pack.workbook import Cell
from scorecards.restated import where
from scorecards.texts import catalogue
from scorecards.voice import Voice

#: Columns whose codes have words in the catalogue, and by which name.
_WORDS = {"status": "status", "quality_state": "quality", "outcome": "outcome", "reason": "reason"}


@dataclass(frozen=True)
class Column:
    """A column of a table, in one language."""

    name: str
    heading: str
    unit: str
    says: str


@dataclass(frozen=True)
class Table:
    """A table in one language. `rows` can be read once."""

    name: str
    stem: str
    title: str
    says: str
    columns: list[Column]
    rows: Iterator[list[Cell]]


def tables(folder: Path, edition: Edition, voice: Voice) -> Iterator[Table]:
    """Every table of the edition in `folder` that the audience may have, in the order of tables.yaml."""
    for name, words in pack_words().tables.items():
        if not reaches(edition.audience, words.audience):
            continue
        if name == breakdowns.NAME:
            yield _told(name, words, breakdowns.COLUMNS, breakdowns.rows(edition, voice), voice)
        elif (file := folder / f"{name}.parquet").exists():
            yield _table(file, words, edition, voice)


def column(name: str, words: ColumnWords | None, voice: Voice) -> Column:
    """A column with its heading, which names the unit where there is one unit for all rows.

    An edition of another version may have columns that nobody has words for any more: they are called as they are.
    """
    if words is None:
        return Column(name, name, "", "")
    heading = words.sv if voice.lang == "sv" else words.en
    unit = words.unit.strip("=")
    return Column(name, f"{heading} [{unit}]" if unit else heading, words.unit, voice.of_text(words.says))


def _table(file: Path, words: TableWords, edition: Edition, voice: Voice) -> Table:
    names = pq.read_schema(file).names
    shown = [added for name in names for added in (name, *_beside(name))]
    return _told(file.stem, words, shown, _rows(file, names, edition, voice), voice)


def _told(name: str, words: TableWords, shown: Iterable[str], rows: Iterator[list[Cell]], voice: Voice) -> Table:
    known = pack_words().columns
    columns = [column(each, known.get(each), voice) for each in shown]
    return Table(name, voice.of_text(words.file), voice.of_text(words.name), voice.of_text(words.says), columns, rows)


def _beside(name: str) -> tuple[str, ...]:
    """The names that stand beside a key, for a reader knows no codes."""
    return {"indicator_id": ("indicator_name",), "scope_id": ("scope_name",)}.get(name, ())


def _rows(file: Path, names: list[str], edition: Edition, voice: Voice) -> Iterator[list[Cell]]:
    indicators = {item.indicator_id: voice.of(item.name) for item in edition.indicators}
    for batch in pq.ParquetFile(file).iter_batches(batch_size=8192):
        for row in filter(None, (seen(edition, file.stem, row) for row in batch.to_pylist())):
            cells: list[Cell] = []
            for name in names:
                cells.append(_cell(name, row[name], voice))
                if name == "indicator_id":
                    cells.append(indicators.get(row[name], ""))
                elif name == "scope_id":
                    cells.append(where(edition, voice, (row["scope_type"], row[name])))
            yield cells


def _cell(name: str, value: Any, voice: Voice) -> Cell:
    if isinstance(value, bool):
        return voice("word.yes" if value else "word.no")
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    if isinstance(value, datetime):
        return value.astimezone(voice.zone).replace(tzinfo=None, microsecond=0)
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    if name in _WORDS and isinstance(value, str):
        return _word(f"{_WORDS[name]}.{value}", value, voice)
    found: Cell = value
    return found


def _word(key: str, code: str, voice: Voice) -> str:
    """The word of a code; a sentence that asks for numbers is none for a cell."""
    known = key in catalogue() and "{" not in catalogue()[key].sv
    return voice(key) if known else code
