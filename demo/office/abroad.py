"""Collaborations over the country's borders with invented partners: activities, networks, visits, assignments."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from office.actors import COUNTIES, Report, smes

_COUNTRIES = ("FI", "NO", "DE", "DK", "EE", "NL")
_KINDS = (
    "s3_activity", "network", "enquiry", "visit", "s3_activity", "assignment", "project", "enquiry", "booked_run",
    "network", "s3_activity", "visit", "assignment", "enquiry", "solution", "project", "investment", "network",
)  # fmt: skip
_TESTBEDS = dict(zip(COUNTIES, ("testbed-dal", "testbed-gav", "testbed-var"), strict=True))
_MNES = ("559900-0456", "559900-1504")


def reports() -> Iterator[Report]:
    """The rows, each on the first day of its collaboration."""
    chance, firms = Random("abroad"), smes()
    for number in range(1, 37):
        kind = _KINDS[number % len(_KINDS)]
        day = date(2026, 5, 14) + timedelta(days=5 * number)
        foreign = kind != "s3_activity" or number % 3 != 0
        row: dict[str, Any] = {
            "collab_id": f"INT-2026-{number:02d}", "kind": kind, "has_foreign_partner": foreign,
            "country": chance.choice(_COUNTRIES) if foreign else None,
            "partner": f"Påhittad partner {number}" if foreign else "Exempelinstitutet för tillverkning AB",
            "started_on": day, "county": chance.choice(COUNTIES), "s3_area": "intelligent_industry",
        }  # fmt: skip
        yield Report("intl_collab", day, row | _of_kind(kind, number, chance, firms[number * 7 % len(firms)]))


def _of_kind(kind: str, number: int, chance: Random, firm: Any) -> dict[str, Any]:
    """What is told of a collaboration of the kind only."""
    out: dict[str, Any] = {}
    if kind in ("network", "project", "assignment", "solution", "investment"):
        out |= {
            "org_nr": firm.org_nr,
            "size_class": firm.size,
            "ended_on": date(2026, 10, 30) if number % 6 == 0 else None,
        }
    if kind in ("network", "project"):
        out["network"] = f"Påhittat nätverk {1 + number % 3}"
    if kind in ("assignment", "solution", "booked_run"):
        out |= {"value_sek": chance.randrange(6, 40) * 10_000, "org_nr": firm.org_nr, "size_class": firm.size}
    if kind in ("investment", "project"):
        out["investment_eur"] = chance.randrange(2, 12) * 10_000
    if kind in ("enquiry", "visit", "booked_run"):
        out["testbed"] = chance.choice(list(_TESTBEDS.values()))
    if number % 7 == 0:
        out["mne_org_nr"] = chance.choice(_MNES)
    return out
