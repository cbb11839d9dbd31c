"""What the office's records count, from the words of the definitions: who, when, how much, and in which scopes."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from tests.warehouse.reference.office import DAYS, KEYS, PILOTS, REGIONS, TESTBEDS, Row

SME = {"micro", "small", "medium"}
NAMES = {"dalarna": ("dalarna",), "gavleborg": ("gävleborg", "gavleborg"), "varmland": ("värmland", "varmland")}


@dataclass(frozen=True)
class One:
    """A record that counts: what is one, from which day and until which, how much, and who stands behind it."""

    row: Row
    subject: Any
    day: date
    amount: Fraction = Fraction(1)
    until: date | None = None
    who: str | None = None
    once: bool = False


Part = Callable[["Office"], Iterator[One]]


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def whole_months(first: date, after: date) -> int:
    """How many whole months lie between the two days."""
    months = (after.year - first.year) * 12 + after.month - first.month
    return months - (months_after(first, months) > after)


class Office:
    """The newest record of each key, and what all of them together say."""

    def __init__(self, sent: list[tuple[str, Row]]) -> None:
        kept: dict[str, dict[Any, Row]] = defaultdict(dict)
        for stream, row in sent:
            kept[stream][tuple(row[name] for name in KEYS[stream])] = row | {"on": row[DAYS[stream]]}
        self.rows = {stream: list(found.values()) for stream, found in kept.items()}
        for row in self.rows["funding"]:  # a small company that applies is a partner by itself
            row["sme_partner"] = _is_small(row["applicant_kind"], row["applicant_size"]) or row["sme_partner"]
        self.companies = _by(self.rows["participation"], "org_nr")
        self.activities = _by(self.rows["participation"], "activity_id")
        self.courses = {row["course_id"]: row for row in self.rows["course"]}
        self.cases = _by(self.rows["challenge_case"], "case_id")
        self.applications = _by(self.rows["funding"], "application_id")
        self.initiatives = _by(self.rows["initiative"], "initiative_id")

    def first_said(self, stream: str, column: str | None) -> date | None:
        """The first day of a record of the stream in which the column is filled in."""
        return min((row["on"] for row in self.rows[stream] if column is None or row[column] is not None), default=None)

    def is_sme(self, row: Row) -> bool:
        """Whether the company had said by then, last, that it is small."""
        said = [r["size_class"] for r in self.companies[row["org_nr"]] if _order(r) <= _order(row) and r["size_class"]]
        return bool(row["actor_kind"] == "company" and said and said[-1] in SME)

    def home(self, org_nr: str | None) -> str | None:
        """The county of the programme that the company has said last."""
        said = [row["county"] for row in self.companies.get(org_nr, []) if row["county"] in REGIONS]
        return said[-1] if said else None

    def employees(self, org_nr: str | None) -> int:
        """The number of employees that the company has said last; 0 where it is not known."""
        said = [row["employees"] for row in self.companies.get(org_nr, []) if row["employees"]]
        return said[-1] if said else 0

    def scopes(self, stream: str, row: Row) -> set[tuple[str, str]]:
        """Every scope that a record names, directly or by its pilot, testbed or course."""
        pilot, testbed = row.get("pilot"), row.get("testbed")
        subproject = (
            "challenge-lab"
            if stream == "challenge_case"
            else row.get("subproject") or (PILOTS[pilot][0] if pilot else None)
        )
        regions = self._regions(stream, row) or ([TESTBEDS[testbed]] if testbed else [])
        if stream == "participation":
            company = row["county"] if row["county"] in REGIONS else None
        else:
            company = self.home(row.get("org_nr")) if stream in ("skills", "maturity_assessment") else None
        single = {"subproject": subproject, "company_region": company, "pilot": pilot, "testbed": testbed}
        found = {(kind, name) for kind, name in single.items() if name} | {("region", region) for region in regions}
        return found if stream == "statistic" and row["place"] != "nms" else found | {("programme", "nms")}

    def _regions(self, stream: str, row: Row) -> list[str]:
        text = (row.get("counties") or "").lower()
        if stream in ("funding", "initiative"):
            return [region for region, names in NAMES.items() if any(name in text for name in names)]
        if stream == "skills":
            row = self.courses.get(row["course_id"], {})
        county = {"participation": "activity_county", "statistic": "place"}.get(stream, "county")
        return [row[county]] if row.get(county) in REGIONS else []


def _is_small(kind: str | None, size: str | None) -> bool:
    return kind == "company" and size in SME


def _order(row: Row) -> tuple[date, int, str]:
    return row["on"], row["received"], row["id"]


def _by(rows: list[Row], name: str) -> dict[Any, list[Row]]:
    """The rows of each, in the order of their days, then of their arrival."""
    found: dict[Any, list[Row]] = defaultdict(list)
    for row in sorted(rows, key=_order):
        found[row[name]].append(row)
    return found
