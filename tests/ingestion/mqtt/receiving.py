"""A real receiver as a process: `python -m tests.ingestion.mqtt.receiving SITE BROKER SEAL_SECONDS FILTER...`."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from contracts.paths import PRODUCT, SitePaths
from contracts.settings import Settings
from ingestion.mqtt.address import RECEIVER, Broker, credentials
from ingestion.mqtt.receiver import run_receiver
from ingestion.spool.reader import SpooledMessage, all_segments, messages, sealed_segments


class Receiving:
    """A receiver process that a test starts, kills and starts again on one site."""

    def __init__(
        self, site: Path, broker: Broker, filters: tuple[str, ...] = ("#",), seal_seconds: float = 10.0
    ) -> None:
        self.paths = SitePaths(site)
        self._command = [sys.executable, "-m", "tests.ingestion.mqtt.receiving", str(site), written(broker)]
        self._command += [str(seal_seconds), *filters]
        self.process: subprocess.Popen[bytes] | None = None
        site.mkdir(parents=True, exist_ok=True)

    def start(self) -> None:
        """Starts the process; returns at once."""
        with (self.paths.site / "receiver.log").open("ab") as out:
            self.process = subprocess.Popen(self._command, cwd=PRODUCT, stdout=out, stderr=out)

    def start_connected(self) -> None:
        """Starts the process and waits until its status file says that it is connected."""
        self.start()
        wait_until(lambda: self.status().get("pid") == self.pid and self.status()["connected_ns"] is not None)

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def kill(self) -> None:
        """SIGKILL."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        return self._end(signal.SIGTERM)

    def _end(self, what: signal.Signals) -> int:
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(what)
        return self.process.wait(20)

    def status(self) -> dict[str, Any]:
        """The status file, or an empty dict before the first."""
        file = self.paths.status / "receiver.json"
        return dict(json.loads(file.read_bytes())) if file.exists() else {}

    @property
    def log(self) -> str:
        """What the process wrote to its standard outputs."""
        return (self.paths.site / "receiver.log").read_text(encoding="utf-8")

    def spooled(self, sealed: bool = False) -> list[SpooledMessage]:
        """Every whole message of the spool."""
        folder = self.paths.spool / "mqtt"
        paths = (sealed_segments if sealed else all_segments)(folder)
        return [item for path in paths for item in messages(path) if isinstance(item, SpooledMessage)]


@contextmanager
def receiving(receiver: Receiving) -> Iterator[Receiving]:
    """Leaves no process behind."""
    try:
        yield receiver
    finally:
        if receiver.process is not None:
            receiver.kill()


def wait_until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Returns as soon as the condition holds; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def once(spooled: list[SpooledMessage]) -> list[SpooledMessage]:
    """Without redeliveries: a message with DUP repeats the newest earlier one of its session and packet id if equal."""
    kept, window = [], dict[tuple[int, int], SpooledMessage]()
    for message in spooled:
        key = (message.session, message.packet_id)
        before = window.get(key)
        repeats = (
            message.dup
            and before is not None
            and (before.topic_bytes, before.payload) == (message.topic_bytes, message.payload)
        )
        window[key] = message
        if not repeats:
            kept.append(message)
    return kept


def written(broker: Broker) -> str:
    """The address as one word of a command line: host, port, and the folder of the credentials if there are any."""
    folder = broker.credentials.authority.parent if broker.credentials else ""
    return f"{broker.host}:{broker.port}:{folder}"


def address(word: str) -> Broker:
    """The address that was written so."""
    host, port, folder = word.split(":", 2)
    return Broker(host, int(port), credentials(Path(folder), RECEIVER) if folder else None)


if __name__ == "__main__":
    site = Path(sys.argv[1])
    run_receiver(
        Settings(site=site, seal_seconds=float(sys.argv[3])), SitePaths(site), address(sys.argv[2]), sys.argv[4:]
    )
