"""What an office may send in a year and a half: random sheets with corrections, late rows and companies that return."""

# ruff: noqa: E501 - one record on a few lines reads as a table

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

#: The programme begins in the middle of a month; the newest sheet comes on 24 November 2026.
START = date(2025, 6, 15)
TODAY = date(2026, 11, 24)
REGIONS = ("dalarna", "gavleborg", "varmland")
SUBPROJECTS = ("additive-manufacturing", "process-maturity", "skills-supply", "innovation", "challenge-lab")
#: A pilot: its subproject, its first and its last day.
PILOTS = {
    "alfa": ("additive-manufacturing", date(2025, 1, 1), date(9999, 12, 31)),
    "beta": ("innovation", date(2025, 9, 10), date(2026, 8, 20)),
    "gamma": ("process-maturity", date(2026, 2, 1), date(9999, 12, 31)),
}
TESTBEDS = {"bench-dal": "dalarna", "bench-var": "varmland"}
#: What is one record in a stream: the last row of a key holds.
KEYS = {
    "participation": ("org_nr", "activity_id", "activity_date"),
    "skills": ("person", "course_id"),
    "skills_background": ("person",),
    "course": ("course_id",),
    "funding": ("application_id", "status_date"),
    "challenge_case": ("case_id", "stage", "stage_date"),
    "maturity_assessment": ("assessment_id", "dimension"),
    "initiative": ("initiative_id", "confirmed_on"),
    "statistic": ("series_id", "place", "breakdown", "period_start"),
}
#: The day of a record.
DAYS = {
    "participation": "activity_date", "skills": "started_on", "skills_background": "stated_on", "course": "starts_on",
    "funding": "status_date", "challenge_case": "stage_date", "maturity_assessment": "assessed_on",
    "initiative": "confirmed_on", "statistic": "period_start",
}  # fmt: skip
SIZES = ("micro", "small", "medium", "large")
KINDS = ("company", "company", "company", "research", "public", "civil_society")

Row = dict[str, Any]


@dataclass(frozen=True)
class Sheet:
    """Rows of one stream in one file; files are received in the order in which they stand."""

    stream: str
    rows: list[Row]


def random_sheets(dice: random.Random) -> list[Sheet]:
    """Four sheets of each stream; the later ones correct some rows of the earlier ones, of whatever day."""
    sheets = []
    for stream, (many, make) in _MAKERS.items():
        sent: list[Row] = []
        for number in range(4):
            rows = [make(dice) for _ in range(many)]
            rows += [_corrected(dice, stream, row, make(dice)) for row in dice.sample(sent, len(sent) // 8)]
            sent += rows
            sheets.append((number, Sheet(stream, rows)))
    return [sheet for _, sheet in sorted(sheets, key=lambda one: one[0])]


def _corrected(dice: random.Random, stream: str, row: Row, other: Row) -> Row:
    """The same key again, with some of the rest said otherwise."""
    return {name: row[name] if name in KEYS[stream] or dice.random() < 0.5 else other[name] for name in row}


def _day(dice: random.Random, first: date = date(2025, 3, 1), last: date = date(2026, 12, 20)) -> date:
    """Any day, or one on the edge of a month; some lie before the programme and some after today."""
    day = first + timedelta(days=dice.randrange((last - first).days))
    return dice.choice([day, day, day.replace(day=1), day.replace(day=1) - timedelta(days=1)])


def _maybe(dice: random.Random, *choices: Any, often: float = 0.6) -> Any:
    return dice.choice(choices) if dice.random() < often else None


def _org(dice: random.Random) -> str:
    return f"559900-{dice.randrange(60):04d}"


def _person(dice: random.Random) -> str:
    """A pseudonym, as the door makes of a person."""
    return f"p-{dice.randrange(90):032x}"


def _county(dice: random.Random) -> Any:
    return _maybe(dice, *REGIONS, "stockholm", often=0.8)


def _place(dice: random.Random) -> Row:
    return {"pilot": _maybe(dice, *PILOTS, often=0.3)}


def _participation(dice: random.Random) -> Row:
    kinds = (
        "knowledge",
        "knowledge",
        "mentoring",
        "coaching",
        "match",
        "edp",
        "platform_use",
        "contribution",
        "support",
    )
    outcomes = ("product_innovation", "change_plan", "first_measure", "joint_activity", "first_export", "new_market",
                "technology_in_use", "solution_taken_up")  # fmt: skip
    return {
        "org_nr": _org(dice), "actor_kind": dice.choice(KINDS), "size_class": _maybe(dice, *SIZES), "county": _county(dice),
        "employees": _maybe(dice, 0, 8, 25), "is_mne": _maybe(dice, True, False), "activity_id": f"akt-{dice.randrange(70)}",
        "activity_date": _day(dice), "activity_kind": dice.choice(kinds), "activity_county": _county(dice),
        "subproject": dice.choice(SUBPROJECTS), "support_type": _maybe(dice, "grant", "non_financial"),
        "cooperation_type": _maybe(dice, "joint_rd", "none"), "role": _maybe(dice, "founder", "lead_company", "participant"),
        "outcome": _maybe(dice, *outcomes), "hours": _maybe(dice, 1.5, 2, 7.25), "value_sek": _maybe(dice, 1000, 2500.5),
    } | _place(dice)  # fmt: skip


def _skills(dice: random.Random) -> Row:
    began = _day(dice)
    later = began + timedelta(days=dice.choice([30, 183, 184, 334, 400]))
    return {
        "person": _person(dice), "org_nr": _maybe(dice, _org(dice)), "course_id": f"kurs-{dice.randrange(20)}",
        "employer_size": _maybe(dice, *SIZES), "kind": dice.choice(("course", "course", "course", "apprenticeship", "match")),
        "started_on": began, "completed_on": _maybe(dice, began + timedelta(days=20)), "hours": _maybe(dice, 4, 16.5),
        "working_time_hours": _maybe(dice, 2, 4), "gender": _maybe(dice, "woman", "man", "other", often=0.9),
        "testbed_practice": _maybe(dice, True, False), "placed_on": _maybe(dice, later), "followed_up_on": _maybe(dice, later),
        "in_industry": _maybe(dice, True, False), "subproject": _maybe(dice, *SUBPROJECTS),
    }  # fmt: skip


def _background(dice: random.Random) -> Row:
    return {
        "person": _person(dice), "stated_on": _day(dice), "born_abroad": dice.random() < 0.4,
    }  # fmt: skip


def _course(dice: random.Random) -> Row:
    return {
        "course_id": f"kurs-{dice.randrange(24)}", "name": "Kurs", "kind": dice.choice(("contract", "higher_vocational", "course")),
        "county": _county(dice), "starts_on": _day(dice), "seats": _maybe(dice, 12, 24), "enrolled": _maybe(dice, 9, 12),
    }  # fmt: skip


def _funding(dice: random.Random) -> Row:
    counties = ("Dalarna", "Dalarna, Gävleborg och Värmland", "gavleborg", "Stockholm; VÄRMLANDS län")
    return {
        "application_id": f"a-{dice.randrange(90)}", "status_date": _day(dice), "funder": "Finansiären",
        "status": dice.choice(("submitted", "granted", "granted", "rejected", "withdrawn", "completed")),
        "kind": dice.choice(("research", "research", "follow_on", "pilot")), "funder_kind": _maybe(dice, "eu", "national"),
        "competitive": _maybe(dice, True, True, False), "applicant_org_nr": _maybe(dice, _org(dice), often=0.9),
        "applicant_kind": _maybe(dice, *KINDS), "applicant_size": _maybe(dice, *SIZES), "counties": _maybe(dice, *counties),
        "sme_partner": _maybe(dice, True, False), "s3_area": _maybe(dice, "new_materials"),
        "applied_sek": _maybe(dice, 900_000, 1_200_000.25), "granted_sek": _maybe(dice, 400_000, 650_000.75),
        "private_sek": _maybe(dice, 0, 80_000), "subproject": _maybe(dice, *SUBPROJECTS),
        "testbed": _maybe(dice, *TESTBEDS, often=0.3), "period_to": _maybe(dice, _day(dice, last=date(2028, 6, 1))),
    } | _place(dice)  # fmt: skip


def _case(dice: random.Random) -> Row:
    return {
        "case_id": f"c-{dice.randrange(60)}", "stage_date": _day(dice), "county": _county(dice),
        "stage": dice.choice(("registered", "accepted", "prototype", "testbed_run", "testbed_run", "adopted", "stopped")),
        "owner_org_nr": _maybe(dice, _org(dice)), "owner_kind": _maybe(dice, *KINDS), "is_circular": _maybe(dice, True, False),
        "business_model_signed": _maybe(dice, True, False), "testbed": _maybe(dice, *TESTBEDS, often=0.3),
    } | _place(dice)  # fmt: skip


def _assessment(dice: random.Random) -> Row:
    model = dice.choice(("SIRI", "SIRI", "TRL", "DII"))
    names = ("Shop Floor", "Strategy & Governance", "Workforce Learning & Development")
    return {
        "assessment_id": f"m-{dice.randrange(900)}", "org_nr": _maybe(dice, f"559900-{dice.randrange(25):04d}", often=0.9),
        "size_class": _maybe(dice, *SIZES, often=0.9), "assessed_on": _day(dice), "model": model, "model_version": "1",
        "technology": f"teknik-{dice.randrange(5)}" if model == "TRL" else None, "level": dice.randrange(0, 10),
        "dimension": dice.choice(names) if model == "SIRI" else "level", "is_digital": _maybe(dice, True, True, False),
        "assessor_type": dice.choice(("self", "self", "certified")), "evidence_ref": _maybe(dice, "intyg"),
        "subproject": _maybe(dice, *SUBPROJECTS), "testbed": _maybe(dice, *TESTBEDS, often=0.3),
    } | _place(dice)  # fmt: skip


def _initiative(dice: random.Random) -> Row:
    begins = _day(dice)
    return {
        "initiative_id": f"i-{dice.randrange(40)}", "name": "Initiativ", "confirmed_on": _day(dice),
        "kind": dice.choice(("flagship", "long_term", "long_term", "project", "vocational_centre", "pilot", "testbed_offer")),
        "status": dice.choice(("planned", "ongoing", "ongoing", "pilot", "scaled", "ended", "stopped")),
        "owner": _maybe(dice, "Ägaren", often=0.9), "goal": _maybe(dice, 1, 5, often=0.9), "step": _maybe(dice, "1.1", often=0.9),
        "counties": _maybe(dice, "Dalarna", "dalarna gavleborg", "Gävleborg, Värmland", "Örebro"), "starts_on": _maybe(dice, begins),
        "ends_on": _maybe(dice, begins + timedelta(days=dice.choice([200, 1094, 1095, 1200])), often=0.8),
        "budget_sek": _maybe(dice, 5_000_000, often=0.9), "funders": _maybe(dice, 1, 2, 4), "licence": _maybe(dice, "CC BY"),
        "overlaps_with": _maybe(dice, "i-1"), "coordination_decided": _maybe(dice, True, False), "lesson": _maybe(dice, "Lärt"),
        "has_contract": _maybe(dice, True, False),
    } | _place(dice)  # fmt: skip


def _statistic(dice: random.Random) -> Row:
    year = dice.randrange(2018, 2026)
    return {
        "series_id": dice.choice(("regional-rd-intensity", "annat")), "place": dice.choice((*REGIONS, "nms", "riket")),
        "breakdown": dice.choice(("-", "-", "kvinnor")), "period_start": date(year, 1, 1), "period_end": date(year, 12, 31),
        "unit": "%", "publisher": "SCB", "value": _maybe(dice, 0.94, 1.5, 3.4, often=0.9), "published_on": _maybe(dice, date(2026, 9, 1), _day(dice)),
    }  # fmt: skip


_MAKERS: dict[str, tuple[int, Callable[[random.Random], Row]]] = {
    "participation": (130, _participation), "skills": (110, _skills), "skills_background": (30, _background),
    "course": (8, _course), "funding": (70, _funding), "challenge_case": (60, _case),
    "maturity_assessment": (70, _assessment), "initiative": (35, _initiative), "statistic": (20, _statistic),
}  # fmt: skip
