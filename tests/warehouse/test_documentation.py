"""The warehouse says what it holds: grain, columns and contracts, as dbt parsed them and as DuckDB built them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml

from bruk.registry_tables import SCHEMAS
from contracts.editions import EDITION_TABLES
from contracts.paths import DBT_PROJECT
from tests.warehouse.conftest import Built


def test_dbt_builds_and_tests_every_model_without_a_warning_or_a_deprecation(built: Built) -> None:
    assert [failure for stage in built.stages for failure in stage.failures] == []
    assert all(stage.ok for stage in built.stages)
    assert built.written("run_results.json")["args"]["warn_error"] is True


def test_every_model_and_every_data_test_runs_in_exactly_one_of_the_two_stages(built: Built) -> None:
    kinds = [node["resource_type"] for node in built.manifest["nodes"].values()]
    assert sum(stage.models for stage in built.stages) == kinds.count("model") + kinds.count("test")


def test_what_a_refresh_of_days_leaves_as_it_is_stands_on_the_registry_and_the_definitions_alone(built: Built) -> None:
    """Their hash decides whether everything is rebuilt, so nothing else may reach these models."""
    decided = {f"source.bruk.registry.{name}" for name in SCHEMAS} | {
        f"source.bruk.inputs.{name}" for name in ("metrics", "elements", "counted")
    }
    left = {name for name, model in built.models.items() if "definitions" in model["tags"]}
    reached = {parent for name in left for parent in built.models[name]["depends_on"]["nodes"]}
    assert "stg_registry__equipment" in left
    assert reached - {built.models[name]["unique_id"] for name in left} == decided
    reading = [name for name in left if "env_var" in built.models[name]["raw_code"]]
    assert reading == []


def test_every_model_is_described_and_begins_with_its_grain(built: Built) -> None:
    wrong = [name for name, model in built.models.items() if not re.match(r"One row per \w", model["description"])]
    assert built.models
    assert wrong == []


def test_every_column_of_the_warehouse_is_documented_and_no_documented_column_is_missing(built: Built) -> None:
    for name, model in built.models.items():
        assert list(model["columns"]) == built.columns[name], f"{name}: the YAML lists other columns, or another order"
        silent = [column for column, said in model["columns"].items() if not said["description"].strip()]
        assert silent == [], f"{name}: columns without a description"


def test_every_instant_and_every_duration_says_its_unit_or_time_zone(built: Built) -> None:
    for name, model in built.models.items():
        for column, said in model["columns"].items():
            words = said["description"]
            if said["data_type"] == "timestamptz":
                assert "UTC" in words, f"{name}.{column}: an instant that does not say UTC"
            if column.endswith("_s"):
                assert re.search(r"\bs\b|`\w+_s`", words), f"{name}.{column}: a duration without its unit"


def test_a_column_that_may_be_empty_says_when(built: Built) -> None:
    for name, model in built.models.items():
        if not model["config"]["contract"]["enforced"] or model["config"]["materialized"] == "view":
            continue  # a view holds no constraint
        for column, said in model["columns"].items():
            required = any(rule["type"] == "not_null" for rule in said["constraints"])
            assert required or "mpty" in said["description"], f"{name}.{column}: may be empty, and does not say when"


def test_every_table_of_core_metrics_and_indicators_has_an_enforced_contract(built: Built) -> None:
    tables = {name: model for name, model in built.models.items() if model["schema"] != "staging"}
    assert {model["schema"] for model in tables.values()} == {"core", "metrics", "indicators"}
    for name, model in tables.items():
        assert model["config"]["contract"]["enforced"], name
        untyped = [column for column, said in model["columns"].items() if not said["data_type"]]
        assert untyped == [], f"{name}: columns without a type"


def test_the_key_of_every_table_that_readers_ask_stands_once(built: Built) -> None:
    tested = {
        node["attached_node"].split(".")[-1]
        for node in built.manifest["nodes"].values()
        if node["resource_type"] == "test" and node["test_metadata"]["name"] == "unique_together"
    }
    for name, model in built.models.items():
        keyed = any(rule["type"] == "primary_key" for rule in model["constraints"])
        if name.startswith(("dim_", "fct_", "met_", "sum_")):
            assert keyed or name in tested, f"{name}: nothing holds its key"


def test_every_doc_block_is_used_and_no_text_stands_twice(built: Built) -> None:
    ours = {doc["name"] for doc in built.manifest["docs"].values() if doc["package_name"] == "bruk"}
    written = list(_column_texts())
    used = {name for text in written for name in re.findall(r"doc\('(\w+)'\)", text)}
    plain = [text for text in written if "doc(" not in text]
    assert ours == used
    assert {text for text in plain if plain.count(text) > 1} == set()


def _column_texts() -> Iterator[str]:
    """The description of every column as it stands in the YAML; columns that models share by an anchor come once."""
    for file in sorted((DBT_PROJECT / "models").rglob("_*__models.yml")):
        listed = [model["columns"] for model in yaml.safe_load(file.read_text(encoding="utf-8"))["models"]]
        for columns in {id(columns): columns for columns in listed}.values():
            yield from (column["description"] for column in columns)


def test_every_column_that_readers_of_an_edition_rely_on_stands_in_the_model_it_is_a_copy_of(built: Built) -> None:
    for table in EDITION_TABLES:
        assert set(table.columns) <= set(built.models[table.model]["columns"]), table.name
