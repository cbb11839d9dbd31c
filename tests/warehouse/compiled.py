"""The compiled SQL of single models, run in DuckDB's memory on rows of a test: thousands of small cases a minute."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from bruk.refresh import plan_refresh
from bruk.transform import run_dbt
from ingestion.landing.sealer import land_pending
from tests.sites import clock_at, make_site


class Compiled:
    """Models as queries; tables of a test take the place of what they refer to."""

    def __init__(self, folder: Path) -> None:
        site = make_site(folder)
        land_pending(site, clock_at())
        plan_refresh(site, clock=clock_at())
        done = run_dbt(site, ["compile", "--select", "path:models/core", "path:models/metrics"])
        assert done.ok, done.failures
        self.models = site.paths.warehouse.parent / "dbt" / "compiled" / "bruk" / "models"
        self.connection = duckdb.connect(":memory:", config={"threads": 1})
        self.connection.execute("set timezone = 'UTC'")
        self._sql: dict[str, str] = {}

    def table(self, name: str, columns: str, rows: Sequence[Sequence[Any]] = ()) -> None:
        """A table in the place of a model: `columns` as in CREATE TABLE."""
        self.connection.execute(f'create or replace table "{name}" ({columns})')
        if rows:
            places = ", ".join("?" * len(rows[0]))
            self.connection.executemany(f'insert into "{name}" values ({places})', rows)

    def build(self, name: str, days: str = "") -> None:
        """Builds a model from the tables; `days` are the literal days of one that is rebuilt by days."""
        if name not in self._sql:
            (file,) = (file for file in self.models.rglob(f"{name}.sql") if not file.parent.name.endswith(".yml"))
            self._sql[name] = re.sub(r'"[^"]+"\."[^"]+"\."([^"]+)"', r'"\1"', file.read_text(encoding="utf-8"))
        self.connection.execute(f'create or replace table "{name}" as {self._sql[name].replace("__DAYS__", days)}')

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Asks the tables."""
        return self.connection.execute(sql).fetchall()
