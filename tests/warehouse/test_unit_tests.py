"""The worked examples beside the dbt models, run by dbt itself on the warehouse of an empty site."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from bruk.refresh import plan_refresh
from bruk.transform import run_dbt
from contracts.site import Site
from ingestion.landing.sealer import land_pending
from tests.sites import clock_at, make_site

pytestmark = pytest.mark.slow

#: Where the definitions are computed.
_OF_DEFINITIONS = re.compile(r"(metrics|indicators|core/office)/")
#: What makes a select more than a choice of columns; a macro may hold any of it.
_COMPUTES = re.compile(r"\b(join|where|group by|qualify|union|case|over|distinct)\b|\{\{-? *(?!ref\b|config\b)\w+\(")
#: The core models that put together what arrived in pieces.
_STITCHING = {
    "int_state_in_day", "int_state_day_summary", "int_state_carry", "fct_state_interval", "int_life_day", "int_silence",
    "int_channel_stretch_day", "int_channel_stretch", "int_channel_coverage_day", "int_channel_coverage",
    "int_run_event", "int_run_grouped", "fct_run", "int_output_current",
    "fct_energy_reading", "int_energy_counter_in_day", "int_energy_counter_day_summary",
    "int_energy_counter_carry", "fct_energy_interval",
    "fct_inspection", "int_inspection_current", "fct_layer", "int_layer_current", "int_feedstock_current",
}  # fmt: skip

#: Tables whose every row is computed anew in Python, by `test_control_charts.py` and `test_counted_reference.py`.
_TABULATED = {"int_spc_constant", "int_counted_first"}


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A site that has received nothing, with its warehouse: dbt reads the types of the inputs there."""
    site = make_site(tmp_path_factory.mktemp("empty"))
    land_pending(site, clock_at())
    plan_refresh(site, clock=clock_at())
    built = run_dbt(site, ["run"])
    assert built.ok, "\n".join(built.failures)
    return site


def test_every_worked_example_comes_out_as_its_arithmetic_says(empty: Site) -> None:
    done = run_dbt(empty, ["test", "--select", "test_type:unit"])
    assert done.ok, "\n\n".join(done.failures)
    assert done.models == len(_manifest(empty)["unit_tests"]) > 50


def test_every_model_that_computes_has_a_worked_example(empty: Site) -> None:
    manifest = _manifest(empty)
    shown = {test["model"] for test in manifest["unit_tests"].values()}
    models = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    computing = {
        node["name"] for node in models if _OF_DEFINITIONS.match(node["path"]) and _COMPUTES.search(node["raw_code"])
    }
    assert len(computing) > 30
    assert not (computing | _STITCHING) - _TABULATED - shown


def test_every_worked_example_says_what_it_shows(empty: Site) -> None:
    bare = [test["name"] for test in _manifest(empty)["unit_tests"].values() if len(test["description"]) < 60]
    assert not bare


def _manifest(site: Site) -> dict[str, Any]:
    return dict(json.loads((site.paths.warehouse.parent / "dbt" / "manifest.json").read_bytes()))
