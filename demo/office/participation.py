"""Who took part in what: seminars, support, mentoring, discovery, and what came of it for the companies."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from office.actors import COUNTIES, Actor, Report, actors, registry

_FIRST = date(2026, 5, 12)
_KINDS = ("knowledge",) * 6 + ("support",) * 5 + ("assessment", "mentoring", "coaching", "edp", "edp") + (
    "platform_use", "platform_use", "contribution", "network",
)  # fmt: skip
_GUESTS = {"knowledge": (4, 8), "support": (3, 6), "edp": (6, 9), "contribution": (1, 2), "mentoring": (3, 5)}
_HOURS = {"mentoring": (6, 8, 12, 16), "coaching": (4, 8, 12), "support": (8, 16, 24, 40)}
#: What supported companies come to: after how many days at the earliest, and how many of them do, in per cent.
_OUTCOMES = (
    ("change_plan", 25, 70), ("first_measure", 55, 55), ("process_innovation", 70, 30), ("product_innovation", 80, 25),
    ("technology_in_use", 90, 30), ("solution_taken_up", 100, 35), ("new_market", 85, 20), ("first_export", 110, 15),
)  # fmt: skip
#: Day of the match, and after how many days the two did something together; 0: nothing came of it.
_MATCHES = (
    (date(2026, 2, 10), 60), (date(2026, 2, 24), 0), (date(2026, 3, 5), 95), (date(2026, 3, 19), 120),
    (date(2026, 4, 8), 45), (date(2026, 4, 21), 0), (date(2026, 5, 6), 150), (date(2026, 5, 20), 70),
    (date(2026, 6, 9), 0), (date(2026, 9, 3), 50),
)  # fmt: skip
_GRANTS = (6, 14, 15, 20, 23, 25, 27, 30, 1, 9, 17)
_LEADS = (("559900-0456", COUNTIES), ("559900-1157", COUNTIES[1:]))
_FOUNDERS = ("559900-2486", "559900-2551", "559900-2767")


def reports(until: date) -> Iterator[Report]:
    """The rows of the participation list, each on the day of its activity."""
    for row in _rows(until):
        yield Report("participation", row["activity_date"], row)
    # Found when the accounts of the summer were closed: one day had been longer than the list said.
    first = next((row for row in _rows(until) if row["activity_kind"] == "support" and row.get("hours")), None)
    if first is not None:
        yield Report("participation", date(2026, 9, 4), first | {"hours": first["hours"] + 6})


def _rows(until: date) -> Iterator[dict[str, Any]]:
    supported: dict[str, date] = {}
    for row in _activities(until):
        if row["support_type"]:
            supported.setdefault(row["org_nr"], row["activity_date"])
        yield row
    known = {actor.org_nr: actor for actor in actors()}
    for org_nr, day in supported.items():
        yield from _outcomes(known[org_nr], day)
    yield from _matches(list(known.values()))
    yield from _grants([actor for actor in known.values() if actor.is_sme])
    yield from _leads(known)


def _activities(until: date) -> Iterator[dict[str, Any]]:
    """More and more organisations, some of them again and again."""
    chance, day, number = Random("participation"), _FIRST, 0
    while day <= until:
        number += 1
        kind = chance.choice(_KINDS)
        pilot = _pilot(day, chance)
        county = chance.choice(pilot["regions"]) if pilot else chance.choice(COUNTIES)
        for actor in _guests(kind, county, number, chance):
            yield _row(actor, f"A-2026-{number:03d}", day, kind, county, pilot, **_part(kind, actor, chance))
        day += timedelta(days=chance.choice((1, 2, 3, 3, 5)))


def _pilot(day: date, chance: Random) -> dict[str, Any] | None:
    """One of the pilots that run, or none: something of the whole programme."""
    running = [pilot for pilot in registry("pilots") if pilot["valid_from"] <= day <= pilot["valid_to"]]
    return chance.choice([*running, *running, None, None])


def _guests(kind: str, county: str, number: int, chance: Random) -> list[Actor]:
    """Those near come sooner than those far away; who comes grows with the activities that there were."""
    everybody = actors()
    reach = 10 + number // 2
    near = [actor for at, actor in enumerate(everybody) if actor.county == county and at % 10 <= 2 + reach // 5]
    far = [actor for at, actor in enumerate(everybody) if actor.county != county and at % 40 <= reach]
    pool = [*near, *near, *far] if kind != "edp" else [*(a for a in everybody if not a.is_company), *near]
    if kind in ("mentoring", "coaching"):
        pool = [actor for actor in pool if actor.is_sme]
    wanted = chance.randint(*_GUESTS.get(kind, (2, 5)))
    chosen: dict[str, Actor] = {}
    while pool and len(chosen) < min(wanted, len({actor.org_nr for actor in pool})):
        actor = chance.choice(pool)
        chosen[actor.org_nr] = actor
    return list(chosen.values())


def _part(kind: str, actor: Actor, chance: Random) -> dict[str, Any]:
    """What an organisation did in an activity of the kind."""
    hours = chance.choice(_HOURS.get(kind, (2, 3, 4, 7.5)))
    if kind == "support" and actor.is_company:
        research = chance.choice(("joint_rd", "purchase", "none", "none", "none"))
        return {"role": "participant", "hours": hours, "support_type": "non_financial", "cooperation_type": research,
                "value_sek": hours * 950, "de_minimis": True}  # fmt: skip
    if kind == "contribution":
        return {"role": "founder" if actor.org_nr in _FOUNDERS else "partner", "hours": hours}
    role = {"mentoring": "mentee", "coaching": "mentee", "platform_use": "user"}.get(kind, "participant")
    return {"role": role, "hours": hours}


def _row(
    actor: Actor, activity: str, day: date, kind: str, county: str, pilot: dict[str, Any] | None, **more: Any
) -> dict[str, Any]:
    return {
        "org_nr": actor.org_nr, "name": actor.name, "actor_kind": actor.kind, "size_class": actor.size,
        "county": actor.county, "employees": actor.employees, "is_mne": actor.is_mne if actor.is_company else None,
        "activity_id": activity, "activity_date": day, "activity_kind": kind, "activity_county": county,
        "subproject": pilot["subproject"] if pilot else "skills-supply", "pilot": pilot["id"] if pilot else None,
        "support_type": None, "cooperation_type": None, "outcome": None, **more,
    }  # fmt: skip


def _outcomes(actor: Actor, supported: date) -> Iterator[dict[str, Any]]:
    """What the office hears when it calls a supported company again."""
    chance = Random(f"outcomes {actor.org_nr}")
    for outcome, after, per_cent in _OUTCOMES if actor.is_sme else ():
        day = supported + timedelta(days=after + chance.randrange(25))
        pilot = _pilot(day, Random(f"pilot {actor.org_nr}"))
        if chance.randrange(100) < per_cent:
            county = actor.county if actor.county in COUNTIES else "gavleborg"
            activity = f"U-{actor.org_nr[-4:]}-{outcome.replace('_', '-')}"
            yield _row(actor, activity, day, "other", county, pilot, role="participant", outcome=outcome, hours=1)


def _matches(everybody: list[Actor]) -> Iterator[dict[str, Any]]:
    """Two who were brought together; and, of the same match, what they did within half a year."""
    chance = Random("matches")
    for number, (day, after) in enumerate(_MATCHES, 1):
        pair = chance.sample([actor for actor in everybody if actor.county in COUNTIES], k=2)
        for actor in pair:
            made = _row(actor, f"MA-{number:02d}", day, "match", pair[0].county, None, role="partner", hours=2)
            yield made
            if after:
                yield made | {"activity_date": day + timedelta(days=after), "outcome": "joint_activity", "hours": 6}


def _grants(small: list[Actor]) -> Iterator[dict[str, Any]]:
    chance = Random("grants")
    for number, at in enumerate(_GRANTS, 1):
        actor, day = small[at % len(small)], date(2026, 6, 15) + timedelta(days=13 * number)
        county = actor.county if actor.county in COUNTIES else "varmland"
        value = chance.choice((50_000, 80_000, 100_000, 150_000))
        yield _row(actor, f"CHECK-{number:02d}", day, "support", county, _pilot(day, chance), role="participant",
                   support_type="grant", value_sek=value, de_minimis=True,
                   source_doc=f"Påhittat beslut 2026/{300 + number}")  # fmt: skip


def _leads(known: dict[str, Actor]) -> Iterator[dict[str, Any]]:
    for org_nr, counties in _LEADS:
        for number, county in enumerate(counties):
            day = date(2026, 6, 4) + timedelta(days=48 * number)
            activity = f"LED-{org_nr[-4:]}-{county}"
            yield _row(known[org_nr], activity, day, "network", county, None, role="lead_company", hours=4)
