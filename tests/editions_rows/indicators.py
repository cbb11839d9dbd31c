"""Rows of indicator values, of progress against target, and of inputs."""

from __future__ import annotations

import math
from datetime import date, timedelta
from types import SimpleNamespace
from zlib import crc32

from scorecards.goal_level import goal_levels, heads_of
from tests.editions_rows.registry import indicators
from tests.editions_rows.site import AS_OF, FAR, Invented, Row, month_end

#: What is usual in a unit.
_SIZES = {"SEK": 4_180_000, "EUR": 312_000, "days": 44, "levels": -2, "ratio": 1.37, "h": 1280, "kWh/kg": 41.3,
          "FTE": 7.5, "months": 19, "pp": 3.5, "SEK/SEK": 0.62, "kg": 0.84}  # fmt: skip
#: What the small edition measures in all its scopes, and what of records and other measures for the programme only.
_MEASURED = ("G1.1a", "G1.1c", "G1.4d", "G1.4g", "G3.4b", "G3.4e", "G4.3b", "G5.2a")
_OF_PROGRAMME = (
    "G1.2a", "G1.2c", "G1.3a", "G1.4e", "G1.5a", "G1.5a2", "G1.5d", "G2.1b", "G2.1d", "G2.3b", "G3.1d", "G3.4f",
)  # fmt: skip
#: Steps that nobody has reported in a whole site.
UNREPORTED = ("2.5", "3.5", "4.5")
#: What stands on too few persons, in the newest months.
_HIDDEN = ("G2.3b",)
_STATUSES = ("ahead", "on_track", "at_risk", "behind")
_SUBPROJECTS = ["additive-manufacturing", "challenge-lab", "innovation", "process-maturity", "skills-supply"]
_REGIONS = ["dalarna", "gavleborg", "varmland"]


def _scopes(item: Row, site: Invented) -> list[tuple[str, str]]:
    known = {
        "programme": ["nms"], "pilot": [row[0] for row in site.pilots], "testbed": [row[0] for row in site.testbeds],
        "subproject": _SUBPROJECTS, "region": _REGIONS, "company_region": _REGIONS,
    }  # fmt: skip
    kinds = item["scopes"] if _is_measured(item, site) else ["programme"]
    if not site.whole:
        kinds = [kind for kind in kinds if kind in _SMALL] if item["indicator_id"] in _MEASURED else ["programme"]
    decided = {row[:3] for row in site.targets}
    return [
        (kind, name)
        for kind in kinds
        for name in known.get(kind, [])
        if (item["indicator_id"], kind, name) in decided
        or not (site.whole and kind == "pilot" and crc32(f"{item['indicator_id']}{name}".encode()) % 5 < 3)
    ]


#: The scopes of the small edition.
_SMALL = ("programme", "pilot", "testbed")


def _is_measured(item: Row, site: Invented) -> bool:
    """Whether anybody has reported what an indicator needs."""
    if site.whole:
        return item["step_id"] not in UNREPORTED
    return item["indicator_id"] in (*_MEASURED, *_OF_PROGRAMME)


def values(site: Invented) -> list[Row]:
    """Values of every month in every scope; what nobody has reported has none, for the programme."""
    rows = []
    ends = {(row[0], row[1], row[2]): row[6] for row in site.targets}
    for item in indicators():
        usual = _SIZES.get(item["unit"])
        measured = _is_measured(item, site)
        for scope in _scopes(item, site):
            if not measured:
                rows += [_nothing(item, start, site.months[-1]) for start in site.months]
                continue
            common = usual or (30.0 + len(scope[1]) if item["unit"] == "%" else 6)
            end = ends.get((item["indicator_id"], *scope), None if item["indicator_id"] in _HIDDEN else common)
            rows += [_value(item, scope, start, (index, len(site.months)), end)
                     for index, start in enumerate(site.months)]  # fmt: skip
    return rows


def _nothing(item: Row, start: date, newest: date) -> Row:
    """A month of what nobody has ever reported, as the warehouse has it."""
    return {
        "indicator_id": item["indicator_id"], "indicator_version": item["version"], "scope_type": "programme",
        "scope_id": "nms", "period_start": start, "period_end": month_end(start), "unit": item["unit"], "n": 0,
        "quality_state": "unjudged", "assessable": False, "reason": "no_data", "as_of": AS_OF,
        "is_latest": start == newest, "is_open": start == newest,
    }  # fmt: skip


def _value(item: Row, scope: tuple[str, str], start: date, place: tuple[int, int], end: float | None) -> Row:
    index, months = place
    ratio, quotient = item["unit"] == "%", item["how"] in ("share", "ratio", "own") and item["unit"] == "%"
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
        "indicator_id": item["indicator_id"],
        "indicator_version": item["version"],
        "scope_type": scope[0],
        "scope_id": scope[1],
        "period_start": start,
        "period_end": month_end(start),
        "value": value,
        "unit": item["unit"],
        "numerator": value * 12.5 if quotient and value is not None else None,
        "denominator": 1250 if quotient and value is not None else None,
        "n": None if reason == "too_few" else 0 if reason == "no_data" else 14 + index * 3,
        "coverage": 0.41 if reason == "low_coverage" else 0.936 if ratio else None,
        "newest_input_at": AS_OF - timedelta(hours=5),
        "freshness_s": 5 * 3600 if ratio else 3 * 86400,
        "quality_state": "warned"
        if item["indicator_id"] in ("G3.4e", "G3.4b") and scope[1] in ("nms", "stable-line") and index > 4
        else "passed",
        "assessable": value is not None,
        "reason": reason,
        "as_of": AS_OF,
        "is_latest": open_month,
        "is_open": open_month,
    }


def progress(site: Invented, rows: list[Row]) -> list[Row]:
    """The decided targets; a whole site has one of its own for most indicators that have a direction."""
    types = {item["indicator_id"]: item["type"] for item in indicators()}
    found = [_progress(row, types[row[0]], site.months) for row in site.targets]
    found += [_band(name, low, high, rows) for name, low, high in (("G1.4e", 900, 1500), ("G2.1b", 40, 60))]
    if not site.whole:
        return found
    decided = {(row["indicator_id"], row["scope_type"], row["scope_id"]) for row in found}
    for row in rows:
        scope, chance = (row["indicator_id"], row["scope_type"], row["scope_id"]), crc32(str(row["scope_id"]).encode())
        kind = types[scope[0]]
        newest = row["is_open"] if kind == "CUM" else row["period_start"] == site.months[-2]
        if scope in decided or kind in ("CTX", "BND") or not newest or row.get("value") is None:
            continue
        if (chance + len(found)) % 7 == 0:
            continue
        status, value = _STATUSES[(crc32(scope[0].encode()) + chance) % 4], row["value"]
        down = row["unit"] in ("days", "kWh/kg", "kg", "pp")
        base, aim = (value * 1.6, value * 0.7) if down else (value * 0.2, value * 1.9)
        milestone = None if chance % 3 == 0 else (base + aim) / 2
        found.append(_progress((*scope, base, milestone, aim, value, status), kind, site.months))
    return found


def _progress(row: tuple, kind: str, months: list[date]) -> Row:  # type: ignore[type-arg]
    """One without a milestone is expected to have come a quarter of its way."""
    indicator, scope, name, baseline, milestone, target, value, status = row
    start = months[-1] if kind == "CUM" else months[-2]
    way = target - baseline
    expected = 0.25 if milestone is None else 0.85 * (milestone - baseline) / way
    return {
        "indicator_id": indicator,
        "scope_type": scope,
        "scope_id": name,
        "value": None if value is None else float(value),
        "period_start": start,
        "period_end": month_end(start),
        "baseline": float(baseline),
        "baseline_date": date(2026, 5, 1),
        "milestone": None if milestone is None else float(milestone),
        "milestone_date": None if milestone is None else date(2026, 12, 31),
        "target": float(target),
        "target_date": FAR,
        "progress": None if value is None else (value - baseline) / way,
        "expected": expected,
        "expected_value": baseline + expected * way,
        "status": status,
        **_DECIDED,
    }


_DECIDED: Row = {
    "decided_on": date(2026, 5, 20),
    "decided_by_sv": "Styrgruppen 2026-05-20, § 4 (påhittat)",
    "decided_by_en": "Steering group 2026-05-20, § 4 (invented)",
}


def _band(indicator: str, low: float, high: float, rows: list[Row]) -> Row:
    """A band has no way to it: neither progress nor what is expected of it, and here no milestone."""
    there = [row for row in rows if row["indicator_id"] == indicator and row["scope_type"] == "programme"]
    value = there[-2]["value"]
    return {
        "indicator_id": indicator, "scope_type": "programme", "scope_id": "nms", "value": value,
        "period_start": there[-2]["period_start"], "period_end": there[-2]["period_end"], "baseline": low * 0.8,
        "baseline_date": date(2026, 5, 1), "target": (low + high) / 2, "target_date": FAR, "band_low": float(low),
        "band_high": float(high), "expected_value": (low + high) / 2,
        "status": "on_track" if low <= value <= high else "behind", **_DECIDED,
    }  # fmt: skip


def goal_progress(site: Invented, told: list[Row]) -> list[Row]:
    """The level of goals, as an edition forms it of what it tells."""
    heads = heads_of(SimpleNamespace(**row) for row in indicators())
    levels = goal_levels(heads, (SimpleNamespace(**{"progress": None, "expected": None} | row) for row in told))
    return [level._asdict() for level in levels] if site.whole else []


def inputs(site: Invented) -> list[Row]:
    """Inputs of a few values of the programme, some of them left out."""
    kinds = {"G1.1a": "ORGANISATIONS_IN_KNOWLEDGE", "G1.4d": "ENTERPRISES_NON_FINANCIAL", "G3.4b": "run",
             "G3.4e": "run", "G5.2a": "pilot"}  # fmt: skip
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
