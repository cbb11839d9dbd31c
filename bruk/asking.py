"""Free questions in SQL: to the current edition, to the warehouse, or to landing."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from bruk.editions import current_edition
from bruk.turns import warehouse_turn
from bruk.warehouse import Columns, Rows, ask_files
from bruk.warehouse import ask as ask_warehouse
from contracts.errors import StateError
from contracts.site import Site
from ingestion.ledger import Ledger

#: What can be asked.
Where = Literal["edition", "warehouse", "landing"]


def ask(site: Site, where: Where, sql: str) -> tuple[Columns, Rows]:
    """Column names and rows; times in UTC. Raises UsageError for wrong SQL, StateError when there is nothing to ask."""
    if where == "warehouse":
        with warehouse_turn(site.paths):
            return ask_warehouse(site.paths.warehouse, sql)
    if where == "landing":
        return ask_files(_landed(site), sql)
    edition = current_edition(site.paths)
    if edition is None:
        raise StateError("there is no edition yet; run `bruk refresh`")
    return ask_files([(file.stem, [file]) for file in sorted(edition.glob("*.parquet"))], sql)


def _landed(site: Site) -> list[tuple[str, list[Path]]]:
    """The streams that have landed files, by the ledger's list."""
    files: dict[str, list[Path]] = {}
    for file in Ledger(site.paths.ledger).landed_files():
        files.setdefault(file.stream, []).append(site.paths.landing / file.path)
    return sorted(files.items())
