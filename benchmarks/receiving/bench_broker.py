"""A broker of the product's own configuration for the time of a benchmark, with a site whose receiver may use it."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bruk.credentials.keeping import access_file, authority, keep
from bruk.site_init import init
from bruk.supervision.configuration import broker_folder, render_broker, write_private
from bruk.supervision.ports import answers, free_port
from bruk.supervision.programs import find_mosquitto
from contracts.clock import system_clock
from contracts.errors import TransientError
from contracts.paths import SitePaths
from contracts.settings import load_settings
from contracts.site import Site, load_site
from ingestion.mqtt.address import RECEIVER, Broker, site_broker

SENDER, SUB, PAHO, MQTT_JS, NODE_RED = "bench-sender", "rival-sub", "rival-paho", "rival-js", "rival-red"
VISITORS = (SENDER, SUB, PAHO, MQTT_JS, NODE_RED)


@dataclass(frozen=True)
class Bench:
    """A site folder, its broker, and a folder for what the rivals write."""

    site: Path
    folder: Path

    def broker(self, name: str) -> Broker:
        """The broker, for the holder of a certificate."""
        settings = load_settings(self.site)
        return site_broker(settings, SitePaths(self.site), name)

    def park(self, client_id: str, topic: str) -> None:
        """Lets the broker keep a session with that subscription, as one that is away."""
        subprocess.run(
            [*sub(self.broker(client_id), client_id, topic), "-E"], check=True, timeout=30, stdout=subprocess.DEVNULL
        )


def sub(broker: Broker, client_id: str, topic: str) -> list[str]:
    """The words of `mosquitto_sub` with a session of its own."""
    words = ["mosquitto_sub", "-h", broker.host, "-p", str(broker.port), "-V", "mqttv5", "-i", client_id, "-c"]
    words += ["-x", "3600", "-D", "CONNECT", "receive-maximum", "20000", "-q", "1"]
    if broker.credentials:
        own = broker.credentials
        words += ["--cafile", str(own.authority), "--cert", str(own.certificate), "--key", str(own.key)]
    return [*words, "-t", topic]


@contextmanager
def plain_broker() -> Iterator[Bench]:
    """Anonymous on loopback, as in the demonstration."""
    with _site("demonstration") as bench:
        yield bench


@contextmanager
def secure_broker() -> Iterator[Bench]:
    """TLS with client certificates, as a production site has it; the rivals have certificates too."""
    with _site("production") as bench:
        yield bench


@contextmanager
def _site(profile: str) -> Iterator[Bench]:
    with tempfile.TemporaryDirectory(prefix="bruk-bench-") as root:
        folder, port = Path(root), free_port()
        init(folder / "site")
        text = (folder / "site" / "site.toml").read_text(encoding="utf-8").replace("production", profile)
        (folder / "site" / "site.toml").write_text(f"{text}mqtt_port = {port}\n", encoding="utf-8")
        site = load_site(folder / "site")
        broker_folder(site.paths).mkdir(parents=True)
        keep(site, system_clock)
        if profile == "production":
            _let_in(site)
        configuration = site.paths.run / "mosquitto.conf"
        write_private(configuration, render_broker(site.paths, site.settings))
        with running(configuration, port):
            yield Bench(site.paths.site, folder)


def _let_in(site: Site) -> None:
    """Certificates for the rivals, and an access list under which each may read and write everything."""
    for name in VISITORS:
        authority(site, system_clock).issue(name)
    lines = [f"user {name}\ntopic readwrite #\n" for name in (RECEIVER, *VISITORS)]
    write_private(access_file(site.paths), "\n".join(lines))


@contextmanager
def running(configuration: Path, port: int) -> Iterator[None]:
    """mosquitto with that configuration, from when it answers. Raises TransientError."""
    log = configuration.with_suffix(".log").open("wb")
    process = subprocess.Popen([find_mosquitto(), "-c", str(configuration)], stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + 20
        while not answers("127.0.0.1", port, 0.2):
            if process.poll() is not None or time.monotonic() > deadline:
                raise TransientError(f"no broker for the benchmark: {configuration.with_suffix('.log').read_text()}")
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(30)
        log.close()
