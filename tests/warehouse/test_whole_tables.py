"""The materializations `table` and `view`: in place of the old one, contract and all; in a project of one model."""

from __future__ import annotations

from datetime import date

import pytest

from bruk.warehouse import query
from tests.warehouse.small import FIRST, SECOND, THIRD, YAML, Small

TABLE = """
{{ config(materialized='table') }}
select event_date, id, amount from read_parquet('{{ env_var("BRUK_INPUTS") }}/rows.parquet')
"""
VIEW = TABLE.replace("'table'", "'view'")
#: A view has no constraints, and needs no contract.
LOOSE = "models:\n  - name: small\n"


def test_a_table_is_built_anew_in_place_of_the_old_one_and_carries_the_contract(small: Small) -> None:
    small.write(TABLE, YAML)
    for rows in ([(THIRD, "c", 3)], [(THIRD, "c", 4), (FIRST, "a", 1)]):
        done = small.build(rows, set())
        assert done.ok, done.failures
        assert small.rows() == sorted(rows)
    sql = "select column_name, data_type, is_nullable from information_schema.columns where table_name = 'small'"
    described = set(query(small.site.paths.warehouse, sql))
    assert described == {("event_date", "DATE", "NO"), ("id", "VARCHAR", "NO"), ("amount", "BIGINT", "YES")}
    assert query(small.site.paths.warehouse, "select table_name from information_schema.tables") == [("small",)]


def test_columns_come_by_name_and_not_by_place(small: Small) -> None:
    small.write(TABLE.replace("event_date, id, amount from", "amount, event_date, id from"), YAML)
    done = small.build([(THIRD, "c", 3)], set())
    assert done.ok, done.failures
    assert small.rows() == [(THIRD, "c", 3)]


def test_a_table_becomes_a_view_and_a_view_a_table(small: Small) -> None:
    for model, yaml in ((VIEW, LOOSE), (VIEW, LOOSE), (TABLE, YAML), (TABLE, LOOSE)):
        small.write(model, yaml)
        done = small.build([(THIRD, "c", 3)], set())
        assert done.ok, done.failures
        assert small.rows() == [(THIRD, "c", 3)]
        kind = query(small.site.paths.warehouse, "select table_type from information_schema.tables")
        assert kind == [("VIEW" if model is VIEW else "BASE TABLE",)]


@pytest.mark.parametrize(
    ("model", "yaml", "named"),
    [
        pytest.param(
            TABLE.replace("amount from", "amount::double as amount from"), YAML, "amount", id="the SQL's type"
        ),
        pytest.param(TABLE, YAML.replace("bigint", "double"), "amount", id="the contract's type"),
        pytest.param(TABLE.replace("id, ", "id, 1 as extra, "), YAML, "extra", id="a column nobody promised"),
        pytest.param(TABLE.replace("id, ", ""), YAML, "id", id="a promised column that is not there"),
        pytest.param(TABLE.replace("id, ", "id as name, "), YAML, "name", id="another name"),
    ],
)
def test_a_model_that_breaks_its_contract_fails_and_leaves_the_table(
    small: Small, model: str, yaml: str, named: str
) -> None:
    before = small.rows()
    small.write(model, yaml)
    done = small.build([(FIRST, "a", 100)], set())
    assert not done.ok
    assert "contract" in done.failures[0]
    assert named in done.failures[0]
    assert small.rows() == before


@pytest.mark.parametrize(
    ("row", "word"), [((SECOND, None, 2), "NOT NULL"), ((SECOND, "b", -2), "CHECK")], ids=["empty", "forbidden"]
)
def test_a_row_that_breaks_a_constraint_fails_the_build_and_the_old_table_stays(
    small: Small, row: tuple[date, str | None, int], word: str
) -> None:
    before = small.rows()
    small.write(TABLE, YAML)
    done = small.build([(FIRST, "a", 1), row], set())
    assert not done.ok
    assert word in done.failures[0]
    assert small.rows() == before
