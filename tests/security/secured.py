"""A production site with devices in two testbeds, its real broker, and clients that tell what the broker answers."""

from __future__ import annotations

import ssl
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.subscribeoptions import SubscribeOptions

from bruk.credentials.authority import Authority
from bruk.credentials.keeping import authority, keep
from bruk.supervision.configuration import broker_folder, render_broker, write_private
from bruk.supervision.ports import answers
from bruk.supervision.programs import find_mosquitto
from contracts.clock import Clock, system_clock
from contracts.site import Site, load_site
from ingestion.mqtt.address import Broker, site_broker
from tests.sites import OCTOPRINT, PRODUCTION, REGISTRY, UNS, equipment, make_site, source, text

NOT_AUTHORIZED = 0x87
#: Success, or success without a subscriber.
TAKEN = (0x00, 0x10)

FALUN = "nms/v1/dalarna/testbed-dal/hall-1/line-1"
GAVLE = "nms/v1/gavleborg/testbed-gav/hall-1/line-1"
#: What each device may write, said once more by hand: the tests hold the broker to this.
MAY_WRITE = {
    "printer-1": [f"{FALUN}/printer-1"],
    "printer-2": [f"{GAVLE}/printer-1"],  # the same work unit under another testbed and region
    "octo-1": ["octoPrint"],
    "gw-hall2": [f"{FALUN}/lathe-1", f"{FALUN}/lathe-2", "spBv1.0/Testbed Mitt/DDATA/okuma-edge"],
}


def machine(name: str, work_unit: str, device: str, sources: list[str], testbed: str = "testbed-dal") -> dict[str, Any]:
    """A machine of one of the two testbeds."""
    return {**equipment(name, work_unit, "printer", device, sources), "testbed": testbed}


def registry() -> dict[str, Any]:
    """Regions, testbeds and machines of MAY_WRITE."""
    testbed = REGISTRY["testbeds"][0]
    return {
        "regions": [*REGISTRY["regions"], {"id": "gavleborg", "name": text("Gävleborg"), "nuts3": "SE313"}],
        "testbeds": [testbed, {**testbed, "id": "testbed-gav", "region": "gavleborg"}],
        "equipment": [
            machine("dal-printer-1", "printer-1", "printer-1", ["uns"]),
            machine("gav-printer-1", "printer-1", "printer-2", ["uns"], "testbed-gav"),
            machine("dal-octo", "octo-1", "octo-1", ["octoprint"]),
            machine("dal-lathe-1", "lathe-1", "gw-hall2", ["uns"]),
            machine("dal-lathe-2", "lathe-2", "gw-hall2", ["uns", "sparkplug"]),
            machine("dal-files", "files-1", "file-sender", ["production"]),
        ],
        "channels": [], "planned_time": [], "allocations": [],
    }  # fmt: skip


def sources() -> dict[str, Any]:
    """The vendors' topics beside our own."""
    sparkplug = source(
        "sparkplug",
        transport={"kind": "mqtt", "prefix": "spBv1.0/Testbed Mitt/{kind}/okuma-edge", "subscribe": ["spBv1.0/#"]},
        format={"adapter": "json", "encoding": "utf-8"}, equipment={"fixed": "dal-lathe-2"},
        messages=[{"topic": "{rest...}", "emit": []}],
    )  # fmt: skip
    production = {"equipment": {"fixed": "dal-files"}}
    octoprint = {**OCTOPRINT, "equipment": {"fixed": "dal-octo"}}
    return {"uns": UNS, "octoprint": octoprint, "sparkplug": sparkplug, "production": {**PRODUCTION, **production}}


def production_site(folder: Path, port: int, **settings: str) -> Site:
    """The site with profile production on that port; further settings as TOML texts."""
    make_site(folder, registry(), sources())
    file = folder / "site.toml"
    lines = [f"mqtt_port = {port}", *(f"{name} = {value}" for name, value in settings.items())]
    toml = file.read_text(encoding="utf-8").replace('"demonstration"', '"production"')
    file.write_text(toml + "\n".join(lines) + "\n", encoding="utf-8")
    return load_site(folder)


class SecuredBroker:
    """mosquitto with the site's own generated configuration; devices of the registry have their certificates."""

    def __init__(self, site: Site, clock: Clock = system_clock) -> None:
        self.site, self.clock = site, clock
        self.process: subprocess.Popen[bytes] | None = None
        keep(site, clock)
        self.authority: Authority = authority(site, clock)
        for device in sorted({machine.device for machine in site.registry.equipment}):
            self.authority.issue(device)

    def address(self, identity: str) -> Broker:
        """The broker for the holder of a certificate."""
        return site_broker(self.site.settings, self.site.paths, identity)

    def start(self) -> None:
        """Starts and waits until it answers."""
        broker_folder(self.site.paths).mkdir(parents=True, exist_ok=True)
        file = self.site.paths.run / "mosquitto.conf"
        write_private(file, render_broker(self.site.paths, self.site.settings))
        with (self.site.paths.run / "mosquitto.log").open("ab") as log:
            self.process = subprocess.Popen([find_mosquitto(), "-c", str(file)], stdout=log, stderr=log)
        port = self.site.settings.mqtt_port
        wait_until(lambda: answers("127.0.0.1", port) or self.process is None or self.process.poll() is not None)
        assert self.process.poll() is None, (self.site.paths.run / "mosquitto.log").read_text()

    def kill(self) -> None:
        """SIGKILL."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)
            self.process = None


class Device:
    """A client of MQTT 5 that tells what the broker answers. `context` None: plain TCP."""

    def __init__(self, address: Broker, context: ssl.SSLContext | None, client_id: str = "") -> None:
        self.heard: list[tuple[str, bytes]] = []
        self._address = address
        self._answers: dict[int, int] = {}
        self._client = mqtt.Client(
            mqtt.CallbackAPIVersion.VERSION2, client_id=client_id, protocol=mqtt.MQTTv5, reconnect_on_failure=False
        )
        if context is not None:
            self._client.tls_set_context(context)
        self._up, self._down, self._granted = threading.Event(), threading.Event(), threading.Event()
        self._client.on_connect = lambda *args: self._down.set() if args[3].is_failure else self._up.set()
        self._client.on_disconnect = lambda *_: self._down.set()
        self._client.on_subscribe = lambda *_: self._granted.set()
        self._client.on_publish = lambda _, __, mid, reason, ___: self._answers.update({mid: reason.value})
        self._client.on_message = lambda _, __, message: self.heard.append((message.topic, message.payload))

    def connect(self) -> bool:
        """Whether the broker accepts us."""
        try:
            self._client.connect(self._address.host, self._address.port)
        except OSError:  # ssl.SSLError is one
            return False
        self._client.loop_start()
        wait_until(lambda: self._up.is_set() or self._down.is_set())
        return self._up.is_set() and not self._down.is_set()

    def publish(self, topic: str, payload: bytes = b"x", retain: bool = False) -> int:
        """The reason code of the PUBACK; -1 when the connection ended instead."""
        mid = self._client.publish(topic, payload, qos=1, retain=retain).mid
        wait_until(lambda: mid in self._answers or self._down.is_set())
        return self._answers.get(mid, -1)

    def subscribe(self, topics: str) -> None:
        """Returns when the broker has answered, whatever it says."""
        self._granted.clear()
        self._client.subscribe(topics, options=SubscribeOptions(qos=1))
        assert self._granted.wait(20)

    @property
    def connected(self) -> bool:
        return self._up.is_set() and not self._down.is_set()

    def wait_gone(self) -> None:
        """Returns when the broker has ended the connection."""
        assert self._down.wait(20)

    def close(self) -> None:
        with suppress(Exception):
            self._client.disconnect()
        self._client.loop_stop()


def wait_until(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    """Returns as soon as the condition holds; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)
