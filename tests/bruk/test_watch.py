"""`bruk watch`, `bruk alerts` and `bruk doctor`: the live page for terminals and scripts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bruk.cli import app
from bruk.supervision.doctor_way import way_in
from contracts.settings import load_settings
from contracts.site import Site, load_site
from ingestion.live.app import make_app
from tests.broker import free_port
from tests.ingestion.live.serving import serving
from tests.ingestion.live.small_site import busy_site, live, site_in_every_state, write_alerts, write_broker
from tests.ingestion.live.test_notifier import private, webhook
from tests.sites import NOON


def bruk(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def flat(shown: Result) -> str:
    """The output without the line breaks of a narrow terminal; how wide it is, is known when the console is made."""
    return " ".join(shown.output.split())


@contextmanager
def followed(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """The site while its follower answers on the site's own web port."""
    with serving(make_app(live(site))) as address:
        monkeypatch.setenv("BRUK_WEB_PORT", address.rpartition(":")[2])
        yield site


@pytest.fixture(autouse=True)
def nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    """No other site's follower must answer for this one."""
    monkeypatch.setenv("BRUK_WEB_PORT", str(free_port()))


def test_a_site_at_work_exits_0_and_shows_every_machine(tmp_path: Path, monkeypatch):
    busy_site(tmp_path)
    printer = (tmp_path / "registry" / "equipment.yaml").read_text("utf-8")
    (tmp_path / "registry" / "equipment.yaml").write_text(printer.replace("10.0", "10000.0"), "utf-8")
    with followed(load_site(tmp_path), monkeypatch):
        shown = bruk("watch", "--once", "--site", str(tmp_path))

    assert shown.exit_code == 0, shown.output
    assert "dal-press-1" in shown.output
    assert "not countable" in shown.output


def test_what_stands_still_is_named_and_exits_1(tmp_path: Path, monkeypatch):
    with followed(site_in_every_state(tmp_path), monkeypatch):
        shown = bruk("watch", "--once", "--site", str(tmp_path))

    assert shown.exit_code == 1
    assert "✗ Receiver (MQTT) has no contact with the broker" in flat(shown)
    assert "! The broker dropped 3 messages, since 2026-11-24 11:59:00 UTC" in flat(shown)
    assert "○ silent" in shown.output
    assert "☾ rest" in shown.output


def test_without_a_follower_it_reads_what_lies_in_the_site_and_writes_nothing(tmp_path: Path):
    site = busy_site(tmp_path)
    before = sorted(path.name for path in site.paths.status.iterdir())
    found = bruk("watch", "--json", "--site", str(tmp_path))

    assert found.exit_code == 1
    press = next(item for item in json.loads(found.stdout)["equipment"] if item["id"] == "dal-press-1")
    assert press["total"] == 12
    assert sorted(path.name for path in site.paths.status.iterdir()) == before


def test_json_is_what_the_follower_says(tmp_path: Path, monkeypatch):
    with followed(busy_site(tmp_path), monkeypatch):
        found = json.loads(bruk("watch", "--json", "--site", str(tmp_path)).stdout)

    assert found["at"] == "2026-11-24T12:00:00Z"
    assert found["ready"]


def test_alerts_are_listed_with_those_that_are_over(tmp_path: Path):
    write_alerts(busy_site(tmp_path))
    found = bruk("alerts", "list", "--json", "--site", str(tmp_path))

    assert found.exit_code == 1, "one stands"
    assert [alert["kind"] for alert in json.loads(found.stdout)] == ["broker_drops", "machine_silent"]
    assert "The broker dropped 3 messages" in flat(bruk("alerts", "list", "--site", str(tmp_path)))


def test_a_test_message_goes_to_every_address_now(tmp_path: Path, monkeypatch):
    busy_site(tmp_path)
    port = free_port()
    private(tmp_path, f"json://127.0.0.1:{port}/")
    monkeypatch.setenv("BRUK_ALERT_FILE", "alerts.txt")
    with webhook(port) as posted:
        done = bruk("alerts", "test", "--site", str(tmp_path))
    failed = bruk("alerts", "test", "--json", "--site", str(tmp_path))

    assert (done.exit_code, [post["title"] for post in posted]) == (0, ["[Provplats] Prov av larm"])
    assert failed.exit_code == 1
    assert "did not take the message" in json.loads(failed.stdout)[0]["result"]


def test_the_doctor_tells_what_the_brokers_test_found_and_that_a_canary_cannot_be_sent(tmp_path: Path, monkeypatch):
    site = busy_site(tmp_path)
    write_broker(site, selftest={"at_ns": NOON, "qos_1": 638, "qos_0": 363, "upgraded": 363, "ok": False})
    monkeypatch.setenv("BRUK_MQTT_PORT", str(free_port()))
    with followed(site, monkeypatch):
        checks = {check.name: check for check in way_in(load_settings(tmp_path), site.paths)}

    assert (checks["broker test"].state, checks["canary"].state) == ("fail", "fail")
    assert "638/2000 QoS 1" in checks["broker test"].text_en


def test_without_a_follower_the_doctor_leaves_the_way_to_the_ports(tmp_path: Path):
    site = busy_site(tmp_path)

    assert list(way_in(load_settings(tmp_path), site.paths)) == []
