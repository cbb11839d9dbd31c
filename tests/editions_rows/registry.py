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


def indicators(site: Invented) -> list[Row]:
    """Those of the product; where the site is a whole one, each step has invented ones beside them."""
    found: list[Row] = _standard("indicators")["indicators"]
    if not site.whole:
        return found
    wide = [item | {"scope": [*SCOPES, *(["testbed"] if "testbed" in item["scope"] else [])]} for item in found]
    known = {item["id"] for item in found}
    places = [f"G{step['id']}{letter}" for goal in _standard("goals")["goals"] for step in goal["steps"]
              for letter in "abcd"[: site.per_step]]  # fmt: skip
    lacking = [name for name in places if name not in known]
    invented = [_invented(name, number) for number, name in enumerate(lacking)]
    return sorted([*wide, *invented], key=lambda item: str(item["id"]))


#: Where a whole site measures an indicator.
SCOPES = ["programme", "subproject", "region", "company_region", "pilot"]
#: Unit, type, direction, kind, name in Swedish and English, what is counted.
_KINDS = [
    ("n", "CUM", "up", "output", "Små och medelstora företag som har fått stöd", "SMEs supported", "enterprises"),
    ("%", "RAT", "up", "result", "Andel som har infört en ny process", "Share with a new process", "enterprises"),
    ("SEK", "CUM", "up", "output", "Beviljade medel till forskning", "Funds granted to research", "grants"),
    ("days", "LVL", "down", "result", "Tid från behov till start", "Time from need to start", "cases"),
    ("n", "CUM", "up", "output", "Genomförda aktiviteter i samverkan", "Joint activities", "activities"),
    ("levels", "DLT", "up", "result", "Höjd mognad mot egen första mätning", "Rise in maturity", "enterprises"),
    ("%", "BND", "band", "result", "Fördelning mellan grupper", "Balance between groups", "persons"),
    ("ratio", "RAT", "up", "result", "Följdinvestering per satsad krona", "Follow-on leverage", "pilots"),
    ("h", "CUM", "up", "output", "Utbildningstimmar", "Training hours", "persons"),
    ("EUR", "CUM", "up", "output", "Värde av utrustning", "Value of equipment", "testbeds"),
    ("%", "CTX", "none", "context", "Regional forskningsintensitet", "Regional R&D intensity", "years"),
    ("kWh/kg", "LVL", "down", "result", "Energi per godkänt kilogram", "Energy per accepted kilogram", "runs"),
    ("FTE", "CUM", "up", "result", "Skapade forskartjänster", "Research jobs created", "employers"),
    ("months", "LVL", "up", "output", "Säkrad finansiering framåt", "Funding secured ahead", "testbeds"),
]
_COUNTED = {
    "enterprises": "företag", "grants": "bidrag", "cases": "ärenden", "activities": "aktiviteter",
    "persons": "personer", "pilots": "piloter", "testbeds": "testbäddar", "years": "år", "runs": "körningar",
    "employers": "arbetsgivare",
}  # fmt: skip


def _invented(name: str, number: int) -> Row:
    unit, kind, direction, group, sv, en, counted = _KINDS[number % len(_KINDS)]
    what = {"sv": "Antal eller andel enligt den påhittade mallen.", "en": "Count or share by the invented template."}
    return {
        "id": name, "version": "1", "name": {"sv": sv, "en": en}, "formula": what, "unit": unit,
        "direction": direction, "type": kind, "kind": group, "source": "Påhittad mall", "scope": SCOPES,
        "n_unit": {"sv": _COUNTED[counted], "en": counted}, "n_min": 5, "coverage_min": 0,
        "notes": {"sv": "Påhittad för proven.", "en": "Invented for the tests."},
        "needs": {"sv": "mallen foretag.xlsx, kolumnen Storleksklass",
                  "en": "the template foretag.xlsx, column Storleksklass"},
    }  # fmt: skip


def _words(name: str, text: Mapping[str, str]) -> dict[str, str]:
    return {f"{name}_sv": text["sv"], f"{name}_en": text["en"]}


def _indicator(item: Row) -> Row:
    words: dict[str, str] = {}
    for name in ("name", "formula", "n_unit", "notes"):
        words |= _words(name, item[name])
    words |= _words("needs", item["needs"]) if "needs" in item else {}
    plain = {key: item.get(key) for key in ("version", "unit", "direction", "type", "code", "source", "n_min", "kind")}
    goal = int(item["id"][1])
    return (
        {"indicator_id": item["id"], "goal_id": goal, "step_id": item["id"][1:4]}
        | plain
        | words
        | {"coverage_min": float(item["coverage_min"])}
    )


def definitions() -> dict[str, list[Row]]:
    """The metrics and elements of the product."""
    tables = metric_tables()
    return {"dim_metric": tables["metrics"].to_pylist(), "dim_element": tables["elements"].to_pylist()}
