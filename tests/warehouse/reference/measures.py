"""The values of indicators from what counts: of what each is made, its window, its threshold and why it has no value."""
# ruff: noqa: E501 - one indicator on one line reads as a table

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from statistics import median
from typing import Any

from tests.warehouse.reference import counted as c
from tests.warehouse.reference.counting import SME, Office, One, Part, months_after
from tests.warehouse.reference.office import PILOTS, START, TODAY

P, S, F, C, M, R = "participation", "skills", "funding", "challenge_case", "maturity_assessment", "initiative"
#: A part of a measure: what counts, in which stream, and the column that somebody must have filled in.
Named = tuple[Part, str, str | None]

_knowledge = (c.participants(lambda _, r: r["activity_kind"] == "knowledge"), P, None)
_supported = (c.participants(lambda o, r: o.is_sme(r) and r["support_type"] is not None), P, "support_type")
_cases = (c.part(C, c.first_of, "case_id", who="owner_org_nr"), C, None)
_initiatives = (c.registered(c.is_open), R, None)
_applications = (c.funds(lambda o, r: c.is_application(o, r) and bool(r["competitive"])), F, "competitive")
_research = (c.funds(lambda o, r: r["kind"] == "research" and c.granted(o, r), "granted_sek"), F, None)
_woman, _man = (lambda _, r: r["gender"] == "woman"), (lambda _, r: r["gender"] == "man")
_overlaps = (c.registered(lambda r: c.is_open(r) and r["overlaps_with"] is not None), R, "overlaps_with")


def _case(stage: str) -> list[Named]:
    return [(c.staged(stage), C, None)]


def _done(test: c.Test) -> c.Test:
    return lambda o, r: test(o, r) and r["completed_on"] is not None


MEASURES: dict[str, list[Named]] = {
    "G1.1a": [_knowledge],
    "G1.1b": [(c.participants(lambda o, r: r["activity_kind"] == "knowledge" and c.kinds_of_actors(o, r) >= 3, "activity_id"), P, None), (c.participants(lambda _, r: r["activity_kind"] == "knowledge", "activity_id"), P, None)],
    "G1.1d": [(c.participants(lambda _, r: r["actor_kind"] == "company" and r["cooperation_type"] == "joint_rd"), P, "cooperation_type")],
    "G1.2a": [(c.part(C, c.owned_by_company, "case_id", who="owner_org_nr"), C, "owner_kind"), _cases],
    "G1.2b": [_cases], "G1.2b2": _case("accepted"), "G1.2b3": _case("prototype"), "G1.2b4": _case("testbed_run"), "G1.2b5": _case("adopted"),
    "G1.2c": [(c.days_to_testbed, C, None)],
    "G1.2d": [(c.participants(lambda o, r: o.is_sme(r) and r["outcome"] in ("product_innovation", "process_innovation")), P, "outcome")],
    "G1.3e": [(c.part(C, lambda _, r: bool(r["is_circular"] and r["business_model_signed"]), "case_id", who="owner_org_nr"), C, "business_model_signed")],
    "G1.4a": [(c.assessed(lambda r, before: True), M, None)],
    "G1.4b": [(c.assessed(lambda r, before: bool(r["is_digital"]) and c.risen(r, before), ends=True), M, "is_digital"), (c.assessed(lambda r, before: bool(r["is_digital"] and before)), M, "is_digital")],
    "G1.4c": [(c.assessed(c.became_high, sme=False), M, None)],
    "G1.4d": [(c.participants(lambda _, r: r["actor_kind"] == "company" and r["support_type"] == "non_financial"), P, "support_type")],
    "G1.4e": [(c.participants(lambda o, r: o.is_sme(r) and r["activity_kind"] in ("mentoring", "coaching"), amount="hours"), P, "hours")],
    "G1.4f": [(c.matches(True), P, "outcome"), (c.matches(False), P, None)],
    "G1.5a": [(c.participants(lambda o, r: o.is_sme(r) and r["support_type"] == "grant"), P, "support_type")],
    "G1.5a2": [(c.participants(lambda o, r: o.is_sme(r) and r["support_type"] == "grant", "id", "value_sek"), P, "value_sek")],
    "G1.5b": [(c.supported(c.plan_and_measure), P, "outcome"), _supported],
    "G1.5c": [(c.assessed(lambda r, before: c.of_strategy(r) and c.risen(r, before), ends=True), M, None), (c.assessed(lambda r, before: c.of_strategy(r) and bool(before)), M, None)],
    "G1.5d": [(c.funds(lambda o, r: c.granted(o, r) and c.beside_private(o, r), "private_sek"), F, "private_sek"), (c.funds(lambda o, r: c.granted(o, r) and c.beside_private(o, r), "granted_sek"), F, "private_sek")],
    "G2.1b": [(c.persons(_woman), S, "gender"), (c.persons(lambda _, r: r["gender"] in ("woman", "man")), S, "gender")],
    "G2.1c": [(c.persons(lambda o, r: bool(r["in_industry"]) and c.followed_up(o, r), "followed_up_on"), S, "in_industry"), (c.persons(c.followed_up, "followed_up_on"), S, "in_industry")],
    "G2.1d": [(c.trainings(_done(_woman)), S, "completed_on"), (c.trainings(_woman), S, "gender"), (c.trainings(_done(_man)), S, "completed_on"), (c.trainings(_man), S, "gender")],
    "G2.2c": [(c.matched(True), S, "placed_on"), (c.matched(False), S, None)],
    "G2.3a": [(c.persons(lambda _, r: r["kind"] == "course" and r["employer_size"] in SME, "completed_on"), S, "completed_on")],
    "G2.3b": [(c.trainings(_done(lambda _, r: True)), S, "completed_on"), (c.trainings(lambda _, r: True), S, None)],
    "G2.3c": [(c.persons(lambda _, r: True, subject="id", amount="hours"), S, "hours")],
    "G2.3d": [(c.persons(lambda _, r: r["kind"] == "course" and bool(r["testbed_practice"])), S, "testbed_practice"), (c.persons(lambda _, r: r["kind"] == "course" and r["testbed_practice"] is not None), S, "testbed_practice")],
    "G2.4a": [(c.part(S, lambda _, r: r["employer_size"] in SME, "org_nr"), S, "org_nr")],
    "G2.4b": [(c.working_time("working_time_hours"), S, "working_time_hours"), (c.working_time("hours"), S, "working_time_hours")],
    "G2.4c": [(c.employers(True), S, "hours"), (c.employers(False), S, None)],
    "G2.4d": [(c.assessed(lambda r, before: c.of_learning(r) and c.risen(r, before), ends=True, sme=False), M, None), (c.assessed(lambda r, before: c.of_learning(r) and bool(before), sme=False), M, None)],
    "G2.5a": [(c.registered(lambda r: r["kind"] == "vocational_centre" and r["status"] == "ongoing"), R, None)],
    "G2.5d": [(c.persons(lambda _, r: r["kind"] == "apprenticeship" and r["employer_size"] in SME), S, None)],
    "G3.1a": [_research],
    "G3.1b": [(c.funds(lambda o, r: r["kind"] == "research" and c.granted(o, r) and r["s3_area"] is not None, "granted_sek"), F, "s3_area"), _research],
    "G3.1d": [(c.figures, "statistic", None)],
    "G3.2a": [_applications],
    "G3.2a2": [(c.funds(lambda o, r: c.is_application(o, r) and bool(r["competitive"]) and c.with_sme(o, r)), F, "sme_partner"), _applications],
    "G3.2b": [(c.funds(lambda o, r: c.decided(o, r) and c.granted(o, r)), F, "competitive"), (c.funds(c.decided), F, "competitive")],
    "G3.2c": [(c.asked, F, "applied_sek"), (c.funds(c.decided, "applied_sek"), F, "applied_sek")],
    "G3.2d": [(c.funds(c.is_new_applicant, subject="applicant_org_nr"), F, "applicant_org_nr")],
    "G3.3a": [(c.registered(c.of_three_years), R, "ends_on")],
    "G3.3b": [(c.registered(c.is_committed, c.committed_months), R, "ends_on")],
    "G3.3c": [(c.registered(lambda r: c.is_long(r) and c.is_open(r) and r["funders"] is not None, lambda r: int(r["funders"])), R, "funders"), (c.registered(lambda r: c.is_long(r) and c.is_open(r) and r["funders"] is not None), R, "funders")],
    "G3.3d": [(c.registered(c.is_flagship, c.counties), R, "counties"), (c.registered(c.is_flagship), R, "counties")],
    "G3.4f": [(c.assessed(lambda r, before: r["model"] == "TRL" and bool(before) and r["evidence_ref"] is not None, ends=True, sme=False, subject="technology"), M, "evidence_ref")],
    "G3.4g": [(c.used_in_pilot, P, "outcome")],
    "G4.1b": [],
    "G4.3c": [(c.cells(True), P, "activity_county"), (c.cells(False), P, "activity_county")],
    "G4.4c": [(c.supported(c.export_in_time), P, "outcome"), _supported],
    "G4.5a": [(c.participants(lambda _, r: bool(r["is_mne"]) and r["pilot"] is not None), P, "is_mne")],
    "G5.1a": [(c.registered(c.is_complete), R, None), _initiatives],
    "G5.1b": [(c.registered(c.is_open, fresh=True), R, None), _initiatives],
    "G5.1c": [(c.registered(lambda r: c.is_open(r) and r["overlaps_with"] is not None and bool(r["coordination_decided"])), R, "overlaps_with"), _overlaps],
    "G5.3a": [(c.participants(lambda _, r: r["activity_kind"] == "edp" and r["actor_kind"] != "company", "id"), P, None)],
    "G5.4a": [(c.registered(lambda r: r["kind"] == "pilot" and r["status"] in ("pilot", "scaled"), subject="status"), R, None)],
    "G5.4b": [(c.funds(lambda o, r: r["kind"] == "follow_on" and c.granted(o, r) and r["pilot"] is not None, "granted_sek"), F, None), (c.funds(lambda o, r: r["kind"] == "pilot" and c.granted(o, r) and r["pilot"] is not None, "granted_sek"), F, None)],
    "G5.4c": [(c.registered(lambda r: r["kind"] == "pilot" and r["status"] == "stopped" and r["lesson"] is not None), R, None), (c.registered(lambda r: r["kind"] == "pilot" and r["status"] == "stopped"), R, None)],
    "G5.4d": [],
    "G5.5a": [(c.registered(lambda r: r["kind"] == "testbed_offer" and c.is_open(r) and bool(r["has_contract"]) and r["licence"] is not None), R, "licence")],
    "G5.5b": [(c.participants(lambda _, r: r["activity_kind"] == "platform_use"), P, None)],
    "G5.5d": [(c.leads, P, "role")],
}  # fmt: skip
del MEASURES["G4.1b"], MEASURES["G5.4d"]
#: Also over a month, which no indicator of the office is.
MONTHLY = {"G1.1h": "G1.1a", "G1.2h": "G1.2a", "G2.4h": "G2.4b", "G1.4h": "G1.4e"}
MEASURES |= {name: MEASURES[of] for name, of in MONTHLY.items()}


@dataclass(frozen=True)
class Value:
    """What is told of an indicator in a scope and month; a hidden number is empty."""

    value: Fraction | None
    numerator: Fraction | None
    denominator: Fraction | None
    n: int | None
    reason: str | None
    inputs: frozenset[str]


def months() -> list[tuple[date, date]]:
    """First and last day of every month from the start of the programme to today."""
    firsts = [months_after(START.replace(day=1), number) for number in range(18)]
    return [(first, months_after(first, 1) - timedelta(days=1)) for first in firsts if first <= TODAY]


def values(office: Office, definition: dict[str, Any]) -> Iterator[tuple[tuple[str, str, date], Value]]:
    """Every value of an indicator by scope and month, of the scopes that a record of it names, and the programme."""
    parts = MEASURES[definition["id"]]
    scoped: list[dict[tuple[str, str], list[One]]] = []
    for counted, stream, _ in parts:
        found: dict[tuple[str, str], list[One]] = {}
        for one in counted(office):
            for scope in office.scopes(stream, one.row):
                found.setdefault(scope, []).append(one)
        scoped.append(found)
    first_days = [office.first_said(stream, column) for _, stream, column in parts]
    known_from = None if None in first_days else max(day for day in first_days if day)
    for scope in {("programme", "nms")} | {
        scope for found in scoped for scope in found if scope[0] in definition["scope"]
    }:
        _, begins, ends = PILOTS[scope[1]] if scope[0] == "pilot" else (None, date.min, date.max)
        for first, last in months():
            if first <= ends and begins <= last:
                window = [
                    _window(found.get(scope, []), definition["measure"]["over"], first, last, stream)
                    for found, (_, stream, _) in zip(scoped, parts, strict=True)
                ]
                yield (*scope, first), _value(definition, window, known_from is not None and last >= known_from)


def _window(ones: list[One], over: str, first: date, last: date, stream: str) -> list[One]:
    until = min(last, TODAY)
    begins = {"month": first, "12_months": max(START, months_after(first, -11)), "as_at": date.min}.get(over, START)
    if stream == "statistic":
        begins = date.min
    held = [
        one
        for one in ones
        if begins <= one.day <= until and (over != "as_at" or one.until is None or one.until > until)
    ]
    return sorted(held, key=lambda one: (one.day, one.row["id"]))


def _value(definition: dict[str, Any], window: list[list[One]], known: bool) -> Value:
    how, protects, n_min = definition["measure"]["how"], definition["protects"], definition["n_min"]
    sums = [_sum(how, ones) for ones in window]
    behind = [len({one.subject if protects == "none" else one.who for one in ones} - {None}) for ones in window]
    n = {"gap": lambda: min(behind[1], behind[3])}.get(how, lambda: behind[-1])()
    of_two = how in ("share", "ratio", "gap")
    numerator = _add(sums[0::2] if of_two else sums)
    denominator = _add(sums[1::2]) if of_two else None
    if denominator is not None:
        numerator = numerator or Fraction(0)
    nothing = not any(window)
    is_count = (definition["type"] == "CUM" or how == "distinct") and (protects == "none" or nothing)
    hidden = n < n_min and not is_count
    reason = None
    if not known or (how in ("median", "median_per_subject", "gap", "latest") and numerator is None):
        reason = "no_data"
    elif not is_count and how in ("share", "ratio") and not denominator:
        reason = "no_denominator"
    elif hidden:
        reason = "too_few"
    told = None if reason else _told(how, window, sums, numerator, denominator)
    scale = 100 if definition["unit"] == "%" and how in ("share", "ratio") else 1
    is_quotient = how not in ("median", "median_per_subject", "gap")
    return Value(
        None if told is None else told * scale,
        None if hidden or not is_quotient else numerator,
        None if hidden or how not in ("share", "ratio") else denominator,
        None if hidden else n,
        reason,
        frozenset(one.row["id"] for ones in window for one in ones),
    )


def _sum(how: str, ones: list[One]) -> Fraction | None:
    """What the records of one part come to: subjects, the newest amount, or amounts, one that is the subject's once."""
    if not ones:
        return None
    if how in ("distinct", "share", "gap"):
        return Fraction(len({one.subject for one in ones}))
    if how == "latest":
        return max(ones, key=lambda one: (one.row["on"], one.day, one.row["id"])).amount
    once = {one.subject: one.amount for one in reversed(ones) if one.once}
    return sum(once.values(), Fraction(0)) + sum((one.amount for one in ones if not one.once), Fraction(0))


def _add(sums: list[Fraction | None]) -> Fraction | None:
    told = [one for one in sums if one is not None]
    return sum(told, Fraction(0)) if told else None


def _told(
    how: str,
    window: list[list[One]],
    sums: list[Fraction | None],
    numerator: Fraction | None,
    denominator: Fraction | None,
) -> Fraction | None:
    if how == "median":
        return Fraction(median(one.amount for one in window[0]))
    if how == "median_per_subject":
        subjects: dict[Any, Fraction] = {}
        for one in window[0]:
            subjects[one.subject] = subjects.get(one.subject, Fraction(0)) + one.amount
        return Fraction(median(subjects.values()))
    if how == "gap":
        done, begun, done_too, begun_too = (one or Fraction(0) for one in sums)
        return abs(done / begun - done_too / begun_too) * 100
    return (numerator or Fraction(0)) / denominator if denominator else numerator or Fraction(0)
