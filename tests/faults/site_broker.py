"""The broker as the product configures and starts it for a site, to be killed and started again by a test."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from contracts.site import Site
from ingestion.mqtt.address import Broker as Address
from tests.faults.processes import Service, wait_for
from tests.faults.proxy import HOST
from tests.faults.site import lasting_port


class SiteBroker:
    """`host` and `port` as those of tests/broker.py."""

    host = HOST

    def __init__(self, site: Site) -> None:
        self.port = lasting_port()
        folder = site.paths.site
        command = [sys.executable, "-m", "bruk.supervision.broker", str(folder)]
        self.service = Service("broker", command, folder / "broker.log", {"BRUK_MQTT_PORT": str(self.port)})

    @property
    def address(self) -> Address:
        """As our clients want it."""
        return Address(self.host, self.port)

    def start(self) -> None:
        """Returns when it answers."""
        self.service.start()
        wait_for(self._answers, 30, "the broker")

    def kill(self) -> None:
        """SIGKILL."""
        self.service.kill()
        assert self.service.process is not None
        self.service.process.wait(10)

    def _answers(self) -> bool:
        with suppress(OSError):
            socket.create_connection((HOST, self.port), 0.2).close()
            return True
        return False


@contextmanager
def site_broker(site: Site) -> Iterator[SiteBroker]:
    """A running broker of the site; killed at the end."""
    broker = SiteBroker(site)
    broker.start()
    try:
        yield broker
    finally:
        broker.kill()
