"""What DuckDB does badly stands in no model."""

from __future__ import annotations

import re

from contracts.paths import DBT_PROJECT

MODELS = sorted((DBT_PROJECT / "models").rglob("*.sql"))
#: DuckDB 1.5 counts anew from the first row for each row: 1 s for 40,000 rows, four times that for twice as many. A sum
#: of 0 and 1 is the same number, and runs. A window of a name is one of a few rows (`last_three`).
_RUNNING_COUNT = re.compile(r"count\(\*\) filter \(where (?:[^()]|\([^()]*\))*\)\s*over \(")


def test_no_running_count_has_a_filter() -> None:
    assert MODELS
    assert [model.stem for model in MODELS if _RUNNING_COUNT.search(model.read_text("utf-8"))] == []


def test_a_running_count_with_a_filter_is_found() -> None:
    assert _RUNNING_COUNT.search("count(*) filter (where coalesce(begins, true)) over (\n partition by a order by b)")
    assert _RUNNING_COUNT.search("count(*) filter (where z > 2) over last_three") is None
