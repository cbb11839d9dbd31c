"""A broker of the product's own configuration for the time of a benchmark, with a site whose receiver may use it."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bruk.supervision.configuration import broker_folder, render_broker, write_private
from bruk.supervision.ports import answers, free_port
from bruk.supervision.programs import find_mosquitto
from contracts.errors import TransientError
from contracts.paths import SitePaths
from contracts.settings import Settings
from ingestion.mqtt.address import Broker


@dataclass(frozen=True)
class Bench:
    """A site folder, its broker, and a folder for what the rivals write."""

    site: Path
    broker: Broker
    folder: Path

    def park(self, client_id: str, topic: str) -> None:
        """Lets the broker keep a session with that subscription, as one that is away."""
        subprocess.run([*sub(self.broker, client_id, topic), "-E"], check=True, timeout=30)


def sub(broker: Broker, client_id: str, topic: str) -> list[str]:
    """The words of `mosquitto_sub` with a session of its own."""
    words = ["mosquitto_sub", "-h", broker.host, "-p", str(broker.port), "-V", "mqttv5", "-i", client_id, "-c"]
    words += ["-x", "3600", "-D", "CONNECT", "receive-maximum", "20000", "-q", "1", "-t", topic]
    if broker.credentials:
        own = broker.credentials
        words += ["--cafile", str(own.authority), "--cert", str(own.certificate), "--key", str(own.key)]
    return words


@contextmanager
def plain_broker() -> Iterator[Bench]:
    """Anonymous on loopback, as in the demonstration."""
    with tempfile.TemporaryDirectory(prefix="bruk-bench-") as root:
        folder = Path(root)
        site = folder / "site"
        site.mkdir()
        port = free_port()
        (site / "site.toml").write_text(f"[settings]\nmqtt_port = {port}\n", encoding="utf-8")
        paths, settings = SitePaths(site), Settings(site=site, mqtt_port=port)
        broker_folder(paths).mkdir(parents=True)
        configuration = paths.run / "mosquitto.conf"
        write_private(configuration, render_broker(paths, settings))
        with running(configuration, port):
            yield Bench(site, Broker(settings.host, port), folder)


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
