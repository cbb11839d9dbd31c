"""What an operator is woken for: read from the report, with lower bounds for what stands already."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest

from contracts.clock import utc
from ingestion.live.conditions import Counters, conditions, counted, unknown
from ingestion.live.status import EquipmentStatus, MissingNumbers, StatusReport, _plain
from tests.ingestion.live.small_site import SECOND, busy_site, live, write_broker, write_receiver, write_status
from tests.sites import NOON

NOBODY = frozenset[str]()


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    return busy_site(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def report(site) -> StatusReport:
    return live(site).report()


def keys(report: StatusReport, counters: Counters | None = None, standing: frozenset[str] = NOBODY) -> set[str]:
    return {condition.key for condition in conditions(report, counters or Counters(), standing)}


def with_machine(report: StatusReport, name: str, **changed: object) -> StatusReport:
    def one(item: EquipmentStatus) -> EquipmentStatus:
        return dataclasses.replace(item, **changed) if item.id == name else item

    return dataclasses.replace(report, equipment=[one(item) for item in report.equipment])


def risen(name: str, by: int) -> Counters:
    counters = Counters()
    counters.add(NOON, {name: 5})
    counters.add(NOON + 60 * SECOND, {name: 5 + by})
    return counters


def test_a_silent_machine_is_told_and_one_at_rest_by_plan_is_not(report) -> None:
    assert "machine_silent:dal-printer-1" in keys(report)
    assert "machine_silent:dal-printer-1" not in keys(with_machine(report, "dal-printer-1", state="rest"))
    assert "machine_silent:dal-printer-1" not in keys(with_machine(report, "dal-printer-1", state="late"))


def test_a_place_of_the_spool_that_cannot_be_read_is_told_with_its_segment(report) -> None:
    facts = {"problem": "mqtt/000000000012:4, Input/output error"}
    damage = _plain("E_DAMAGED", facts, "", NOON)
    damaged = dataclasses.replace(report, other_reasons=[damage])

    found = [item for item in conditions(damaged, risen("damaged", 1), NOBODY) if item.kind == "damaged"]

    assert counted(damaged)["damaged"] == 1
    assert ["mqtt/000000000012" in item.text.en for item in found] == [True]


def test_a_machine_gets_its_time_after_our_own_rest_and_an_alert_that_stands_stays(site) -> None:
    write_receiver(site, connected_ns=NOON - 90 * SECOND)
    fresh = live(site).report()
    write_receiver(site)
    told = "machine_silent:dal-printer-1"

    assert told not in keys(fresh)
    assert told in keys(fresh, standing=frozenset({told}))


def test_while_the_receiver_stands_still_nothing_is_known_of_machines(report, site) -> None:
    later = live(site, NOON + 60 * SECOND).report()

    assert unknown(report) == frozenset()
    assert "machine_silent" in unknown(later)
    assert "service:receiver" in keys(later)


def test_ten_refused_in_ten_minutes_are_told_and_an_old_pile_is_not(report) -> None:
    assert not {key for key in keys(report) if key.startswith("rejections")}
    assert "rejections:dal-press-1" in keys(report, risen("refused:dal-press-1", 10))
    assert "rejections:dal-press-1" not in keys(report, risen("refused:dal-press-1", 9))
    raised = frozenset({"rejections:dal-press-1"})
    assert "rejections:dal-press-1" in keys(report, risen("refused:dal-press-1", 3), raised)
    assert "rejections:" in keys(report, risen("refused:", 10))


@pytest.mark.parametrize(
    ("share", "standing", "expected"),
    [
        (0.79, NOBODY, set()),
        (0.80, NOBODY, {"disk_high:"}),
        (0.77, frozenset({"disk_high:"}), {"disk_high:"}),
        (0.74, frozenset({"disk_high:"}), set()),
        (0.98, NOBODY, {"disk_high:", "disk_full:"}),
    ],
)
def test_the_disk_is_told_at_80_percent_and_over_below_75(report, share, standing, expected) -> None:
    found = keys(dataclasses.replace(report, disk_used_share=share), standing=standing)

    assert {key for key in found if key.startswith("disk")} == expected


def test_a_receiver_that_waits_for_room_means_a_full_disk(site) -> None:
    write_receiver(site, full_since_ns=NOON - 3 * SECOND)
    waiting = live(site).report()
    write_receiver(site)

    assert {"disk_full:", "service:receiver"} <= keys(waiting)
    assert not waiting.ready


def test_drops_and_a_lost_session_are_told_when_they_rise(report) -> None:
    assert "broker_drops:" in keys(report, risen("dropped", 1))
    assert "session_lost:" in keys(report, risen("sessions_lost", 1))
    assert not {"broker_drops:", "session_lost:"} & keys(report)


def test_a_counter_that_began_anew_counts_from_zero() -> None:
    counters = Counters()
    for n, value in enumerate((7, 9, 0, 1)):
        counters.add(NOON + n * SECOND, {"dropped": value})

    assert counters.risen("dropped") == 3
    assert counters.risen("nobody") == 0


def test_a_rise_is_forgotten_after_ten_minutes() -> None:
    counters = risen("dropped", 4)
    counters.add(NOON + 661 * SECOND, {"dropped": 9})

    assert counters.risen("dropped") == 0


def test_a_queue_above_half_of_its_limit_is_told(site) -> None:
    write_broker(site, queue_share=0.51)
    full = live(site).report()
    write_broker(site)

    assert "broker_queue:" in keys(full)


def test_a_broker_that_fails_its_start_up_test_is_a_service_that_does_not_work(site) -> None:
    test = {"at_ns": NOON, "qos_1": 638, "qos_0": 363, "upgraded": 363, "ok": False}
    write_broker(site, selftest=test)
    failed = live(site).report()
    write_broker(site)

    assert "service:broker" in keys(failed)
    assert "638/2000" in next(service.text.sv for service in failed.services if service.id == "broker")


def test_a_gap_is_told_when_it_is_older_than_a_minute_once_per_device(report) -> None:
    def gap(seconds: float) -> list[MissingNumbers]:
        return [MissingNumbers(7, 3, 4, utc(NOON) - timedelta(seconds=seconds), seconds)]

    assert "gap:gw-dal" not in keys(with_machine(report, "dal-press-1", gaps=gap(59), missing=2))
    assert "gap:gw-dal" in keys(with_machine(report, "dal-press-1", gaps=gap(60), missing=2))


def test_two_outboxes_under_one_name_are_told(report) -> None:
    assert "two_senders:gw-dal" in keys(with_machine(report, "dal-press-1", two_senders=True))
    assert "two_senders:gw-dal" not in keys(report)


def test_acknowledgements_that_stand_still_are_a_service_that_does_not_work(site) -> None:
    devices = {"gw-dal": {"boot": 7, "high": 41, "boots": 1, "two_senders": False}}
    write_status(site, "acknowledging", written_ns=NOON, connected=False, devices=devices)
    stands = live(site).report()
    (site.paths.status / "acknowledging.json").unlink()

    assert "service:acknowledge" in keys(stands)
    assert next(item for item in stands.equipment if item.id == "dal-press-1").acknowledged == 41


def test_a_quarantine_that_nobody_can_read_any_more_is_told(report) -> None:
    many = dataclasses.replace(report.accounting, quarantined=100_000)

    assert "quarantine_full:" in keys(dataclasses.replace(report, accounting=many))


def test_the_counters_of_a_report_are_those_that_rise(report) -> None:
    assert counted(report) == {
        "refused:dal-press-1": 2, "refused:dal-printer-1": 0, "refused:": 1, "damaged": 0, "dropped": 0,
        "sessions_lost": 0,
    }  # fmt: skip
