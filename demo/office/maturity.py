"""How mature companies and technologies were judged to be, and once more some months later."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from office.actors import Actor, Report, smes

_SIRI = (("Strategy & Governance", False), ("Workforce Learning & Development", False),
         ("Shop Floor Connectivity", True), ("Enterprise Intelligence", True))  # fmt: skip
_PILOTS = {"am-spare-parts": "additive-manufacturing", "stable-line": "process-maturity", "packing-flow": "innovation"}
#: Technology, pilot, levels at the first and at the second judgement.
_READINESS = (
    ("Utskrivna reservdelar i polyamid", "am-spare-parts", 5, 7),
    ("Formverktyg av returpulver", "am-spare-parts", 3, 4),
    ("Adaptiv åtdragning", "stable-line", 4, 6), ("Utskrivna gripdon", "packing-flow", 5, 6),
    ("Fiberbaserad inplastning", "packing-flow", 4, 4),
)  # fmt: skip


def reports() -> Iterator[Report]:
    """The rows of the maturity assessments, each on the day of its assessment."""
    small = smes()
    for at, actor in enumerate(small):
        if at % 5 != 4:
            yield from _siri(at, actor)
        if at % 3 == 0:
            yield from _intensity(at, actor)
    yield from _readiness()
    # A level that had been read off the wrong line.
    wrong = next(report for report in _siri(0, small[0]) if report.row["dimension"] == "Shop Floor Connectivity")
    yield Report("maturity_assessment", date(2026, 7, 2), wrong.row | {"level": wrong.row["level"] + 1})


def _siri(at: int, actor: Actor) -> Iterator[Report]:
    """Judged with help in the summer; two of three once more in the autumn."""
    chance = Random(f"siri {actor.org_nr}")
    first = date(2026, 5, 18) + timedelta(days=3 * at)
    pilot = list(_PILOTS)[at % 3]
    levels = {dimension: chance.randint(0, 2) for dimension, _ in _SIRI}
    for number, day in enumerate((first, date(2026, 9, 10) + timedelta(days=2 * at))[: 1 if at % 3 == 2 else 2]):
        for dimension, is_digital in _SIRI:
            levels[dimension] += number * chance.choice((0, 1, 1) if is_digital else (0, 0, 1))
            yield _assessed(
                f"M-2026-{at:02d}-{number + 1}", day, org_nr=actor.org_nr, size_class=actor.size, pilot=pilot,
                subproject=_PILOTS[pilot], model="SIRI", model_version="2020", dimension=dimension,
                is_digital=is_digital, level=levels[dimension], assessor_type="facilitated",
            )  # fmt: skip


def _intensity(at: int, actor: Actor) -> Iterator[Report]:
    chance = Random(f"intensity {actor.org_nr}")
    level = chance.randint(4, 6)
    for number, day in enumerate((date(2026, 6, 1), date(2026, 10, 5))):
        yield _assessed(
            f"D-2026-{at:02d}-{number + 1}", day + timedelta(days=at // 2), org_nr=actor.org_nr, size_class=actor.size,
            subproject="process-maturity", model="DII", model_version="4", dimension="Digital intensity",
            is_digital=True, level=level + number * chance.choice((0, 1, 2, 3)), assessor_type="self",
        )  # fmt: skip


def _readiness() -> Iterator[Report]:
    for at, (technology, pilot, *levels) in enumerate(_READINESS):
        for number, level in enumerate(levels):
            yield _assessed(
                f"T-2026-{at:02d}-{number + 1}", (date(2026, 5, 21), date(2026, 10, 8))[number] + timedelta(days=at),
                technology=technology, pilot=pilot, subproject=_PILOTS[pilot], model="TRL", model_version="ISO 16290",
                dimension="TRL", level=level, assessor_type="facilitated",
                evidence_ref=f"Påhittat protokoll {at + 1}:{number + 1}",
            )  # fmt: skip


def _assessed(assessment: str, day: date, **row: Any) -> Report:
    return Report("maturity_assessment", day, {"assessment_id": assessment, "assessed_on": day, **row})
