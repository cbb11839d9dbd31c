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
    "accessibility": "open",
    "pilot": "programme",
    "months": "open",
    "testbed": "programme",
    "quality": "programme",
    "machine": "confidential",
    "meetings": "confidential",
    "changes": "confidential",
    "pack": "confidential",
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

#: A number that stands on what a company told in confidence leaves the house only summed over a whole, and over enough.
_WHOLES, _ENTERPRISES = ("programme", "region", "company_region"), 5
CONFIDENTIAL = "company-confidential"


def has_page(audience: Audience, kind: str, about: str = "") -> bool:
    """Whether the site of an audience has pages of a kind; of months, whether it has those of a scope."""
    if kind == "months" and about:
        return _reaches(audience, SCOPES.get(about.partition("-")[0], "confidential"))
    return _reaches(audience, PAGES[kind])


def sees_scope(audience: Audience, scope_type: str, classification: str) -> bool:
    """Whether an audience sees the numbers of a kind of scope; what is company-confidential, in wholes only."""
    if classification == CONFIDENTIAL and audience != "confidential" and scope_type not in _WHOLES:
        return False
    return _reaches(audience, SCOPES.get(scope_type, "confidential"))


def sees_value(audience: Audience, classification: str, n: int | None) -> bool:
    """Whether a number stands on enough to be seen where its scope is."""
    return audience == "confidential" or classification != CONFIDENTIAL or (n is not None and n >= _ENTERPRISES)


@cache
def _reaches(audience: Audience, most_open: Audience) -> bool:
    return AUDIENCES.index(audience) >= AUDIENCES.index(most_open)
