"""A tiny complete site for tests: one testbed, two machines, UNS, OctoPrint, production CSV and participation."""
# ruff: noqa: E501 - one rule of a mapping on one line reads as a table

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from contracts.clock import Clock
from contracts.site import Site, load_site

#: The instant at which tests live, in ns since 1970 UTC: 2026-11-24T12:00:00Z.
NOON = 1_795_521_600_000_000_000
PRESS = "nms/v1/dalarna/testbed-dal/hall-1/line-1/press-1"

SITE_TOML = """
id = "test"
profile = "demonstration"
time_zone = "Europe/Stockholm"
programme_start = 2026-01-01
[name]
sv = "Provplats"
en = "Test site"
[settings]
seal_seconds = 0.2
"""


def text(word: str) -> dict[str, str]:
    """The same word as Swedish and English text."""
    return {"sv": word, "en": word}


def equipment(name: str, work_unit: str, kind: str, device: str, sources: list[str]) -> dict[str, Any]:
    """One work unit of the test's testbed, valid since 2026-01-01."""
    return {
        "id": name, "name": text(name), "testbed": "testbed-dal", "area": "hall-1", "work_centre": "line-1",
        "work_unit": work_unit, "kind": kind, "device": device, "owner": "559900-0017", "sources": sources,
        "expected_interval_s": 10.0, "valid_from": "2026-01-01",
    }  # fmt: skip


REGISTRY: dict[str, Any] = {
    "regions": [{"id": "dalarna", "name": text("Dalarna"), "nuts3": "SE312"}],
    "organisations": [
        {"org_nr": "559900-0017", "name": "Provbolaget AB", "county": "dalarna", "size_class": "small", "actor_kind": "company"}
    ],
    "subprojects": [{"id": "am", "name": text("Additiv tillverkning")}],
    "goals": [],
    "testbeds": [
        {"id": "testbed-dal", "name": text("Testbädd"), "region": "dalarna", "municipality": "Falun", "kind": "process_line"}
    ],
    "equipment": [
        equipment("dal-press-1", "press-1", "press", "gw-dal", ["uns", "production"]),
        equipment("dal-printer-1", "printer-1", "printer", "octo-dal", ["octoprint"]),
    ],
    "channels": [
        {"equipment": "dal-press-1", "channel": "oil_temp", "name": text("Olja"), "unit": "Cel", "minimum": -20.0, "maximum": 120.0, "valid_from": "2026-01-01"},
        {"equipment": "dal-printer-1", "channel": "tool0_actual", "name": text("Munstycke"), "unit": "Cel", "minimum": 0.0, "maximum": 300.0, "valid_from": "2026-01-01"},
    ],
    "products": [{"id": "bricka", "name": text("Bricka"), "planned_run_time_s": 12.0, "valid_from": "2026-01-01"}],
    "planned_time": [
        {"equipment": "dal-press-1", "weekdays": [1, 2, 3, 4, 5], "opens": "07:00", "closes": "16:00", "planned_downtime_min": 30, "valid_from": "2026-01-01"}
    ],
    "closures": [],
    "pilots": [{"id": "pilot-1", "name": text("Pilot"), "subproject": "am", "regions": ["dalarna"], "summary": text("Pilot"), "valid_from": "2026-01-01"}],
    "allocations": [{"pilot": "pilot-1", "equipment": "dal-press-1", "share": 1.0, "valid_from": "2026-01-01"}],
    "state_map": {"version": "1", "source": "test", "rules": [{"state": "producing", "order_open": True, "element": "APT"}]},
    "indicators": [],
    "targets": [],
}  # fmt: skip

GOVERNANCE = {
    "classification": "programme", "personal_data": "none", "drop": [], "retention_days": 90, "licence": "internal",
}  # fmt: skip
OWNER = {"organisation": "559900-0017", "contact": "drift@example.se", "steward": "data@example.se"}


def source(name: str, **parts: Any) -> dict[str, Any]:
    """A source with the parts that every one needs."""
    return {
        "id": name, "version": "1.0.0", "status": "active", "name": text(name), "description": name, "owner": OWNER,
        "time": {"zone": "Europe/Stockholm", "oldest": "2024-01-01"}, "governance": GOVERNANCE, **parts,
    }  # fmt: skip


def emit(stream: str, when: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """One emit of a mapping."""
    found = {"stream": stream, "fields": {name.rstrip("_"): origin for name, origin in fields.items()}}
    return {**found, "when": when} if when else found


TS = {"path": "ts", "unit": "rfc3339"}
UNS = source(
    "uns",
    transport={"kind": "mqtt", "prefix": "nms/v1/{region}/{testbed}/{area}/{work_centre}/{work_unit}", "subscribe": ["nms/v1/+/+/+/+/+/#"]},
    format={"adapter": "json", "encoding": "utf-8"},
    equipment={"topic_path": True},
    messages=[
        {"topic": "measurement_v1/{channel}", "emit": [emit("measurement", channel={"topic": "channel"}, observed_at=TS, value={"path": "v"}, quality={"path": "q"}, run_ref={"path": "run"})]},
        {"topic": "state_v1/state", "emit": [emit("state", observed_at=TS, state={"path": "v"}, reason={"path": "reason"})]},
        {"topic": "run_v1/{phase}", "emit": [emit("run", observed_at=TS, phase={"topic": "phase"}, run_ref={"path": "run"}, product={"path": "product"})]},
        {"topic": "event_v1/{kind}", "emit": [emit("event", observed_at=TS, kind={"topic": "kind"}, detail={"path": "detail"})]},
        {"topic": "output_v1/item", "emit": [emit("output", observed_at=TS, run_ref={"path": "run"}, produced_quantity={"path": "produced"}, good_quantity={"path": "good"})]},
    ],
    ignore=["debug_v1/{rest...}"],
)  # fmt: skip

OCTO_TS = {"path": "_timestamp", "unit": "s"}
OCTOPRINT = source(
    "octoprint",
    transport={"kind": "mqtt", "prefix": "octoPrint", "subscribe": ["octoPrint/#"]},
    format={"adapter": "json", "encoding": "utf-8"},
    equipment={"fixed": "dal-printer-1"},
    messages=[
        {
            "topic": "temperature/{tool}",
            "emit": [
                emit("measurement", channel={"template": "{topic.tool}_actual"}, observed_at=OCTO_TS, value={"path": "actual"}),
                emit("measurement", {"path": "target"}, channel={"template": "{topic.tool}_target"}, observed_at=OCTO_TS, value={"path": "target"}),
            ],
        },
        {"topic": "progress/printing", "emit": [emit("measurement", channel={"const": "progress"}, observed_at=OCTO_TS, value={"path": "progress"})]},
        {"topic": "event/PrinterStateChanged", "emit": [emit("state", observed_at=OCTO_TS, state={"path": "state_id", "map": {"STARTING": "setup", "PRINTING": "producing", "FINISHING": "producing", "OPERATIONAL": "idle"}}, reason={"path": "state_string"})]},
        {"topic": "event/PrintStarted", "emit": [emit("run", observed_at=OCTO_TS, phase={"const": "start"}, kind={"const": "build_job"}, product={"path": "name"})]},
        {"topic": "event/PrintDone", "emit": [emit("run", observed_at=OCTO_TS, phase={"const": "end"}, kind={"const": "build_job"}, product={"path": "name"}, outcome={"const": "finished"}, reported_duration_s={"path": "time"})]},
        {"topic": "event/ZChange", "emit": [emit("event", {"path": "new"}, observed_at=OCTO_TS, kind={"const": "layer_change"}, detail={"template": "{path.new}"})]},
        {"topic": "mqtt", "payload": "text", "emit": [emit("state", {"path": "text", "one_of": ["disconnected"]}, observed_at={"received": True}, state={"const": "unknown"}, reason={"path": "text"})]},
    ],
    ignore=["progress/slicing", "event/+"],
)  # fmt: skip

LOCAL = {"unit": "local", "format": "%Y-%m-%d %H:%M"}
PRODUCTION = source(
    "production",
    transport={"kind": "file", "pattern": "*.csv"},
    format={
        "adapter": "csv", "encoding": "cp1252", "dialect": {"delimiter": ";", "quote": '"', "decimal": ",", "thousands": " "},
        "columns": ["Station", "Order", "Start", "Slut", "Artikel", "Antal", "Godkända", "Anmärkning"],
        "emit": [
            emit("run", observed_at={"column": "Start", **LOCAL}, phase={"const": "start"}, run_ref={"column": "Order"}, kind={"const": "order"}, product={"column": "Artikel"}),
            emit("run", {"column": "Slut"}, observed_at={"column": "Slut", **LOCAL}, phase={"const": "end"}, run_ref={"column": "Order"}, detail={"column": "Anmärkning"}),
            emit("output", {"column": "Slut"}, observed_at={"column": "Slut", **LOCAL}, run_ref={"column": "Order"}, product={"column": "Artikel"}, produced_quantity={"column": "Antal"}, good_quantity={"column": "Godkända"}),
        ],
    },
    equipment={"column": "Station", "map": {"Press 1": "dal-press-1"}},
)  # fmt: skip

PARTICIPATION = source(
    "participation",
    transport={"kind": "file", "pattern": "*.csv"},
    format={
        "adapter": "csv", "encoding": "utf-8", "dialect": {"delimiter": ";", "quote": '"', "decimal": ","},
        "columns": ["org_nr", "activity_id", "activity_date", "activity_kind", "actor_kind", "subproject", "hours"],
        "emit": [emit("participation", **{name: {"column": name} for name in ("org_nr", "activity_id", "activity_date", "activity_kind", "actor_kind", "subproject", "hours")})],
    },
)  # fmt: skip

SOURCES = {"uns": UNS, "octoprint": OCTOPRINT, "production": PRODUCTION, "participation": PARTICIPATION}


def make_site(folder: Path, registry: dict[str, Any] | None = None, sources: dict[str, Any] | None = None) -> Site:
    """A complete site in `folder`; `registry` and `sources` replace whole parts of the defaults by name."""
    for sub in ("registry", "sources"):
        (folder / sub).mkdir(parents=True, exist_ok=True)
    (folder / "site.toml").write_text(SITE_TOML, encoding="utf-8")
    for name, content in {**REGISTRY, **(registry or {})}.items():
        (folder / "registry" / f"{name}.yaml").write_text(yaml.safe_dump({name: content}, allow_unicode=True), "utf-8")
    for name, content in {**SOURCES, **(sources or {})}.items():
        (folder / "sources" / f"{name}.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    return load_site(folder)


def clock_at(nanoseconds: int = NOON) -> Clock:
    """A clock that stands still."""
    return lambda: nanoseconds
