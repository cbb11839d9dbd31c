"""Opens the ledger's SQLite file: WAL, synchronous FULL, the schema made when the file is new, upgraded when old."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from contracts.errors import StateError
from ingestion.ledger import upgrade

VERSION = 3
_SCHEMA = Path(__file__).with_name("schema.sql")


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that sees one committed state after another; closed at the end. Safe in any thread."""
    connection = _connect(path)
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    """ONE transaction: committed and on disk at the end, rolled back when anything raises."""
    with reading(path) as connection:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")


def _connect(path: Path) -> sqlite3.Connection:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=30, isolation_level=None)
    try:
        connection.execute("PRAGMA synchronous = FULL")
        found = connection.execute("PRAGMA user_version").fetchone()[0]
        if found < VERSION:
            _bring_up(connection)
        elif found != VERSION:
            raise StateError(f"the ledger {path.name} has version {found}, this program reads {VERSION}")
    except BaseException:
        connection.close()
        raise
    return connection


def _bring_up(connection: sqlite3.Connection) -> None:
    """Makes the tables that are missing and moves what older ones hold, all or nothing."""
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("BEGIN IMMEDIATE")  # of two processes that come first, one makes the tables
    found = connection.execute("PRAGMA user_version").fetchone()[0]
    if found < VERSION:
        for statement in _statements(_SCHEMA.read_text("utf-8")):
            connection.execute(statement)
    if found == 1:
        upgrade.from_version_1(connection)
    connection.execute("COMMIT")


def _statements(script: str) -> Iterator[str]:
    """The statements one by one: executescript would commit the transaction that guards them."""
    statement = ""
    for line in script.splitlines():
        statement += line.partition("--")[0] + "\n"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
