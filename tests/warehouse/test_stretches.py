"""Silences, stretches of channels and gaps equal a plain reference, second by second, on thousands of small cases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.metrics import elements
from tests.warehouse import stretches
from tests.warehouse.compiled import Compiled

pytestmark = pytest.mark.slow

#: A second before which lie 60 s of 24 November: the cases go over midnight (UTC).
NIGHT = datetime(2026, 11, 24, 23, 59, tzinfo=UTC)
DAYS = "date '2026-11-24', date '2026-11-25'"
ALWAYS = ("2026-01-01", "9999-12-31")
SECONDS = st.integers(0, 120)
#: What a run must know of the oxygen, as a ratio of its time.
KNOWN_MIN = elements()["OXYGEN_TIME"].known_min or 0
MANY = settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))


def instant(second: int, since: datetime = NIGHT) -> datetime:
    return since + timedelta(seconds=second)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    """The models, with empty tables in the place of what the cases do not speak of."""
    compiled = Compiled(tmp_path_factory.mktemp("compiled"))
    for stream in ("event", "layer", "output", "run", "state"):
        compiled.table(f"stg_{stream}", "event_date date, equipment varchar, observed_at timestamptz")
    return compiled


def _seconds(rows: Sequence[tuple[Any, ...]], since: datetime = NIGHT) -> list[tuple[Any, ...]]:
    """Instants as seconds since the case began; the rest as it is."""
    return [
        tuple(int((value - since).total_seconds()) if isinstance(value, datetime) else value for value in row)
        for row in rows
    ]


@MANY
@given(signs=st.lists(SECONDS, max_size=12), silent_after=st.integers(1, 40))
def test_silences_are_those_between_neighbouring_signs_also_over_midnight(
    models: Compiled, signs: list[int], silent_after: int
) -> None:
    rows = [(instant(sign).date(), "m", instant(sign)) for sign in signs]
    models.table("fct_measurement", "event_date date, equipment_id varchar, observed_at timestamptz", rows)
    registry = "equipment_id varchar, silent_after_s double, valid_from date, valid_to date"
    models.table("stg_registry__equipment", registry, [("m", silent_after, *ALWAYS)])
    models.build("int_life_day", DAYS)
    models.build("int_silence")
    found = models.rows("select silent_from, alive_again_at from int_silence order by 1")
    assert _seconds(found) == stretches.silences(signs, silent_after)


@MANY
@given(
    values=st.lists(st.tuples(SECONDS, st.sampled_from(["in", "out", "beyond"])), max_size=12),
    interval=st.integers(1, 12),
)
def test_a_channel_is_in_or_out_of_limits_or_bad_in_exactly_the_seconds_in_which_a_value_holds(
    models: Compiled, values: list[tuple[int, str]], interval: int
) -> None:
    sent = {"in": 1.0, "out": 9.0, "beyond": 99.9}
    rows = [
        (instant(at).date(), str(place), 0, "m", "c", instant(at), sent[what], None, what != "beyond")
        for place, (at, what) in enumerate(values)
    ]
    columns = (
        "event_date date, event_id varchar, part bigint, equipment_id varchar, channel varchar,"
        " observed_at timestamptz, value double, quality varchar, in_range boolean"
    )
    models.table("fct_measurement", columns, rows)
    registry = (
        "equipment_id varchar, channel varchar, interval_s double, role varchar, limit_low double, limit_high double,"
        " valid_from date, valid_to date"
    )
    models.table("stg_registry__channels", registry, [("m", "c", interval, "oxygen", None, 5, *ALWAYS)])
    models.build("int_channel_stretch_day", DAYS)
    models.build("int_channel_stretch")
    says = "case when not is_good then 'beyond' when out_of_limits then 'out' else 'in' end"
    found = _seconds(models.rows(f"select started_at, ended_at, {says} from int_channel_stretch"))
    told = [(second, what) for begin, end, what in found for second in range(begin, end)]
    held = stretches.held(values, 3 * interval)
    assert sorted(told) == sorted(held.items())
    models.build("int_channel_coverage_day", DAYS)
    models.build("int_channel_coverage")
    covered = _seconds(models.rows("select started_at, ended_at, is_good from int_channel_coverage"))
    spanned = [(second, good) for begin, end, good in covered for second in range(begin, end)]
    assert sorted(spanned) == sorted((second, what != "beyond") for second, what in held.items())


@MANY
@given(
    turns=st.lists(SECONDS, max_size=6, unique=True).map(sorted),
    values=st.lists(st.tuples(SECONDS, st.sampled_from("abc"), st.booleans()), max_size=20),
    holds=st.integers(1, 40),
)
def test_channels_of_one_role_are_out_of_limits_together_and_a_run_of_which_too_little_is_known_lacks_it(
    models: Compiled, turns: list[int], values: list[tuple[int, str, bool]], holds: int
) -> None:
    run = list(zip(turns[::2], turns[1::2], strict=False))
    channels = {name: _held(values, name, holds) for name in "abc"}
    span = "started_at timestamptz, ended_at timestamptz"
    rows = [("r", "m", instant(begin), instant(end)) for begin, end in run]
    models.table("int_run_turn", f"run_id varchar, equipment_id varchar, {span}", rows)
    columns = (
        "equipment_id varchar, channel varchar, event_date date, role varchar, is_good boolean, out_of_limits boolean"
    )
    rows = [
        ("m", name, instant(at).date(), "oxygen", True, out, instant(at), instant(end))
        for name, held in channels.items()
        for at, end, out in held
    ]
    models.table("int_channel_stretch", f"{columns}, {span}", rows)
    models.table(
        "met_elements_run", "run_id varchar, equipment_id varchar, booked_day date", [("r", "m", "2026-11-24")]
    )
    registry = (
        "equipment_id varchar, channel varchar, role varchar, interval_s double, limit_low double, limit_high double,"
        " valid_from date, valid_to date"
    )
    models.table("stg_registry__channels", registry, [("m", name, "oxygen", 60, None, 5, *ALWAYS) for name in channels])
    models.build("int_run_element_limits")
    found = models.rows("select element, value::bigint, n, missing from int_run_element_limits order by 1")
    seconds = [{second: out for at, end, out in held for second in range(at, end)} for held in channels.values()]
    out, known = stretches.out_of_limits(run, seconds)
    told = known > 0 and known >= KNOWN_MIN * sum(end - begin for begin, end in run)
    assert found == [("OXYGEN_OUT", out, told, not told), ("OXYGEN_TIME", known, told, not told)]


def _held(values: list[tuple[int, str, bool]], name: str, holds: int) -> list[tuple[int, int, bool]]:
    """Of one channel, from when to when it says what: until its next value, or as long as one holds."""
    mine = sorted({at: out for at, channel, out in values if channel == name}.items())
    ends = [at for at, _ in mine[1:]] + [1000]
    return [(at, min(end, at + holds), out) for (at, out), end in zip(mine, ends, strict=True)] if mine else []


#: The programme begins on 24 November, local time.
BEGINS = datetime(2026, 11, 23, 23, tzinfo=UTC)
SPANS = (
    st.lists(SECONDS, max_size=8, unique=True).map(sorted).map(lambda at: list(zip(at[::2], at[1::2], strict=False)))
)


@MANY
@given(ends=st.integers(1, 120), known=SPANS, planned=SPANS, down=SPANS, bad=SPANS, refused=st.booleans())
def test_what_is_not_known_has_the_first_cause_that_holds_and_nothing_else_is_a_gap(
    models: Compiled,
    ends: int,
    known: list[stretches.Span],
    planned: list[stretches.Span],
    down: list[stretches.Span],
    bad: list[stretches.Span],
    refused: bool,
) -> None:
    def spans(found: list[stretches.Span], *more: Any) -> list[tuple[Any, ...]]:
        return [("m", *more, instant(begin, BEGINS), instant(end, BEGINS)) for begin, end in found]

    models.table("stg_refresh", "as_of timestamptz, programme_start date", [(instant(ends, BEGINS), "2026-11-24")])
    models.table("dim_equipment", "equipment_id varchar, valid_from date, valid_to date", [("m", *ALWAYS)])
    registry = "equipment_id varchar, channel varchar, interval_s double, valid_from date, valid_to date"
    models.table("stg_registry__channels", registry, [("m", "c", 1, *ALWAYS)])
    span = "started_at timestamptz, ended_at timestamptz"
    models.table(
        "fct_state_interval",
        f"equipment_id varchar, state varchar, is_silent boolean, {span}",
        spans(down, "unknown", False),
    )
    models.table(
        "int_channel_coverage",
        f"equipment_id varchar, channel varchar, is_good boolean, {span}",
        spans(known, "c", True) + spans(bad, "c", False),
    )
    windows = "equipment_id varchar, opens_at timestamptz, closes_at timestamptz"
    models.table("int_planned_window", windows, spans(planned))
    counts = "equipment_id varchar, source varchar, received_hour timestamptz, code varchar, n bigint"
    models.table("stg_quarantined", counts, [("m", "uns", BEGINS, "E_JSON", 1)] if refused else [])
    models.build("int_observation_edge")
    models.build("fct_observation_gap")
    for channel, of_it in (("c", known), (None, [])):
        sql = "select started_at, ended_at, cause from fct_observation_gap where source is null and channel"
        found = models.rows(f"{sql} {'is null' if channel is None else '= ' + repr(channel)} order by 1")
        wrong = [(0, 120)] if refused else bad if channel else []
        assert _seconds(found, BEGINS) == stretches.gaps((0, ends), of_it, planned, down, wrong)
