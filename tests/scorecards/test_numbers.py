"""Numbers, dates and durations as Swedish and English write them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorecards import numbers
from scorecards.voice import Voice

SWEDEN = ZoneInfo("Europe/Stockholm")


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_swedish_numbers_have_a_decimal_comma_and_spaces_between_thousands():
    assert plain(numbers.count(1234567, "sv")) == "1 234 567"
    assert plain(numbers.percent(61.25, "sv")) in ("61,2 %", "61,3 %")
    assert plain(numbers.decimal(1234.5, "sv")) == "1 234,5"
    assert plain(numbers.share(Decimal("0.5"), "sv")) == "50,0 %"


def test_english_numbers_have_a_point_and_commas():
    assert numbers.count(1234567, "en") == "1,234,567"
    assert numbers.percent(61.2, "en") == "61.2%"


@pytest.mark.parametrize(
    ("value", "said"),
    [(4851.67, "4 852"), (245.81, "246"), (76.12, "76,1"), (9.996, "10,0"), (1, "1,00"), (0.1018, "0,102"),
     (0.00031, "0,0003"), (0, "0"), (None, "–")],
)  # fmt: skip
def test_a_measured_number_has_the_digits_that_say_something(value, said):
    assert plain(numbers.significant(value, "sv")) == said


def test_the_sign_of_a_unit_is_the_one_that_readers_know():
    swedish = Voice("sv", SWEDEN)
    assert [swedish.unit_sign(unit) for unit in ("Cel", "N.m", "1/h", "mm", "1")] == ["°C", "N·m", "st/h", "mm", ""]


def test_no_number_is_a_dash_and_never_a_zero():
    for text in (numbers.count(None, "sv"), numbers.percent(None, "sv"), numbers.duration(None, "en")):
        assert text == "–"


def test_moments_are_written_as_the_sites_clocks_show_them_also_across_midnight_and_summer_time():
    assert numbers.instant(datetime(2026, 11, 23, 23, 30, tzinfo=UTC), "sv", SWEDEN) == "24 november 2026 00:30"
    assert numbers.instant(datetime(2026, 7, 1, 22, 30, tzinfo=UTC), "en", SWEDEN) == "2 July 2026 00:30"
    assert numbers.short_instant(datetime(2026, 7, 1, 22, 30, tzinfo=UTC), "en", ZoneInfo("Europe/Helsinki")) == (
        "2 Jul 01:30"
    )


@pytest.mark.parametrize(
    ("seconds", "said"), [(337.27, "5 min 37 s"), (12, "12 s"), (3600, "1 h 0 min"), (90060, "25 h 1 min")]
)
def test_durations_are_said_in_two_units(seconds, said):
    assert plain(numbers.duration(seconds, "sv")) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(30, "under 1 min"), (5400, "1 timme"), (7200, "2 timmar"), (86400, "1 dygn"), (200000, "2 dygn")],
)
def test_an_age_is_said_in_the_one_unit_that_says_it(seconds, said):
    assert plain(Voice("sv", SWEDEN).age(seconds)) == said


@given(st.floats(min_value=-1e9, max_value=1e9))
def test_a_percent_read_back_is_within_half_a_tenth(value):
    text = numbers.percent(value, "sv").replace("\u2212", "-").replace("\u00a0", "").replace("%", "").replace(",", ".")
    assert abs(float(text) - value) <= 0.0500001


@given(st.integers(min_value=-(10**15), max_value=10**15))
def test_a_count_read_back_is_the_count(value):
    assert int(numbers.count(value, "sv").replace("\u2212", "-").replace("\u00a0", "")) == value
