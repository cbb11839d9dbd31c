"""Writes the breakdown tables of a new edition, protected against all that the earlier editions have told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq
import structlog

from bruk.disclosure.cells import CellId, Layer, Said, cell_ids
from bruk.disclosure.protection import Protected, protect
from bruk.manifest import read_manifest
from bruk.overlaps import overlap_told
from bruk.unprotected import unprotected_cells
from contracts.disclosure import ALL, TableDefinition, TableList
from contracts.site import Site

log = structlog.get_logger()

_TEXT, _WHOLE, _EXACT, _WORDS = pa.string(), pa.int64(), pa.decimal128(28, 6), pa.list_(pa.string())
_SAID: tuple[Literal["hidden", "left_out", "withheld"], ...] = ("hidden", "left_out", "withheld")
_TABLES = pa.schema(
    [
        *((c, _TEXT) for c in ("table_id", "measure", "name_sv", "name_en", "about", "how", "unit")),
        *((c, _WHOLE) for c in ("minimum", "cells", "hidden", "left_out")), ("withheld", pa.bool_()),
        *((c, _WORDS) for c in ("columns", "column_names_sv", "column_names_en")),
        *((f"{c}_{language}", _TEXT) for c in (*_SAID, "overlap") for language in ("sv", "en")),
    ]
)  # fmt: skip
_CELLS = pa.schema(
    [
        *((c, _TEXT) for c in ("table_id", "d1", "d2", "d3")), ("value", _EXACT), ("contributors", _WHOLE),
        ("state", _TEXT), ("last_value", _EXACT), ("last_contributors", _WHOLE), ("last_edition", _TEXT),
    ]
)  # fmt: skip


def write_protected(
    site: Site, listed: TableList, earlier: Sequence[Path], folder: Path, edition_id: str
) -> list[Protected]:  # fmt: skip
    """`tab_table.parquet` and `tab_cell.parquet` in `folder`; equal inputs give equal files.

    `earlier`: the folders of the editions that readers have or may have kept, the oldest first; one that was made
    before there were tables tells nothing. Returns the cells with the reasons, which only the office may know.
    """
    cells = unprotected_cells(site.paths.warehouse, listed.tables)
    told = [read_layer(edition) for edition in earlier]
    protected = protect(listed.tables, cells, told, listed.rules)
    _write(folder, protected, listed, _last_shown(told), edition_id)
    return protected


def read_layer(edition: Path) -> Layer:
    """All that an edition told of the cells of its tables."""
    known_as = str(read_manifest(edition)["id"])  # a frozen one lies in a folder of another name
    files = [edition / f"{name}.parquet" for name in ("tab_table", "tab_cell")]
    if not all(file.exists() for file in files):
        return Layer(known_as)
    tables, cells = (pq.read_table(file, partitioning=None).to_pylist() for file in files)
    known = {row["table_id"]: row for row in tables}
    return Layer(known_as, {_cell_id(known[row["table_id"]], row): _said(row) for row in cells})


def _cell_id(table: Mapping[str, Any], row: Mapping[str, Any]) -> CellId:
    at = {column: row[f"d{n}"] for n, column in enumerate(table["columns"], 1)}
    return CellId.of(table["measure"], {column: None if value == ALL else value for column, value in at.items()})


def _said(row: Mapping[str, Any]) -> Said:
    return Said(row["value"] if row["state"] == "shown" else None, row["last_value"], row["last_contributors"] or 0)


def _last_shown(told: Iterable[Layer]) -> dict[CellId, str]:
    """The newest of the earlier editions that knows a value of the cell."""
    return {cell: layer.edition for layer in told for cell, said in layer.cells.items() if said.last is not None}


def _write(
    folder: Path, protected: list[Protected], listed: TableList, lasts: Mapping[CellId, str], edition_id: str
) -> None:  # fmt: skip
    found = {one.cell: one for one in protected}
    tables, cells = [], []
    for table in listed.tables:
        mine = [found[cell] for cell in cell_ids(table, frozenset(found)) if cell in found]
        cells += [_cell_row(table, one, edition_id if one.why is None else lasts.get(one.cell)) for one in mine]
        tables.append(_table_row(table, mine, listed))
        why = Counter(one.why for one in mine if one.why)
        log.info("table_protected", table=table.id, cells=len(mine), **dict(sorted(why.items())))
    pq.write_table(pa.Table.from_pylist(tables, schema=_TABLES), folder / "tab_table.parquet", compression="zstd")
    pq.write_table(pa.Table.from_pylist(cells, schema=_CELLS), folder / "tab_cell.parquet", compression="zstd")


def _table_row(table: TableDefinition, cells: list[Protected], listed: TableList) -> dict[str, Any]:
    minimum = 0 if table.about == "public" else listed.rules.of(table.about).minimum
    states = Counter(_state(one) for one in cells)
    public = {frozenset(columns) for columns in table.public}
    told = [one for one in cells if one.why is None and one.value and one.cell.columns not in public]
    said = {name: listed.words.filled(name, table.about, minimum) for name in _SAID}
    return {
        "table_id": table.id, "measure": table.measure, "name_sv": table.name.sv, "name_en": table.name.en,
        "about": table.about, "how": table.how, "unit": table.unit, "minimum": minimum, "cells": len(cells),
        "hidden": states["hidden"], "left_out": states["left_out"], "withheld": bool(cells) and not told,
        "columns": list(table.columns),
        **overlap_told(table, cells),
        **{f"{name}_sv": text.sv for name, text in said.items()},
        **{f"{name}_en": text.en for name, text in said.items()},
        "column_names_sv": [item.name.sv for item in table.dimensions],
        "column_names_en": [item.name.en for item in table.dimensions],
    }  # fmt: skip


def _cell_row(table: TableDefinition, one: Protected, last_edition: str | None) -> dict[str, Any]:
    at = dict(one.cell.at)
    coordinates = [at.get(column, ALL) for column in table.columns]
    shown = one.why is None
    return {
        "table_id": table.id, **{f"d{n}": value for n, value in enumerate([*coordinates, "", ""][:3], 1)},
        "value": _exact(one.value), "contributors": one.contributors if shown else None, "state": _state(one),
        "last_value": _exact(one.last), "last_contributors": one.contributors if one.last is not None else None,
        "last_edition": last_edition,
    }  # fmt: skip


def _state(one: Protected) -> str:
    return "shown" if one.why is None else "left_out" if one.why == "known" else "hidden"


def _exact(value: Any) -> Decimal | None:
    return None if value is None else Decimal(value).quantize(Decimal("0.000001"))
