"""Two editions of invented enterprises are published; an attacker who has both learns no hidden value."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from bruk.disclosure.cells import Layer
from bruk.disclosure.protection import Protected, protect
from contracts.disclosure import TableDefinition
from tests.bruk.disclosure.attacker import Attacker, Name, Shape
from tests.bruk.disclosure.micro import RULES, Firm, as_layer, count, firms, table

pytestmark = pytest.mark.slow
Told = dict[Name, int | None]

LINKED = [table("size county"), table("county region")]
OVERLAPPING = [table("subproject size county", "subproject", ("", "subproject")), table("size region")]
CROSSED = [table("subproject region", "subproject region", ("", "subproject")), table("size region", "region", ("",))]
WORLDS = {"linked": (LINKED, ""), "overlapping": (OVERLAPPING, "subproject"), "crossed": (CROSSED, "subproject region")}
_SLOW = settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.mark.parametrize("world", WORLDS)
@_SLOW
@given(data=st.data())
def test_every_suppressed_cell_keeps_three_feasible_values_over_two_editions(world: str, data: st.DataObject) -> None:
    tables, overlapping = WORLDS[world]
    before = data.draw(firms(0, 45, overlapping))
    after = before + data.draw(firms(0, 20, overlapping))

    first = protect(tables, count(tables, before), [], RULES)
    second = protect(tables, count(tables, after), [as_layer("first", first)], RULES)

    attack(tables, [first], after=0)
    attack(tables, [first, second], after=1)
    event(f"hidden {sum(one.value is None for one in second)}")


@pytest.mark.parametrize("world", ["linked"])
@_SLOW
@given(data=st.data())
def test_what_a_correction_took_away_is_not_told_by_the_difference(world: str, data: st.DataObject) -> None:
    tables, overlapping = WORLDS[world]
    before = data.draw(firms(5, 45, overlapping))
    after = before[data.draw(st.integers(1, 4)) :]

    first = protect(tables, count(tables, before), [], RULES)
    second = protect(tables, count(tables, after), [as_layer("first", first)], RULES)

    attack(tables, [first, second], after=1, grows=False)
    changes = differences(first, second)
    assert not [change for change in changes if 0 < abs(change) < 5]


@_SLOW
@given(data=st.data())
def test_no_difference_between_two_editions_tells_of_fewer_than_five_newcomers(data: st.DataObject) -> None:
    editions: list[list[Protected]] = []
    layers: list[Layer] = []
    subjects: list[Firm] = []
    for n in range(4):
        subjects = subjects + data.draw(firms(0, 12))
        editions.append(protect(LINKED, count(LINKED, subjects), layers[-1:], RULES))
        layers.append(as_layer(str(n), editions[-1]))

    for later, second in enumerate(editions):
        for first in editions[:later]:
            assert not [change for change in differences(first, second) if 0 < abs(change) < 5]


def attack(tables: list[TableDefinition], editions: list[list[Protected]], after: int, grows: bool = True) -> None:
    """Of the newest edition: each suppressed cell keeps three values; one that was known before keeps what it had."""
    shapes = [Shape(t.columns, frozenset(d.column for d in t.dimensions if d.overlapping)) for t in tables]
    told: Told = {(n, frozenset(one.cell.at)): one.value for n, edition in enumerate(editions) for one in edition}  # type: ignore[misc]
    public = [frozenset(columns) for t in tables for columns in t.public]
    blind = {
        name: value if name[0] < after or frozenset(c for c, _ in name[1]) in public else None
        for name, value in told.items()
    }
    attacker, uninformed = Attacker(shapes, told, grows), Attacker(shapes, blind, grows)
    known = {(after, frozenset(one.cell.at)) for one in editions[after] if one.why == "known"}
    for name, value in told.items():
        if value is None:
            found = attacker.feasible(name)
            least = len(uninformed.feasible(name)) if name in known or name[0] < after else 3
            assert len(found) >= min(3, least), (name, found)


def differences(first: list[Protected], second: list[Protected]) -> list[int]:
    earlier = {one.cell: one.value for one in first}
    return [
        int(one.value) - int(old)
        for one in second
        if one.value is not None and (old := earlier.get(one.cell)) is not None
    ]
