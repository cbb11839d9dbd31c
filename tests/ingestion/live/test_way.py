"""Whether the way in is open: judged by where the newest canary got to, and tried again when something stands still."""

from __future__ import annotations

import pytest

from ingestion.live.follower import MetCanary
from ingestion.live.way import BUSY_S, QUIET_S, Canaries, Way, is_due
from tests.ingestion.live.small_site import SECOND
from tests.sites import NOON

SEGMENT = "mqtt/000000000007"


def met(sent_ns: int, segment: str = SEGMENT) -> MetCanary:
    return MetCanary("c0ffee", sent_ns, sent_ns + SECOND, segment)


def judged(seconds: float, found: list[MetCanary], landed: set[str], problem: str = "") -> Way:
    """The verdict so many seconds after a canary was sent at noon, with segments sealed after 10 s."""
    canaries, now = Canaries(10.0), NOON + int(seconds * SECOND)
    canaries.look(found, landed, now)
    return canaries.judge(found, NOON, problem, now)


def test_a_canary_that_landed_proves_the_way() -> None:
    way = judged(12, [met(NOON)], {SEGMENT})

    assert (way.stage, way.proven, way.broken) == ("open", True, False)
    assert (way.spooled_ns, way.landed_ns) == (NOON + SECOND, NOON + 12 * SECOND)


@pytest.mark.parametrize(
    ("seconds", "found", "landed", "problem", "stage"),
    [
        (5, [], set(), "", "under_way"),
        (50, [], set(), "", "not_spooled"),
        (50, [met(NOON)], set(), "", "not_landed"),
        (50, [met(NOON)], {"mqtt/000000000006"}, "", "not_landed"),
        (5, [], set(), "no broker", "not_sent"),
        (2 * QUIET_S + 1, [met(NOON)], {SEGMENT}, "", "old"),
    ],
)
def test_one_that_did_not_come_through_says_how_far_it_came(seconds, found, landed, problem, stage) -> None:
    way = judged(seconds, found, landed, problem)

    assert way.stage == stage
    assert not way.proven
    assert way.broken == (stage != "under_way")


def test_a_way_that_was_open_stays_proven_while_the_next_is_under_way_and_no_longer() -> None:
    canaries, later = Canaries(10.0), NOON + 60 * SECOND
    canaries.look([met(NOON)], {SEGMENT}, NOON)

    assert canaries.judge([met(NOON)], later, "", later + SECOND).proven
    assert canaries.judge([met(NOON)], later, "", later + 41 * SECOND).stage == "not_spooled"


def test_a_clock_that_was_set_back_neither_proves_the_way_nor_floods_it() -> None:
    canaries, back = Canaries(10.0), NOON - 3600 * SECOND
    canaries.look([met(NOON)], {SEGMENT}, NOON)
    canaries.look([met(NOON)], {SEGMENT}, back)
    way = canaries.judge([met(NOON)], back - SECOND, "", back)

    assert (way.stage, way.proven) == ("under_way", False)
    assert not is_due(back, way, None, subscribed=True)
    assert canaries.judge([met(NOON)], NOON, "", back).stage == "untried"


def test_before_the_first_nothing_is_claimed() -> None:
    way = Canaries(10.0).judge([], None, "", NOON)

    assert (way.stage, way.proven, way.broken) == ("untried", False, False)


def test_a_quiet_spool_is_left_in_peace_and_a_busy_one_carries_the_canary_along() -> None:
    way = Way("open", "c0ffee", NOON, NOON, NOON)
    later = NOON + int(BUSY_S) * SECOND

    assert not is_due(later, way, traffic_ns=NOON, subscribed=True)
    assert is_due(later, way, traffic_ns=later - SECOND, subscribed=True)
    assert is_due(NOON + int(QUIET_S) * SECOND, way, traffic_ns=None, subscribed=True)


def test_what_stands_still_is_tried_again_each_minute_and_a_broker_that_is_away_sooner() -> None:
    assert is_due(NOON + 60 * SECOND, Way("not_landed", sent_ns=NOON), None, subscribed=True)
    assert is_due(NOON + 10 * SECOND, Way("not_sent", sent_ns=NOON), None, subscribed=True)
    assert not is_due(NOON + 9 * SECOND, Way("not_sent", sent_ns=NOON), None, subscribed=True)


def test_the_first_waits_for_the_receiver() -> None:
    assert not is_due(NOON, Way("untried"), None, subscribed=False)
    assert is_due(NOON, Way("untried"), None, subscribed=True)
