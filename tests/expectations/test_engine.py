"""The engine: what Great Expectations says becomes passed, failed or broken, and never one for another."""

import logging

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from expectations import engine
from expectations.engine import Limit, exception_of, judge

LIMIT = Limit("c", "bad", 0, 0, "warning")


def frame(*bad):
    return pd.DataFrame({"equipment": [f"m{i}" for i in range(len(bad))], "bad": list(bad)})


def test_great_expectations_tells_nothing_that_nobody_asked_for(caplog):
    judge(frame(0), [LIMIT])  # imports it, which is another matter
    caplog.clear()  # where Airflow has set the level of all already, the import was told
    engine._source.cache_clear()
    caplog.set_level(logging.INFO)  # as Airflow sets it
    assert judge(frame(0), [LIMIT])["c"].state == "passed"
    assert [record.getMessage() for record in caplog.records] == []


def test_rows_within_the_limit_pass():
    assert judge(frame(0, 0), [LIMIT], ["equipment"])["c"].state == "passed"


def test_rows_beyond_the_limit_fail_and_are_named():
    finding = judge(frame(0, 3), [LIMIT], ["equipment"])["c"]
    assert (finding.state, finding.element_count) == ("failed", 2)
    assert finding.rows == [{"bad": 3, "equipment": "m1"}]


def test_a_column_that_does_not_exist_is_a_broken_check_and_its_neighbour_is_still_judged():
    other = Limit("other", "nowhere", 0, 0, "warning")
    findings = judge(frame(1), [other, LIMIT], ["equipment"])
    assert (findings["other"].state, findings["c"].state) == ("broken", "failed")
    assert "nowhere" in findings["other"].note


def test_a_column_of_words_is_a_broken_check():
    assert judge(frame("a", "b"), [LIMIT], ["equipment"])["c"].state == "broken"


def test_an_index_that_does_not_exist_breaks_the_check_and_does_not_raise():
    assert judge(frame(1), [LIMIT], ["nowhere"])["c"].state == "broken"


def test_an_empty_frame_passes():
    assert judge(frame(), [LIMIT], ["equipment"])["c"].state == "passed"


def test_more_failing_rows_than_gx_shows_by_default_all_come_back():
    finding = judge(frame(*[1] * 500), [LIMIT], ["equipment"])["c"]
    assert len(finding.rows) == 500


@pytest.mark.parametrize(
    "info",
    [
        {"raised_exception": True, "exception_message": "boom", "exception_traceback": "…"},
        {"metric-1": {"raised_exception": False}, "metric-2": {"raised_exception": True, "exception_message": "boom"}},
    ],
)
def test_both_shapes_of_exception_info_are_read(info):
    assert exception_of(info) == "boom"


@pytest.mark.parametrize("info", [None, {}, {"raised_exception": False, "exception_message": None}])
def test_no_exception_is_no_exception(info):
    assert exception_of(info) == ""


@given(st.lists(st.integers(0, 3), max_size=30))
def test_the_failing_rows_are_exactly_those_that_are_not_zero(counts):
    finding = judge(frame(*counts), [LIMIT], ["equipment"])["c"]
    assert sorted(row["equipment"] for row in finding.rows) == sorted(f"m{i}" for i, n in enumerate(counts) if n)


@given(st.lists(st.tuples(st.integers(-1, 2), st.integers(-1, 2)), min_size=1, max_size=20))
def test_limits_that_are_judged_together_are_each_told_of_their_own_rows(counts):
    wide = pd.DataFrame(counts, columns=["one", "two"]).assign(equipment=[f"m{i}" for i, _ in enumerate(counts)])
    limits = [
        Limit("one", "one", 0, 0, "warning"), Limit("one.again", "one", 0, 0, "warning"),
        Limit("two", "two", 0, 0, "warning"), Limit("two.high", "two", None, 1, "critical"),
    ]  # fmt: skip
    findings = judge(wide, limits, ["equipment"])
    for limit in limits:
        low, high = (-9 if limit.minimum is None else limit.minimum), limit.maximum
        beyond = [n for n in wide[limit.column] if not low <= n <= high]
        finding = findings[limit.check_id]
        assert [row[limit.column] for row in finding.rows] == beyond
        assert (finding.state, finding.element_count) == ("failed" if beyond else "passed", len(counts))


def test_what_was_not_looked_at_is_broken_and_not_passed(monkeypatch):
    whole = engine._long
    monkeypatch.setattr(engine, "_long", lambda frame, limits, index: whole(frame, limits, index).head(1))
    findings = judge(frame(0, 0), [LIMIT], ["equipment"])
    assert (findings["c"].state, findings["c"].note) == ("broken", "1 of 2 rows were judged")
