"""Of one thing at most one record of the registry holds on any day, and no time of a machine is planned twice."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import ContractError
from contracts.measuring import Valid
from contracts.validity import held_twice
from tests.sites import REGISTRY, make_site, text

CHANNEL = REGISTRY["channels"][0]
WINDOW = {"equipment": "dal-press-1", "weekdays": [1, 2], "planned_downtime_min": 0, "valid_from": "2026-01-01"}
PRODUCT = {"id": "P", "name": text("P"), "planned_run_time_s": 10, "valid_from": "2026-01-01"}
REASON = {"code": "sensor", "name": text("Givare"), "kind": "failure", "words": ["Givare"]}
MORNING, NOON = {"opens": "06:00", "closes": "14:00"}, {"opens": "13:59", "closes": "22:00"}


@pytest.mark.parametrize(
    ("lists", "file", "said"),
    [
        ({"channels": [CHANNEL, CHANNEL | {"valid_from": "2026-05-01"}]}, "channels", "dal-press-1 oil_temp"),
        ({"products": [PRODUCT, PRODUCT | {"valid_from": "2026-05-01"}]}, "products", "P:"),
        ({"planned_time": [WINDOW | MORNING, WINDOW | NOON]}, "planned_time", "06:00-14:00 and 13:59-22:00 share time"),
        ({"stop_reasons": [REASON, REASON | {"code": "b", "words": ["givare "]}]}, "stop_reasons", "'givare' means 2"),
    ],
)  # fmt: skip
def test_what_would_count_twice_is_refused_and_named(tmp_path, lists, file, said):
    with pytest.raises(ContractError) as refused:
        make_site(tmp_path, lists)
    assert file in str(refused.value)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    "lists",
    [
        {"products": [PRODUCT | {"valid_to": "2026-04-30"}, PRODUCT | {"valid_from": "2026-05-01"}]},
        {"planned_time": [WINDOW | MORNING, WINDOW | NOON | {"opens": "14:00"}]},
        {"planned_time": [WINDOW | MORNING, WINDOW | NOON | {"weekdays": [3]}]},
        {"planned_time": [WINDOW | MORNING | {"valid_to": "2026-04-30"}, WINDOW | NOON | {"valid_from": "2026-05-01"}]},
    ],
)
def test_what_follows_one_another_is_taken(tmp_path, lists):
    registry = make_site(tmp_path, lists).registry
    assert {name: len(getattr(registry, name)) for name in lists} == {name: len(rows) for name, rows in lists.items()}


START = date(2026, 1, 1)
RANGES = st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 20), st.integers(0, 20)), max_size=6)


class Named(Valid):
    name: str


@given(RANGES)
def test_a_pair_is_found_exactly_when_some_day_is_held_twice(ranges: list[tuple[str, int, int]]) -> None:
    records = [
        Named(name=name, valid_from=START + timedelta(first), valid_to=START + timedelta(first + length))
        for name, first, length in ranges
    ]
    days = [
        (record.name, START + timedelta(n))
        for record in records
        for n in range(41)
        if record.holds(START + timedelta(n))
    ]
    assert bool(list(held_twice(records, lambda record: record.name))) == (len(days) != len(set(days)))
