"""The list that is refused on purpose: what a tired person types on the last day of the month."""

from __future__ import annotations

from datetime import date
from typing import Any

#: When the list came.
ON = date(2026, 11, 2)
NAME = "2026-11 deltagarlista med fel"
_ROW = {
    "org_nr": "559900-1785", "name": "Påhittade Robotceller i Karlskoga AB", "actor_kind": "company",
    "size_class": "small", "county": "varmland", "activity_id": "A-2026-900", "activity_date": date(2026, 10, 30),
    "activity_kind": "knowledge", "activity_county": "varmland", "subproject": "innovation", "role": "participant",
    "hours": 3,
}  # fmt: skip


def rows() -> list[dict[str, Any]]:
    """One row that is right, and five that are not, each for another reason."""
    wrong = (
        {}, {"activity_date": "30/10 2026"}, {"size_class": "Mellanstort"}, {"hours": "3 h"},
        {"org_nr": "559900-178"}, {"subproject": None},
    )  # fmt: skip
    return [_ROW | {"activity_id": f"A-2026-{900 + at}"} | cells for at, cells in enumerate(wrong)]
