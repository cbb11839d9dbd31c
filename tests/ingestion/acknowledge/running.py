"""An acknowledger and a sender as processes: `python -m tests.ingestion.acknowledge.running follow|send …`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from contracts.paths import PRODUCT
from contracts.site import load_site
from ingestion.acknowledge.acknowledger import Acknowledger
from ingestion.edge.outbox import Outbox
from ingestion.edge.sender import Sender
from ingestion.mqtt.address import Broker


class Running:
    """A process that a test starts, kills and starts again."""

    def __init__(self, log: Path, *arguments: str) -> None:
        self._command = [sys.executable, "-m", "tests.ingestion.acknowledge.running", *arguments]
        self._log = log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, fault: str = "") -> None:
        """Starts; `fault` names the point at which it is to die."""
        with self._log.open("ab") as out:
            environment = {**os.environ, "BRUK_FAULT": fault}
            self.process = subprocess.Popen(self._command, cwd=PRODUCT, stdout=out, stderr=out, env=environment)

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

    @property
    def log(self) -> str:
        """What it wrote to its standard outputs."""
        return self._log.read_text("utf-8")


def follower(site: Path, port: int) -> Running:
    """The acknowledger of a site."""
    return Running(site / "follower.log", "follow", str(site), str(port))


def device(outbox: Path, port: int, name: str, topic: str, count: int, rate: int) -> Running:
    """A device that puts readings until its outbox has given `count` numbers, and sends them."""
    log = outbox.with_suffix(".log")
    return Running(log, "send", str(outbox), str(port), name, topic, str(count), str(rate))


@contextmanager
def all_of(*running: Running) -> Iterator[None]:
    """Leaves no process behind."""
    try:
        yield
    finally:
        for one in running:
            if one.process is not None:
                one.kill()


def _follow(site: str, port: str, stop: threading.Event) -> None:
    Acknowledger(load_site(Path(site)), Broker("127.0.0.1", int(port))).run(stop)


def _send(file: str, port: str, name: str, topic: str, count: str, rate: str, stop: threading.Event) -> None:
    outbox = Outbox(Path(file))
    sender = Sender(outbox, Broker("127.0.0.1", int(port)), name)

    def make() -> None:
        while not stop.is_set() and outbox.highest + 1 < int(count):
            first = outbox.highest + 1
            batch = range(first, min(first + 20, int(count)))
            outbox.put_many((topic, b'{"ts":"2026-11-24T06:00:00Z","v":%d}' % number) for number in batch)
            stop.wait(20 / int(rate))

    threading.Thread(target=make, daemon=True).start()
    sender.run(stop)


if __name__ == "__main__":
    end = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: end.set())
    {"follow": _follow, "send": _send}[sys.argv[1]](*sys.argv[2:], stop=end)
