"""The invented organisations, pilots and testbeds of the registry, and what a report of the office is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

_HERE = Path(__file__).resolve().parent
COUNTIES = ("dalarna", "gavleborg", "varmland")
_EMPLOYEES = {"micro": (3, 9), "small": (12, 48), "medium": (60, 220), "large": (300, 1200)}


@dataclass(frozen=True)
class Report:
    """A record of a stream as the office knew it on a day; a later report of the same record holds.

    `row`: cells by property of the stream, words as their codes; a text that is no code stands as it is.
    """

    stream: str
    on: date
    row: dict[str, Any]


@dataclass(frozen=True)
class Actor:
    """An organisation of the registry, with an invented number of employees."""

    org_nr: str
    name: str
    county: str
    size: str
    kind: str
    employees: int

    @property
    def is_company(self) -> bool:
        return self.kind == "company"

    @property
    def is_sme(self) -> bool:
        return self.is_company and self.size != "large"

    @property
    def is_mne(self) -> bool:
        """The demonstration's large companies are those of multinational groups."""
        return self.is_company and self.size == "large"


@cache
def actors() -> list[Actor]:
    """All organisations, in the order of the registry."""
    return [
        Actor(row["org_nr"], row["name"], row["county"], row["size_class"], row["actor_kind"],
              Random(f"employees {row['org_nr']}").randint(*_EMPLOYEES[row["size_class"]]))
        for row in registry("organisations")
    ]  # fmt: skip


@cache
def smes() -> list[Actor]:
    """The small and medium-sized companies."""
    return [actor for actor in actors() if actor.is_sme]


@cache
def registry(name: str) -> list[dict[str, Any]]:
    """The entries of one file of the registry."""
    return list(yaml.safe_load((_HERE.parent / "registry" / f"{name}.yaml").read_text(encoding="utf-8"))[name])


def records(name: str) -> list[dict[str, Any]]:
    """A part of what is told record by record; not to be changed."""
    return list(_told()[name])


@cache
def _told() -> dict[str, list[dict[str, Any]]]:
    return dict(yaml.safe_load((_HERE / "records.yaml").read_text(encoding="utf-8")))
