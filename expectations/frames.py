"""The gate's door to the warehouse: reads bounded frames, read-only; the heavy work is done by DuckDB's SQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from contracts.errors import StateError, TransientError

if TYPE_CHECKING:  # importing pandas costs a second, and only a refresh needs it
    import pandas as pd

#: A frame with more rows than this is not bounded: the summary behind it is wrong, or the site has outgrown it.
MAX_ROWS = 2_000_000


class Frames:
    """Frames of one warehouse file, as long as `open_frames` holds it open."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._schemas: dict[str, str] | None = None

    def frame(self, sql: str) -> pd.DataFrame:
        """The rows of a query. Raises StateError when it cannot be run or its rows are not bounded."""
        try:
            result = self._connection.execute(sql).fetch_df()
        except duckdb.Error as error:
            raise StateError(f"the summary cannot be read: {error}") from error
        if len(result) > MAX_ROWS:
            raise StateError(f"a frame of {len(result)} rows is not a summary")
        return result

    def row(self, sql: str) -> tuple[tuple[Any, ...] | None, str]:
        """The first row of a query and '', or None and why the query could not be run: a check can then be `broken`."""
        try:
            return self._connection.execute(sql).fetchone(), ""
        except duckdb.Error as error:
            return None, str(error)

    def columns(self) -> dict[str, set[str]]:
        """The columns of every table and view by its name; names are unique over the schemas of the warehouse."""
        found: dict[str, set[str]] = {}
        sql = "select table_name, column_name from information_schema.columns"
        for table, column in self._connection.execute(sql).fetchall():
            found.setdefault(table, set()).add(column)
        return found

    def qualified(self, model: str) -> str:
        """`schema.model` of the warehouse; the bare name when there is no such table, so that its query says so."""
        if self._schemas is None:
            rows = self._connection.execute("select table_name, table_schema from information_schema.tables").fetchall()
            self._schemas = dict(rows)
        schema = self._schemas.get(model)
        return f'"{schema}"."{model}"' if schema else f'"{model}"'


@contextmanager
def open_frames(warehouse: Path) -> Iterator[Frames]:
    """The warehouse, opened read-only. Raises TransientError while another process writes it."""
    if not warehouse.exists():
        raise StateError(f"there is no warehouse at {warehouse.name}: run a refresh")
    try:
        connection = duckdb.connect(str(warehouse), read_only=True)
    except duckdb.IOException as error:
        raise TransientError(f"the warehouse is busy: {error}") from error
    try:
        connection.execute("set TimeZone = 'UTC'")
        yield Frames(connection)
    finally:
        connection.close()
