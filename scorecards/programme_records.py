"""What an edition tells beside its values: counted elements, ERDF codes, maturity, breakdowns; like `records`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from scorecards.records import Words


@dataclass(frozen=True)
class Counted:
    """What records are counted as, in words."""

    element: str
    name: Words


@dataclass(frozen=True)
class ErdfCode:
    """A code of the ERDF with the name and unit that its list had from `valid_from` on."""

    code_list: str
    code: str
    valid_from: date
    name: Words
    unit: Words
    unverified: bool


@dataclass(frozen=True)
class IndicatorCode:
    """That an indicator is reported as a code (`equal`), counts something near, or is its nearest."""

    indicator_id: str
    code_list: str
    code: str
    relation: str
    unverified: bool


class MaturityEvidence(NamedTuple):
    """What data shows of a stage of acatech at a testbed in a month: `numerator` of `denominator`, as a share 0–1."""

    testbed_id: str
    period_start: date
    acatech_stage: int
    numerator: Decimal | None
    denominator: Decimal | None
    share: float | None


class MaturityLevel(NamedTuple):
    """What a testbed says of its own maturity: the newest level of a dimension, and the first of the same kind."""

    testbed_id: str
    model: str
    model_version: str
    dimension: str
    assessor_type: str
    level: int
    first_level: int | None
    assessed_on: date


@dataclass(frozen=True)
class Breakdown:
    """A table of counts whose cells disclosure control has judged; `columns` are its dimensions, d1 to d3 of a cell."""

    table_id: str
    name: Words
    unit: str
    withheld: bool
    columns: list[str]
    column_names_sv: list[str]
    column_names_en: list[str]
    hidden: Words
    left_out_words: Words
    withheld_words: Words
    overlap: Words


class BreakdownCell(NamedTuple):
    """One cell: `*` is a total. `value` where `state` is shown; `last_value` what an edition showed last."""

    table_id: str
    d1: str | None
    d2: str | None
    d3: str | None
    value: Decimal | None
    state: str
    last_value: Decimal | None
