"""The small tier of the benchmark of growth: its history, a new day and a late one, on a few rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import growth
from bruk.warehouse import query
from contracts.site import load_site

pytestmark = pytest.mark.slow
ROWS = 5_000
_LEFT_ALONE = f"select rowid, * from core.fct_measurement where event_date = '{growth.FIRST_DAY}' order by rowid"
_DAYS = "select event_date, count(*) from core.fct_measurement group by event_date"


def test_a_new_day_and_one_60_days_late_are_added_and_the_rows_of_the_others_stay_where_they_are(
    tmp_path: Path,
) -> None:
    growth.build(tmp_path / "site", ROWS)
    warehouse = load_site(tmp_path / "site").paths.warehouse
    before, days = query(warehouse, _LEFT_ALONE), dict(query(warehouse, _DAYS))
    growth.rounds([tmp_path / "site"], 0, 700)
    assert before
    assert query(warehouse, _LEFT_ALONE) == before
    came = {growth.NEWEST + growth.DAY: 700, growth.HOLES[0]: 700}
    assert dict(query(warehouse, _DAYS)) == days | came
