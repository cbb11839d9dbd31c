"""Rows of control charts and capability."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta

from tests.editions_rows.site import AS_OF, Row

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
