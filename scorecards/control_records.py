"""What is held under statistical control, as typed values; fields are named like columns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from scorecards.records import Words


@dataclass(frozen=True)
class Characteristic:
    """What is under statistical control; `unit` is UCUM, the reference period local days."""

    characteristic_id: str
    version: str
    name: Words
    equipment_id: str
    chart: str
    unit: str
    lsl: float | None
    usl: float | None
    reference_name: Words
    reference_first_day: date
    reference_last_day: date
    reference_known_at: datetime | None
    run_length: int
    is_current: bool


@dataclass(frozen=True)
class ControlLimit:
    """The limits of one statistic; `center`, `lcl` and `ucl` are None where groups of the reference differ in size."""

    characteristic_id: str
    version: str
    statistic: str
    method: str
    sigma: float | None
    center: float | None
    lcl: float | None
    ucl: float | None
    groups: int
    observations: int
    frozen: bool


class ControlPoint(NamedTuple):
    """One statistic of one group with the limits that judge it; `signal` is the first rule that it breaks."""

    characteristic_id: str
    version: str
    statistic: str
    point: int
    group_key: str
    started_at: datetime
    ended_at: datetime
    excluded: bool
    n: Decimal
    value: float
    center: float | None
    lcl: float | None
    ucl: float | None
    rule_1: bool
    rule_2: bool
    rule_3: bool
    rule_4: bool
    signal: str


@dataclass(frozen=True)
class Capability:
    """Capability in the reference period; indices are None where it is not assessable, for `reason`."""

    characteristic_id: str
    version: str
    n: int
    sigma_within: float | None
    sigma_overall: float | None
    cp: float | None
    cpk: float | None
    cpm: float | None
    pp: float | None
    ppk: float | None
    assessable: bool
    reason: str | None
