"""A production site under supervision: `bruk up` makes what is missing, a device is acknowledged end to end."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from bruk import services
from bruk.credentials import keeping
from bruk.credentials.keeping import access_file, kept_daily
from bruk.equipment import Handed, renew, revoke
from bruk.supervision.configuration import site_fingerprint
from contracts.clock import system_clock
from contracts.paths import SitePaths
from contracts.site import load_site
from ingestion.mqtt.address import SERVICES, site_broker
from ingestion.mqtt.client import Publisher
from tests.broker import free_port
from tests.security.secured import FALUN, Device, production_site, wait_until

DAY_NS = 86_400 * 10**9


@pytest.mark.slow
def test_a_production_site_comes_up_takes_devices_by_certificate_and_acknowledges_end_to_end(tmp_path: Path) -> None:
    ports = {"web_port": str(free_port()), "airflow_port": str(free_port())}
    site = production_site(tmp_path / "site", free_port(), **ports)
    told: list[str] = []
    try:
        services.up(site.paths.site, only={"broker", "receiver", "follower"}, report=told.append)
        assert "made anew: the broker's access list" in told
        handed = renew(site, "printer-1", system_clock)
        address = site_broker(site.settings, site.paths, "printer-1")
        receiver = site.paths.status / "receiver.json"
        wait_until(lambda: receiver.exists() and b'"subscribed":true' in receiver.read_bytes(), 60)
        with Publisher(address, "printer-1") as publisher:
            for seq in range(3):
                numbers = (("boot", "7"), ("seq", str(seq)))
                publisher.publish(f"{FALUN}/printer-1/measurement_v1/t", b"{}", properties=numbers)
        printer = Device(address, address.tls())
        assert printer.connect()
        printer.subscribe("nms/v1/_ack/printer-1/#")
        wait_until(lambda: ("nms/v1/_ack/printer-1/durable", b"7 2") in printer.heard, 60)

        through_an_outbox(handed, tmp_path / "beside-the-machine")

        assert revoke(site, "printer-1", system_clock).broker
        printer.wait_gone()
        printer.close()
        told.clear()
        services.up(site.paths.site, only={"broker", "receiver", "follower"}, report=told.append)
        assert [line for line in told if "made anew" in line] == []
        assert secrets_outside_their_folder(site.paths) == []
    finally:
        services.down(site.paths.site)


def secrets_outside_their_folder(paths: SitePaths) -> list[Path]:
    """Files of the site, logs above all, in which a line of a key stands."""
    keys = [key.read_bytes().splitlines()[1] for key in paths.credentials.glob("*.key")]
    assert len(keys) > len(SERVICES)
    others = [file for file in paths.var.rglob("*") if file.is_file() and paths.credentials not in file.parents]
    assert paths.logs / "receiver.log" in others
    return [file for file in others if any(key in file.read_bytes() for key in keys)]


def through_an_outbox(handed: Handed, folder: Path) -> None:
    """The line to paste, in a folder with the files to copy: it ends when the site has everything."""
    folder.mkdir()
    for file in handed.files:
        shutil.copy(file, folder)
    program, *words = shlex.split(handed.edge.removeprefix("your-program | "))
    command = [str(Path(sys.executable).parent / program), *words]
    subprocess.run(command, cwd=folder, input=b"one\ntwo\n", check=True, timeout=120, capture_output=True)


def test_the_access_list_follows_the_days_of_the_registry_by_itself(tmp_path, monkeypatch):
    site = production_site(tmp_path, 1)
    file = site.paths.registry / "equipment.yaml"
    now = [system_clock()]
    last = keeping.today(site, lambda: now[0])
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("device: printer-1", f"device: printer-1\n  valid_to: {last}", 1), encoding="utf-8")
    site = load_site(tmp_path)
    keeping.keep(site, lambda: now[0])
    assert "user printer-1\n" in access_file(site.paths).read_text(encoding="utf-8")
    monkeypatch.setattr(keeping, "LOOK_SECONDS", 0.01)
    with kept_daily(site, lambda: now[0]):
        now[0] += DAY_NS
        wait_until(lambda: "user printer-1\n" not in access_file(site.paths).read_text(encoding="utf-8"))
    assert not [one for one in threading.enumerate() if one.name == "credentials"]


def test_services_start_anew_when_their_own_certificate_did(tmp_path):
    site = production_site(tmp_path, 1)
    keeping.keep(site, system_clock)
    before = site_fingerprint(site.paths)
    renew(site, "printer-1", system_clock)
    assert site_fingerprint(site.paths) == before
    keeping.keep(site, lambda: time.time_ns() + 700 * DAY_NS)
    assert site_fingerprint(site.paths) != before
