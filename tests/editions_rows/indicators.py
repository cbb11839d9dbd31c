"""Rows of indicator values, of progress against target, and of inputs."""

from __future__ import annotations

import math
from datetime import date, timedelta
from zlib import crc32

from tests.editions_rows.registry import indicators
from tests.editions_rows.site import AS_OF, FAR, Invented, Row, month_end

#: What is usual in a unit.
_SIZES = {"SEK": 4_180_000, "EUR": 312_000, "days": 44, "levels": 1.4, "ratio": 1.37, "h": 1280, "kWh/kg": 41.3,
          "FTE": 7.5, "months": 19, "kg": 2.31, "SEK/SEK": 1.9, "pp": 4.2}  # fmt: skip
#: Of a whole site: never reported, and so without rows.
UNREPORTED = ("2.5", "3.5", "4.5")
_STATUSES = ("ahead", "on_track", "at_risk", "behind")
_SUBPROJECTS = ["additive-manufacturing", "challenge-lab", "innovation", "process-maturity", "skills-supply"]
_REGIONS = ["dalarna", "gavleborg", "varmland"]


def _scopes(item: Row, site: Invented) -> list[tuple[str, str]]:
    known = {
        "programme": ["nms"], "pilot": [row[0] for row in site.pilots], "testbed": [row[0] for row in site.testbeds],
        "subproject": _SUBPROJECTS, "region": _REGIONS, "company_region": _REGIONS,
    }  # fmt: skip
    return [
        (kind, name)
        for kind in item["scope"]
        for name in known.get(kind, [])
        if not (site.whole and kind == "pilot" and crc32(f"{item['id']}{name}".encode()) % 5 < 3)
    ]


def values(site: Invented) -> list[Row]:
    """Values of every month in every scope."""
    rows = []
    ends = {(row[0], row[1], row[2]): row[6] for row in site.targets}
    for item in indicators(site):
        if site.whole and item["id"][1:4] in UNREPORTED:
            continue
        usual = _SIZES.get(item["unit"])
        for scope in _scopes(item, site):
            end = ends.get((item["id"], *scope), usual or (30.0 + len(scope[1]) if item["unit"] == "%" else 6))
            rows += [_value(item, scope, start, (index, len(site.months)), end)
                     for index, start in enumerate(site.months)]  # fmt: skip
    return rows


def _value(item: Row, scope: tuple[str, str], start: date, place: tuple[int, int], end: float | None) -> Row:
    index, months = place
    ratio = item["unit"] == "%"
    open_month = index == months - 1
    reason = None
    if end is None and index >= months - 3:
        reason = "low_coverage" if scope[0] == "pilot" else "too_few"
    elif ratio and index == 2:
        reason = "no_data"
    grown = (end if end is not None else 20) * (0.35 + 0.13 * index if index < 5 else 1.0)
    value = (
        None
        if reason
        else float(round(grown + (2.1 * math.sin(index * 2 + len(scope[1])) if ratio and index < 5 else 0), 1))
    )
    if value is not None and item["unit"] in ("n", "SEK", "EUR"):
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


def progress(site: Invented, rows: list[Row]) -> list[Row]:
    """The decided targets; a whole site has one of its own for most indicators that have a direction."""
    types = {item["id"]: item["type"] for item in indicators(site)}
    found = [_progress(row, types[row[0]], site.months) for row in site.targets]
    if not site.whole:
        return found
    decided = {(row[0], row[1], row[2]) for row in site.targets}
    for row in rows:
        scope, chance = (row["indicator_id"], row["scope_type"], row["scope_id"]), crc32(str(row["scope_id"]).encode())
        kind = types[scope[0]]
        newest = row["is_open"] if kind == "CUM" else row["period_start"] == site.months[-2]
        if scope in decided or kind in ("CTX", "BND") or not newest or row["value"] is None:
            continue
        if (chance + len(found)) % 7 == 0:
            continue
        status, value = _STATUSES[(crc32(scope[0].encode()) + chance) % 4], row["value"]
        down = row["unit"] in ("days", "kWh/kg")
        base, aim = (value * 1.6, value * 0.7) if down else (value * 0.2, value * 1.9)
        found.append(_progress((*scope, base, (base + aim) / 2, aim, value, status), kind, site.months))
    return found


def _progress(row: tuple, kind: str, months: list[date]) -> Row:  # type: ignore[type-arg]
    indicator, scope, name, baseline, milestone, target, value, status = row
    start = months[-1] if kind == "CUM" else months[-2]
    return {
        "indicator_id": indicator,
        "scope_type": scope,
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
        "progress": None if value is None else (value - baseline) / (target - baseline),
        "expected": 0.85 * (milestone - baseline) / (target - baseline),
        "expected_value": baseline + 0.85 * (milestone - baseline),
        "status": status,
        "decided_by_sv": "Styrgruppen 2026-05-20, § 4 (påhittat)",
        "decided_by_en": "Steering group 2026-05-20, § 4 (invented)",
    }


def goal_progress(site: Invented) -> list[Row]:
    """The level of goals: one that can be told, one that stands on too few, and so on."""
    if not site.whole:
        return []
    scopes = [("programme", "nms"), *(("subproject", name) for name in _SUBPROJECTS)]
    return [
        {
            "goal_id": goal, "scope_type": kind, "scope_id": name, "indicators": 20, "steps": 5,
            "judged": 9 if goal == 2 else 17, "assessable": goal != 2,
            "reached": None if goal == 2 else 0.31 + goal * 0.06,
            "reached_low": None if goal == 2 else 0.24 + goal * 0.06,
            "reached_high": None if goal == 2 else 0.39 + goal * 0.06,
        }
        for goal in range(1, 6)
        for kind, name in scopes
    ]  # fmt: skip


def inputs(site: Invented) -> list[Row]:
    """Inputs of a few values of the programme, some of them left out."""
    kinds = {"G1.1a": "participation", "G1.4d": "participation", "G3.4b": "run", "G3.4e": "run", "G5.2a": "pilot"}
    return [
        {
            "indicator_id": indicator,
            "scope_type": "programme",
            "scope_id": "nms",
            "period_start": site.months[-1] if indicator.startswith("G1") else site.months[-2],
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
