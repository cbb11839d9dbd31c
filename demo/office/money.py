"""Applications, invented grants, and procurements that ask for something new."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from office.actors import Actor, Report, actors, records

_FUNDERS = {
    "eu": "Påhittade EU-fonden", "national": "Påhittade innovationsverket", "regional": "Påhittade regionkontoret",
    "private": "Stiftelsen Påhittad Teknikpark",
}  # fmt: skip
_COUNTIES = ("Gävleborg", "Dalarna", "Värmland", "Dalarna, Gävleborg", "Dalarna, Gävleborg, Värmland")
_APPLICATIONS = 24


def reports() -> Iterator[Report]:
    """A row per status of an application on the day from which it holds, and the procurements."""
    yield from _competing()
    for at, row in enumerate(records("grants")):
        amount = row["applied_sek"]
        yield Report("funding", row["status_date"], {
            "status": "granted", "title": f"Påhittat projekt {row['application_id']}", "competitive": False,
            "funder": _FUNDERS[row["funder_kind"]], "granted_sek": amount, "private_sek": amount // 5,
            "counties": _COUNTIES[at % len(_COUNTIES)], "applicant_org_nr": "559900-2551",
            "applicant_kind": "research", **row,
        })  # fmt: skip
    yield from _procurements()


def _competing() -> Iterator[Report]:
    """Applications to calls that others apply to as well: somewhat less than half are granted."""
    chance = Random("applications")
    pool = [actor for actor in actors() if actor.kind in ("company", "research", "civil_society")]
    for number in range(1, _APPLICATIONS + 1):
        row = _application(number, chance.choice(pool), chance)
        sent = date(2026, 5, 8) + timedelta(days=6 * number)
        yield Report("funding", sent, row | {"status": "submitted", "status_date": sent})
        decided = sent + timedelta(days=chance.randrange(35, 75))
        status = chance.choice(("granted", "granted", "rejected", "rejected", "withdrawn"))
        row |= _granted(row, chance) if status == "granted" else {}
        yield Report("funding", decided, row | {"status": status, "status_date": decided})


def _application(number: int, applicant: Actor, chance: Random) -> dict[str, Any]:
    funder = chance.choice(("eu", "eu", "national", "national", "regional"))
    kind = chance.choice(("research", "research", "innovation", "equipment"))
    return {
        "application_id": f"ANS-2026-{number:02d}", "kind": kind, "title": f"Påhittad ansökan {number}",
        "funder": _FUNDERS[funder], "funder_kind": funder, "call": f"Påhittad utlysning {1 + number // 8}",
        "competitive": True, "applicant_org_nr": applicant.org_nr, "applicant": applicant.name,
        "applicant_kind": applicant.kind, "applicant_size": applicant.size, "counties": chance.choice(_COUNTIES),
        "sme_partner": chance.random() < 0.5, "partner_countries": chance.choice(("FI", "NO, DK", None, None)),
        "s3_area": chance.choice(("sustainable_production", "new_materials", "intelligent_industry", None)),
        "applied_sek": chance.randrange(8, 60) * 100_000,
        "subproject": chance.choice(("additive-manufacturing", "process-maturity", "innovation", "skills-supply")),
    }  # fmt: skip


def _granted(row: dict[str, Any], chance: Random) -> dict[str, Any]:
    granted = round(row["applied_sek"] * chance.choice((0.6, 0.8, 0.9, 1)) / 1000) * 1000
    return {
        "granted_sek": granted, "private_sek": round(granted * chance.uniform(0.1, 0.6) / 1000) * 1000,
        "research_fte": chance.choice((0.5, 1, 1.5, 2)) if row["kind"] == "research" else None,
        "equipment_eur": chance.randrange(4, 16) * 10_000 if row["kind"] == "equipment" else None,
        "period_from": date(2026, 9, 1), "period_to": date(2028, 8, 31),
    }  # fmt: skip


def _procurements() -> Iterator[Report]:
    """Announced; what the bids and the award were is known some weeks later, and stands in a later list."""
    for number, told in enumerate(records("procurements"), 1):
        day = date(2026, 5, 4) + timedelta(days=21 * number)
        row = told | {"procurement_id": f"UPH-2026-{number:02d}", "published_on": day}
        later = {name: row.pop(name, None) for name in ("bids", "sme_bids", "awarded_to_sme")}
        yield Report("procurement", day, dict(row))
        yield Report("procurement", day + timedelta(days=28), row | later)
