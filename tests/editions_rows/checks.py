"""Verdicts of the gate."""

from __future__ import annotations

from datetime import date, timedelta

from contracts.editions import EDITION_TABLES
from tests.editions_rows.site import Row


def verdicts() -> list[Row]:
    """One check that failed on some days, one that broke, and passed ones of every table."""
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
