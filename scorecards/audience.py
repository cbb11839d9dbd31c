"""Who may see what: each kind of page and each kind of number names the most open audience that it is for."""

from __future__ import annotations

from functools import cache
from typing import Literal

Audience = Literal["open", "programme", "confidential"]
#: From everybody, over those who take part in the programme, to those who run the machines.
AUDIENCES: tuple[Audience, ...] = ("open", "programme", "confidential")

#: Kind of page → the most open audience that has it.
PAGES: dict[str, Audience] = {
    "programme": "open",
    "goal": "open",
    "step": "open",
    "indicator": "open",
    "subproject": "open",
    "region": "open",
    "definitions": "open",
    "guide": "open",
    "legend": "open",
    "templates": "open",
    "accessibility": "open",
    "pilot": "programme",
    "months": "open",
    "testbed": "programme",
    "quality": "programme",
    "machine": "confidential",
    "meetings": "programme",
    "changes": "programme",
    "pack": "programme",
}

#: Kind of scope → the most open audience that sees its numbers.
SCOPES: dict[str, Audience] = {
    "programme": "open",
    "subproject": "open",
    "region": "open",
    "company_region": "open",
    "pilot": "programme",
    "testbed": "programme",
    "equipment": "confidential",
}


def has_page(audience: Audience, kind: str, about: str = "") -> bool:
    """Whether the site of an audience has pages of a kind; of months, whether it has those of a scope."""
    if kind == "months" and about:
        return reaches(audience, SCOPES.get(about.partition("-")[0], "confidential"))
    return reaches(audience, PAGES[kind])


@cache
def reaches(audience: Audience, most_open: Audience) -> bool:
    """Whether an audience is as close as another, or closer."""
    return AUDIENCES.index(audience) >= AUDIENCES.index(most_open)
