"""Rows of the registry and of the definitions."""

from __future__ import annotations

from datetime import date
from functools import cache

from bruk.metric_tables import metric_tables
from bruk.registry_tables import registry_tables
from contracts.counted import counted
from contracts.paths import PRODUCT
from contracts.registry_loading import load_registry
from tests.editions_rows.site import FAR, Invented, Row


def registry(site: Invented) -> dict[str, list[Row]]:
    """What a site registers, beside the definitions of the product."""
    return {
        **standard(),
        "dim_testbed": [
            {"testbed_id": i, "name_sv": sv, "name_en": en, "region_id": region, "municipality": place, "kind": kind}
            for i, sv, en, region, place, kind in site.testbeds
        ],
        "dim_equipment": [
            {
                "equipment_id": i,
                "name_sv": sv,
                "name_en": en,
                "testbed_id": testbed,
                "area": "hall-1",
                "work_centre": "line-1",
                "work_unit": i[4:],
                "kind": kind,
                "device": i,
                "owner": "559900-0100",
                "expected_interval_s": 10.0,
                "confidential_streams": [],
                "valid_from": date(2026, 1, 1),
                "valid_to": date(9999, 12, 31),
            }
            for i, sv, en, testbed, kind, _ in site.machines
        ],
        "dim_pilot": [
            {
                "pilot_id": i,
                "name_sv": sv,
                "name_en": en,
                "subproject_id": sub,
                "regions": regions,
                "summary_sv": "Små företag får det de behöver från testbädden i stället för att vänta på leveranser.",
                "summary_en": "Small companies get what they need from the testbed instead of waiting for deliveries.",
                "valid_from": date(2026, 5, 1),
                "valid_to": FAR,
            }
            for i, sv, en, sub, regions in site.pilots
        ],
        "fct_allocation": [
            {"pilot_id": pilot, "equipment_id": i, "valid_from": date(2026, 5, 1), "valid_to": FAR, "share": 1.0}
            for i, *_, pilot in site.machines
        ],
    }


@cache
def standard() -> dict[str, list[Row]]:
    """The product's own lists, as the real loader reads them from the registry of the demonstration."""
    tables = registry_tables(load_registry(PRODUCT / "demo" / "registry"), {})
    plain = ("region", "subproject", "goal", "step", "erdf_code", "indicator_code")
    found = {f"dim_{name}": tables[f"{name}s"].to_pylist() for name in plain}
    codes = {
        row["indicator_id"]: row["code"]
        for row in reversed(found["dim_indicator_code"])
        if row["code_list"] == "2021-2027" and row["relation"] == "equal"
    }
    return found | {
        "dim_indicator": [
            row | {"code": codes.get(row["indicator_id"]), "needed_columns": _needed(row["measured_of"])}
            for row in tables["indicators"].to_pylist()
        ]
    }


def _needed(elements: list[str]) -> list[str]:
    """The optional columns of the sheets that somebody must have filled in."""
    found = [counted()[name] for name in elements if name in counted()]
    return sorted({f"{item.stream}.{item.column}" for item in found if item.column})


def indicators() -> list[Row]:
    """The definitions of the product: 102 indicators and their companions."""
    return standard()["dim_indicator"]


def definitions() -> dict[str, list[Row]]:
    """The metrics, their elements, and what is counted of records."""
    tables = metric_tables()
    return {f"dim_{name}": tables[f"{name}s" if name != "counted" else name].to_pylist()
            for name in ("metric", "element", "counted")}  # fmt: skip
