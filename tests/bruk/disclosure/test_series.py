"""Indicator values month by month: what one enterprise adds is not told, and a part is not the whole less the rest."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from bruk.disclosure.cells import Cell
from bruk.disclosure.series import Key, Measured, Told, tell
from tests.bruk.disclosure.micro import RULES

GRANTS = Measured("enterprises", whole=False, additive=frozenset({"subproject"}))
SUPPORTED = Measured("enterprises", public=frozenset({"programme", "subproject"}))
TRAINED = Measured("persons")
MONTHS = [date(2026, month, 1) for month in range(1, 13)]


def key(scope: str, month: int = 0) -> Key:
    kind, _, name = scope.partition(":")
    return Key("G1", kind, name or "nms", MONTHS[month])


def told(values: dict[Key, Cell], how: Measured, before: list[dict[Key, Cell]] | None = None) -> dict[Key, Told]:
    return {one.key: one for one in tell(values, {"G1": how}, before or [], RULES)}


def grants(amounts: list[int]) -> Cell:
    ordered = sorted(amounts, reverse=True)
    return Cell(sum(amounts), len(amounts), *[*ordered, 0, 0][:2])


def test_what_one_enterprise_was_granted_is_not_the_difference_of_two_months() -> None:
    eight = [100_000 + n for n in range(8)]
    months = [grants(eight), grants([*eight, 250_000]), grants([*eight, *[90_000] * 5])]
    found = told({key("programme", n): cell for n, cell in enumerate(months)}, GRANTS)
    assert (found[key("programme")].value, found[key("programme")].since) == (months[0].value, MONTHS[0])
    stands = found[key("programme", 1)]
    assert (stands.value, stands.since, stands.why) == (months[0].value, MONTHS[0], "increment")
    assert (found[key("programme", 2)].value, found[key("programme", 2)].since) == (months[2].value, MONTHS[2])


def test_a_hidden_subproject_is_not_the_programme_less_the_others() -> None:
    parts = {"am": [10_000] * 9, "skills": [20_000] * 7, "lab": [70_000, 5_000]}
    values = {key(f"subproject:{name}"): grants(amounts) for name, amounts in parts.items()}
    values[key("programme")] = grants([one for amounts in parts.values() for one in amounts])
    found = told(values, GRANTS)
    hidden = {one.key.scope_id for one in found.values() if one.value is None}
    assert "lab" in hidden
    assert len(hidden) == 2


def test_the_number_of_supported_enterprises_is_told_however_small_and_that_of_a_region_is_not() -> None:
    values = {key("programme"): Cell(3, 3), key("subproject:am"): Cell(2, 2), key("region:dalarna"): Cell(3, 3)}
    found = told(values, SUPPORTED)
    assert {one.key.scope_type: one.value for one in found.values()} == {
        "programme": 3,
        "region": None,
        "subproject": 2,
    }


def test_persons_under_ten_are_not_told_not_even_that_there_are_none() -> None:
    values = {key("programme"): Cell(24, 24), key("region:a"): Cell(24, 24), key("region:b"): Cell(0, 0)}
    found = told(values, TRAINED)
    assert found[key("region:b")].value is None
    assert told({key("programme"): Cell(0, 0)}, TRAINED)[key("programme")].value is None
    assert told({key("programme"): Cell(0, 0)}, SUPPORTED)[key("programme")].value == 0


def test_a_value_without_its_programme_stands_alone() -> None:
    found = told({key("pilot:a"): grants([10] * 9), key("pilot:b"): grants([10] * 3)}, GRANTS)
    assert (found[key("pilot:a")].value, found[key("pilot:b")].value) == (90, None)


def test_an_earlier_edition_of_the_same_month_counts_too() -> None:
    now, then = grants([10_000] * 12), grants([10_000] * 11)
    assert told({key("programme"): now}, GRANTS)[key("programme")].value == now.value
    found = told({key("programme"): now}, GRANTS, [{key("programme"): then}])
    assert (found[key("programme")].value, found[key("programme")].why) == (None, "increment")


def test_an_indicator_of_which_nobody_says_what_it_protects_tells_nothing() -> None:
    assert [one.value for one in tell({key("programme"): Cell(90, 90)}, {}, [], RULES)] == [None]


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 9)), max_size=9), min_size=2, max_size=6))
def test_two_told_values_of_a_count_differ_by_five_or_not_at_all(months: list[list[tuple[str, int]]]) -> None:
    values: dict[Key, Cell] = {}
    sizes = dict.fromkeys("abc", 0)
    for n, came in enumerate(months):
        for name, many in came:
            sizes[name] += many
        for name, size in sizes.items():
            values[key(f"region:{name}", n)] = Cell(size, size)
        values[key("programme", n)] = Cell(sum(sizes.values()), sum(sizes.values()))
    found = told(values, Measured("enterprises", additive=frozenset({"region"})))
    for scope in ("programme", "region:a", "region:b", "region:c"):
        said = [found[key(scope, n)].value for n in range(len(months))]
        shown = [int(value) for value in said if value is not None]
        assert all(later == earlier or later - earlier >= 5 for earlier, later in pairwise(shown))
        assert all(value == 0 or value >= 5 for value in shown)
