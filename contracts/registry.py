"""Reads the registry of a site: the controlled vocabularies that ingestion and dbt share, said once, with validity."""

from __future__ import annotations

from datetime import date, time
from typing import Any, Literal

from pydantic import Field, ValidationError, model_validator

from contracts.documents import Strict, Text
from contracts.errors import UsageError
from contracts.indicators import EmissionFactor, ErdfCode, Indicator, IndicatorCode, Target
from contracts.measuring import Characteristic, Meter, Slug, StopReason, Valid

#: Names of certificates that are not a device's: the authority's, the broker's, our own services' and the operator's.
RESERVED = frozenset({"ca", "server", "ingest", "ingest-follow", "ingest-watch", "selftest", "operator"})
EquipmentKind = Literal["printer", "press", "assembly_line", "packing_line", "machining_centre"]


class Region(Strict):
    id: Slug
    name: Text
    nuts3: str


class Organisation(Strict):
    """A legal person of the registry: owner of equipment or customer of runs."""

    org_nr: str = Field(pattern=r"^\d{2}[2-9]\d{3}-\d{4}$")
    name: str
    county: str
    size_class: Literal["micro", "small", "medium", "large"]
    actor_kind: Literal["company", "research", "civil_society", "public"]


class Subproject(Strict):
    id: Slug
    name: Text


class Step(Strict):
    id: str = Field(pattern=r"^[1-5]\.[1-5]$")
    text: Text


class Goal(Strict):
    id: int = Field(ge=1, le=5)
    name: Text
    steps: list[Step] = Field(min_length=5, max_length=5)


class Testbed(Strict):
    id: Slug
    name: Text
    region: Slug
    municipality: str
    kind: Literal["additive_manufacturing", "process_line"]


class Equipment(Valid):
    """A work unit (ISA-95). `device` is the sender: one certificate, one outbox.

    A state holds until the next one, at most `silent_after_s` beyond the machine's last sign of life; without it, until
    its log says that it ends. `capacity_per_h` is the rated equipment production capacity (EPC of ISO 22400).
    """

    id: Slug
    name: Text
    testbed: Slug
    area: Slug
    work_centre: Slug
    work_unit: Slug
    kind: EquipmentKind
    device: Slug
    owner: str = Field(pattern=r"^\d{2}[2-9]\d{3}-\d{4}$")
    sources: list[str] = Field(min_length=1)
    expected_interval_s: float = Field(gt=0)
    silent_after_s: float | None = Field(default=None, gt=0)
    capacity_per_h: float | None = Field(default=None, gt=0)


def equipment_row(**fields: Any) -> Equipment:
    """A row that somebody has typed. Raises UsageError that names the field."""
    try:
        return Equipment(**fields)
    except ValidationError as error:
        first = error.errors()[0]
        raise UsageError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error


class Channel(Valid):
    """A measured quantity of one equipment. `minimum`/`maximum` are the physical range that the gate judges.

    `limit_low`/`limit_high` are the limits of the process, and `role` what they limit. A value holds until the next,
    at most three times `interval_s`: after that nothing is known.
    """

    equipment: Slug
    channel: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,62}$")
    name: Text
    unit: str
    minimum: float
    maximum: float
    interval_s: float | None = Field(default=None, gt=0)
    role: Literal["oxygen", "chamber_pressure", "bed_temperature", "other"] | None = None
    limit_low: float | None = None
    limit_high: float | None = None


class Product(Valid):
    """`planned_run_time_s` is PRI of ISO 22400: planned run time per item on that equipment kind."""

    id: str
    name: Text
    planned_run_time_s: float = Field(gt=0)
    planned_setup_s: float | None = Field(default=None, ge=0)
    planned_scrap_ratio: float | None = Field(default=None, ge=0, lt=1)
    part_mass_kg: float | None = Field(default=None, gt=0)


class PlannedTime(Valid):
    """Weekly planned operation time (POT) of one equipment, local time; `planned_downtime_min` a day is taken off.

    `closes: '23:59'` is the end of the day, for YAML has no 24:00. A night shift is two rows.
    """

    equipment: Slug
    weekdays: list[int] = Field(min_length=1, description="ISO: 1 = Monday")
    opens: time
    closes: time
    planned_downtime_min: int = Field(ge=0)

    @property
    def opens_s(self) -> int:
        """Opening, in s of wall-clock time after local midnight."""
        return _seconds(self.opens)

    @property
    def closes_s(self) -> int:
        """Closing, in s of wall-clock time after local midnight; 86 400 for the end of the day."""
        return _DAY_S if self.closes >= _END_OF_DAY else _seconds(self.closes)

    @model_validator(mode="after")
    def _closes_after_opening(self) -> PlannedTime:
        if self.closes_s <= self.opens_s:
            raise ValueError(
                f"closes {self.closes:%H:%M} is not after opens {self.opens:%H:%M}; write a night as two rows: "
                f"opens '{self.opens:%H:%M}', closes '23:59' (the end of the day), and on the weekdays that follow "
                f"opens '00:00', closes '{self.closes:%H:%M}'"
            )
        return self


_DAY_S, _END_OF_DAY = 86_400, time(23, 59)


def _seconds(at: time) -> int:
    return at.hour * 3600 + at.minute * 60 + at.second


class Closure(Strict):
    """A day without planned operation for a testbed: holiday or planned maintenance."""

    testbed: Slug
    day: date
    reason: Text


class Pilot(Valid):
    id: Slug
    name: Text
    subproject: Slug
    regions: list[Slug] = Field(min_length=1)
    summary: Text


class Allocation(Valid):
    """Time-bounded: this share of that equipment works for that pilot."""

    pilot: Slug
    equipment: Slug
    share: float = Field(gt=0, le=1)


class StateRule(Strict):
    """One line of a versioned state map: (state, whether an order is open) → ISO 22400 time element.

    It may be for some `kinds` of equipment only, and only for time whose reason is, or is not, preventive
    `maintenance`; what says more goes before what says less.
    """

    state: str
    order_open: bool
    element: Literal["APT", "AUST", "ADET", "ADOT", "APMT", "none"]
    kinds: list[EquipmentKind] = []
    maintenance: bool | None = None

    def reads(self, state: str, order_open: bool, kind: EquipmentKind | None, maintenance: bool) -> bool:
        """Whether the rule is for that state of a machine of that kind (None: of a kind that is not known)."""
        return (
            (self.state, self.order_open) == (state, order_open)
            and (not self.kinds or kind in self.kinds)
            and self.maintenance in (None, maintenance)
        )

    @property
    def says(self) -> tuple[bool, bool]:
        """How much it says, to sort by: the kind before the maintenance."""
        return bool(self.kinds), self.maintenance is not None


class StateMap(Strict):
    """Reads every state of every kind of machine in exactly one way; what no rule reads is no element."""

    version: str
    source: str
    rules: list[StateRule]

    def element(self, state: str, order_open: bool, kind: EquipmentKind | None, maintenance: bool) -> str:
        """The time element by the rule that says most."""
        fitting = [rule for rule in self.rules if rule.reads(state, order_open, kind, maintenance)]
        return max(fitting, key=lambda rule: rule.says).element if fitting else "none"

    @model_validator(mode="after")
    def _one_way(self) -> StateMap:
        for place, rule in enumerate(self.rules):
            for other in self.rules[:place]:
                same = (rule.state, rule.order_open, rule.says) == (other.state, other.order_open, other.says)
                kinds = not rule.kinds or set(rule.kinds) & set(other.kinds)
                if same and kinds and rule.maintenance == other.maintenance:
                    raise ValueError(f"two rules read '{rule.state}' (order_open: {str(rule.order_open).lower()})")
        return self


class Registry(Strict):
    """All of it. Each list is one file of `registry/`, named like the field."""

    regions: list[Region]
    organisations: list[Organisation]
    subprojects: list[Subproject]
    goals: list[Goal]
    testbeds: list[Testbed]
    equipment: list[Equipment]
    channels: list[Channel]
    products: list[Product]
    planned_time: list[PlannedTime]
    closures: list[Closure]
    pilots: list[Pilot]
    allocations: list[Allocation]
    state_map: StateMap
    indicators: list[Indicator]
    targets: list[Target]
    meters: list[Meter] = []
    stop_reasons: list[StopReason] = []
    characteristics: list[Characteristic] = []
    erdf_codes: list[ErdfCode] = []
    indicator_codes: list[IndicatorCode] = []
    emission_factors: list[EmissionFactor] = []

    def equipment_at(self, path: tuple[str, ...], day: date) -> Equipment | None:
        """The equipment at an ISA-95 path (region, testbed, area, work centre, work unit) on that day, or None."""
        for item in self._by_path().get(path, ()):
            if item.holds(day):
                return item
        return None

    def equipment_named(self, name: str, day: date) -> Equipment | None:
        """The equipment with that id on that day, or None."""
        for item in self.equipment:
            if item.id == name and item.holds(day):
                return item
        return None

    def _by_path(self) -> dict[tuple[str, ...], list[Equipment]]:
        region = {item.id: item.region for item in self.testbeds}
        paths: dict[tuple[str, ...], list[Equipment]] = {}
        for item in self.equipment:
            path = (region[item.testbed], item.testbed, item.area, item.work_centre, item.work_unit)
            paths.setdefault(path, []).append(item)
        return paths
