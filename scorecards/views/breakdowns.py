"""Breakdowns that disclosure control has judged, as small tables: what is hidden says so, and parts never add up."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from scorecards.edition import Edition
from scorecards.programme_records import Breakdown, BreakdownCell
from scorecards.sheets import place_name
from scorecards.voice import Voice

TOTAL = "*"
#: Columns whose values are subprojects, and those that are counties of the registry.
_SUBPROJECT, _REGIONS = ("subproject",), ("activity_region", "county")
_SIZES = {"micro": 0, "small": 1, "medium": 2, "large": 3}


@dataclass(frozen=True)
class Told:
    """A cell in words: its number, or that it is hidden; `last`: what an earlier edition told."""

    text: str
    state: str
    last: str


@dataclass(frozen=True)
class Line:
    name: str
    cells: list[Told]


@dataclass(frozen=True)
class BreakdownTable:
    """A table of one or two dimensions; `notes` say why cells are hidden, or why the whole table is."""

    id: str
    name: str
    corner: str
    columns: list[str]
    lines: list[Line]
    notes: list[str]


def of_programme(edition: Edition, voice: Voice) -> list[BreakdownTable]:
    """Every breakdown of the whole; of three dimensions, that of the subprojects stands on their own pages."""
    return [_table(edition, voice, table, cells, _open(table)) for table, cells in edition.breakdowns]


def of_subproject(edition: Edition, voice: Voice, subproject: str) -> list[BreakdownTable]:
    """The part of each breakdown that is a subproject's."""
    return _part(edition, voice, _SUBPROJECT, subproject)


def of_region(edition: Edition, voice: Voice, region: str) -> list[BreakdownTable]:
    """The part of each breakdown that is a county's: of the activities, or of the companies."""
    return _part(edition, voice, _REGIONS, region)


def _part(edition: Edition, voice: Voice, columns: tuple[str, ...], value: str) -> list[BreakdownTable]:
    found = []
    for table, cells in edition.breakdowns:
        column = next((name for name in columns if name in table.columns), None)
        if column is not None and len(table.columns) > 1:
            made = _table(edition, voice, table, cells, {column: value})
            if made.lines:
                found.append(made)
    return found


def _open(table: Breakdown) -> dict[str, str]:
    """What is held at its total so that two dimensions are left."""
    if len(table.columns) < 3:
        return {}
    return {"subproject" if "subproject" in table.columns else table.columns[-1]: TOTAL}


def _table(
    edition: Edition, voice: Voice, table: Breakdown, cells: list[BreakdownCell], fixed: Mapping[str, str]
) -> BreakdownTable:
    free = [name for name in table.columns if name not in fixed][:2]
    found: dict[tuple[str, ...], BreakdownCell] = {}
    for cell in cells:
        at = dict(zip(table.columns, (cell.d1, cell.d2, cell.d3), strict=False))
        if all(at[name] == value for name, value in fixed.items()):
            found[tuple(str(at[name]) for name in free)] = cell
    if table.withheld:
        found = {}
    rows = _values(edition, voice, free[0], {key[0] for key in found}) if found else []
    across = _values(edition, voice, free[1], {key[1] for key in found}) if found and len(free) == 2 else []
    lines = [
        Line(name, [_told(voice, table, found.get((row, column))) for column, _ in across])
        if across
        else Line(name, [_told(voice, table, found.get((row,)))])
        for row, name in rows
    ]
    named = dict(zip(table.columns, headings(voice, table), strict=True))
    return BreakdownTable(
        id=table.table_id,
        name=_named(voice, table),
        corner=" / ".join(named[name] for name in free),
        columns=[name for _, name in across] or [_unit(voice, table) or voice("breakdown.number")],
        lines=lines,
        notes=_notes(voice, table, found.values()),
    )


def _named(voice: Voice, table: Breakdown) -> str:
    """The name of a table, with the unit of what is no number of things."""
    unit = _unit(voice, table)
    return f"{voice.of(table.name)} ({unit})" if unit else voice.of(table.name)


def _unit(voice: Voice, table: Breakdown) -> str:
    return voice.unit_sign(table.unit)


def headings(voice: Voice, table: Breakdown) -> list[str]:
    """What its columns are called."""
    return table.column_names_sv if voice.lang == "sv" else table.column_names_en


def _values(edition: Edition, voice: Voice, column: str, values: set[str]) -> list[tuple[str, str]]:
    """The values of a dimension with their names: sizes by size, others by name, unknown late, the total last."""
    named = [(value, name_of(edition, voice, column, value)) for value in values]
    return sorted(named, key=lambda pair: (pair[0] == TOTAL, pair[0] == "unknown", _SIZES.get(pair[0], 9), pair[1]))


def name_of(edition: Edition, voice: Voice, column: str, value: str) -> str:
    """What a value of a column is called."""
    if value == TOTAL:
        return voice("breakdown.total")
    if value == "unknown":
        return voice("breakdown.unknown")
    kind = "subproject" if column in _SUBPROJECT else "region"
    name = edition.name_of((kind, value)) if column in (*_SUBPROJECT, *_REGIONS) else None
    if name is not None:
        return voice.of(name)
    there = place_name(value) if column in _REGIONS else None
    return voice.code(f"breakdown.{column}", value, there or value.replace("-", "–"))


def _told(voice: Voice, table: Breakdown, cell: BreakdownCell | None) -> Told:
    if cell is None:
        return Told("–", "none", "")
    if cell.state == "shown":
        return Told(voice.decimal(cell.value), "shown", "")
    last = voice("breakdown.last", value=voice.decimal(cell.last_value)) if cell.last_value is not None else ""
    return Told(voice(f"breakdown.{cell.state}"), cell.state, last)


def _notes(voice: Voice, table: Breakdown, cells: Collection[BreakdownCell]) -> list[str]:
    if table.withheld:
        return [voice.of(table.withheld_words)]
    states = {cell.state for cell in cells}
    said = {"hidden": table.hidden, "left_out": table.left_out_words}
    notes = [voice.of(words) for state, words in said.items() if state in states]
    return [note for note in (voice.of(table.overlap), *notes) if note]
