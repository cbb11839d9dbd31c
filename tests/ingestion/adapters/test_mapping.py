"""The mapping language: scale, map, template, condition, and the routes of topics."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.adapters.outcome import Decoded
from ingestion.adapters.patterns import compile_pattern, covers
from ingestion.adapters.router import NoRoute, Route, Router
from ingestion.landing.decoder import Decoder
from ingestion.rejection import Rejection
from tests.ingestion.spooling import OIL, message, reading
from tests.sites import TS, UNS, make_site


def decoded(folder: Path, payload: bytes, **fields: Any) -> Decoded:
    """One oil temperature, decoded with a mapping of its value."""
    origins = {"channel": {"topic": "channel"}, "observed_at": TS, "value": {"path": "v"}} | fields
    rule = {"topic": "measurement_v1/{channel}", "emit": [{"stream": "measurement", "fields": origins}]}
    return Decoder(make_site(folder, sources={"uns": UNS | {"messages": [rule]}})).open(message(OIL, payload)).decoded


def test_scale_turns_the_unit_of_the_vendor_into_that_of_the_registry(tmp_path: Path) -> None:
    rows = decoded(tmp_path, reading(1.5), value={"path": "v", "scale": 3600})
    assert isinstance(rows, list)
    assert rows[0].values["value"] == 5400.0


def test_a_scaled_value_that_no_float_can_hold_is_e_range(tmp_path: Path) -> None:
    found = decoded(tmp_path, reading(1e308), value={"path": "v", "scale": 3600})
    assert isinstance(found, Rejection)
    assert found.code == "E_RANGE"


def test_a_path_walks_into_objects_and_is_absent_where_they_end(tmp_path: Path) -> None:
    nested = reading({"now": {"c": 7}})
    rows = decoded(tmp_path, nested, value={"path": "v.now.c"})
    assert isinstance(rows, list)
    assert rows[0].values["value"] == 7.0
    found = decoded(tmp_path, nested, value={"path": "v.now.f.deep"})
    assert isinstance(found, Rejection)
    assert (found.code, found.facts["field"]) == ("E_REQUIRED", "v.now.f.deep")


def test_true_is_translated_as_json_writes_it(tmp_path: Path) -> None:
    rows = decoded(tmp_path, reading(1, ok=True), quality={"path": "ok", "map": {"true": "good", "false": "bad"}})
    assert isinstance(rows, list)
    assert rows[0].values["quality"] == "good"


def test_a_template_lacks_its_value_when_a_part_is_absent(tmp_path: Path) -> None:
    channel = {"template": "{path.side}_{topic.channel}"}
    rows = decoded(tmp_path, reading(1, side="left"), channel=channel)
    assert isinstance(rows, list)
    assert rows[0].values["channel"] == "left_oil_temp"
    found = decoded(tmp_path, reading(1), channel=channel)
    assert isinstance(found, Rejection)
    assert found.code == "E_REQUIRED"


@pytest.mark.parametrize(
    ("topic_filter", "topic", "expected"),
    [
        ("a/+/c", "a/b/c", True),
        ("a/+/c", "a/b/d", False),
        ("a/#", "a", True),
        ("a/#", "a/b/c", True),
        ("+", "a/b", False),
        ("a/+", "a/", True),
        ("#", "anything/at/all", True),
    ],
)
def test_a_subscription_covers_topics_as_mqtt_says(topic_filter: str, topic: str, expected: bool) -> None:
    assert covers(topic_filter, topic) is expected


LEVELS = st.lists(st.text("abc", min_size=1, max_size=2), min_size=1, max_size=5)


@given(LEVELS, st.data())
def test_a_pattern_made_from_a_topic_matches_it_and_names_its_levels(levels: list[str], data: st.DataObject) -> None:
    opened = data.draw(st.sets(st.integers(0, len(levels) - 1)))
    pattern = "/".join(f"{{l{n}}}" if n in opened else level for n, level in enumerate(levels))
    assert compile_pattern(pattern).match(levels) == {f"l{n}": levels[n] for n in opened}


def test_the_most_specific_rule_wins_whatever_the_order(tmp_path: Path) -> None:
    emit = [{"stream": "event", "fields": {"observed_at": TS, "kind": {"const": "x"}}}]
    wins = {
        "run_v1/start": "run_v1/start",
        "run_v1/x": "run_v1/{phase}",
        "a/b": "{kind}/{channel}",
        "a/b/c": "{rest...}",
    }
    topics = ["{kind}/{channel}", "run_v1/{phase}", "run_v1/start", "{rest...}"]
    for order in (topics, topics[::-1]):
        site = make_site(tmp_path, sources={"uns": UNS | {"messages": [{"topic": t, "emit": emit} for t in order]}})
        router = Router(site.sources.values())
        prefix = OIL.rpartition("/measurement_v1")[0]
        for topic, rule in wins.items():
            found = router.route(f"{prefix}/{topic}")
            assert isinstance(found, Route)
            assert found.rule == order.index(rule)
        assert isinstance(router.route("elsewhere/a"), NoRoute)
