"""What programs read: `/api/status` has the documented shape, `/metrics` Prometheus names, `/healthz` a pulse."""

from __future__ import annotations

import dataclasses
import json
import re
import urllib.error
import urllib.request
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from contracts.paths import PRODUCT
from ingestion.live.app import make_app
from ingestion.live.metrics import metrics
from ingestion.live.platform import BrokerStatus, ReceiverStatus
from ingestion.live.state import LiveState
from ingestion.live.status import EquipmentStatus, StatusReport
from ingestion.live.way import Way
from tests.ingestion.live.serving import serving
from tests.ingestion.live.small_site import SECOND, live, site_in_every_state
from tests.sites import NOON, clock_at

DOCUMENTED = (PRODUCT / "docs" / "live-page.md").read_text(encoding="utf-8").partition("## `/api/status`")[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    return site_in_every_state(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def status(site) -> dict[str, Any]:
    """What a program gets over HTTP."""
    with (
        serving(make_app(LiveState(site, clock_at()))) as address,
        urllib.request.urlopen(f"{address}/api/status", timeout=10) as answer,
    ):
        assert answer.headers["content-type"] == "application/json"
        return json.load(answer)


@pytest.fixture(scope="module")
def samples(site) -> dict[tuple[str, ...], float]:
    """Name and label values → value."""
    families = text_string_to_metric_families(metrics(live(site).report()).decode())
    return {(s.name, *s.labels.values()): s.value for family in families for s in family.samples}


def names(kind: type) -> set[str]:
    return {field.name for field in dataclasses.fields(kind)}


def test_every_field_is_documented_and_nothing_else_is(status) -> None:
    whole, machines = DOCUMENTED.split("| field of `equipment`")
    first = re.findall(r"^\| (`[^|]*) \|", whole, re.MULTILINE)
    second = re.findall(r"^\| (`[^|]*) \|", machines, re.MULTILINE)

    assert {name for cell in first for name in re.findall(r"`(\w+)`", cell)} == names(StatusReport) == set(status)
    assert {name for cell in second for name in re.findall(r"`(\w+)`", cell)} == names(EquipmentStatus)
    assert all(set(machine) == names(EquipmentStatus) for machine in status["equipment"])


@pytest.mark.parametrize(("field", "kind"), [("broker", BrokerStatus), ("receiver", ReceiverStatus), ("way", Way)])
def test_the_parts_of_the_platform_are_documented_by_their_names(status, field, kind) -> None:
    line = next(line for line in DOCUMENTED.splitlines() if line.startswith(f"| `{field}` |"))

    assert set(status[field]) == names(kind)
    assert names(kind) <= set(re.findall(r"`(\w+)`", line))


def test_what_is_not_known_is_null_and_never_0(status) -> None:
    printer = next(item for item in status["equipment"] if item["id"] == "dal-printer-1")
    lathe = next(item for item in status["equipment"] if item["id"] == "dal-lathe-1")

    assert printer["missing"] is None
    assert (lathe["age_s"], lathe["last_at"], lathe["last"]) == (None, None, None)
    assert status["way"]["landed_ns"] is None


def test_a_gap_says_which_numbers_of_which_outbox_are_missing_since_when(status) -> None:
    press = next(item for item in status["equipment"] if item["id"] == "dal-press-1")

    assert (press["missing"], press["device"]) == (1, "gw-dal")
    assert press["gaps"] == [{"boot": 7, "first": 0, "last": 0, "since": "2026-11-24T11:59:58Z", "age_s": 2.0}]


def test_metrics_have_units_in_their_names_and_one_label_per_machine_or_service(samples) -> None:
    assert samples["bruk_equipment_age_seconds", "dal-mill-1"] == 50
    assert samples["bruk_equipment_state", "dal-printer-1", "silent"] == 1
    assert samples["bruk_equipment_messages_total", "dal-press-1"] == 3  # one of them a file
    assert samples["bruk_equipment_missing", "dal-press-1"] == 1
    assert ("bruk_equipment_missing", "dal-printer-1") not in samples
    assert ("bruk_equipment_age_seconds", "dal-lathe-1") not in samples
    assert samples["bruk_service_ok", "receiver"] == 0
    assert samples["bruk_service_loop_age_seconds", "receiver"] == 1
    assert samples["bruk_receiver_messages_total",] == 12_345
    assert samples["bruk_broker_dropped_messages_total",] == 3
    assert samples["bruk_broker_queue_ratio",] == 0.000625
    assert samples["bruk_broker_selftest_ok",] == 1
    assert 0 < samples["bruk_disk_used_ratio",] < 1
    assert samples["bruk_alert", "broker_drops", ""] == 1
    assert samples["bruk_ready",] == 0


def test_every_metric_has_a_help_text_and_a_known_unit_or_is_a_count(samples, site) -> None:
    families = list(text_string_to_metric_families(metrics(live(site).report()).decode()))

    assert len(families) > 25
    assert [family.name for family in families if not family.documentation or family.type == "unknown"] == []
    assert [family.name for family in families if re.search(r"_(ms|ns|kb|mb|percent|minutes)$", family.name)] == []


def test_a_follower_whose_loop_stands_still_has_no_pulse(tmp_path) -> None:
    now = [NOON]
    state = LiveState(site_in_every_state(tmp_path), lambda: now[0])
    app = make_app(state)
    state.look()
    state.run = lambda stop: None  # type: ignore[method-assign]  # the loop hangs in its first turn
    with serving(app) as address:
        with urllib.request.urlopen(f"{address}/healthz", timeout=10) as answer:
            assert answer.read() == b"0.0 s since the last loop\n"
        now[0] += 61 * SECOND
        with pytest.raises(urllib.error.HTTPError) as stuck:
            urllib.request.urlopen(f"{address}/healthz", timeout=10)
        assert (stuck.value.code, stuck.value.headers["cache-control"]) == (503, "no-store")
        stuck.value.close()


def test_a_published_page_may_have_the_styles_of_its_own_set_and_no_others(tmp_path) -> None:
    site = site_in_every_state(tmp_path)
    pages = site.paths.pages / "current"
    pages.mkdir(parents=True)
    (pages / "index.html").write_text("<!doctype html><title>x</title>", encoding="utf-8")
    policies = []
    with serving(make_app(LiveState(site, clock_at()))) as address:
        for hashes in (None, "'sha256-abc' 'sha256-def'"):
            if hashes:
                (pages / "style-src.txt").write_text(hashes + "\n", encoding="utf-8")
            with urllib.request.urlopen(f"{address}/", timeout=10) as answer:
                policies += answer.headers.get_all("content-security-policy")
    assert [policy.rpartition("; ")[2] for policy in policies] == [
        "style-src 'self'",
        "style-src 'sha256-abc' 'sha256-def'",
    ]
    assert all(policy.startswith("default-src 'self'") and "unsafe" not in policy for policy in policies)
