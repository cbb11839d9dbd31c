"""Records of the registry that say how something is measured: meters, stop reasons, characteristics under control."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, model_validator

from contracts.documents import Strict, Text

Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
FOREVER = date(9999, 12, 31)


class Valid(Strict):
    """In force from `valid_from` up to and including `valid_to`, Swedish calendar days."""

    valid_from: date
    valid_to: date = FOREVER

    def holds(self, day: date) -> bool:
        return self.valid_from <= day <= self.valid_to


class Meter(Valid):
    """An energy meter. `boundary` is what it measures; a replaced meter is a record that ends and another that begins.

    A counter that falls has been reset and begins at 0; by more than half of `rolls_over_at_kwh`, it went round there.
    Two readings further apart than three times `interval_s` are a gap, whose energy is known in sum, not in time.
    """

    id: Slug
    name: Text
    equipment: Slug
    boundary: Literal["machine", "chiller", "gas", "hall"]
    interval_s: float | None = Field(default=None, gt=0)
    rolls_over_at_kwh: float | None = Field(default=None, gt=0)


class StopReason(Strict):
    """What a reason that a machine sends with a stop means. `words` are the reasons as sent; an unknown one is uncoded.

    Only `failure` ends the ability to perform (FE of ISO 22400). Its time and that of `corrective` is CMT, that of
    `preventive` is PMT.
    """

    code: Slug
    name: Text
    kind: Literal["failure", "corrective", "preventive", "setup", "material", "personnel", "minor", "other"]
    words: list[str] = Field(min_length=1)


class Subgroup(Strict):
    """How single values become the groups of a chart.

    `consecutive`: so many values in a row (`size`) of one run, or outside of runs of one UTC day; with `every_s` only
    the first of each such interval: five values each hour, say. `sample`: the sample's own number. `run` and `day` sum
    up counted inspections (p, np, c, u); each inspection is a group of its own when they are `consecutive`.
    """

    by: Literal["consecutive", "sample", "run", "day"]
    size: int = Field(default=1, ge=1, le=25)
    every_s: int | None = Field(default=None, ge=1, le=86_400)


class Excluded(Strict):
    """Groups that began in this time are left out of the limits, because their cause was found and removed."""

    since: datetime
    until: datetime
    reason: Text

    @model_validator(mode="after")
    def _in_order(self) -> Excluded:
        if self.since.tzinfo is None or self.until.tzinfo is None:
            raise ValueError("since and until need an offset, as 2026-09-01T08:00:00Z")
        if self.until < self.since:
            raise ValueError("until lies before since")
        return self


class Reference(Strict):
    """The named period that limits are computed from, and up to when its data counts: they never move afterwards.

    Without `known_at` the limits are trial limits (phase I): all that has arrived of the period counts.
    """

    name: Text
    first_day: date
    last_day: date
    known_at: datetime | None = None
    excluded: list[Excluded] = []

    @model_validator(mode="after")
    def _in_order(self) -> Reference:
        if self.last_day < self.first_day:
            raise ValueError("last_day lies before first_day")
        if self.known_at is not None and self.known_at.tzinfo is None:
            raise ValueError("known_at needs an offset, as 2026-09-01T00:00:00Z")
        return self


COUNTED = ("p", "np", "c", "u")


class Characteristic(Strict):
    """What is held under statistical control: a channel's values, or inspections that name it. Limits are versioned.

    `run_length`: so many points in a row on one side of the centre are a signal; Western Electric 8, Nelson 9.
    `constants`: d2 and d3 as they are, or as the R package qcc has them (d2 to three decimals, as printed tables do).
    """

    id: Slug
    version: str
    name: Text
    equipment: Slug
    channel: str | None = None
    product: str | None = None
    chart: Literal["xbar_r", "xbar_s", "i_mr", "p", "np", "c", "u"]
    subgroup: Subgroup
    unit: str
    lsl: float | None = None
    usl: float | None = None
    target: float | None = None
    reference: Reference
    n_min: int = Field(default=50, ge=2)
    run_length: int = Field(default=8, ge=7, le=9)
    constants: Literal["exact", "qcc"] = "exact"

    @model_validator(mode="after")
    def _consistent(self) -> Characteristic:
        by, size, counted = self.subgroup.by, self.subgroup.size, self.chart in COUNTED
        if self.channel is not None and counted:
            raise ValueError(f"chart {self.chart} counts inspections; a channel has values")
        if self.channel is not None and by == "sample":
            raise ValueError("a channel numbers no samples: subgroup.by is consecutive")
        if self.channel is None and self.subgroup.every_s is not None:
            raise ValueError("every_s is for channels: who inspects has chosen already")
        if by in ("run", "day") and not counted:
            raise ValueError(f"chart {self.chart} is of values: subgroup.by is consecutive or sample")
        if self.chart == "i_mr" and (by, size) != ("consecutive", 1):
            raise ValueError("chart i_mr is of single values: subgroup is consecutive, of size 1")
        if self.chart in ("xbar_r", "xbar_s") and by == "consecutive" and size < 2:
            raise ValueError(f"chart {self.chart} needs groups of at least 2")
        if self.lsl is not None and self.usl is not None and self.lsl >= self.usl:
            raise ValueError("lsl is not below usl")
        return self
