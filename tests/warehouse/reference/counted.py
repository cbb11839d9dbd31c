"""Which records count in the measures: each element in the words of its definition, over the whole office."""
# ruff: noqa: E501 - one element on one line reads as a table

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from fractions import Fraction
from typing import Any

from tests.warehouse.reference.counting import NAMES, SME, Office, One, Part, months_after, whole_months
from tests.warehouse.reference.office import PILOTS, REGIONS, Row

Test = Callable[[Office, Row], bool]


def part(
    stream: str, of: Test, subject: str, day: str = "on", amount: str | None = None, who: str | None = None
) -> Part:
    """Records of a stream for which the test holds; `subject`, `day`, `amount` and `who` are columns."""

    def counted(office: Office) -> Iterator[One]:
        for row in office.rows[stream]:
            if of(office, row) and row[day] and row[subject] and (amount is None or row[amount] is not None):
                yield One(
                    row,
                    row[subject],
                    row[day],
                    Fraction(str(row[amount])) if amount else Fraction(1),
                    None,
                    row[who or subject],
                )

    return counted


def participants(of: Test, subject: str = "org_nr", amount: str | None = None) -> Part:
    return part("participation", of, subject, amount=amount, who="org_nr")


def supported(day_of: Callable[[Office, Row], date | None]) -> Part:
    """Small companies with support, from the day on which they had also reached something."""

    def counted(office: Office) -> Iterator[One]:
        for row in office.rows["participation"]:
            reached = day_of(office, row)
            if office.is_sme(row) and row["support_type"] and reached:
                yield One(row, row["org_nr"], max(row["on"], reached), who=row["org_nr"])

    return counted


def _first(office: Office, row: Row, column: str, *values: Any) -> date | None:
    return min((r["on"] for r in office.companies[row["org_nr"]] if r[column] in values), default=None)


def plan_and_measure(office: Office, row: Row) -> date | None:
    days = [_first(office, row, "outcome", "change_plan"), _first(office, row, "outcome", "first_measure")]
    return max(day for day in days if day) if all(days) else None


def export_in_time(office: Office, row: Row) -> date | None:
    supported_on = _first(office, row, "support_type", "grant", "non_financial")
    export = _first(office, row, "outcome", "first_export", "new_market")
    return export if supported_on and export and supported_on <= export <= months_after(supported_on, 24) else None


def matches(fruitful: bool) -> Part:
    """Activities that matched, on the day on which six months have passed."""

    def counted(office: Office) -> Iterator[One]:
        for row in office.rows["participation"]:
            if row["activity_kind"] == "match":
                others = office.activities[row["activity_id"]]
                matched = min(r["on"] for r in others if r["activity_kind"] == "match")
                joint = min((r["on"] for r in others if r["outcome"] == "joint_activity"), default=None)
                judged = months_after(matched, 6)
                if not fruitful or (joint and matched <= joint <= judged):
                    yield One(row, row["activity_id"], judged, who=row["org_nr"])

    return counted


def kinds_of_actors(office: Office, row: Row) -> int:
    return len({r["actor_kind"] for r in office.activities[row["activity_id"]]})


def cells(cross: bool) -> Part:
    """Pairs of a company and the county of an activity."""

    def counted(office: Office) -> Iterator[One]:
        for row in office.rows["participation"]:
            both = row["county"] in REGIONS and row["activity_county"] in REGIONS
            if row["actor_kind"] == "company" and both and not (cross and row["county"] == row["activity_county"]):
                yield One(row, (row["org_nr"], row["activity_county"]), row["on"], who=row["org_nr"])

    return counted


def leads(office: Office) -> Iterator[One]:
    """Companies that have led in all three counties, from the day on which they had."""
    for row in office.rows["participation"]:
        led: dict[str, date] = {}
        for other in office.companies[row["org_nr"]]:
            if other["role"] == "lead_company" and other["activity_county"] in REGIONS:
                led.setdefault(other["activity_county"], other["on"])
        if row["role"] == "lead_company" and len(led) == 3:
            yield One(row, row["org_nr"], max(led.values()), who=row["org_nr"])


def used_in_pilot(office: Office) -> Iterator[One]:
    for row in office.rows["participation"]:
        if row["outcome"] == "technology_in_use" and row["pilot"]:
            last = PILOTS[row["pilot"]][2]
            if last == date.max or row["on"] <= months_after(last, 24):
                yield One(row, (row["org_nr"], row["pilot"]), row["on"], who=row["org_nr"])


# --- skills


def persons(of: Test, day: str = "on", subject: str = "person", amount: str | None = None) -> Part:
    return part("skills", of, subject, day, amount, who="person")


def trainings(of: Test) -> Part:
    """A person in a course, counted on the day on which it began."""

    def counted(office: Office) -> Iterator[One]:
        for row in office.rows["skills"]:
            if row["kind"] == "course" and of(office, row):
                yield One(row, (row["person"], row["course_id"]), row["on"], who=row["person"])

    return counted


def matched(placed: bool) -> Part:
    def counted(office: Office) -> Iterator[One]:
        for row in office.rows["skills"]:
            judged = months_after(row["on"], 6)
            if row["kind"] == "match" and (not placed or (row["placed_on"] and row["placed_on"] <= judged)):
                yield One(row, row["person"], judged, who=row["person"])

    return counted


def followed_up(_: Office, row: Row) -> bool:
    when = row["followed_up_on"]
    return row["in_industry"] is not None and when is not None and when >= months_after(row["on"], 11)


def employers(hours: bool) -> Part:
    """Hours of training, or once the employees, of companies whose number of employees is known."""

    def counted(office: Office) -> Iterator[One]:
        for row in office.rows["skills"]:
            employees = office.employees(row["org_nr"])
            if employees and hours and row["hours"] is not None:
                yield One(row, row["id"], row["on"], Fraction(str(row["hours"])), who=row["org_nr"])
            elif employees and not hours:
                yield One(row, row["org_nr"], row["on"], Fraction(employees), who=row["org_nr"], once=True)

    return counted


def working_time(column: str) -> Part:
    return persons(lambda _, r: None not in (r["hours"], r["working_time_hours"]), subject="id", amount=column)


# --- funding


def decision(office: Office, row: Row) -> str | None:
    """What the application came to, if this row is the one that says it."""
    said = [
        r for r in office.applications[row["application_id"]] if r["status"] in ("granted", "rejected", "withdrawn")
    ]
    return str(row["status"]) if said and said[-1] is row else None


def granted(office: Office, row: Row) -> bool:
    return decision(office, row) == "granted"


def decided(office: Office, row: Row) -> bool:
    return bool(row["competitive"]) and decision(office, row) in ("granted", "rejected")


def is_application(office: Office, row: Row) -> bool:
    return office.applications[row["application_id"]][0] is row


def with_sme(_: Office, row: Row) -> bool:
    return bool(row["sme_partner"])


def is_new_applicant(office: Office, row: Row) -> bool:
    others = [
        r["on"] for r in office.rows["funding"] if r["applicant_org_nr"] == row["applicant_org_nr"] and r["competitive"]
    ]
    return is_application(office, row) and bool(row["competitive"]) and row["on"] == min(others)


def funds(of: Test, amount: str | None = None, subject: str = "application_id") -> Part:
    return part("funding", of, subject, amount=amount, who="applicant_org_nr")


def asked(office: Office) -> Iterator[One]:
    """What was granted of what was applied for; a grant of unknown amount is none of it."""
    for row in office.rows["funding"]:
        if row["competitive"] and granted(office, row) and row["applied_sek"] is not None:
            yield One(
                row,
                row["application_id"],
                row["on"],
                Fraction(str(row["granted_sek"] or 0)),
                who=row["applicant_org_nr"],
            )


def beside_private(_: Office, row: Row) -> bool:
    return row["private_sek"] is not None and row["granted_sek"] is not None


# --- cases


def staged(*stages: str) -> Part:
    return part("challenge_case", lambda _, r: r["stage"] in stages, "case_id", who="owner_org_nr")


def first_of(office: Office, row: Row, stage: str | None = None) -> bool:
    same = [r for r in office.cases[row["case_id"]] if stage is None or r["stage"] == stage]
    return row is min(same, key=lambda r: (r["on"], r["id"]))


def owned_by_company(office: Office, row: Row) -> bool:
    said = [r["owner_kind"] for r in office.cases[row["case_id"]] if r["owner_kind"]]
    return first_of(office, row) and bool(said) and said[-1] == "company"


def days_to_testbed(office: Office) -> Iterator[One]:
    for row in office.rows["challenge_case"]:
        if row["stage"] == "testbed_run" and first_of(office, row, "testbed_run"):
            days = (row["on"] - office.cases[row["case_id"]][0]["on"]).days
            yield One(row, row["case_id"], row["on"], Fraction(days), who=row["owner_org_nr"])


# --- maturity


def assessed(
    of: Callable[[Row, list[Row]], bool], ends: bool = False, sme: bool = True, subject: str = "org_nr"
) -> Part:
    """Assessments with the earlier ones of the same company or technology, model, version, dimension and kind of assessor."""

    def counted(office: Office) -> Iterator[One]:
        same = ("org_nr", "technology", "model", "model_version", "assessor_type", "dimension")
        groups: dict[Any, list[Row]] = {}
        for row in sorted(office.rows["maturity_assessment"], key=lambda r: (r["on"], r["received"], r["id"])):
            groups.setdefault(tuple(row[name] for name in same), []).append(row)
        for rows in groups.values():
            for place, row in enumerate(rows):
                small = row["org_nr"] is not None and row["size_class"] in SME
                if (small or not sme) and of(row, rows[:place]):
                    after = rows[place + 1]["on"] if ends and place + 1 < len(rows) else None
                    what = (row["technology"], row["model"]) if subject == "technology" else row["org_nr"]
                    gained = row["level"] - rows[0]["level"]
                    if what is not None:
                        yield One(row, what, row["on"], Fraction(gained), after, row["org_nr"])

    return counted


def risen(row: Row, before: list[Row]) -> bool:
    return bool(before) and row["level"] - before[0]["level"] >= 1


def of_strategy(row: Row) -> bool:
    return bool(row["dimension"] == "Strategy & Governance")


def of_learning(row: Row) -> bool:
    return bool(row["model"] == "SIRI" and row["dimension"] == "Workforce Learning & Development")


def became_high(row: Row, before: list[Row]) -> bool:
    return row["model"] == "DII" and bool(before) and row["level"] >= 7 > before[0]["level"]


# --- initiatives


def registered(
    of: Callable[[Row], bool], amount: Callable[[Row], int] | None = None, fresh: bool = False, subject: str = ""
) -> Part:
    """Records of the register, each until the next confirmation of the initiative; `fresh`: for six months at most."""

    def counted(office: Office) -> Iterator[One]:
        for rows in office.initiatives.values():
            for row, after in zip(rows, [*(r["on"] for r in rows[1:]), None], strict=True):
                ends = [day for day in (after, months_after(row["on"], 6) if fresh else None) if day]
                if of(row):
                    name = (row["initiative_id"], row[subject]) if subject else row["initiative_id"]
                    yield One(
                        row,
                        name,
                        row["on"],
                        Fraction(amount(row) if amount else 1),
                        min(ends, default=None),
                        row["initiative_id"],
                    )

    return counted


def is_open(row: Row) -> bool:
    return row["status"] not in ("ended", "stopped")


def is_long(row: Row) -> bool:
    return row["kind"] in ("flagship", "vinnvaxt", "long_term")


def is_complete(row: Row) -> bool:
    return is_open(row) and None not in (
        row[name] for name in ("owner", "goal", "step", "budget_sek", "starts_on", "ends_on")
    )


def is_committed(row: Row) -> bool:
    return is_long(row) and is_open(row) and row["ends_on"] is not None and row["ends_on"] >= row["on"]


def committed_months(row: Row) -> int:
    return whole_months(row["on"], date.fromordinal(row["ends_on"].toordinal() + 1))


def of_three_years(row: Row) -> bool:
    both = is_long(row) and None not in (row["starts_on"], row["ends_on"])
    return both and row["ends_on"].toordinal() >= months_after(row["starts_on"], 36).toordinal() - 1


def counties(row: Row) -> int:
    text = (row["counties"] or "").lower()
    return sum(any(name in text for name in names) for names in NAMES.values())


def is_flagship(row: Row) -> bool:
    return row["kind"] == "flagship" and is_open(row) and counties(row) > 0


def figures(office: Office) -> Iterator[One]:
    """Published figures, told by the newest period."""
    for row in office.rows["statistic"]:
        if row["series_id"] == "regional-rd-intensity" and row["breakdown"] == "-" and row["value"] is not None:
            yield One(
                row, row["id"], row["published_on"] or row["period_end"], Fraction(str(row["value"])), who=row["id"]
            )
