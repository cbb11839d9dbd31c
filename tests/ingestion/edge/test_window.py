"""The window: never a livelock, few copies, quick after a cut; and the parameters of old are caught at theirs."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.edge.window import BURST, ENDURANCE, PATIENCE, SIZE, Window
from tests.ingestion.edge.lossy import OldWindow, Sending, Way


def connected(acknowledged: int = -1) -> Window:
    window = Window(acknowledged, 0.0)
    window.connected(0.0)
    return window


def run(way: Way, highest: int, seconds: float, every: float = 0.0, lost: float = 0.5) -> bool:
    """Whether the site has everything within so many seconds of faults, one about every `every` seconds."""
    end, fault = way.now + seconds, way.now + every
    while way.now < end:
        if every and way.now >= fault:
            way.break_connection(lost)
            fault = way.now + every * way.random.uniform(0.7, 1.3)
        way.step(highest)
        if way.site.high >= highest and getattr(way.window, "acknowledged", -1) >= highest:
            return True
    return False


def test_without_faults_each_number_is_published_once_and_never_more_than_a_window_is_out() -> None:
    window = connected()
    assert window.take(-1, 0.0) == range(0)
    assert [window.take(10_000, 0.0) for _ in range(8)] == [
        *(range(n, n + BURST) for n in range(0, 1_400, BURST)),
        range(1_400, SIZE),
    ]
    assert not window.take(10_000, 0.0)
    window.acknowledge(99, 1.0)
    assert window.take(10_000, 1.0) == range(SIZE, SIZE + 100)


def test_only_a_standstill_resends_and_a_reconnect_only_restarts_the_waiting() -> None:
    window = connected()
    window.take(9, 0.0)
    assert not window.take(9, PATIENCE)
    window.connected(PATIENCE)
    assert not window.take(9, 2 * PATIENCE)
    assert window.take(9, 2 * PATIENCE + 0.1) == range(10)


def test_a_connection_that_breaks_again_and_again_does_not_put_off_the_resending_for_ever() -> None:
    window = connected()
    window.take(9, 0.0)
    for second in range(1, int(ENDURANCE) + 1):
        window.lost()
        window.connected(float(second))
        assert not window.take(9, float(second))
    assert window.take(9, ENDURANCE + 1) == range(10)


def test_after_an_idle_hour_the_next_message_is_not_taken_for_late() -> None:
    window = connected()
    window.take(0, 0.0)
    window.acknowledge(0, 0.1)
    assert not window.take(0, 3_600.0)
    assert window.take(1, 3_600.1) == range(1, 2)
    assert not window.take(1, 3_601.0)


def test_nothing_is_handed_out_while_there_is_no_connection() -> None:
    window = Window(-1, 0.0)
    assert not window.take(100, 0.0)
    window.connected(1.0)
    window.lost()
    assert not window.take(100, 100.0)


def test_an_older_acknowledgement_changes_nothing() -> None:
    window = connected(500)
    window.acknowledge(3, 1.0)
    assert window.acknowledged == 500
    assert window.take(501, 1.0) == range(501, 502)


def test_acknowledgements_cut_for_60_s_cost_few_copies_and_are_made_good_in_less_than_twice_the_cut() -> None:
    for rate, total in ((10, 1_200), (200, 12_000), (2_000, 12_000), (10_000, 1_500), (50, 50)):
        way = Way(connected())
        while way.now < 60:
            way.acknowledgements_cut = True
            way.step(min(total, int(way.now * rate)) - 1)
        way.acknowledgements_cut = False
        assert run(way, total - 1, 60.0), f"{rate}/s did not recover"
        assert way.published < 3 * total, f"{rate}/s: {way.published} for {total}"


def faulty(window: Sending, seed: int = 1) -> Way:
    """The run in which the first attempt drowned: a fault about every second, and a broker shared by five devices."""
    return Way(window, drain=800.0, offline=0.3, seed=seed)


def test_the_old_parameters_drown_in_copies_and_are_detected_as_no_progress() -> None:
    way = faulty(OldWindow())
    assert not run(way, 60_000, 80.0, every=1.0, lost=0.0)
    assert way.published > 20 * (way.site.high + 1)
    held = way.site.high
    assert not run(way, 60_000, 20.0)  # the faults are over, and the broker is still busy with copies
    assert way.site.high - held < 20.0 * way.drain / 4


def test_the_window_gets_through_the_same_run_without_a_copy() -> None:
    way = faulty(connected())
    assert run(way, 60_000, 200.0, every=1.0, lost=0.0)
    assert way.published < 1.1 * 60_000


@pytest.mark.parametrize("lost", [0.01, 0.05, 0.5, 1.0])
def test_a_broker_that_forgets_about_every_second_slows_the_window_down_and_does_not_stop_it(lost: float) -> None:
    way = faulty(connected())
    run(way, 1_000_000, 200.0, every=1.0, lost=lost)
    assert way.site.high > 10_000
    assert way.published < 3 * (way.site.high + 1)


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 1_000_000),
    every=st.floats(0.5, 30.0),
    lost=st.floats(0.0, 1.0),
    drain=st.floats(100.0, 20_000.0),
    total=st.integers(1, 3_000),
)
def test_whatever_is_lost_and_however_often_everything_arrives_once_the_faults_end(
    seed: int, every: float, lost: float, drain: float, total: int
) -> None:
    way = Way(connected(), drain=drain, seed=seed)
    run(way, total - 1, 60.0, every, lost)
    way.back_at = way.back_at or way.now + 0.1
    assert run(way, total - 1, 120.0 + 3 * total / drain)
