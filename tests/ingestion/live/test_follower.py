"""The follower: what it heard of each machine is right, also after a restart, after silence and for files."""

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.site import Site
from ingestion.files.door import drop_file
from ingestion.live.follower import Follower
from tests.ingestion.spooling import OIL, PRODUCTION, drop, envelope, reading, spool
from tests.sites import NOON, clock_at, make_site

SECOND = 1_000_000_000
TOOL = "octoPrint/temperature/tool0"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return make_site(tmp_path)


def follower(site: Site, now: int = NOON) -> Follower:
    return Follower(site, clock_at(now))


def drain(follower: Follower) -> Follower:
    while follower.poll():
        pass
    return follower


def test_a_site_without_traffic_has_heard_nothing(site):
    found = drain(follower(site))
    assert found.heard == {}
    assert found.last_ns == {}


def test_each_machine_keeps_its_own_last_message_and_count(site):
    spool(
        site,
        envelope(OIL, reading(41.5), received_ns=NOON - 30 * SECOND),
        envelope(OIL, reading(42.5), received_ns=NOON - 20 * SECOND),
        envelope(TOOL, b'{"actual": 210.0, "target": 210, "_timestamp": 1795521500}', received_ns=NOON - 25 * SECOND),
    )
    heard = drain(follower(site)).heard
    press, printer = heard["dal-press-1"], heard["dal-printer-1"]
    assert (press.total, press.last_ns, press.topic) == (2, NOON - 20 * SECOND, OIL)
    assert press.payload == reading(42.5)
    assert "oil_temp" in press.words[0]
    assert "42.5" in press.words[0]
    assert (printer.total, printer.topic) == (1, TOOL)
    assert [line.partition(":")[0] for line in printer.words] == ["measurement", "measurement"]


def test_what_lay_on_the_broker_before_we_came_is_no_sign_of_life(site):
    spool(site, envelope(OIL, retain=True))
    assert drain(follower(site)).heard == {}


def test_a_bad_message_is_a_sign_of_life_and_says_what_is_wrong(site):
    spool(site, envelope(OIL, b"not json"))
    press = drain(follower(site)).heard["dal-press-1"]
    assert press.words[0].startswith("E_JSON")


def test_a_topic_that_leads_nowhere_is_nobody(site):
    spool(site, envelope("nms/v1/dalarna/testbed-dal/hall-1/line-1/press-9/measurement_v1/x"), envelope("other/topic"))
    found = drain(follower(site))
    assert found.heard == {}
    assert found.last_ns == {"mqtt": NOON}


def test_a_machine_that_only_sends_files_is_heard_when_its_file_comes(site, tmp_path):
    path = tmp_path / "order.csv"
    path.write_bytes((PRODUCTION + "Press 1;A-1;2026-11-24 08:00;;bricka;;;\r\n").encode("cp1252"))
    drop_file(site, path, "production", clock_at(NOON - 60 * SECOND))
    press = drain(follower(site)).heard["dal-press-1"]
    assert (press.last_ns, press.spool, press.words) == (NOON - 60 * SECOND, "files", ["order.csv"])


def test_a_file_that_cannot_be_read_names_no_machine_and_stops_nothing(site):
    drop(site, "production", b"\xff\xfe\x00")
    drop(site, "participation", b"")
    drop(site, "unknown", b"x")
    (site.paths.spool / "files" / "bytes" / drop(site, "production", b"gone")).unlink()
    assert drain(follower(site)).heard == {}


def test_it_goes_on_from_its_checkpoint_and_counts_nothing_twice(site):
    spool(site, envelope(OIL, reading(1.0)), envelope(OIL, reading(2.0)))
    first = drain(follower(site))
    first.save()
    second = follower(site)
    assert second.heard == first.heard
    assert second.poll() == 0
    spool(site, envelope(OIL, reading(3.0), received_ns=NOON + SECOND))
    assert drain(second).heard["dal-press-1"].total == 3


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"version": 1}', b'{"version": 2}', b'{"version": 1, "positions": 3}']
)
def test_a_checkpoint_that_cannot_be_read_costs_time_and_nothing_else(site, content):
    site.paths.status.mkdir(parents=True)
    (site.paths.status / "follower.json").write_bytes(content)
    spool(site, envelope(OIL))
    assert drain(follower(site)).heard["dal-press-1"].total == 1


def test_an_emptied_spool_is_read_from_its_new_beginning(site):
    for value in (1.0, 2.0, 3.0):
        spool(site, envelope(OIL, reading(value)))
    drain(follower(site)).save()
    for segment in (site.paths.spool / "mqtt").glob("*.seg"):
        segment.unlink()
    spool(site, envelope(OIL, reading(9.0)))
    assert drain(follower(site)).heard["dal-press-1"].total == 1


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ages=st.lists(st.integers(0, 300), min_size=1, max_size=200), cuts=st.integers(1, 5))
def test_the_rate_is_the_number_of_messages_of_the_last_minute(tmp_path_factory, ages, cuts):
    """To within one bucket of five seconds, however the messages fall on segments and polls."""
    site = make_site(tmp_path_factory.mktemp("site"))
    ages = sorted(ages, reverse=True)
    found = follower(site)
    size = max(1, len(ages) // cuts)
    for start in range(0, len(ages), size):
        spool(site, *(envelope(OIL, received_ns=NOON - age * SECOND) for age in ages[start : start + size]))
        found.poll()
    rate = drain(found).heard["dal-press-1"].rate(NOON)
    assert sum(age <= 55 for age in ages) <= rate <= sum(age < 65 for age in ages)
    assert found.heard["dal-press-1"].total == len(ages)


def test_random_bytes_in_every_place_stop_nothing(site):
    chance = random.Random(7)
    for _ in range(200):
        topic = chance.choice([OIL, TOOL, "octoPrint/event/PrintDone", "nms/v1/a/b/c/d/e/f", chance.randbytes(8).hex()])
        spool(site, envelope(topic, chance.randbytes(chance.randrange(1, 60))))
    drain(follower(site))
