"""The drawings: scales that cover what they show, lines that break where nothing is known."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scorecards.svg.bars import coverage_strip, stacked_bar
from scorecards.svg.line import Chart, PlanPoint, Point, line_chart
from scorecards.svg.scale import day_scale, month_starts, ticks
from scorecards.svg.spark import sparkline


def month(index: int, value: float | None, is_open: bool = False) -> Point:
    start = date(2026, 1 + index, 1)
    end = date(2026, 2 + index, 1) - timedelta(days=1)
    return Point(start, end, end, value, is_open)


def chart(points: list[Point], plan: list[PlanPoint] | None = None) -> Chart:
    return Chart("c", "Title", "Desc", points, plan or [], lambda v: f"{v:g}", lambda d, _: f"{d:%b}", "unknown")


def test_a_month_without_a_value_breaks_the_line_and_is_a_band_that_says_so():
    svg = line_chart(chart([month(0, 1.0), month(1, 2.0), month(2, None), month(3, 3.0), month(4, 4.0)]))
    assert svg.count('stroke-width="2.5"') == 2
    assert svg.count("<circle") == 4
    assert "<title>unknown</title>" in svg


def test_a_month_that_is_not_in_the_data_breaks_the_line_too():
    svg = line_chart(chart([month(0, 1.0), month(2, 2.0)]))
    assert svg.count('stroke-width="2.5"') == 0


def test_a_month_that_is_not_over_is_a_ring():
    svg = line_chart(chart([month(0, 1.0), month(1, 2.0, is_open=True)]))
    assert 'stroke-dasharray="4 3"' in svg
    assert 'fill="#ffffff" stroke="#0f5a70"' in svg


def test_a_chart_without_any_value_is_still_a_chart_with_title_and_description():
    for points in ([], [month(0, None)]):
        svg = line_chart(chart(points))
        assert "<title" in svg
        assert "<desc" in svg
        assert "<circle" not in svg


def test_the_plan_is_drawn_through_the_milestone_and_cut_at_the_edge():
    plan = [
        PlanPoint(date(2026, 1, 1), 0, "b"),
        PlanPoint(date(2026, 6, 30), 40, "m"),
        PlanPoint(date(2030, 1, 1), 90, "t"),
    ]
    svg = line_chart(chart([month(0, 5.0), month(1, 9.0)], plan))
    assert ">m</text>" in svg
    assert ">t</text>" in svg
    assert svg.count("<polyline") == 1


@given(st.lists(st.one_of(st.none(), st.floats(0, 1e6)), min_size=1, max_size=11))
def test_every_known_month_is_a_dot_inside_the_drawing(values):
    svg = line_chart(chart([month(index, value) for index, value in enumerate(values)]))
    assert svg.count("<circle") == sum(value is not None for value in values)
    assert "nan" not in svg
    assert "inf" not in svg


@given(st.floats(-1e6, 1e6), st.floats(0.001, 1e6))
def test_marks_of_an_axis_cover_the_values_and_are_few(low, span):
    found = ticks(low, low + span)
    step = found[1] - found[0]
    assert found[0] <= low + step * 1e-6
    assert found[-1] >= low + span - step * 1e-6
    assert 2 <= len(found) <= 8


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(1, 2000))
def test_later_days_stand_further_right(first, days):
    last = first + timedelta(days=days)
    scale = day_scale(first, last, 0, 1000)
    assert scale(first.toordinal()) <= scale(last.toordinal())
    assert len(month_starts(first, last)) <= 7


def test_a_sparkline_draws_each_unbroken_stretch_and_nothing_from_nothing():
    svg = sparkline([1.0, 2.0, None, 3.0, 4.0], "said")
    assert svg.count("<polyline") == 2
    assert 'aria-label="said"' in svg
    assert sparkline([None, None], "said") == ""


def test_a_day_without_planned_time_looks_different_from_a_silent_one():
    svg = coverage_strip("s", "t", "d", [(None, "no plan"), (0.0, "silent"), (1.0, "full")])
    assert svg.count("stroke-dasharray") == 1
    assert svg.count("<rect") == 3


def test_a_bar_leaves_out_what_is_zero_and_escapes_words():
    svg = stacked_bar("b", "t", "d", [("<a>", 3, "#000"), ("b", 0, "#111")])
    assert svg.count("<rect") == 1
    assert "&lt;a&gt;" in svg
