"""Who learned what: courses, the register of skills, what companies need, and the background that persons state.

No person can be real: all were born in 1900, and the last digit of the number is never the one that checks it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from office.actors import COUNTIES, Actor, Report, actors

_AREAS = ("sustainable_production", "intelligent_industry", "process_industry", "new_materials")
_AGES = ("15-24", "25-34", "25-34", "35-44", "35-44", "45-54", "45-54", "55-64")


@dataclass(frozen=True)
class Course:
    """A course or another measure, and how many of the register took it. `registered`: the kind in the register."""

    id: str
    name: str
    kind: str | None
    registered: str | None
    county: str
    starts: date
    ends: date
    seats: int
    enrolled: int
    hours: int = 0
    area: str | None = None
    revenue: int | None = None


COURSES = (
    Course("K-2025-09", "Förkursen för operatörer", "course", "course", "gavleborg", date(2025, 9, 15),
           date(2025, 11, 14), 16, 15, 60, _AREAS[0]),
    Course("K-2026-01", "Operatör för additiv tillverkning", "course", "course", "gavleborg", date(2026, 5, 18),
           date(2026, 6, 12), 20, 18, 40, _AREAS[3]),
    Course("K-2026-02", "Underhåll med maskindata", "course", "course", "dalarna", date(2026, 6, 1),
           date(2026, 6, 24), 18, 16, 24, _AREAS[1]),
    Course("K-2026-03", "Programmering av robotceller", "course", "course", "varmland", date(2026, 8, 24),
           date(2026, 10, 2), 12, 8, 48, _AREAS[1]),
    Course("K-2026-04", "Grön produktion i praktiken", "course", "course", "dalarna", date(2026, 9, 7),
           date(2026, 10, 16), 24, 21, 32, _AREAS[0]),
    Course("K-2026-05", "Leda förbättringsarbete", "course", "course", "gavleborg", date(2026, 9, 21),
           date(2026, 11, 6), 16, 14, 30, _AREAS[2]),
    Course("UPP-2026-1", "Uppdrag: statistisk processtyrning", "contract", None, "dalarna", date(2026, 6, 8),
           date(2026, 6, 17), 14, 14, revenue=180_000),
    Course("UPP-2026-2", "Uppdrag: konstruktion för utskrift", "contract", None, "gavleborg", date(2026, 9, 14),
           date(2026, 9, 25), 12, 10, revenue=240_000),
    Course("UPP-2026-3", "Uppdrag: energi i förpackningslinjen", "contract", None, "varmland", date(2026, 10, 19),
           date(2026, 10, 23), 10, 9, revenue=96_000),
    Course("YH-2026-1", "Processoperatör med maskindata", "higher_vocational", None, "dalarna", date(2026, 8, 31),
           date(2028, 6, 2), 24, 22, area=_AREAS[2]),
    Course("YH-2026-2", "Tekniker i additiv tillverkning", "higher_vocational", None, "gavleborg", date(2026, 8, 31),
           date(2028, 6, 2), 28, 25, area=_AREAS[3]),
    Course("LA-2026-1", "Lärling i verkstad", "apprenticeship", "apprenticeship", "dalarna", date(2026, 8, 17),
           date(2027, 6, 4), 16, 12),
    Course("IN-2026-1", "Mentor för nyanställda", None, "intervention", "gavleborg", date(2026, 5, 25),
           date(2026, 8, 28), 12, 11),
    Course("IN-2026-2", "Provdag för skolungdomar", None, "intervention", "dalarna", date(2026, 9, 2),
           date(2026, 9, 30), 15, 13),
    Course("IN-2026-3", "Svenska på verkstadsgolvet", None, "intervention", "varmland", date(2026, 8, 20),
           date(2026, 10, 29), 12, 11),
    Course("MA-2026-1", "Matchning vintern 2026", None, "match", "gavleborg", date(2026, 2, 16),
           date(2026, 2, 27), 14, 14),
    Course("MA-2026-2", "Matchning våren 2026", None, "match", "dalarna", date(2026, 4, 13),
           date(2026, 4, 24), 12, 12),
)  # fmt: skip
_MEASURED = {"IN-2026-1": "Enkät efter tre månader", "IN-2026-3": "Språkprov före och efter"}
_SKILLS = ("ESCO 7223.4", "ESCO 8189.1", "ESCO 3119.2", "ESCO 2144.1", "ESCO 7233.5")
_COVERS = ("K-2026-01", "K-2026-02", "K-2026-03", "K-2026-04", "K-2026-05", None)


def reports() -> Iterator[Report]:
    """Courses when they start; persons when they start, end, are placed or followed up; needs; backgrounds."""
    number = 0
    for course in COURSES:
        if course.kind:
            yield Report("course", course.starts, _course(course))
        for _ in range(course.enrolled if course.registered else 0):
            number += 1
            yield from _learner(course, number)
    yield from _needs()


def _course(course: Course) -> dict[str, Any]:
    return {
        "course_id": course.id, "name": course.name, "kind": course.kind, "provider_org_nr": "559900-2486",
        "county": course.county, "s3_area": course.area, "starts_on": course.starts, "ends_on": course.ends,
        "seats": course.seats, "enrolled": course.enrolled, "revenue_sek": course.revenue,
    }  # fmt: skip


def _learner(course: Course, number: int) -> Iterator[Report]:
    """One person: the row grows as time goes on, and each list of the office has it as it stands."""
    chance = Random(f"learner {number}")
    employer = _employer(course, chance)
    who = {"gender": chance.choice(("woman", "woman", "man", "man", "man")), "age_band": chance.choice(_AGES)}
    row: dict[str, Any] = {
        "person": person(number), "org_nr": employer.org_nr, "employer_size": employer.size, "course_id": course.id,
        "course": course.name, "kind": course.registered, "s3_area": course.area, "started_on": course.starts,
        "skill_type": chance.choice(("technical", "technical", "technical", "green", "management")),
        "subproject": "additive-manufacturing" if course.area == "new_materials" else "skills-supply", **who,
    }  # fmt: skip
    if course.registered == "course":
        row["testbed_practice"] = chance.random() < 0.55
    if course.id in _MEASURED:
        row["outcome_measured"] = _MEASURED[course.id]
    yield Report("skills", course.starts, dict(row))
    for day, learned in _later(course, chance):
        row |= learned
        yield Report("skills", day, dict(row))
    if course.starts.year == 2026 and chance.random() < 0.6:
        born_abroad = chance.random() < 0.25
        said = {"person": row["person"], "stated_on": course.starts, "born_abroad": born_abroad}
        yield Report("skills_background", course.starts, said)


def _later(course: Course, chance: Random) -> Iterator[tuple[date, dict[str, Any]]]:
    """What became of it, and on which day."""
    if course.registered == "course" and chance.random() < 0.88:
        paid = round(course.hours * chance.choice((0.5, 0.75, 1, 1)), 1)
        yield course.ends, {"completed_on": course.ends, "hours": course.hours, "working_time_hours": paid}
    elif course.registered == "match" and chance.random() < 0.6:
        placed = course.starts + timedelta(days=chance.randrange(30, 170))
        yield placed, {"placed_on": placed}
    if course.starts.year == 2025:
        seen = course.starts + timedelta(days=chance.randrange(340, 375))
        yield seen, {"followed_up_on": seen, "in_industry": chance.random() < 0.8}


def _employer(course: Course, chance: Random) -> Actor:
    companies = [actor for actor in actors() if actor.is_company and actor.county in COUNTIES]
    near = [actor for actor in companies if actor.county == course.county and actor.is_sme]
    return chance.choice([*near, *near, *(companies if course.registered != "apprenticeship" else near)])


def person(number: int) -> str:
    """A personal number that nobody can have."""
    head = f"00{1 + number % 12:02d}{1 + number % 28:02d}{number:03d}"
    doubled = [int(sign) * (2 - at % 2) for at, sign in enumerate(head)]
    check = -sum(digit // 10 + digit % 10 for digit in doubled) % 10
    return f"19{head[:6]}-{head[6:]}{(check + 5) % 10}"


def _needs() -> Iterator[Report]:
    """What companies say that they need; a course covers most of it some time later."""
    chance = Random("needs")
    companies = [actor for actor in actors() if actor.is_company and actor.county in COUNTIES]
    for number in range(1, 37):
        day = date(2026, 5, 13) + timedelta(days=5 * number + chance.randrange(3))
        covers = chance.choice([*(course for course in _COVERS if course is None or _starts(course) > day), None])
        row = {
            "demand_id": f"B-2026-{number:03d}", "org_nr": chance.choice(companies).org_nr, "stated_on": day,
            "skill_code": chance.choice(_SKILLS), "persons": chance.randint(1, 5), "subproject": "skills-supply",
        }  # fmt: skip
        yield Report("skill_demand", day, row)
        if covers:
            yield Report("skill_demand", day + timedelta(days=9), row | {"course_id": covers})


def _starts(course_id: str) -> date:
    return next(course.starts for course in COURSES if course.id == course_id)
