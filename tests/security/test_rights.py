"""The generator of the access list: whatever registry and sources say, no two devices may write one topic."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations, product
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bruk.credentials.access_list import access_list, granted, render
from bruk.credentials.authority import CA, SERVER
from contracts.access import OURS, Claim, overlap
from contracts.errors import ContractError
from contracts.registry import RESERVED
from contracts.sources import filter_problem, prefix_problem
from ingestion.adapters.patterns import covers
from ingestion.mqtt.address import SERVICES
from tests.security.secured import production_site, registry, sources
from tests.sites import make_site, source

DAY = date(2026, 11, 24)
NAMES = st.sampled_from(["a", "b", "c"])
DAYS = st.integers(0, 6).map(lambda days: DAY + timedelta(days))


@st.composite
def machines(draw: st.DrawFn) -> Any:
    since = draw(DAYS)
    until = since + timedelta(draw(st.integers(0, 6)))
    path = {level: draw(NAMES) for level in ("area", "work_centre", "work_unit")}
    chosen = draw(st.lists(st.sampled_from(["s0", "s1", "s2"]), min_size=1, unique=True))
    return SimpleNamespace(
        id=draw(st.sampled_from(["m1", "m2", "m3", "m4"])), device=draw(st.sampled_from(["d1", "d2", "d3"])),
        testbed=draw(st.sampled_from(["t1", "t2"])), sources=chosen, valid_from=since, valid_to=until, **path,
    )  # fmt: skip


REGISTRIES = st.lists(machines(), max_size=7).map(
    lambda found: SimpleNamespace(
        equipment=found,
        testbeds=[SimpleNamespace(id="t1", region="r1"), SimpleNamespace(id="t2", region="r2")],
    )
)
LEVELS = st.sampled_from(["a", "b", "nms", "v1", "_ack", "+", "{work_unit}", "{area}", "{testbed}", "{other}"])
PREFIXES = st.lists(LEVELS, min_size=1, max_size=5).map("/".join).filter(lambda text: prefix_problem(text) is None)
UNS = "nms/v1/{region}/{testbed}/{area}/{work_centre}/{work_unit}"


@st.composite
def claim(draw: st.DrawFn, number: int) -> Claim:
    by_path = draw(st.booleans())
    fixed = None if by_path else draw(st.sampled_from(["m1", "m2", "m3", "m4"]))
    return Claim(f"s{number}", draw(PREFIXES | st.just(UNS)), fixed, by_path)


CLAIMS = st.tuples(claim(0), claim(1), claim(2)).map(list)


@given(REGISTRIES, CLAIMS, DAYS)
def test_no_two_devices_may_write_one_topic_and_none_may_write_ours(
    found: Any, claimed: list[Claim], day: date
) -> None:
    written = granted(found, claimed).on(day)
    for (one, first), (other, second) in combinations(written.items(), 2):
        for left, right in product(first, second):
            assert not overlap(left, right), (one, left, other, right)
    assert not [topics for group in written.values() for topics in group for ours in OURS if overlap(topics, ours)]


@given(REGISTRIES, claim(0), DAYS)
def test_a_machine_of_its_own_is_written_by_its_device_of_the_day_and_by_nobody_else(
    found: Any, claimed: Claim, day: date
) -> None:
    written = granted(found, [claimed]).on(day)
    claimants = [
        m for m in found.equipment if m.id == claimed.fixed or (claimed.by_path and claimed.source in m.sources)
    ]
    assert set(written) <= {m.device for m in claimants if m.valid_from <= day <= m.valid_to}


TOPIC_LEVELS = st.lists(st.sampled_from(["a", "b", ""]), min_size=1, max_size=4)
FILTER_LEVELS = st.lists(st.sampled_from(["a", "b", "+"]), min_size=1, max_size=3)


@given(FILTER_LEVELS, FILTER_LEVELS, TOPIC_LEVELS, st.booleans(), st.booleans())
def test_filters_that_share_a_topic_overlap(
    one: list[str], other: list[str], topic: list[str], open_one: bool, open_other: bool
) -> None:
    left, right = "/".join([*one, *["#"] * open_one]), "/".join([*other, *["#"] * open_other])
    if covers(left, "/".join(topic)) and covers(right, "/".join(topic)):
        assert overlap(left, right)
    assert overlap(left, right) == overlap(right, left)


@given(st.text(max_size=30))
def test_no_prefix_or_filter_that_is_let_in_can_begin_a_line_of_its_own(text: str) -> None:
    if not filter_problem(text):
        listed = render({}, [text], [])
        assert [line for line in listed.splitlines() if line.startswith("user ")] == [f"user {n}" for n in SERVICES]


def test_two_printers_with_the_vendors_own_prefix_are_told_apart_or_the_second_is_left_out(tmp_path):
    second = {**sources()["octoprint"], "id": "octoprint-two", "equipment": {"fixed": "dal-printer-1"}}
    site = make_site(tmp_path, registry(), {**sources(), "octoprint-two": second})
    assert "octoprint" in site.sources
    assert "octoprint-two" not in site.sources
    (problem,) = site.wrong_sources
    assert "octoPrint/#, which belongs to device 'octo-1'" in str(problem)
    assert access_list(site, DAY).count("topic write octoPrint/#") == 1


@pytest.mark.parametrize("prefix", ["nms/v1/_ack/printer-1", "nms/v1/_ack", "nms/+/_selftest/x", "nms"])
def test_no_source_may_give_away_what_is_ours(tmp_path, prefix):
    greedy = {
        **sources()["octoprint"],
        "id": "greedy",
        "transport": {"kind": "mqtt", "prefix": prefix, "subscribe": ["x"]},
    }
    site = make_site(tmp_path, registry(), {**sources(), "greedy": greedy})
    assert "greedy" not in site.sources


@pytest.mark.parametrize("prefix", ["#", "a/#", "+/a", "{any}/a", "$SYS", " a", "a/", "a\nuser b", "a/{b}c", "", "a+"])
def test_a_prefix_that_is_no_prefix_is_refused(tmp_path, prefix):
    wrong = {**sources()["octoprint"], "id": "odd", "transport": {"kind": "mqtt", "prefix": prefix, "subscribe": ["x"]}}
    site = make_site(tmp_path, registry(), {**sources(), "odd": wrong})
    assert "odd" not in site.sources
    assert "user b" not in access_list(site, DAY)


def test_a_source_with_a_typing_error_shuts_no_machine_out(tmp_path):
    broken = {**sources()["octoprint"], "kolumn": 1}
    site = make_site(tmp_path, registry(), {**sources(), "octoprint": broken})
    assert "octoprint" not in site.sources
    assert "topic write octoPrint/#" in access_list(site, DAY)


def test_a_filter_in_a_wrong_file_cannot_write_lines_of_the_access_list(tmp_path):
    evil = source("evil", transport={"kind": "mqtt", "prefix": "e", "subscribe": ["e/#\n\nuser printer-1\ntopic #"]})
    site = make_site(tmp_path, registry(), {**sources(), "evil": evil})
    assert "topic #" not in access_list(site, DAY)


@pytest.mark.parametrize("change", ["same place", "service", "wildcard"])
def test_a_registry_in_which_a_topic_could_not_tell_the_sender_is_refused(tmp_path, change):
    found = registry()
    first = found["equipment"][0]
    if change == "same place":
        found["equipment"].append({**first, "id": "twin", "device": "other", "valid_from": "2026-06-01"})
    else:
        first["device"] = "ingest" if change == "service" else "+"
    with pytest.raises(ContractError):
        make_site(tmp_path, found, sources())


def test_a_machine_that_changed_its_gateway_is_written_by_each_in_its_time(tmp_path):
    found = registry()
    first = found["equipment"][0]
    first["valid_to"] = "2026-06-30"
    found["equipment"].append({**first, "device": "gw-new", "valid_from": "2026-07-01", "valid_to": "2026-12-31"})
    site = production_site(tmp_path, 1)
    site = make_site(tmp_path, found, sources())
    line = "topic write nms/v1/dalarna/testbed-dal/hall-1/line-1/printer-1/#"
    for day, owner in ((date(2026, 6, 30), "printer-1"), (date(2026, 7, 1), "gw-new")):
        blocks = access_list(site, day).split("\n\n")
        assert [block.split("\n")[0] for block in blocks if line in block] == [f"user {owner}"]


def test_names_of_services_are_reserved():
    assert {CA, SERVER, *SERVICES} == RESERVED
