"""Records of the registry that say what is measured for whom: indicators, their ERDF codes, and targets."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from contracts.counted import counted
from contracts.disclosure import table_list
from contracts.documents import Strict, Text
from contracts.measuring import FOREVER, Valid
from contracts.metrics import metrics

#: A companion tells a second thing of the same indicator: `G1.5a2`, the sum beside the number.
IndicatorId = Annotated[str, Field(pattern=r"^G[1-5]\.[1-5][a-h][2-9]?$")]
#: What may have a number: the whole programme (its scope id is PROGRAMME), a subproject, a region (that of the testbed
#: or the activity), the region of the company, a pilot, a testbed.
Scope = Literal["programme", "subproject", "region", "company_region", "pilot", "testbed"]
PROGRAMME = "nms"
CodeList = Literal["2014-2020", "2021-2027"]


class DataRule(Strict):
    """When the data of a pilot counts as assessable: how much of its planned time is known, and how old it may be."""

    coverage_min: float = Field(ge=0, le=1)
    max_age_days: int = Field(ge=1)


class Measure(Strict):
    """How an indicator is made of what `of` names: counted elements, a metric of the machines, or a model of its own.

    distinct: subjects of one element. sum: its amounts. share: subjects of the first in those of the second. ratio: sum
    of the first by that of the second. median, median_per_subject: of amounts, of their sums by subject. latest: the
    newest amount. gap: difference of two shares. `over`: the records of the month, of 12 months, since the start of the
    programme, or those that hold on the last day. `reads`: the streams that a model of its own stands on.
    """

    how: Literal["distinct", "sum", "share", "ratio", "median", "median_per_subject", "latest", "gap", "metric", "own"]
    of: list[str] = Field(min_length=1, max_length=4)
    over: Literal["month", "12_months", "since_start", "as_at"]
    reads: list[str] = []

    @model_validator(mode="after")
    def _complete(self) -> Measure:
        asked = {"share": 2, "ratio": 2, "gap": 4}.get(self.how, 1)
        if len(self.of) != asked:
            raise ValueError(f"{self.how} is of {asked}")
        unknown = [name for name in self.of if name not in counted()] if self.of_elements else []
        if unknown or (self.how == "metric" and self.of[0] not in metrics()):
            raise ValueError(
                f"nothing is called '{(unknown or self.of)[0]}'; see contracts/counted and contracts/metrics"
            )
        return self

    @property
    def of_elements(self) -> bool:
        """Whether it is made of counted elements."""
        return self.how not in ("metric", "own")


class Indicator(Strict):
    """A versioned definition; the fields that ISO 22400-1 asks of a KPI, and those of the programme.

    `stands_on` says whose freshness and quality it has: records of the office, machines, or machines against their
    planned time, whose coverage then counts too. `value_max` is its logical upper limit; without one it has none.
    `protects`: whom the threshold protects, and whom `n` counts. `kind` keeps outputs, results and context apart.
    """

    id: IndicatorId
    of_indicator: IndicatorId | None = None
    version: str
    name: Text
    formula: Text
    unit: str
    direction: Literal["up", "down", "band", "none"]
    type: Literal["CUM", "LVL", "RAT", "DLT", "BND", "CTX"]
    kind: Literal["output", "result", "context"]
    measure: Measure
    source: Text
    stands_on: Literal["records", "machines", "planned_time"]
    protects: Literal["none", "persons", "enterprises"]
    value_max: float | None = None
    data_rule: DataRule | None = None
    scope: list[Scope]
    n_unit: Text
    n_min: int = Field(ge=1)
    coverage_min: float = Field(ge=0, le=1)
    notes: Text

    @model_validator(mode="after")
    def _holds_together(self) -> Indicator:
        if self.protects != "none" and self.n_min < (least := table_list().rules.of(self.protects).minimum):
            raise ValueError(f"{self.id} protects {self.protects}: n_min is at least {least}")
        if (self.of_indicator or self.id) != self.id[:5]:
            raise ValueError(f"{self.id} is of {self.id[:5]}: say so in of_indicator")
        return self

    @property
    def streams(self) -> list[str]:
        """The streams that its counted elements stand in, or its metric, or that its own model reads; each once."""
        if self.measure.how == "metric":
            return metrics()[self.measure.of[0]].streams
        found = [counted()[name].stream for name in self.measure.of] if self.measure.of_elements else self.measure.reads
        return list(dict.fromkeys(found))


class ErdfCode(Strict):
    """A common indicator of the ERDF as one list had it from a day on: names and units change, codes are used again."""

    code_list: CodeList = Field(alias="list")
    code: str
    valid_from: date
    valid_to: date = FOREVER
    name: Text
    unit: Text
    kind: Literal["output", "result"]
    common: bool = True
    aliases: list[str] = []
    unverified: bool = False


class EmissionFactor(Valid):
    """How much CO2 equivalent comes with a kWh of electricity or a kg of material, in kg; versioned by its validity."""

    carrier: Literal["electricity", "material"]
    factor: float = Field(ge=0)
    source: Text


class IndicatorCode(Strict):
    """That an indicator of the programme is reported as a code (`equal`), or only looks like it."""

    indicator: IndicatorId
    code_list: CodeList = Field(alias="list")
    code: str
    relation: Literal["equal", "similar", "nearest"]
    unverified: bool = False


class Target(Strict):
    """Baseline, milestone and target of one indicator in one scope; values in the indicator's unit (% as 0–100).

    Of several, also of those that came as a sheet, the one `decided_on` last holds; without a milestone the way to the
    target is straight. An indicator that shall stay in a band has its limits; its target is the middle.
    """

    indicator: IndicatorId
    scope: Scope
    scope_id: str
    decided_on: date | None = None
    baseline: float
    baseline_date: date
    milestone: float | None = None
    milestone_date: date | None = None
    target: float
    target_date: date
    band_low: float | None = None
    band_high: float | None = None
    decided_by: Text

    @model_validator(mode="after")
    def _in_order(self) -> Target:
        if (self.milestone is None) != (self.milestone_date is None):
            raise ValueError("a milestone has both a value and a date")
        if (self.band_low is None) != (self.band_high is None) or (self.band_low or 0) > (self.band_high or 0):
            raise ValueError("a band has band_low and band_high, in this order")
        if not self.baseline_date <= (self.milestone_date or self.baseline_date) <= self.target_date:
            raise ValueError("baseline_date, milestone_date and target_date do not follow each other")
        return self
