"""A dbt project of one model with the product's macros, for tests of the macros: `Small`."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from bruk.transform import BuildResult, run_dbt
from bruk.warehouse import query
from contracts.site import load_site

PROJECT = """
name: small
profile: bruk
model-paths: [models]
macro-paths: [macros]
"""
MODEL = """
{{ config(materialized='touched_days', streams=['state']) }}
select event_date, id, amount from read_parquet('{{ env_var("BRUK_INPUTS") }}/rows.parquet')
where {{ in_touched_days() }}
"""
YAML = """
models:
  - name: small
    config: {contract: {enforced: true}}
    constraints:
      - {type: check, expression: "amount >= 0", warn_unsupported: false}
    columns:
      - {name: event_date, data_type: date, constraints: [{type: not_null, warn_unsupported: false}]}
      - {name: id, data_type: varchar, constraints: [{type: not_null, warn_unsupported: false}]}
      - {name: amount, data_type: bigint}
"""
FIRST, SECOND, THIRD = (date(2026, 10, day) for day in (1, 2, 3))
#: Flags of a refresh of days, and of a whole one.
DAYS: list[str] = []
WHOLE = ["--full-refresh"]
Rows = list[tuple[date, str | None, int]]


class Small:
    """In `folder`: a site, and a project of one model that reads the rows it is given."""

    def __init__(self, folder: Path) -> None:
        self.site, self.project = load_site(folder / "site"), folder / "project"

    def write(self, model: str, yaml: str) -> None:
        (self.project / "models" / "small.sql").write_text(model, encoding="utf-8")
        (self.project / "models" / "small.yml").write_text(yaml, encoding="utf-8")

    def build(self, rows: Rows, touched: set[date], *flags: str, warnings: str = "errors") -> BuildResult:
        """What dbt did with these rows, when these days were touched; `warnings` are errors, or kept."""
        strict = ["--warn-error"] if warnings == "errors" else []
        inputs = self.site.paths.inputs
        inputs.mkdir(parents=True, exist_ok=True)
        days, ids, amounts = zip(*rows, strict=True)
        types = [pa.date32(), pa.string(), pa.int64()]
        columns = [pa.array(values, kind) for values, kind in zip((days, ids, amounts), types, strict=True)]
        pq.write_table(pa.table(columns, names=["event_date", "id", "amount"]), inputs / "rows.parquet")
        known = sorted({*days, *touched})
        listed = [{"stream": "state", "event_date": day, "rows": 1, "touched": day in touched} for day in known]
        pq.write_table(pa.Table.from_pylist(listed), inputs / "days.parquet")
        return run_dbt(self.site, [*strict, "build", *flags], self.project)

    def rows(self, columns: str = "event_date, id, amount") -> list[tuple[object, ...]]:
        return list(query(self.site.paths.warehouse, f"select {columns} from small order by event_date, id"))
