"""Rows of the registry and of the definitions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import yaml

from bruk.metric_tables import metric_tables
from contracts.paths import PRODUCT
from tests.editions_rows.site import FAR, Invented, Row

STANDARD = PRODUCT / "contracts" / "standard"


def registry(site: Invented) -> dict[str, list[Row]]:
    goals = _standard("goals")["goals"]
    return {
        "dim_region": [
            {"region_id": r["id"], "nuts3": r["nuts3"], **_words("name", r["name"])}
            for r in _standard("regions")["regions"]
        ],
        "dim_subproject": [
            {"subproject_id": s["id"], **_words("name", s["name"])} for s in _standard("subprojects")["subprojects"]
        ],
        "dim_goal": [{"goal_id": g["id"], **_words("name", g["name"])} for g in goals],
        "dim_step": [
            {"step_id": s["id"], "goal_id": g["id"], **_words("text", s["text"])} for g in goals for s in g["steps"]
        ],
        "dim_indicator": [_indicator(item) for item in indicators(site)],
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


def _standard(name: str) -> Any:
    return yaml.safe_load((STANDARD / f"{name}.yaml").read_text(encoding="utf-8"))


#: Those that the small site has; it measures them for the programme, pilots and testbeds.
_SMALL = ("G1.1a", "G1.1c", "G1.4d", "G1.4g", "G3.4b", "G3.4e", "G4.3b", "G5.2a")
_SMALL_SCOPES = ("programme", "pilot", "testbed")


def indicators(site: Invented) -> list[Row]:
    """The definitions of the product: those of the small site, and of a whole one so many of each step beside them."""
    found: list[Row] = [
        item
        for file in sorted((STANDARD / "indicators").glob("goal-*.yaml"))
        for item in yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["indicators"]
    ]
    small = [item for item in found if item["id"] in _SMALL]
    if not site.whole:
        return [item | {"scope": [name for name in item["scope"] if name in _SMALL_SCOPES]} for item in small]
    of_step: dict[str, int] = {}
    for item in found:
        of_step[item["id"][1:4]] = of_step.get(item["id"][1:4], 0) + 1
        if item not in small and of_step[item["id"][1:4]] <= site.per_step:
            small.append(item)
    return sorted(small, key=lambda item: str(item["id"]))


def _words(name: str, text: Mapping[str, str]) -> dict[str, str]:
    return {f"{name}_sv": text["sv"], f"{name}_en": text["en"]}


def _indicator(item: Row) -> Row:
    words: dict[str, str] = {}
    for name in ("name", "formula", "n_unit", "notes", "source"):
        words |= _words(name, item[name])
    plain = {
        key: item.get(key) for key in ("version", "unit", "direction", "type", "kind", "code", "n_min", "of_indicator")
    }
    goal = int(item["id"][1])
    return (
        {"indicator_id": item["id"], "goal_id": goal, "step_id": item["id"][1:4]}
        | plain
        | words
        | {"coverage_min": float(item["coverage_min"]), "streams": ["participation"]}
        | {"needed_columns": ["participation.size_class"], "scopes": item["scope"]}
    )


def definitions() -> dict[str, list[Row]]:
    """The metrics and elements of the product."""
    tables = metric_tables()
    return {"dim_metric": tables["metrics"].to_pylist(), "dim_element": tables["elements"].to_pylist()}
