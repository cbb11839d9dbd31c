"""Invented enterprises, and the tables that counting them gives."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from hypothesis import strategies as st

from bruk.disclosure.cells import Cell, CellId, Layer, Said
from bruk.disclosure.protection import Protected
from contracts.disclosure import Dominance, Rules, TableDefinition

RULES = Rules(
    persons={"minimum": 10, "zero_is_shown": False},
    enterprises={"minimum": 5, "zero_is_shown": True},
    dominance=Dominance(contributors=2, share=0.85, p=0.1),
    feasible_values=3,
)
_COLUMNS = {"subproject": "pqr", "region": "xy", "size": "abc", "county": "klm"}


@dataclass(frozen=True)
class Firm:
    """One subject: each column's values (several where it overlaps)."""

    values: dict[str, tuple[str, ...]]
    amount: int = 1

    def stands_in(self, at: dict[str, str | None]) -> bool:
        return all(value is None or value in self.values[column] for column, value in at.items())


def table(columns: str, overlapping: str = "", public: tuple[str, ...] = (), **more: object) -> TableDefinition:
    """A table of the measure `firms`; `public` as "subproject" or "" for the total."""
    said = {"id": "t_" + "_".join(columns.split()), "measure": "firms", "about": "enterprises", "how": "subjects"}
    return TableDefinition.model_validate(
        said
        | {
            "name": {"sv": "t", "en": "t"}, "mart": "core.m", "subject": "s", "unit": "1",
            "dimensions": [
                {"column": c, "name": {"sv": c, "en": c}, "overlapping": c in overlapping.split()}
                for c in columns.split()
            ],
            "public": [one.split() for one in public],
        }
        | more
    )  # fmt: skip


def firms(least: int, most: int, overlapping: str = "") -> st.SearchStrategy[list[Firm]]:
    """Lists of subjects; a skewed draw, so that small cells and large ones both occur."""

    def of(column: str) -> st.SearchStrategy[tuple[str, ...]]:
        letters = _COLUMNS[column]
        one = st.sampled_from(letters + letters[0] * 4).map(lambda letter: (letter,))
        if column not in overlapping.split():
            return one
        return one | st.sets(st.sampled_from(letters), min_size=1).map(lambda many: tuple(sorted(many)))

    values = st.fixed_dictionaries({column: of(column) for column in _COLUMNS})
    return st.lists(st.builds(Firm, values, st.integers(1, 10_000)), min_size=least, max_size=most)


def count(tables: list[TableDefinition], subjects: list[Firm]) -> dict[CellId, Cell]:
    """The unprotected cells: how many subjects stand in each, or what they bring together."""
    cells = {}
    for one in tables:
        spans = [[None, *_COLUMNS[column]] for column in one.columns]
        for at in (dict(zip(one.columns, values, strict=True)) for values in product(*spans)):
            brought = sorted((firm.amount for firm in subjects if firm.stands_in(at)), reverse=True)
            if brought:
                value = len(brought) if one.whole else sum(brought)
                cells[CellId.of(one.measure, at)] = Cell(value, len(brought), *[*brought, 0, 0][:2])
    return cells


def as_layer(edition: str, published: list[Protected]) -> Layer:
    """What an edition has told, for the next one."""
    return Layer(edition, {one.cell: Said(one.value, one.last, one.contributors) for one in published})
