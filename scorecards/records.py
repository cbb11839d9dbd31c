"""The rows of an edition as typed values; fields are named like columns, `Words` stand for a `_sv` and `_en` pair.

What there is much of is a tuple: it is read ten times faster.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from scorecards.held import Held
from scorecards.meeting_records import Since

Lang = Literal["sv", "en"]
LANGS: tuple[Lang, ...] = ("sv", "en")


@dataclass(frozen=True)
class Words:
    """A text for people, in both languages."""

    sv: str
    en: str

    def of(self, lang: Lang) -> str:
        """The text in that language."""
        return self.sv if lang == "sv" else self.en


@dataclass(frozen=True)
class Region:
    region_id: str
    name: Words


@dataclass(frozen=True)
class Subproject:
    subproject_id: str
    name: Words


@dataclass(frozen=True)
class Goal:
    goal_id: int
    name: Words


@dataclass(frozen=True)
class Step:
    step_id: str
    goal_id: int
    text: Words


@dataclass(frozen=True)
class Testbed:
    testbed_id: str
    name: Words
    region_id: str
    municipality: str
    kind: str


@dataclass(frozen=True)
class Equipment:
    equipment_id: str
    valid_from: date
    name: Words
    testbed_id: str
    area: str
    work_centre: str
    work_unit: str
    kind: str
    owner: str = ""
    confidential_streams: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Pilot:
    pilot_id: str
    name: Words
    subproject_id: str
    regions: list[str]
    summary: Words
    valid_from: date
    valid_to: date


@dataclass(frozen=True)
class Allocation:
    """`share` of a machine's time, from and to and including local days."""

    pilot_id: str
    equipment_id: str
    valid_from: date
    valid_to: date
    share: float


@dataclass(frozen=True, repr=False)
class Indicator(Held):
    """One definition. `of_indicator`: the indicator that this one tells a second thing of; it is none of its own.

    `kind`: output, result or context. `needed_columns`: `stream.column` that somebody must have filled in.
    """

    indicator_id: str
    version: str
    of_indicator: str | None
    goal_id: int
    step_id: str
    name: Words
    formula: Words
    unit: str
    direction: str
    type: str
    kind: str
    code: str | None
    how: str
    over: str
    measured_of: list[str]
    streams: list[str]
    needed_columns: list[str]
    source: Words
    n_unit: Words
    n_min: int
    coverage_min: float
    stands_on: str
    protects: str
    notes: Words
    place: int

    @property
    def counts(self) -> bool:
        """Whether its number counts what its inputs are: a sum of their amounts, or a ratio, counts something else."""
        return self.how in ("distinct", "own")


class Value(NamedTuple):
    """One indicator in one scope and month. Percent values are 0–100, coverage 0–1, `freshness_s` at `as_of`.

    `n` and the parts are None where there are fewer than the definition asks for.
    """

    indicator_id: str
    scope_type: str
    scope_id: str
    period_start: date
    period_end: date
    indicator_version: str
    value: float | None
    unit: str
    numerator: Decimal | None
    denominator: Decimal | None
    n: int | None
    coverage: float | None
    freshness_s: int | None
    quality_state: str
    assessable: bool
    reason: str | None
    is_latest: bool
    is_open: bool

    def without_number(self, reason: str) -> Value:
        """The same, not told."""
        nothing = self._replace(value=None, numerator=None, denominator=None, n=None)
        return nothing._replace(assessable=False, reason=reason)


@dataclass(frozen=True)
class Progress:
    """An indicator against its target. `progress` and `expected` are shares of the way from baseline to target.

    `expected_value` is what the plan expects now, in the indicator's unit. What shall stay in a band has its limits and
    no way: neither progress nor what is expected.
    """

    indicator_id: str
    scope_type: str
    scope_id: str
    value: float | None
    period_start: date | None
    period_end: date | None
    baseline: float
    baseline_date: date
    milestone: float | None
    milestone_date: date | None
    target: float
    target_date: date
    progress: float | None
    expected: float | None
    expected_value: float
    status: str
    band_low: float | None
    band_high: float | None
    decided_on: date | None
    decided_by: Words


class GoalProgress(NamedTuple):
    """How far a goal has come, as a share of its way, between what leaving out any one step would give.

    `reached` is None where too few of the `indicators` are `judged`, the interval also where only one step is.
    `planned` is what the plan expects of the judged ones now; editions of older versions do not say.
    """

    goal_id: int
    scope_type: str
    scope_id: str
    indicators: int
    judged: int
    steps: int
    assessable: bool
    reached: float | None
    reached_low: float | None
    reached_high: float | None
    planned: float | None = None


class InputCount(NamedTuple):
    """How many inputs of one kind a value took in, or left out and why; `name` where records count as that kind."""

    indicator_id: str
    scope_type: str
    scope_id: str
    period_start: date
    input_kind: str
    included: bool
    reason: str | None
    inputs: int
    name: Words | None


class Run(NamedTuple):
    run_id: str
    equipment_id: str
    testbed_id: str
    run_ref: str | None
    kind: str | None
    product: str | None
    started_at: datetime | None
    ended_at: datetime | None
    outcome: str
    reported_duration_s: float | None
    elapsed_s: Decimal | None
    produced: Decimal | None
    good: Decimal | None
    scrap: Decimal | None


@dataclass(frozen=True)
class PilotOutcome:
    """How many runs of a pilot ended so."""

    pilot_id: str
    outcome: str
    runs: int


@dataclass(frozen=True)
class Month:
    """One local calendar month of a machine, testbed or pilot (`key`). Ratios 0–1, or None without a denominator."""

    key: str
    period_start: date
    period_end: date
    builds_started: int | None
    builds_accepted: int | None
    availability: float | None
    effectiveness: float | None
    quality_ratio: float | None
    oee: float | None
    nee: float | None
    build_success_rate: float | None
    utilisation: float | None
    coverage: float | None


class ElementMonth(NamedTuple):
    """The sum of one element in one local calendar month; seconds where the element is a time."""

    scope_type: str
    scope_id: str
    period_start: date
    element: str
    value: float | None


class CoverageDay(NamedTuple):
    """How much of the planned time of one local day the state of a machine is known; None without planned time."""

    equipment_id: str
    day: date
    planned_s: Decimal | None
    known_s: Decimal | None
    coverage: float | None
    messages: int | None


@dataclass(frozen=True)
class Verdict:
    """One judgement of the gate; `equipment` and `event_date` (UTC day) are set when it is about a machine's day."""

    check_id: str
    kind: str
    stream_or_mart: str
    state: str
    description: Words
    expected: str
    observed: float | None = None
    equipment: str | None = None
    event_date: date | None = None
    element_count: int = 0
    note: str = ""


@dataclass(frozen=True)
class GateReason:
    """One check that held an edition back. `note`: an example, or what the check ran into; technical, in English."""

    check_id: str
    words: Words
    note: str


@dataclass(frozen=True)
class Gate:
    """Why the newest refresh was not published, and since when (UTC)."""

    state: str
    since: datetime
    edition: str | None
    reasons: tuple[GateReason, ...] = ()

    @property
    def open(self) -> bool:
        """Whether the newest refresh was published."""
        return self.state == "published"


@dataclass(frozen=True)
class Contact:
    """Whom readers ask; empty where the site does not say."""

    office: Words
    email: str
    phone: str


@dataclass(frozen=True)
class Manifest:
    """What the edition is. Times are UTC; `time_zone` is the one whose days and months its numbers are made of.

    `accounting` counts messages by what became of them.
    """

    id: str
    as_of: datetime | None
    published_at: datetime
    profile: str
    time_zone: ZoneInfo
    site: Words
    code_version: str
    accounting: dict[str, int] = field(default_factory=dict)
    since: Since | None = None
    contact: Contact | None = None

    @cached_property
    def as_of_day(self) -> date | None:
        """The local day of `as_of`; None before the first message."""
        return self.as_of.astimezone(self.time_zone).date() if self.as_of else None
