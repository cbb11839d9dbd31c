"""The cases of the challenge lab, from the need of a company to a solution in use, or to their end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from office.actors import COUNTIES, Report, actors

_STAGES = ("registered", "accepted", "prototype", "testbed_run", "adopted")
_DAYS = ((0, 0), (6, 15), (14, 30), (6, 25), (20, 45))
_NEEDS = (
    ("Gripdon som väger hälften", "AM"), ("Reservdel som inte tillverkas längre", "AM, cirkulär"),
    ("Spill som blir råvara", "cirkulär"), ("Omställning på under tio minuter", "process"),
    ("Mätning utan att stoppa linan", "mätteknik"), ("Förpackning utan plastfilm", "cirkulär, förpackning"),
    ("Skruvdragning som varnar i tid", "process"), ("Provserie på tjugo detaljer", "korta serier"),
)  # fmt: skip
_TESTBEDS = {"dalarna": "testbed-dal", "gavleborg": "testbed-gav", "varmland": "testbed-var"}
_MNES = ("559900-0456", "559900-1157", "559900-1504")
_CASES = 30


def reports() -> Iterator[Report]:
    """The stages of the cases, each on the day on which it was reached."""
    chance = Random("cases")
    owners = [actor for actor in actors() if actor.is_sme] + [actor for actor in actors() if actor.kind == "public"]
    for number in range(1, _CASES + 1):
        owner = chance.choice(owners)
        need, tags = _NEEDS[number % len(_NEEDS)]
        county = owner.county if owner.county in COUNTIES else chance.choice(COUNTIES)
        row = {
            "case_id": f"CL-2026-{number:02d}", "owner_org_nr": owner.org_nr, "owner_kind": owner.kind,
            "owner_size": owner.size, "need": need, "tags": tags, "is_circular": "cirkulär" in tags,
            "mne_org_nr": chance.choice(_MNES) if number % 4 == 0 else None, "county": county,
            "pilot": "short-series" if number > 16 and county != "gavleborg" else None,
        }  # fmt: skip
        yield from _stages(row, date(2026, 5, 13) + timedelta(days=6 * number), number, chance)


def _stages(row: dict[str, Any], day: date, number: int, chance: Random) -> Iterator[Report]:
    """Every seventh is stopped after it was accepted; the others go on as fast as they can."""
    for stage, days in zip(_STAGES, _DAYS, strict=True):
        day += timedelta(days=chance.randint(*days))
        stopped = number % 7 == 0 and stage == "prototype"
        reached = row | {"stage": "stopped" if stopped else stage, "stage_date": day}
        if stage == "testbed_run":
            reached["testbed"] = _TESTBEDS[row["county"]]
        if stage == "adopted":
            reached["business_model_signed"] = row["is_circular"] and number % 3 != 0
        yield Report("challenge_case", day, reached)
        if stopped:
            return
