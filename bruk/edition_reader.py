"""Reads the tables of one edition as plain rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from contracts.errors import StateError


def edition_rows(edition: Path, table: str, **equal: Any) -> list[dict[str, Any]]:
    """The rows of a table whose columns equal the given values, in the table's order; raises StateError without it."""
    file = edition / f"{table}.parquet"
    if not file.exists():
        raise StateError(f"the edition {edition.name} has no table {table}")
    filters = [(column, "==", value) for column, value in equal.items()] or None
    rows: list[dict[str, Any]] = pq.read_table(file, filters=filters, partitioning=None).to_pylist()
    return rows
