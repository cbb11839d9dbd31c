"""Rows of machines: runs, months, metrics, coverage."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta

from contracts.metrics import Metric, metrics
from tests.editions_rows.site import AS_OF, Invented, Row, month_end


def kpis(site: Invented) -> list[Row]:
    """Numbers of the time metrics in every month; the others lack an element, or nobody collects one."""
    scopes = [("programme", "nms"), *(("testbed", row[0]) for row in site.testbeds)]
    scopes += [("equipment", row[0]) for row in site.machines]
    known = {"availability": 71.0, "effectiveness": 92.5, "quality_ratio": 96.8, "oee": 63.4, "nee": 67.8}
    return [
        _kpi(site, metric, kind, name, start, known.get(metric.id))
        for metric in metrics().values()
        for kind, name in scopes
        for start in site.months[-8:]
        if kind in metric.scopes and metric.is_summed
    ]


def _kpi(site: Invented, metric: Metric, kind: str, name: str, start: date, value: float | None) -> Row:
    silent = name == "testbed-var" and start == site.months[2]
    reason = "coverage" if silent else f"needs:{metric.lacking[0]}" if metric.lacking else None
    reason = reason or (None if value is not None else f"missing:{metric.elements[0]}")
    return {
        "metric_id": metric.id, "metric_version": metric.version, "scope_type": kind, "scope_id": name,
        "period_start": start, "period_end": month_end(start), "value": value if reason is None else None,
        "numerator": 71, "denominator": 100, "n": 22, "coverage": 0.21 if silent else 0.94,
        "newest_observed_at": AS_OF, "freshness_s": 7200, "assessable": reason is None, "reason": reason,
    }  # fmt: skip


def runs(site: Invented) -> list[Row]:
    """Sixty runs of each machine; the last one is open."""
    outcomes = ("finished",) * 9 + ("failed", "cancelled", "finished", "interrupted", "finished")
    rows = []
    for number, (machine, _, _, testbed, kind, _) in enumerate(site.machines):
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


def month(key: str, name: str, index: int, start: date) -> Row:
    """One month of a machine, testbed or pilot."""
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


def coverage(site: Invented) -> list[Row]:
    """150 days of each machine; one falls silent for some."""
    rows = []
    for number, (machine, *_) in enumerate(site.machines):
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


def elements(site: Invented) -> list[Row]:
    """What the months of machines are made of, in seconds and numbers; nobody has coded the stops of printers."""
    sums = {"PBT": 576_000, "KNOWN": 541_000, "APT": 402_000, "AUST": 58_000, "ADET": 41_000, "ADOT": 40_000}
    numbers = {"STOPS": 46, "STOPS_UNPLANNED": 19, "STOPS_CODED": 31}
    return [
        {
            "scope_type": "equipment", "scope_id": machine[0], "period_start": start, "element": element,
            "value": None if element == "STOPS_CODED" and machine[4] == "printer" else value + index * 3,
            "n": 22, "missing": 0, "machines": 1,
        }
        for machine in site.machines
        for index, start in enumerate(site.months[-8:])
        for element, value in (sums | numbers).items()
    ]  # fmt: skip
