"""What the programme decides and keeps count of: the register of initiatives, decisions, targets, statistics, words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from office.actors import Report, records


def reports() -> Iterator[Report]:
    """Everything, each on the day from which it is known; confirmations and outcomes come in later lists."""
    yield from _initiatives()
    yield from _decisions()
    yield from _targets()
    yield from _statistics()
    for row in records("words"):
        yield Report("stop_reason", date(2026, 5, 25), row | {"valid_from": date(2026, 5, 1)})


def _initiatives() -> Iterator[Report]:
    """Confirmed in May, and again in October by those who answer."""
    for at, row in enumerate(records("initiatives")):
        for day in (date(2026, 5, 12), date(2026, 10, 21))[: 1 if at % 5 == 3 else 2]:
            status = "planned" if row["starts_on"] > day else "ongoing"
            yield Report("initiative", day, row | {"status": status, "confirmed_on": day})
    for pilot in records("pilots"):
        for said in pilot["statuses"]:
            row = {name: pilot.get(name) for name in ("initiative_id", "name", "pilot")} | said
            yield Report("initiative", said["confirmed_on"], row | {
                "kind": "pilot", "owner": "Programkontoret", "goal": 5, "step": "5.4", "budget_sek": 900_000,
                "counties": "Dalarna, Gävleborg", "starts_on": date(2026, 5, 1), "ends_on": date(2028, 6, 30),
            })  # fmt: skip


def _decisions() -> Iterator[Report]:
    """As decided; and once more, in a later list, when something was taken up or done."""
    for row in records("decisions"):
        later = {name: row[name] for name in ("taken_on", "done_on") if name in row}
        known = {name: value for name, value in row.items() if name not in later} | {"body": "Styrgruppen (påhittad)"}
        for day in sorted({row["decided_on"], *later.values()}):
            yield Report("decision", day, known | {name: on for name, on in later.items() if on <= day})


def _targets() -> Iterator[Report]:
    """Decided by the meeting of November: they hold before those of the registry."""
    day = date(2026, 11, 18)
    for indicator, baseline, milestone, target in (("G1.4g", 0, 6, 16), ("G5.5b", 0, 24, 60)):
        yield Report("target", day, {
            "indicator_id": indicator, "scope_type": "programme", "scope_id": "nms", "decided_on": day,
            "baseline": baseline, "baseline_date": date(2026, 5, 1), "milestone": milestone,
            "milestone_date": date(2026, 12, 31), "target": target, "target_date": date(2028, 6, 30),
            "decided_by": "Styrgruppen, påhittat beslut SG-2026-3",
        })  # fmt: skip


def _statistics() -> Iterator[Report]:
    """The place of the programme's own figure is the programme's id."""
    for series in records("research"):
        for year, value in zip((2022, 2023, 2024), series["values"], strict=True):
            yield Report("statistic", date(2026, 6, 8), {
                "series_id": "regional-rd-intensity", "title": "FoU av bruttoregionprodukten (påhittade tal)",
                "place": series["place"], "breakdown": "-", "period_start": date(year, 1, 1),
                "period_end": date(year, 12, 31), "value": value, "unit": "%", "publisher": "Påhittad statistik",
                "published_on": date(2026, 6, 4) if year == 2024 else date(year + 1, 12, 4),
            })  # fmt: skip
