"""Which dropped file stands in whose place: a function of the files, whatever order they come in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.ledger.superseding import _Dropped, superseded, version_of

A, B, C, D = ("a" * 64, "b" * 64, "c" * 64, "d" * 64)


def named(sha256: str, number: int, **more: object) -> _Dropped:
    """A file of the range of October."""
    name = f"inspection__lab__2026-10-01_2026-10-31__{number:03d}.csv"
    fields = {"source": "lab", "name": name, "supersedes": None, "received_ns": number, "took_effect": True} | more
    return _Dropped(sha256, **fields)  # type: ignore[arg-type]


def in_place(*drops: _Dropped) -> dict[str, str]:
    return {old: new for old, (new, _) in superseded(list(drops)).items()}


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("inspection__lab-1__2026-10-01_2026-10-31__002.csv", 2),
        ("inspection__lab-1__20261001_20261031__012.xlsx", 12),
        ("inspection-2026-10.csv", None),
        ("inspection__lab-1__2026-10-01_2026-10-31.csv", None),
        ("inspection__lab-1__2026-10-01_2026-10-31__2.csv", None),
        ("a__b__c__003.csv", None),
    ],
)
def test_a_name_is_a_version_only_in_the_form_of_the_programme(name: str, number: int | None) -> None:
    found = version_of("lab", name)
    assert (found and found.number) == number


def test_a_later_number_takes_the_place_of_the_earlier_ones_of_its_range_and_source() -> None:
    assert in_place(named(A, 1), named(B, 2), named(C, 3)) == {A: C, B: C}
    assert in_place(named(A, 1), named(B, 2, source="shop")) == {}
    assert in_place(named(A, 1), named(B, 2, name="inspection__lab__2026-11-01_2026-11-30__002.csv")) == {}
    assert in_place(named(A, 1), named(B, 1)) == {}


def test_a_file_that_was_refused_takes_nobodys_place() -> None:
    assert in_place(named(A, 1), named(B, 2, took_effect=False)) == {}
    assert in_place(named(A, 1), named(B, 2), named(C, 3, took_effect=False)) == {A: B}


def test_the_old_file_dropped_again_does_not_come_back_but_under_a_later_number() -> None:
    again = named(A, 1, received_ns=9, took_effect=False)
    assert in_place(named(A, 1), named(B, 2), again) == {A: B}
    assert in_place(named(A, 1), named(B, 2), named(A, 3, took_effect=False)) == {B: A}


def test_what_is_said_at_a_drop_holds_but_never_in_a_circle() -> None:
    old = named(A, 1, name="export.csv")
    new = named(B, 2, name="export (2).csv", supersedes=A)
    assert in_place(old, new) == {A: B}
    back = named(A, 3, name="export.csv", supersedes=B, took_effect=False)
    assert in_place(old, new, back) == {A: B}
    third = named(C, 4, name="x.csv", supersedes=B)
    assert in_place(old, new, third, back) == {A: B, B: C}


@given(st.permutations([named(A, 1), named(B, 2), named(C, 3, took_effect=False), named(D, 4), named(B, 2)]))
def test_no_order_of_arrival_changes_which_file_stands(drops: list[_Dropped]) -> None:
    assert in_place(*drops) == {A: D, B: D}


@given(st.lists(st.tuples(st.sampled_from([A, B, C, D]), st.integers(1, 6), st.booleans()), max_size=10), st.randoms())
def test_of_files_with_one_range_the_highest_number_stands_in_every_order(
    said: list[tuple[str, int, bool]], dice: object
) -> None:
    drops = [named(sha256, number, took_effect=taken) for sha256, number, taken in said]
    shuffled = list(drops)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    assert in_place(*drops) == in_place(*shuffled)
    taken = {drop.sha256 for drop in drops if drop.took_effect}
    highest = {own: max(number for sha256, number, _ in said if sha256 == own) for own in taken}
    assert set(in_place(*drops)) == {own for own in taken if highest[own] < max(highest.values())}
