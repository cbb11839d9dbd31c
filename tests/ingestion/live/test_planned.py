"""Planned time: local hours, closures, clock changes; and the word for a machine that follows from it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.registry import Closure, Equipment, PlannedTime, Registry
from ingestion.live.planned import planned_seconds
from ingestion.live.status import judge_state
from tests.sites import equipment, text

ZONE = ZoneInfo("Europe/Stockholm")
FOREVER = 1e12


def registry(opens: str = "07:00", closes: str = "16:00", weekdays: tuple[int, ...] = (1, 2, 3, 4, 5)) -> Registry:
    rule = PlannedTime.model_validate({
        "equipment": "press", "weekdays": list(weekdays), "opens": opens, "closes": closes,
        "planned_downtime_min": 0, "valid_from": "2026-01-01",
    })  # fmt: skip
    closure = Closure.model_validate({"testbed": "testbed-dal", "day": "2026-12-25", "reason": text("Jul")})
    machine = Equipment.model_validate(equipment("press", "press", "press", "gw", ["uns"]))
    return Registry.model_construct(planned_time=[rule], closures=[closure], equipment=[machine])


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    """Local time in Sweden, as UTC."""
    return datetime(2026, month, day, hour, minute, tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("begin", "end", "hours"),
    [
        (at(24, 8), at(24, 9), 1.0),
        (at(24, 15), at(25, 8), 2.0),  # an evening and a night between
        (at(27, 15), at(30, 8), 2.0),  # a weekend between
        (at(24, 17), at(24, 23), 0.0),
        (at(24, 12, month=12), at(28, 12, month=12), 4.0 + 0.0 + 5.0),  # Christmas Day is closed, then a weekend
    ],
)
def test_only_working_hours_count(begin, end, hours):
    assert planned_seconds(registry(), ZONE, "press", begin, end, FOREVER) == hours * 3600


def test_a_day_with_a_clock_change_has_its_real_length():
    always = registry("00:00", "23:59", (1, 2, 3, 4, 5, 6, 7))
    seconds = planned_seconds(always, ZONE, "press", at(25, 0, month=10), at(26, 0, month=10), FOREVER)
    assert seconds == 25 * 3600


@pytest.mark.parametrize(("opens", "closes"), [("22:00", "06:00"), ("08:00", "08:00")])
def test_a_shift_that_closes_before_it_opens_is_refused_with_the_two_rows_that_say_it(opens, closes):
    with pytest.raises(ValueError, match="write a night as two rows") as refused:
        registry(opens, closes)
    assert f"opens '{opens}', closes '23:59'" in str(refused.value)
    assert f"opens '00:00', closes '{closes}'" in str(refused.value)


def test_a_night_shift_of_two_rows_counts_through_midnight():
    evening, morning = registry("22:00", "23:59"), registry("00:00", "06:00")
    whole = Registry.model_construct(
        planned_time=evening.planned_time + morning.planned_time, closures=[], equipment=evening.equipment
    )
    assert planned_seconds(whole, ZONE, "press", at(24, 20), at(25, 8), FOREVER) == 8 * 3600


def test_a_machine_without_a_calendar_is_always_expected():
    assert planned_seconds(registry(), ZONE, "other", at(24, 8), at(24, 9), FOREVER) is None


@given(st.integers(0, 40 * 86400), st.integers(0, 40 * 86400), st.integers(0, 40 * 86400))
def test_planned_time_adds_up_and_never_exceeds_the_clock(a, b, c):
    first, middle, last = (datetime.fromtimestamp(1_790_000_000 + s, UTC) for s in sorted((a, b, c)))

    def planned(begin: datetime, end: datetime) -> float:
        found = planned_seconds(registry(), ZONE, "press", begin, end, FOREVER)
        assert found is not None
        return found

    assert planned(first, middle) + planned(middle, last) == planned(first, last)
    assert 0 <= planned(first, last) <= (last - first).total_seconds()


@pytest.mark.parametrize(
    ("age", "planned", "word"),
    [
        (None, None, "never"),
        (20, 20, "sends"),
        (21, 21, "late"),
        (100, 100, "late"),
        (101, 101, "silent"),
        (50_000, 0, "rest"),  # the night
        (50_000, 5, "rest"),  # just after opening
        (50_000, 50, "late"),
        (50_000, 500, "silent"),  # it fell silent in working hours, and it is night now
        (50_000, None, "silent"),
    ],
)
def test_the_word_for_a_machine_follows_from_its_age_in_planned_time(age, planned, word):
    assert judge_state(age, planned, 10) == word
