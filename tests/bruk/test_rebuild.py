"""`bruk rebuild`: the warehouse made again from landing has the same rows, and a table that had others is named."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from bruk.rebuild import rebuild_warehouse, table_prints
from tests.e2e.test_one_reading import LINE
from tests.e2e.whole import Item, Whole

pytestmark = pytest.mark.slow


def oil(day: int) -> Item:
    """A reading of the press at noon."""
    payload = json.dumps({"ts": f"2026-10-{day:02d}T10:00:00Z", "v": 41.5})
    return {"topic": f"{LINE}/press-1/measurement_v1/oil_temp", "qos": 1, "payload": payload}


def test_a_warehouse_built_again_has_the_same_rows_and_a_table_with_others_is_named(tmp_path: Path) -> None:
    whole = Whole(tmp_path / "site")
    for day in (12, 13):
        whole.spool([oil(day), oil(day)])
        whole.land()
    assert table_prints(whole.site) == {}
    found = rebuild_warehouse(whole.site)
    assert [table.table for table in found if not table.same] == []
    prints = {table.table: table.after for table in found}
    assert prints["core.fct_measurement"] is not None
    assert prints["core.fct_measurement"][0] == 4

    with duckdb.connect(str(whole.site.paths.warehouse)) as connection:
        connection.execute("update core.fct_measurement set value = value + 1")
    again = rebuild_warehouse(whole.site)
    assert [table.table for table in again if not table.same] == ["core.fct_measurement"]
    assert {table.table: table.after for table in again} == prints
