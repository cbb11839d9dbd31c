"""When the bell rings: after quiet, at the latest after the debounce, never twice for the same, never too often."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from bruk.doorbell import Bell


def rings(bell: Bell, heard: list[tuple[float, int, int]]) -> list[float]:
    """The moments at which it rings; heard: (now, pending days, newest touch)."""
    return [now for now, pending, newest in heard if bell.hear(pending, newest, now)]


def test_it_rings_once_when_traffic_pauses() -> None:
    heard = [(float(now), 1, 7) for now in range(20)]
    assert rings(Bell(quiet=5, debounce=20), heard) == [5.0]


def test_it_waits_while_segments_keep_coming_but_no_longer_than_the_debounce() -> None:
    heard = [(float(now), 1, now) for now in range(1, 60)]
    assert rings(Bell(quiet=5, debounce=20), heard) == [21.0, 42.0]


def test_it_is_silent_when_nothing_is_pending() -> None:
    assert rings(Bell(quiet=0, debounce=0), [(float(now), 0, 3) for now in range(10)]) == []


def test_what_comes_right_after_a_ring_waits_for_the_debounce() -> None:
    heard = [(float(now), 1, 1 if now < 7 else 2) for now in range(60)]
    assert rings(Bell(quiet=2, debounce=30), heard) == [2.0, 32.0]


def test_it_rings_again_for_new_days_after_the_old_ones_were_covered() -> None:
    heard = [(0.0, 1, 1), (5.0, 1, 1), (10.0, 0, 1), (100.0, 1, 2), (105.0, 1, 2)]
    assert rings(Bell(quiet=5, debounce=20), heard) == [5.0, 105.0]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), max_size=80), st.integers(0, 9), st.integers(0, 30))
def test_it_never_rings_more_often_than_the_debounce_and_never_for_nothing(
    steps: list[tuple[int, int]], quiet: int, debounce: int
) -> None:
    newest, heard = 0, []
    for now, (grown, pending) in enumerate(steps):
        newest += grown
        heard.append((float(now), pending, newest))
    rung = rings(Bell(quiet, debounce), heard)
    assert all(later - earlier >= debounce for earlier, later in itertools.pairwise(rung))
    assert all({now: pending for now, pending, _ in heard}[moment] for moment in rung)


@given(st.lists(st.integers(0, 2), min_size=1, max_size=40))
def test_whatever_was_touched_is_rung_for_in_the_end(steps: list[int]) -> None:
    bell, newest, now = Bell(quiet=3, debounce=10), 0, 0.0
    for grown in steps:
        newest += grown
        now += 1
        bell.hear(1 if newest else 0, newest, now)
    for _ in range(30):
        now += 1
        bell.hear(1 if newest else 0, newest, now)
    assert bell.rung_for == (newest or -1)
