"""The rows of the synthetic edition: an invented registry, seven months of values, runs, coverage and verdicts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import yaml

from bruk.metric_tables import metric_tables
from contracts.editions import EDITION_TABLES
from contracts.metrics import Metric, metrics
from contracts.paths import PRODUCT

Row = dict[str, Any]
PilotRow = tuple[str, str, str, str, list[str]]
AS_OF = datetime(2026, 11, 23, 21, 40, tzinfo=UTC)
STANDARD = PRODUCT / "contracts" / "standard"
MONTHS = [date(2026, month, 1) for month in range(5, 12)]
FAR = date(2028, 6, 30)

PILOTS = [
    (
        "am-spare-parts",
        "Reservdelar på begäran",
        "Spare parts on demand",
        "additive-manufacturing",
        ["gavleborg", "dalarna"],
    ),
    ("packing-flow", "Flöde i förpackningslinjen", "Flow in the packing line", "innovation", ["varmland", "gavleborg"]),
    ("short-series", "Korta serier för små företag", "Short series for small companies", "challenge-lab", ["varmland"]),
    (
        "stable-line",
        "Stabil press- och monteringslinje",
        "Stable press and assembly line",
        "process-maturity",
        ["dalarna"],
    ),
]
TESTBEDS = [
    ("testbed-dal", "Processtestbädden Dalarna", "Process testbed Dalarna", "dalarna", "Borlänge", "process_line"),
    (
        "testbed-gav",
        "Additiva testbädden Gävleborg",
        "Additive testbed Gävleborg",
        "gavleborg",
        "Sandviken",
        "additive_manufacturing",
    ),
    (
        "testbed-var",
        "Förpackningstestbädden Värmland",
        "Packaging testbed Värmland",
        "varmland",
        "Karlstad",
        "process_line",
    ),
]
MACHINES = [
    ("dal-press-1", "Press 1", "Press 1", "testbed-dal", "press", "stable-line"),
    ("gav-printer-1", "Skrivare 1", "Printer 1", "testbed-gav", "printer", "am-spare-parts"),
    ("gav-printer-2", "Skrivare 2", "Printer 2", "testbed-gav", "printer", "am-spare-parts"),
    (
        "var-machining-1",
        "Fleroperationsmaskin 1",
        "Machining centre 1",
        "testbed-var",
        "machining_centre",
        "short-series",
    ),
    ("var-packing-1", "Packlinje 1", "Packing line 1", "testbed-var", "packing_line", "packing-flow"),
]

#: indicator, scope, baseline, milestone at the turn of the year, target, value at the end, status.
TARGETS = [
    ("G1.1a", "programme", "nms", 0, 40, 120, 43, "ahead"),
    ("G1.4d", "programme", "nms", 0, 30, 90, 22, "on_track"),
    ("G1.4g", "programme", "nms", 0, 5, 12, 4, "at_risk"),
    ("G3.4b", "programme", "nms", 35, 45, 60, 44, "on_track"),
    ("G3.4e", "programme", "nms", 40, 50, 65, 41, "behind"),
    ("G4.3b", "programme", "nms", 10, 18, 30, None, "not_assessable"),
    ("G3.4e", "pilot", "stable-line", 45, 55, 70, 57.3, "ahead"),
    ("G3.4b", "pilot", "stable-line", 40, 50, 65, 46.1, "at_risk"),
    ("G3.4b", "pilot", "am-spare-parts", 30, 45, 60, 38.8, "on_track"),
    ("G1.4d", "pilot", "am-spare-parts", 0, 12, 35, 3, "behind"),
    ("G3.4e", "pilot", "packing-flow", 45, 55, 70, None, "not_assessable"),
]


def registry(pilots: list[PilotRow]) -> dict[str, list[Row]]:
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
        "dim_indicator": [_indicator(item) for item in _indicators()],
        "dim_testbed": [
            {"testbed_id": i, "name_sv": sv, "name_en": en, "region_id": region, "municipality": place, "kind": kind}
            for i, sv, en, region, place, kind in TESTBEDS
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
            for i, sv, en, testbed, kind, _ in MACHINES
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
            for i, sv, en, sub, regions in pilots
        ],
        "fct_allocation": [
            {"pilot_id": pilot, "equipment_id": i, "valid_from": date(2026, 5, 1), "valid_to": FAR, "share": 1.0}
            for i, *_, pilot in MACHINES
        ],
    }


def _standard(name: str) -> Any:
    return yaml.safe_load((STANDARD / f"{name}.yaml").read_text(encoding="utf-8"))


def _indicators() -> list[Row]:
    found: list[Row] = _standard("indicators")["indicators"]
    return found


def _words(name: str, text: Mapping[str, str]) -> dict[str, str]:
    return {f"{name}_sv": text["sv"], f"{name}_en": text["en"]}


def _indicator(item: Row) -> Row:
    words: dict[str, str] = {}
    for name in ("name", "formula", "n_unit", "notes"):
        words |= _words(name, item[name])
    plain = {key: item.get(key) for key in ("version", "unit", "direction", "type", "code", "source", "n_min")}
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


def history(pilots: list[PilotRow]) -> dict[str, list[Row]]:
    return {
        "fct_indicator_value": _values(pilots),
        "fct_indicator_progress": _progress(),
        "fct_indicator_input": _inputs(),
        "fct_run": _runs(),
        "met_testbed_month": [
            _month("testbed_id", row[0], index, start) for row in TESTBEDS for index, start in enumerate(MONTHS)
        ],
        "met_pilot_month": [
            _month("pilot_id", row[0], index, start) for row in pilots for index, start in enumerate(MONTHS)
        ],
        "met_kpi_period": _kpis(),
        "met_pilot_outcome": [
            {"pilot_id": pilot, "outcome": outcome, "runs": runs}
            for pilot, *_ in pilots
            for outcome, runs in (("finished", 1094), ("failed", 31), ("cancelled", 12), ("open", 1))
        ],
        "met_equipment_month": [],
        **controls(),
        "met_coverage_day": _coverage(),
    }


def _kpis() -> list[Row]:
    """Numbers of the time metrics in every month; the others lack an element, or nobody collects one."""
    scopes = [("programme", "nms"), *(("testbed", row[0]) for row in TESTBEDS)]
    known = {"availability": 71.0, "effectiveness": 92.5, "quality_ratio": 96.8, "oee": 63.4, "nee": 67.8}
    return [
        _kpi(metric, kind, name, start, known.get(metric.id))
        for metric in metrics().values()
        for kind, name in scopes
        for start in MONTHS
        if kind in metric.scopes and metric.is_summed
    ]


def _kpi(metric: Metric, kind: str, name: str, start: date, value: float | None) -> Row:
    silent = name == "testbed-var" and start == MONTHS[2]
    reason = "coverage" if silent else f"needs:{metric.lacking[0]}" if metric.lacking else None
    reason = reason or (None if value is not None else f"missing:{metric.elements[0]}")
    return {
        "metric_id": metric.id, "metric_version": metric.version, "scope_type": kind, "scope_id": name,
        "period_start": start, "period_end": month_end(start), "value": value if reason is None else None,
        "numerator": 71, "denominator": 100, "n": 22, "coverage": 0.21 if silent else 0.94,
        "newest_observed_at": AS_OF, "freshness_s": 7200, "assessable": reason is None, "reason": reason,
    }  # fmt: skip


def month_end(start: date) -> date:
    """The last day of the month that begins at `start`."""
    return (start.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _scopes(item: Row, pilots: list[PilotRow]) -> list[tuple[str, str]]:
    known = {"programme": ["nms"], "pilot": [row[0] for row in pilots], "testbed": [row[0] for row in TESTBEDS]}
    return [(kind, name) for kind in item["scope"] for name in known.get(kind, [])]


def _values(pilots: list[PilotRow]) -> list[Row]:
    rows = []
    ends = {(row[0], row[1], row[2]): row[6] for row in TARGETS}
    for item in _indicators():
        for scope in _scopes(item, pilots):
            end = ends.get((item["id"], *scope), 30.0 + len(scope[1]) if item["unit"] == "%" else 6)
            for index, start in enumerate(MONTHS):
                rows.append(_value(item, scope, start, index, end))
    return rows


def _value(item: Row, scope: tuple[str, str], start: date, index: int, end: float | None) -> Row:
    ratio = item["unit"] == "%"
    open_month = index == len(MONTHS) - 1
    reason = None
    if end is None and index >= len(MONTHS) - 3:
        reason = "low_coverage" if scope[0] == "pilot" else "too_few"
    elif ratio and index == 2:
        reason = "no_data"
    grown = (end if end is not None else 20) * (0.35 + 0.13 * index if index < 5 else 1.0)
    value = (
        None
        if reason
        else float(round(grown + (2.1 * math.sin(index * 2 + len(scope[1])) if ratio and index < 5 else 0), 1))
    )
    if value is not None and not ratio:
        value = float(round(value))
    return {
        "indicator_id": item["id"],
        "indicator_version": item["version"],
        "scope_type": scope[0],
        "scope_id": scope[1],
        "period_start": start,
        "period_end": month_end(start),
        "value": value,
        "unit": item["unit"],
        "numerator": None if value is None else (value * 12.5 if ratio else value),
        "denominator": 1250 if ratio and value is not None else None,
        "n": None if reason == "too_few" else 0 if reason == "no_data" else 14 + index * 3,
        "coverage": 0.41 if reason == "low_coverage" else 0.936 if ratio else None,
        "newest_input_at": AS_OF - timedelta(hours=5),
        "freshness_s": 5 * 3600 if ratio else 3 * 86400,
        "quality_state": "warned"
        if item["id"] in ("G3.4e", "G3.4b") and scope[1] in ("nms", "stable-line") and index > 4
        else "passed",
        "assessable": value is not None,
        "reason": reason,
        "as_of": AS_OF,
        "is_latest": open_month,
        "is_open": open_month,
    }


def _progress() -> list[Row]:
    types = {item["id"]: item["type"] for item in _indicators()}
    rows = []
    for indicator, kind, name, baseline, milestone, target, value, status in TARGETS:
        start = MONTHS[-1] if types[indicator] == "CUM" else MONTHS[-2]
        share = None if value is None else (value - baseline) / (target - baseline)
        rows.append(
            {
                "indicator_id": indicator,
                "scope_type": kind,
                "scope_id": name,
                "value": None if value is None else float(value),
                "period_start": start,
                "period_end": month_end(start),
                "baseline": float(baseline),
                "baseline_date": date(2026, 5, 1),
                "milestone": float(milestone),
                "milestone_date": date(2026, 12, 31),
                "target": float(target),
                "target_date": FAR,
                "progress": share,
                "expected": 0.85 * (milestone - baseline) / (target - baseline),
                "expected_value": baseline + 0.85 * (milestone - baseline),
                "status": status,
                "decided_by_sv": "Styrgruppen 2026-05-20, § 4 (påhittat)",
                "decided_by_en": "Steering group 2026-05-20, § 4 (invented)",
            }
        )
    return rows


def _inputs() -> list[Row]:
    kinds = {"G1.1a": "participation", "G1.4d": "participation", "G3.4b": "run", "G3.4e": "run", "G5.2a": "pilot"}
    return [
        {
            "indicator_id": indicator,
            "scope_type": "programme",
            "scope_id": "nms",
            "period_start": MONTHS[-1] if indicator.startswith("G1") else MONTHS[-2],
            "input_kind": kind,
            "input_id": f"{kind}-{index}",
            "numerator": 1.0,
            "denominator": 2.0,
            "included": index % 9 != 0,
            "reason": None if index % 9 else "open",
        }
        for indicator, kind in kinds.items()
        for index in range(31)
    ]


def _runs() -> list[Row]:
    outcomes = ("finished",) * 9 + ("failed", "cancelled", "finished", "interrupted", "finished")
    rows = []
    for number, (machine, _, _, testbed, kind, _) in enumerate(MACHINES):
        for index in range(60):
            began = datetime(2026, 5, 4, 6, 20, tzinfo=UTC) + timedelta(days=index * 3.4, minutes=17 * number)
            last = index == 59
            outcome = "open" if last else outcomes[(index + number * 3) % len(outcomes)]
            took = 337.27 if index == 58 else 5400 + 613 * (index % 11)
            made = 1 if kind == "printer" else 480
            rows.append(
                {
                    "run_id": f"{machine}/{index}",
                    "equipment_id": machine,
                    "testbed_id": testbed,
                    "run_ref": f"B-{1200 + index}",
                    "kind": "build" if kind == "printer" else "order",
                    "product": "gripdon-12" if kind == "printer" else "profil-40",
                    "started_at": began,
                    "ended_at": None if last else began + timedelta(seconds=took),
                    "outcome": outcome,
                    "reported_duration_s": None if last else took,
                    "elapsed_s": None if last else took,
                    "produced": None if last else made,
                    "good": None if last else made - (7 if made > 1 else 0),
                    "scrap": None if last else (7 if made > 1 else 0),
                }
            )
    return rows


def _month(key: str, name: str, index: int, start: date) -> Row:
    seed = len(name) + index
    empty = index == 2 and name == "testbed-var"
    availability, effectiveness, quality = 0.71 + 0.02 * math.sin(seed) + 0.02 * index, 0.82 + 0.01 * index, 0.968
    oee = availability * effectiveness * quality
    ratios: dict[str, float | None] = {
        "availability": availability,
        "effectiveness": effectiveness,
        "quality_ratio": quality,
        "oee": oee,
        "nee": oee * 1.07,
        "build_success_rate": 0.86 + 0.01 * index,
        "utilisation": 0.33 + 0.02 * index,
        "coverage": 0.94,
    }
    if empty:
        ratios = dict.fromkeys(ratios, None) | {"coverage": 0.21}
    return {
        key: name,
        "period_start": start,
        "period_end": month_end(start),
        "builds_started": 22,
        "builds_accepted": 19,
    } | ratios


#: Characteristic, version, machine, chart, lower and upper specification limit.
_CHARTED = [
    ("seal-temp", "2", "var-packing-1", "i_mr", 130.0, 170.0),
    ("hole-diameter", "1", "var-machining-1", "xbar_r", None, None),
    ("surface-defects", "1", "dal-press-1", "u", None, None),
]


def controls() -> dict[str, list[Row]]:
    """Three characteristics: one that drifts away, one in control with a gap, one that counts defects."""
    points = [row for place, item in enumerate(_CHARTED) for row in _points(item[0], item[1], item[3], place)]
    return {
        "dim_characteristic": [_characteristic(*item) for item in _CHARTED],
        "met_control_limit": [
            {
                "characteristic_id": name, "version": version, "statistic": statistic, "method": "MR/d2", "base": 150.0,
                "sigma": 2.0, "group_size": 1, "center": 150.0, "deviation": 2.0, "lcl": 144.0, "ucl": 156.0,
                "groups": 24, "observations": 24, "known_at": AS_OF - timedelta(days=90), "frozen": True,
            }
            for name, version, _, chart, *_ in _CHARTED
            for statistic in {"i_mr": ("x", "mr"), "xbar_r": ("xbar", "r")}.get(chart, (chart,))
        ],
        "met_control_point": points,
        "met_capability": [
            _capability("seal-temp", "2", cp=3.333, cpk=3.21, cpm=3.1, pp=3.0, ppk=2.9),
            _capability("hole-diameter", "1", reason="no_specification"),
        ],
    }  # fmt: skip


def _characteristic(name: str, version: str, machine: str, chart: str, lsl: float | None, usl: float | None) -> Row:
    words = {"seal-temp": ("Svetstemperatur", "Sealing temperature"), "hole-diameter": ("Håldiameter", "Hole diameter")}
    sv, en = words.get(name, ("Ytfel", "Surface defects"))
    frozen = None if name == "hole-diameter" else AS_OF - timedelta(days=90)
    return {
        "characteristic_id": name, "version": version, "name_sv": sv, "name_en": en, "equipment_id": machine,
        "chart": chart, "unit": "Cel", "lsl": lsl, "usl": usl, "reference_name_sv": "efter servicen",
        "reference_name_en": "after the service", "reference_first_day": date(2026, 8, 3),
        "reference_last_day": date(2026, 8, 26), "reference_known_at": frozen, "n_min": 50, "run_length": 8,
        "is_current": True,
    }  # fmt: skip


def _capability(name: str, version: str, reason: str | None = None, **indices: float) -> Row:
    return {
        "characteristic_id": name, "version": version, "n": 120, "mean": 150.0, "sigma_within": 2.0,
        "sigma_overall": 2.1,
        "target": 150.0, "below_lsl": 0, "above_usl": 0, "assessable": reason is None, "reason": reason, **indices,
    }  # fmt: skip


def _points(name: str, version: str, chart: str, seed: int) -> list[Row]:
    statistics = {"i_mr": ("x", "mr"), "xbar_r": ("xbar", "r")}.get(chart, (chart,))
    rows = []
    for index in range(52):
        began = datetime(2026, 8, 3, 6, tzinfo=UTC) + timedelta(days=index + (9 if seed == 1 and index > 30 else 0))
        z = 1.2 * math.sin(index * 2.4 + seed) + (0.09 * max(index - 28, 0) if seed == 0 else 0)
        rules = (z > 3, z > 2 and index % 2 == 0, 1 < z <= 2 and index > 40, seed == 0 and index > 36)
        broken = [word for word, yes in zip(_RULES, rules, strict=True) if yes]
        for spread in range(len(statistics)):
            signal = "in_control" if spread or not broken else broken[0]
            value = abs(2.2 + z) if spread else 150 + 2 * z
            center, low, high = (2.26, 0.0, 7.37) if spread else (150.0, 144.0, 156.0)
            rows.append(
                {
                    "characteristic_id": name, "version": version, "statistic": statistics[spread], "point": index + 1,
                    "group_key": str(index + 1), "started_at": began, "ended_at": began + timedelta(minutes=5),
                    "excluded": index == 11 and seed == 0, "n": 5, "value": value, "center": center, "lcl": low,
                    "ucl": high, "z": z, "one_side": 1, "signal": signal,
                    **{f"rule_{rule}": not spread and rules[rule - 1] for rule in (1, 2, 3, 4)},
                }
            )  # fmt: skip
    return rows


_RULES = ("beyond_limits", "two_of_three", "four_of_five", "one_side")


def _coverage() -> list[Row]:
    rows = []
    for number, (machine, *_) in enumerate(MACHINES):
        for index in range(150):
            day = date(2026, 6, 27) + timedelta(days=index)
            planned = 57600 if day.isoweekday() < 6 else 0
            share = (
                0.0
                if 60 < index < 66 and number == 3
                else min(1.0, 0.97 - 0.4 * (math.sin(index * 1.7 + number) > 0.93))
            )
            rows.append(
                {
                    "equipment_id": machine,
                    "day": day,
                    "planned_s": planned,
                    "known_s": round(planned * share),
                    "coverage": share if planned else None,
                    "messages": 1200 if share else 0,
                }
            )
    return rows


def verdicts() -> list[Row]:
    found = [
        _verdict(
            "measurement.channel_range",
            "stream",
            "measurement",
            "failed",
            "Mätvärden ligger inom kanalens fysiska område enligt registret.",
            "Values lie within the physical range of their channel in the registry.",
            14,
        ),
        _verdict(
            "measurement.required",
            "stream",
            "measurement",
            "passed",
            "Alla obligatoriska fält har ett värde.",
            "Every required field has a value.",
            0,
        ),
        _verdict(
            "state.state.vocabulary",
            "stream",
            "state",
            "passed",
            "”state” är ett av orden running, stopped, setup.",
            "'state' is one of the words running, stopped, setup.",
            0,
        ),
        _verdict(
            "run.required",
            "stream",
            "run",
            "broken",
            "Alla obligatoriska fält har ett värde.",
            "Every required field has a value.",
            None,
        ),
    ]
    for index in range(14):
        whole = found[0]
        day = (date(2026, 11, 3) + timedelta(days=index)).isoformat()
        found.append(whole | {"equipment": "dal-press-1", "event_date": day, "observed": 3.0, "element_count": 1})
    for table in EDITION_TABLES:
        keys = ", ".join(table.key)
        sv, en = (
            f"Nyckeln ({keys}) är aldrig tom och förekommer en gång.",
            f"The key ({keys}) is never empty and stands once.",
        )
        found.append(_verdict(f"{table.name}.key", "mart", table.name, "passed", sv, en, 0))
    return found


def _verdict(check: str, kind: str, of: str, state: str, sv: str, en: str, observed: float | None) -> Row:
    return {
        "check_id": check,
        "kind": kind,
        "stream_or_mart": of,
        "state": state,
        "description_sv": sv,
        "description_en": en,
        "expected": "0",
        "observed": observed,
        "equipment": None,
        "event_date": None,
        "element_count": 1240,
        "note": "the column does not exist" if state == "broken" else "",
    }


def since() -> Row:
    """The meeting of September, which the edition is compared with."""
    return {
        "report": "2026-09-24-styrgrupp-september", "meeting": "2026-09-24", "title": "Styrgrupp september",
        "edition": "20260923T180000Z-301", "as_of": "2026-09-23T18:00:00+00:00", "restated": 4, "new": 88,
        "continued": 21, "equal": 310,
    }  # fmt: skip


def restated() -> list[Row]:
    """A superseding file, a late file, a value that is no longer assessable, and a new decision."""
    file = "inspection__inspections__2026-08-01_2026-08-31__{}.csv"
    first = {
        "what": "value", "indicator_id": "G3.4e", "scope_type": "programme", "scope_id": "nms", "cause_no": 1,
        "period_start": date(2026, 8, 1), "period_end": date(2026, 8, 31), "unit": "%", "old_value": 38.5,
        "new_value": 36.25, "old_assessable": True, "new_assessable": True, "old_version": "1", "new_version": "1",
        "cause": "data", "detail": file.format("001"), "source": "inspections", "file_name": file.format("002"),
        "received_at": datetime(2026, 10, 20, 8, 3, tzinfo=UTC), "sha256": "ab" * 32,
    }  # fmt: skip
    late = {"indicator_id": "G1.4d", "unit": "n", "old_value": 17.0, "new_value": 18.0, "detail": ""}
    late |= {"file_name": "=HYPERLINK(deltagare).csv", "source": "participation"}
    gone = {"scope_type": "pilot", "scope_id": "stable-line", "new_value": None, "new_assessable": False}
    nobody = dict.fromkeys(("source", "file_name", "received_at", "sha256", "old_assessable", "new_assessable"))
    decided = nobody | {
        "what": "target", "indicator_id": "G1.4d", "period_start": FAR, "period_end": FAR, "unit": "",
        "old_value": 80.0, "new_value": 90.0, "cause": "decision", "detail": "Styrgruppen 2026-10-02",
        "old_version": None, "new_version": None,
    }  # fmt: skip
    return [first | decided, first | late, first, first | gone]
