"""Flattens the registry into tables that dbt reads: one per list, documented by the models of `contracts.registry`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product
from typing import Any, get_args

import pyarrow as pa

from contracts.documents import Text
from contracts.indicators import Indicator
from contracts.measuring import Characteristic, Valid
from contracts.registry import Equipment, EquipmentKind, PlannedTime, Registry, StateMap
from contracts.sources import Source

_TEXT, _DAY, _REAL, _WHOLE = pa.string(), pa.date32(), pa.float64(), pa.int64()
_INSTANT = pa.timestamp("us", "UTC")
_NAME = [("name_sv", _TEXT), ("name_en", _TEXT)]
_VALID = [("valid_from", _DAY), ("valid_to", _DAY)]

#: Columns of each table, in order.
SCHEMAS: dict[str, pa.Schema] = {
    name: pa.schema(fields)
    for name, fields in {
        "regions": [("region_id", _TEXT), *_NAME, ("nuts3", _TEXT)],
        "organisations": [(c, _TEXT) for c in ("org_nr", "name", "county", "size_class", "actor_kind")],
        "subprojects": [("subproject_id", _TEXT), *_NAME],
        "goals": [("goal_id", _WHOLE), *_NAME],
        "steps": [("step_id", _TEXT), ("goal_id", _WHOLE), ("text_sv", _TEXT), ("text_en", _TEXT)],
        "testbeds": [("testbed_id", _TEXT), *_NAME, *((c, _TEXT) for c in ("region_id", "municipality", "kind"))],
        "equipment": [
            ("equipment_id", _TEXT), *_NAME,
            *((c, _TEXT) for c in ("testbed_id", "area", "work_centre", "work_unit", "kind", "device", "owner")),
            *((c, _REAL) for c in ("expected_interval_s", "silent_after_s", "capacity_per_h")),
            ("confidential_streams", pa.list_(_TEXT)), *_VALID,
        ],
        "channels": [
            ("equipment_id", _TEXT), ("channel", _TEXT), *_NAME, ("unit", _TEXT), ("minimum", _REAL),
            ("maximum", _REAL), ("interval_s", _REAL), ("role", _TEXT), ("limit_low", _REAL), ("limit_high", _REAL),
            *_VALID,
        ],
        "products": [
            ("product_id", _TEXT), *_NAME,
            *((c, _REAL) for c in (
                "planned_run_time_s", "planned_setup_s", "planned_scrap_ratio", "part_mass_kg"
            )),
            *_VALID,
        ],
        "planned_time": [
            ("equipment_id", _TEXT), *((c, _WHOLE) for c in ("weekday", "opens_s", "closes_s", "planned_downtime_s")),
            *_VALID,
        ],
        "closures": [("testbed_id", _TEXT), ("day", _DAY), ("reason_sv", _TEXT), ("reason_en", _TEXT)],
        "pilots": [
            ("pilot_id", _TEXT), *_NAME, ("subproject_id", _TEXT), ("regions", pa.list_(_TEXT)), ("summary_sv", _TEXT),
            ("summary_en", _TEXT), *_VALID,
        ],
        "allocations": [("pilot_id", _TEXT), ("equipment_id", _TEXT), ("share", _REAL), *_VALID],
        "state_map": [
            ("version", _TEXT), ("equipment_kind", _TEXT), ("state", _TEXT), ("order_open", pa.bool_()),
            ("maintenance", pa.bool_()), ("element", _TEXT),
        ],
        "indicators": [
            ("indicator_id", _TEXT), ("of_indicator", _TEXT), ("version", _TEXT), ("goal_id", _WHOLE),
            ("step_id", _TEXT), *_NAME,
            *((c, _TEXT) for c in (
                "formula_sv", "formula_en", "unit", "direction", "type", "kind", "how", "over", "source_sv",
                "source_en", "n_unit_sv", "n_unit_en"
            )),
            ("measured_of", pa.list_(_TEXT)), ("streams", pa.list_(_TEXT)), ("scopes", pa.list_(_TEXT)),
            ("n_min", _WHOLE), ("coverage_min", _REAL), ("stands_on", _TEXT), ("protects", _TEXT),
            ("value_max", _REAL), ("data_coverage_min", _REAL), ("data_max_age_days", _WHOLE), ("notes_sv", _TEXT),
            ("notes_en", _TEXT), ("place", _WHOLE),
        ],
        "targets": [
            ("indicator_id", _TEXT), ("scope_type", _TEXT), ("scope_id", _TEXT), ("decided_on", _DAY),
            ("baseline", _REAL), ("baseline_date", _DAY), ("milestone", _REAL), ("milestone_date", _DAY),
            ("target", _REAL), ("target_date", _DAY), ("band_low", _REAL), ("band_high", _REAL),
            ("decided_by_sv", _TEXT), ("decided_by_en", _TEXT),
        ],
        "emission_factors": [
            ("carrier", _TEXT), ("factor", _REAL), ("source_sv", _TEXT), ("source_en", _TEXT), *_VALID,
        ],
        "erdf_codes": [
            ("code_list", _TEXT), ("code", _TEXT), *_NAME, ("unit_sv", _TEXT), ("unit_en", _TEXT), ("kind", _TEXT),
            ("common", pa.bool_()), ("aliases", pa.list_(_TEXT)), ("unverified", pa.bool_()), *_VALID,
        ],
        "indicator_codes": [
            ("indicator_id", _TEXT), ("code_list", _TEXT), ("code", _TEXT), ("relation", _TEXT),
            ("unverified", pa.bool_()),
        ],
        "meters": [
            ("meter_id", _TEXT), *_NAME, ("equipment_id", _TEXT), ("boundary", _TEXT), ("interval_s", _REAL),
            ("rolls_over_at_kwh", _REAL), *_VALID,
        ],
        "stop_reasons": [("reason_code", _TEXT), *_NAME, ("kind", _TEXT), ("word", _TEXT)],
        "characteristics": [
            ("characteristic_id", _TEXT), ("version", _TEXT), *_NAME,
            *((c, _TEXT) for c in ("equipment_id", "channel", "product", "chart", "subgroup_by")),
            ("subgroup_size", _WHOLE), ("subgroup_every_s", _WHOLE), ("unit", _TEXT), ("lsl", _REAL), ("usl", _REAL),
            ("target", _REAL), ("reference_name_sv", _TEXT), ("reference_name_en", _TEXT),
            ("reference_first_day", _DAY), ("reference_last_day", _DAY), ("reference_known_at", _INSTANT),
            ("n_min", _WHOLE), ("run_length", _WHOLE), ("constants", _TEXT),
        ],
        "excluded_groups": [
            ("characteristic_id", _TEXT), ("version", _TEXT), ("since", _INSTANT), ("until", _INSTANT),
            ("reason_sv", _TEXT), ("reason_en", _TEXT),
        ],
    }.items()
}  # fmt: skip


def registry_tables(registry: Registry, sources: Mapping[str, Source]) -> dict[str, pa.Table]:
    """Every list of the registry as a table; rows in the order of its file. Times of day are seconds after midnight.

    Of `sources` a machine gets the streams that it sends in a company's confidence.
    """
    rows = {name: list(_rows(name, registry)) for name in SCHEMAS}
    for row, item in zip(rows["equipment"], registry.equipment, strict=True):
        row["confidential_streams"] = _in_confidence(item, sources)
    return {name: pa.Table.from_pylist(rows[name], schema=schema) for name, schema in SCHEMAS.items()}


def _in_confidence(machine: Equipment, sources: Mapping[str, Source]) -> list[str]:
    closed = [source for name in machine.sources if (source := sources.get(name)) and source.governance.is_confidential]
    return sorted({emit.stream for source in closed for emit in source.emits})


def _rows(name: str, registry: Registry) -> Iterable[dict[str, Any]]:
    if name == "steps":
        return [
            {"step_id": step.id, "goal_id": goal.id, **_texts("text", step.text)}
            for goal in registry.goals
            for step in goal.steps
        ]
    if name == "planned_time":
        return [row for rule in registry.planned_time for row in _weekdays(rule)]
    if name == "stop_reasons":
        return [
            {"reason_code": item.code, **_texts("name", item.name), "kind": item.kind, "word": word}
            for item in registry.stop_reasons
            for word in item.words
        ]
    if name == "characteristics":
        return [_characteristic(item) for item in registry.characteristics]
    if name == "excluded_groups":
        return [
            _row(name, excluded) | {"characteristic_id": item.id, "version": item.version}
            for item in registry.characteristics
            for excluded in item.reference.excluded
        ]
    if name == "state_map":
        return _state_map(registry.state_map)
    if name == "indicators":
        return [_indicator(item, place) for place, item in enumerate(registry.indicators)]
    return [_row(name, item) for item in getattr(registry, name)]


#: Fields that have another name in the tables: a reference is called like the key that it points to.
_RENAMED = {
    "regions": {"id": "region_id"}, "subprojects": {"id": "subproject_id"}, "goals": {"id": "goal_id"},
    "testbeds": {"id": "testbed_id", "region": "region_id"},
    "equipment": {"id": "equipment_id", "testbed": "testbed_id"}, "channels": {"equipment": "equipment_id"},
    "products": {"id": "product_id"}, "closures": {"testbed": "testbed_id"},
    "pilots": {"id": "pilot_id", "subproject": "subproject_id"},
    "allocations": {"pilot": "pilot_id", "equipment": "equipment_id"},
    "indicators": {"id": "indicator_id", "scope": "scopes"},
    "targets": {"indicator": "indicator_id", "scope": "scope_type"},
    "indicator_codes": {"indicator": "indicator_id"},
    "meters": {"id": "meter_id", "equipment": "equipment_id"},
    "characteristics": {"id": "characteristic_id", "equipment": "equipment_id"},
}  # fmt: skip


def _row(name: str, item: Any) -> dict[str, Any]:
    """One record flattened: a text becomes two columns, a reference takes the name of its key."""
    renamed = _RENAMED.get(name, {})
    row: dict[str, Any] = {}
    for field, value in item:
        if isinstance(value, Text):
            row |= _texts(field, value)
        else:
            row[renamed.get(field, field)] = value
    wanted = SCHEMAS[name].names
    return {column: row.get(column) for column in wanted}


def _indicator(item: Indicator, place: int) -> dict[str, Any]:
    """One definition with its goal, its step and its measure as columns; `place` is its own in the registry."""
    rule = item.data_rule
    return _row("indicators", item) | {
        "goal_id": int(item.id[1]), "step_id": item.id[1:4], "how": item.measure.how, "over": item.measure.over,
        "measured_of": item.measure.of, "streams": item.streams, "place": place,
        "data_coverage_min": rule.coverage_min if rule else None,
        "data_max_age_days": rule.max_age_days if rule else None,
    }  # fmt: skip


def _characteristic(item: Characteristic) -> dict[str, Any]:
    """One version of what is held under control, with its subgroup and its reference period as columns."""
    reference = item.reference
    return _row("characteristics", item) | {
        "subgroup_by": item.subgroup.by, "subgroup_size": item.subgroup.size,
        "subgroup_every_s": item.subgroup.every_s, **_texts("reference_name", reference.name),
        "reference_first_day": reference.first_day, "reference_last_day": reference.last_day,
        "reference_known_at": reference.known_at,
    }  # fmt: skip


def _state_map(states: StateMap) -> Iterable[dict[str, Any]]:
    """One row per state of a kind of machine, with and without an order and maintenance; kind None: not registered."""
    for state in dict.fromkeys(rule.state for rule in states.rules):
        for kind, order_open, maintenance in product((None, *get_args(EquipmentKind)), (True, False), (True, False)):
            element = states.element(state, order_open, kind, maintenance)
            yield {
                "version": states.version, "equipment_kind": kind, "state": state, "order_open": order_open,
                "maintenance": maintenance, "element": element,
            }  # fmt: skip


def _texts(name: str, text: Text) -> dict[str, str]:
    return {f"{name}_sv": text.sv, f"{name}_en": text.en}


def _weekdays(rule: PlannedTime) -> Iterable[dict[str, Any]]:
    """One row per weekday."""
    for weekday in sorted(set(rule.weekdays)):
        yield {
            "equipment_id": rule.equipment, "weekday": weekday, "opens_s": rule.opens_s, "closes_s": rule.closes_s,
            "planned_downtime_s": rule.planned_downtime_min * 60, **_validity(rule),
        }  # fmt: skip


def _validity(item: Valid) -> dict[str, Any]:
    return {"valid_from": item.valid_from, "valid_to": item.valid_to}
