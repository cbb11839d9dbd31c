"""Alerts: raised once, cleared once, patient with what flutters, and remembered over a restart."""

from __future__ import annotations

import orjson
from hypothesis import given
from hypothesis import strategies as st

from ingestion.live.alerts import HISTORY, PATIENCE, AlertJudge, Condition, Told
from ingestion.live.guarantees import Words
from tests.ingestion.live.small_site import SECOND
from tests.sites import NOON

NOTHING = frozenset[str]()


def condition(kind: str, subject: str = "x") -> Condition:
    return Condition(kind, subject, Words("så", "so"), Words("gör", "do"))


def at(judge: AlertJudge, seconds: float, *kinds: str, unknown: frozenset[str] = NOTHING) -> list[str]:
    """What is told so many seconds after noon when these conditions hold."""
    told = judge.judge([condition(kind) for kind in kinds], unknown, NOON + int(seconds * SECOND))
    return [f"{event.event} {event.alert.kind}" for event in told]


def test_a_condition_is_told_once_when_it_begins_and_once_when_it_is_over() -> None:
    judge = AlertJudge()

    assert at(judge, 0, "machine_silent") == ["raised machine_silent"]
    assert at(judge, 3, "machine_silent") == []
    assert at(judge, 10) == []
    assert at(judge, 33) == ["cleared machine_silent"]
    assert at(judge, 36) == []


def test_a_service_must_stand_still_for_a_minute_before_anybody_is_woken() -> None:
    judge = AlertJudge()

    assert at(judge, 0, "service") == []
    assert at(judge, 30) == []
    assert at(judge, 40, "service") == []  # it worked in between: the minute begins anew
    assert at(judge, 70, "service") == []
    assert at(judge, 100, "service") == ["raised service"]


def test_what_flutters_stays_one_alert() -> None:
    judge, told = AlertJudge(), []
    for second in range(0, 300, 3):
        told += at(judge, second, *(["machine_silent"] if second % 2 else []))

    assert told == ["raised machine_silent"]


def test_what_nothing_is_known_of_stays_as_it_is() -> None:
    judge = AlertJudge()
    at(judge, 0, "machine_silent")

    assert at(judge, 100, unknown=frozenset({"machine_silent"})) == []
    assert judge.standing() == {"machine_silent:x"}
    assert at(judge, 200) == ["cleared machine_silent"]


def test_a_restart_tells_nothing_twice_and_forgets_nothing() -> None:
    judge = AlertJudge()
    at(judge, 0, "disk_high", "machine_silent")
    at(judge, 40, "disk_high")
    restarted = AlertJudge()
    restarted.restore(orjson.loads(orjson.dumps(judge.state())))

    assert restarted.alerts() == judge.alerts()
    assert at(restarted, 50, "disk_high") == []
    assert at(restarted, 120) == ["cleared disk_high"]


def test_history_is_bounded_and_the_newest_comes_first() -> None:
    judge = AlertJudge()
    for n in range(HISTORY + 5):
        judge.judge([condition("gap", f"d{n}")], NOTHING, NOON + 2 * n * SECOND)
        judge.judge([], NOTHING, NOON + (2 * n + 1) * SECOND)

    past = judge.alerts()
    assert len(past) == HISTORY
    assert past[0].subject == f"d{HISTORY + 4}"


LOOKS = st.lists(st.tuples(st.integers(1, 900), st.sets(st.sampled_from(sorted(PATIENCE)))), max_size=40)


@given(LOOKS)
def test_of_each_condition_raised_and_cleared_take_turns_in_every_history(looks: list[tuple[int, set[str]]]) -> None:
    judge, now = AlertJudge(), NOON
    told: dict[str, list[str]] = {}
    for seconds, kinds in looks:
        now += seconds * SECOND
        found: list[Told] = judge.judge([condition(kind) for kind in sorted(kinds)], NOTHING, now)
        for event in found:
            told.setdefault(event.alert.kind, []).append(event.event)

    for events in told.values():
        assert events == [("raised", "cleared")[n % 2] for n in range(len(events))]
    standing = {kind for kind, events in told.items() if events[-1] == "raised"}
    assert judge.standing() == {f"{kind}:x" for kind in standing}
