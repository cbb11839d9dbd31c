"""The door to DuckDB outside dbt and the gate: exports an edition, answers read-only questions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from contracts.editions import EditionTable
from contracts.errors import StateError, TransientError, UsageError
from contracts.site import Site

Columns = list[str]
Rows = list[tuple[Any, ...]]


def export_edition(site: Site, tables: Sequence[EditionTable], folder: Path) -> None:
    """Writes each table, its named columns, as `<folder>/<name>.parquet`; totally ordered: equal rows, equal files.

    Raises TransientError while another process writes the warehouse, StateError when a table is missing.
    """
    with _opened(site.paths.warehouse) as connection:
        schemas = _schemas(connection)
        for table in tables:
            if table.model not in schemas:
                raise StateError(f"the warehouse has no {table.model}; run `bruk refresh --full`")
            target = str(folder / f"{table.name}.parquet").replace("'", "''")
            query = f'select {", ".join(table.columns)} from "{schemas[table.model]}"."{table.model}" order by all'
            connection.execute(f"copy ({query}) to '{target}' (format parquet, compression zstd)")


def query(warehouse: Path, sql: str) -> Rows:
    """The rows of a question to the warehouse, times in UTC. Raises TransientError, UsageError."""
    return ask(warehouse, sql)[1]


def ask(warehouse: Path, sql: str) -> tuple[Columns, Rows]:
    """Column names and rows of a question to the warehouse."""
    with _opened(warehouse) as connection:
        return _answer(connection, sql)


def ask_files(views: Iterable[tuple[str, list[Path]]], sql: str) -> tuple[Columns, Rows]:
    """Column names and rows of a question to Parquet files, each (name, files) a view. Raises UsageError."""
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        for name, files in views:
            listed = ", ".join("'" + str(file).replace("'", "''") + "'" for file in files)
            connection.execute(f'create view "{name}" as from read_parquet([{listed}], union_by_name = true)')
        return _answer(connection, sql)


def duckdb_version() -> str:
    """The version whose files an edition holds."""
    return str(duckdb.__version__)


def _answer(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[Columns, Rows]:
    try:
        result = connection.execute(sql)
        return [column[0] for column in result.description or ()], result.fetchall()
    except duckdb.Error as error:
        raise UsageError(f"DuckDB says: {error}") from error


@contextmanager
def _opened(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    if not warehouse.exists():
        raise StateError("there is no warehouse yet; run `bruk refresh`")
    try:
        connection = duckdb.connect(str(warehouse), read_only=True)
    except duckdb.IOException as error:
        raise TransientError(f"the warehouse is busy: {error}") from error
    try:
        connection.execute("set TimeZone = 'UTC'")
        yield connection
    finally:
        connection.close()


def _schemas(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    rows = connection.execute("select table_name, table_schema from information_schema.tables").fetchall()
    return dict(rows)
