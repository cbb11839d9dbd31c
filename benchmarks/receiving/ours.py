"""Our receiver as one candidate: the product's own loop and spool, ended after so many messages."""

from __future__ import annotations

import argparse
import array
import time
from pathlib import Path

from contracts.clock import Clock, system_clock
from contracts.paths import SitePaths
from contracts.settings import Settings, load_settings
from ingestion.mqtt.address import RECEIVER, site_broker
from ingestion.mqtt.client import LaneClient, receive_forever
from ingestion.mqtt.receiver import Receiver


class CountingReceiver(Receiver):
    """The receiver that says when each run was durable, and stops after `count` messages."""

    def __init__(self, settings: Settings, paths: SitePaths, clock: Clock, count: int) -> None:
        super().__init__(settings, paths, clock)
        self._left = count
        #: Pairs: messages of a run, wall clock ns when it was durable.
        self.commits = array.array("q")

    def commit(self, packets: bytes, count: int) -> None:
        """As the product's, with a note."""
        super().commit(packets, count)
        self.commits.extend((count, time.time_ns()))
        self._left -= count
        if self._left <= 0:
            if not self._stop:
                tell("end")
            self.stop()


def tell(word: str) -> None:
    """One line for whoever measures: word, monotonic ns, CPU µs."""
    print(word, time.monotonic_ns(), time.process_time_ns() / 1000, flush=True)


def peak_mb() -> float:
    """The most memory that this process has had resident, in MB (`wait` would count the parent's too)."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def main() -> None:
    """Drains the session of the receiver."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", type=Path, required=True)
    parser.add_argument("--filter", required=True)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--commits", type=Path, help="where the times of the commits go")
    arguments = parser.parse_args()
    settings = load_settings(arguments.site)
    paths = SitePaths(settings.site)
    receiver = CountingReceiver(settings, paths, system_clock, arguments.count)
    broker = site_broker(settings, paths, RECEIVER)
    tell("begin")
    client = LaneClient(RECEIVER, broker, receiver)
    receive_forever(client, receiver, [arguments.filter], settings.receive_maximum)
    receiver.close()
    print("peak", peak_mb(), flush=True)
    if arguments.commits:
        arguments.commits.write_bytes(receiver.commits.tobytes())


main()
