"""The materialization `touched_days` in a project of one model: days, whole rebuilds, and the contract in both."""

from __future__ import annotations

from datetime import date

import pytest

from bruk.warehouse import query
from tests.warehouse.small import DAYS, FIRST, MODEL, SECOND, THIRD, WHOLE, YAML, Small


def test_the_first_build_takes_every_day_and_the_table_carries_the_contract(small: Small) -> None:
    assert small.rows() == [(FIRST, "a", 1), (SECOND, "b", 2)]
    sql = "select column_name, data_type, is_nullable from information_schema.columns where table_name = 'small'"
    described = set(query(small.site.paths.warehouse, sql))
    assert described == {("event_date", "DATE", "NO"), ("id", "VARCHAR", "NO"), ("amount", "BIGINT", "YES")}


def test_only_touched_days_are_rebuilt_and_a_touched_day_without_rows_is_emptied(small: Small) -> None:
    done = small.build([(FIRST, "a", 100), (THIRD, "c", 3)], {SECOND, THIRD})
    assert done.ok, done.failures
    assert small.rows() == [(FIRST, "a", 1), (THIRD, "c", 3)]


def test_a_full_refresh_takes_every_day_anew(small: Small) -> None:
    done = small.build([(FIRST, "a", 100), (THIRD, "c", 3)], set(), "--full-refresh")
    assert done.ok, done.failures
    assert small.rows() == [(FIRST, "a", 100), (THIRD, "c", 3)]


def test_another_set_of_columns_rebuilds_every_day_although_one_was_touched(small: Small) -> None:
    more = "      - {name: twice, data_type: bigint, constraints: [{type: not_null, warn_unsupported: false}]}\n"
    small.write(MODEL.replace("id, amount from", "id, amount, 2 * amount as twice from"), YAML + more)
    done = small.build([(FIRST, "a", 1), (SECOND, "b", 2), (THIRD, "c", 3)], {THIRD})
    assert done.ok, done.failures
    assert small.rows("id, twice") == [("a", 2), ("b", 4), ("c", 6)]


OTHER_TYPE = MODEL.replace("amount from", "amount::double as amount from")


@pytest.mark.parametrize(
    ("model", "yaml", "named", "flags"),
    [
        pytest.param(OTHER_TYPE, YAML, "amount", DAYS, id="the SQL's type, days"),
        pytest.param(OTHER_TYPE, YAML, "amount", WHOLE, id="the SQL's type, whole"),
        pytest.param(MODEL, YAML.replace("bigint", "double"), "amount", DAYS, id="the contract's type, days"),
        pytest.param(
            MODEL.replace("id, ", "id, 1 as extra, "), YAML, "extra", DAYS, id="a column nobody promised, days"
        ),
    ],
)
def test_a_model_that_breaks_its_contract_fails_and_leaves_the_table(
    small: Small, model: str, yaml: str, named: str, flags: list[str]
) -> None:
    before = small.rows()
    small.write(model, yaml)
    done = small.build([(FIRST, "a", 100), (SECOND, "b", 200)], {SECOND}, *flags)
    assert not done.ok
    assert "contract" in done.failures[0]
    assert named in done.failures[0]
    assert small.rows() == before


@pytest.mark.parametrize(
    ("row", "word", "flags"),
    [
        pytest.param((SECOND, None, 2), "NOT NULL", DAYS, id="empty where required, days"),
        pytest.param((SECOND, None, 2), "NOT NULL", WHOLE, id="empty where required, whole"),
        pytest.param((SECOND, "b", -2), "CHECK", DAYS, id="a forbidden value, days"),
    ],
)
def test_a_row_that_breaks_a_constraint_fails_the_build_and_its_day_keeps_its_rows(
    small: Small, row: tuple[date, str | None, int], word: str, flags: list[str]
) -> None:
    before = small.rows()
    done = small.build([(FIRST, "a", 1), row], {SECOND}, *flags)
    assert not done.ok
    assert word in done.failures[0]
    assert small.rows() == before
