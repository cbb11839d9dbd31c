"""The level of a goal: worked examples, and that it stands on what is told alone."""

from __future__ import annotations

from math import isclose, prod
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from scorecards.goal_level import LEAST, MOST, Head, goal_levels, heads_of
from scorecards.records import GoalProgress


class Told(NamedTuple):
    indicator_id: str
    progress: float | None
    expected: float | None = 0.5
    scope_type: str = "programme"
    scope_id: str = "nms"


class Definition(NamedTuple):
    indicator_id: str
    goal_id: int
    step_id: str
    of_indicator: str | None = None
    kind: str = "output"


HEADS = {
    "G1.1a": Head(1, "1.1"), "G1.1b": Head(1, "1.1"), "G1.2a": Head(1, "1.2"), "G1.2b": Head(1, "1.2"),
    "G1.3a": Head(1, "1.3"),
}  # fmt: skip


def level(*told: Told, heads: dict[str, Head] = HEADS) -> GoalProgress:
    (found,) = [row for row in goal_levels(heads, told) if row.scope_type == "programme"]
    return found


def test_context_and_companions_do_not_count() -> None:
    definitions = [
        Definition("G1.1a", 1, "1.1"),
        Definition("G1.1a2", 1, "1.1", of_indicator="G1.1a"),
        Definition("G1.3d", 1, "1.3", kind="context"),
    ]
    assert heads_of(definitions) == {"G1.1a": Head(1, "1.1")}


def test_a_goal_has_a_level_where_sixty_per_cent_of_its_indicators_can_be_judged() -> None:
    """Three of five. Step 1.1 is the mean of 0.2 and 0.3 = 0.25, step 1.2 is 0.64: √(0.25 × 0.64) = 0.4; without either
    step 0.64 or 0.25. The plan expects 0.5 and 0.3 = 0.4 of step 1.1 and 0.9 of step 1.2: √(0.4 × 0.9) = 0.6."""
    three = Told("G1.1a", 0.2, 0.5), Told("G1.1b", 0.3, 0.3), Told("G1.2a", 0.64, 0.9)
    unknown, foreign = Told("G1.2b", None, 0.9), Told("G9.9z", 1.0)
    assert level(*three, unknown, foreign) == GoalProgress(1, "programme", "nms", 5, 3, 2, True, 0.4, 0.25, 0.64, 0.6)
    assert level(*three[1:]) == GoalProgress(1, "programme", "nms", 5, 2, 2, False, None, None, None, None)


def test_one_step_has_nothing_to_leave_out_and_no_indicator_carries_or_ends_a_goal() -> None:
    one = level(Told("G2.1a", 3.0, 1.0), heads={"G2.1a": Head(2, "2.1")})
    assert (one.reached, one.reached_low, one.reached_high, one.planned) == (MOST, None, None, 1.0)
    fallen = level(
        Told("G3.1a", -0.5, 0.0), Told("G3.2a", 1.0), heads={"G3.1a": Head(3, "3.1"), "G3.2a": Head(3, "3.2")}
    )
    assert (fallen.reached, fallen.reached_low, fallen.reached_high) == (0.1, LEAST, 1.0)


def test_a_goal_of_which_nothing_can_be_judged_has_its_row_in_the_programme_and_another_scope_its_own() -> None:
    assert level() == GoalProgress(1, "programme", "nms", 5, 0, 0, False, None, None, None, None)
    rows = goal_levels(HEADS, [Told("G1.1a", None, scope_type="pilot", scope_id="am")])
    assert [(row.scope_type, row.judged) for row in rows] == [("pilot", 0), ("programme", 0)]


SHARES = st.lists(st.tuples(st.sampled_from(sorted(HEADS)), st.floats(-1, 3)), max_size=5, unique_by=lambda row: row[0])


@given(SHARES, st.randoms())
def test_a_level_lies_in_its_interval_and_the_order_of_what_is_told_is_nothing_to_it(shares, order) -> None:
    told = [Told(*row) for row in shares]
    found = level(*told)
    order.shuffle(told)
    assert level(*told) == found
    assert found.assessable == (len(told) >= 3)
    if found.reached_low is not None and found.reached_high is not None:
        assert found.reached_low - 1e-9 <= found.reached <= found.reached_high + 1e-9


@given(SHARES, st.data())
def test_what_is_withheld_can_not_be_reckoned_from_the_level_that_the_others_have(shares, data) -> None:
    """All others and the level known, the one that is missing was solved for: now the level is that of the others."""
    told = [Told(*row) for row in shares]
    hidden = data.draw(st.sampled_from(sorted(HEADS)))
    seen = [row._replace(progress=None) if row.indicator_id == hidden else row for row in told]
    found = level(*seen)
    assert found == level(*[row for row in told if row.indicator_id != hidden])
    if found.reached is not None:
        steps: dict[str, list[float]] = {}
        for row in seen:
            if row.progress is not None:
                steps.setdefault(HEADS[row.indicator_id].step_id, []).append(min(max(row.progress, LEAST), MOST))
        means = [sum(each) / len(each) for each in steps.values()]
        assert isclose(found.reached, prod(means) ** (1 / len(means)), abs_tol=1e-8)
