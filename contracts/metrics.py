"""Reads the definitions of metrics: versioned records with all that ISO 22400-1 asks of a performance indicator."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, TypeVar, get_args

from pydantic import Field, field_validator, model_validator

from contracts.documents import Strict, Text, read_document
from contracts.errors import ContractError
from contracts.expressions import elements_of, parse
from contracts.paths import METRICS

ElementName = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]
#: Where a metric may have a number: these months, or a run.
MetricScope = Literal["equipment", "testbed", "pilot", "programme", "run"]
Group = Literal["production", "quality", "capability", "maintenance", "energy", "material", "additive", "process"]
#: The groups in the order in which they are shown.
GROUPS: tuple[str, ...] = get_args(Group)
_ELEMENTS = "elements.yaml"
ItemT = TypeVar("ItemT")


class ElementDefinition(Strict):
    """A sum that metrics are made of. `room`: the models that make it, `int_element_<room>`; without one nothing does.

    `whole`: a pilot counts it whole, whatever its share of the machine; everything else is taken by share.
    `known_min`: of a time in which something is known: the part of a run below which the run lacks it.
    """

    name: ElementName
    text: Text
    unit: str
    room: str | None = None
    whole: bool = False
    known_min: float | None = Field(default=None, gt=0, le=1)


class Source(Strict):
    """Where a definition is from: standard or book, the clause, and the edition that is followed."""

    standard: str
    clause: str
    edition: str


class Limits(Strict):
    """Upper and lower logical limits in the metric's unit; None: open."""

    low: float | None = None
    high: float | None = None


class Metric(Strict):
    """One version of a metric: `scale` × numerator ÷ denominator, of elements that are summed first.

    `n` of `n_element`, an element or a sum of some, is at least `n_min`, and the known part of the planned time at
    least `coverage_min`, or the metric is not assessable. `needs` says what must be collected first. `made_by`: the
    model that computes what is no quotient of sums, from the streams `reads`. `disagreement`: where sources differ,
    which is followed, and why.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    version: str
    group: Group
    name: Text
    description: Text
    formula: Text
    numerator: str | None = None
    denominator: str | None = None
    scale: float = 1
    unit: str
    range: Limits = Limits(low=0)
    trend: Literal["up", "down", "band", "none"]
    timing: list[Literal["real_time", "periodically", "on_demand"]] = ["periodically", "on_demand"]
    audience: list[Literal["operators", "supervisors", "management"]] = ["supervisors", "management"]
    methodology: list[Literal["discrete", "batch", "continuous"]] = ["discrete", "batch"]
    scopes: list[MetricScope] = Field(min_length=1)
    source: Source
    disagreement: Text | None = None
    aggregation: Literal["sum_then_divide", "per_run", "statistic"] = "sum_then_divide"
    n_element: str | None = Field(default=None, pattern=r"^[A-Z][A-Z0-9_]*( \+ [A-Z][A-Z0-9_]*)*$")
    n_min: int = Field(default=1, ge=1)
    coverage_min: float = Field(default=0, ge=0, le=1)
    notes: Text | None = None
    needs: Text | None = None
    made_by: str | None = None
    reads: list[str] = []

    @field_validator("numerator", "denominator", "n_element")
    @classmethod
    def _of_known_elements(cls, text: str | None) -> str | None:
        known = elements()
        for name in elements_of(parse(text)) if text is not None else ():
            if name not in known:
                raise ValueError(
                    f"the element '{name}' is not known; add it to {_ELEMENTS}, or use one that stands there"
                )
        return text

    @model_validator(mode="after")
    def _can_be_computed(self) -> Metric:
        if self.made_by is not None or (self.aggregation == "statistic" and self.needs is not None):
            return self
        if self.numerator is None or self.denominator is None or self.n_element is None:
            raise ValueError(f"{self.id}: say numerator, denominator and n_element, made_by or what a statistic needs")
        missing = [name for name in self.elements if elements()[name].room is None]
        if missing and self.needs is None:
            raise ValueError(f"{self.id}: no room makes {', '.join(missing)}; say in `needs` what must be collected")
        if self.needs is not None and not missing:
            raise ValueError(f"{self.id}: all of its elements are made; remove `needs`")
        if len({elements()[name].whole for name in self.elements}) > 1:
            raise ValueError(
                f"{self.id}: an element that is counted whole and one that is taken by share do not divide"
            )
        return self

    @property
    def elements(self) -> list[str]:
        """The elements of numerator and denominator, in the order in which they stand; each once."""
        found = [name for text in (self.numerator, self.denominator) if text for name in elements_of(parse(text))]
        return list(dict.fromkeys(found))

    @property
    def streams(self) -> list[str]:
        """The streams that its elements stand on, or that the model which makes it reads (`reads`); each once."""
        rooms = [elements()[name].room for name in self.elements]
        found = [stream for room in rooms if room for stream in _listed(METRICS).rooms[room]]
        return list(dict.fromkeys([*found, *self.reads]))

    @property
    def n_elements(self) -> list[str]:
        """The elements whose contributions are its `n`."""
        return self.n_element.split(" + ") if self.n_element else []

    @property
    def is_summed(self) -> bool:
        """Whether it is a quotient of sums of elements; others are made by a model of their own, or by none yet."""
        return self.made_by is None and self.numerator is not None

    @property
    def lacking(self) -> list[str]:
        """Its elements that nothing makes."""
        return [name for name in self.elements if elements()[name].room is None]


class _Elements(Strict):
    rooms: dict[str, list[str]]
    elements: list[ElementDefinition]

    @model_validator(mode="after")
    def _every_room_says_what_it_stands_on(self) -> _Elements:
        unsaid = {item.room for item in self.elements if item.room} ^ self.rooms.keys()
        if unsaid:
            raise ValueError(f"rooms and the elements' `room` name different ones: {', '.join(sorted(unsaid))}")
        return self


class _Metrics(Strict):
    metrics: list[Metric]


@cache
def elements(folder: Path = METRICS) -> dict[str, ElementDefinition]:
    """Every element by name; raises ContractError with file, line and cure."""
    return _once(folder / _ELEMENTS, ((item.name, item) for item in _listed(folder).elements))


@cache
def _listed(folder: Path) -> _Elements:
    return read_document(folder / _ELEMENTS, _Elements)


@cache
def metrics(folder: Path = METRICS) -> dict[str, Metric]:
    """Every metric by id, in the order of the files; raises ContractError with file, line and cure."""
    found, problems = read_metrics(folder)
    for problem in problems:
        raise problem
    return found


def read_metrics(folder: Path = METRICS) -> tuple[dict[str, Metric], list[ContractError]]:
    """The metrics of every file that fits, and the problems of the others."""
    found: dict[str, Metric] = {}
    problems: list[ContractError] = []
    for file in sorted(folder.glob("*.yaml")):
        if file.name == _ELEMENTS:
            continue
        try:
            listed = read_document(file, _Metrics).metrics
            found |= _once(file, ((item.id, item) for item in listed), found)
        except ContractError as problem:
            problems.append(problem)
    return found, problems


def _once(file: Path, items: Iterable[tuple[str, ItemT]], before: Iterable[str] = ()) -> dict[str, ItemT]:
    """The items by their names, none of which may stand twice, nor in a file read before."""
    found: dict[str, ItemT] = {}
    taken = set(before)
    for name, item in items:
        if name in taken:
            raise ContractError(file.name, None, f"'{name}' is defined twice", "Keep one; a change is a new version")
        taken.add(name)
        found[name] = item
    return found
