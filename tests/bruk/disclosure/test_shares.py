"""Whoever subtracts the shares that are told, by month and by scope, learns of many or of nobody."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from bruk.disclosure.cells import Cell
from bruk.disclosure.series import Key
from bruk.disclosure.shares import withheld_shares

LEAST = 10
MONTHS = [date(2026, month, 1) for month in range(1, 7)]
PARTS = ("dalarna", "gavleborg", "varmland")


def key(month: int, part: str | None = None) -> Key:
    return Key("G2.1b", *(("region", part) if part else ("programme", "nms")), MONTHS[month])


def counted(behind):
    """What would be told: the share, and how many stand behind it."""
    return {
        at: Cell(100 * sum(a for a, _ in people.values()) / len(people), len(people), 0, 0)
        for at, people in behind.items()
        if len(people) >= LEAST
    }


def shown(behind, before=()):
    now = counted(behind)
    return now.keys() - withheld_shares(behind, now, {"G2.1b": LEAST}, before)


def people(first: int, last: int, women=()):
    return {one: (int(one in women), 1) for one in range(first, last)}


def test_a_share_that_one_person_joined_is_not_told_anew():
    behind = {key(0): people(0, 20), key(1): people(0, 21, {20}), key(2): people(0, 30, {20})}
    assert shown(behind) == {key(0), key(2)}


def test_a_person_whose_answer_changed_is_as_one_who_joined():
    assert shown({key(0): people(0, 20), key(1): people(0, 20, {7})}) == {key(0)}
    assert shown({key(0): people(0, 20), key(1): people(0, 20)}) == {key(0), key(1)}


def test_the_whole_less_all_parts_but_one_tells_that_part_so_another_is_withheld():
    parts = {key(0, "dalarna"): people(0, 3), key(0, "gavleborg"): people(3, 15), key(0, "varmland"): people(15, 40)}
    whole = {key(0): people(0, 40)}
    assert shown(parts | whole) == {key(0), key(0, "varmland")}


def test_a_month_that_was_told_is_told_again_and_otherwise_only_when_many_are_others():
    before = [{key(0): Cell(0.0, 20, 0, 0)}]
    assert shown({key(0): people(0, 20)}, before) == {key(0)}
    assert shown({key(0): people(0, 20, {1})}, before) == set()  # one answer was corrected
    assert shown({key(0): people(0, 21)}, before) == set()
    assert shown({key(0): people(0, 31)}, before) == {key(0)}


def test_a_month_that_an_earlier_edition_told_counts_when_the_next_one_is_told():
    behind = {key(0): people(0, 21), key(1): people(0, 23)}
    before = [{key(0): Cell(0.0, 20, 0, 0)}]
    assert shown(behind, before) == set()  # neither corrected by one, nor two more than what was told


def test_a_window_that_comes_back_to_what_was_told_long_ago_must_differ_from_that_by_many_too():
    behind = {key(0): people(0, 20), key(1): people(20, 40), key(2): people(1, 21)}
    assert shown(behind) == {key(0), key(1)}


@given(st.data())
def test_nobody_subtracts_a_few(data):
    members = {part: {} for part in PARTS}
    behind = {}
    joined = 0
    for month in range(len(MONTHS)):
        for part in PARTS:
            for _ in range(data.draw(st.integers(0, 14))):
                members[part][joined] = data.draw(st.integers(0, 1)), 1
                joined += 1
            if members[part] and data.draw(st.booleans()):
                del members[part][data.draw(st.sampled_from(sorted(members[part])))]
            behind[key(month, part)] = dict(members[part])
        behind[key(month)] = {one: what for part in PARTS for one, what in members[part].items()}
    told = shown(behind)
    so_far = {part: [] for part in (*PARTS, None)}
    for month in range(len(MONTHS)):
        hidden, moved = {}, set()
        for part in (*PARTS, None):
            at = key(month, part)
            changed = [{one for one, _ in set(then.items()) ^ set(behind[at].items())} for then in so_far[part]]
            if at in told:
                assert len(behind[at]) >= LEAST
                assert all(not who or len(who) >= LEAST for who in changed)
                so_far[part].append(behind[at])
            elif part:
                hidden |= behind[at]
                moved |= changed[-1] if changed else set()
        if key(month) in told:
            assert not 0 < len(hidden) < LEAST
            assert not 0 < len(moved) < LEAST
