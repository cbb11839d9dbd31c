"""A production site with its broker, and devices that are gone after the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.broker import free_port
from tests.security.secured import Device, SecuredBroker, production_site


@pytest.fixture
def secured(tmp_path: Path) -> Iterator[SecuredBroker]:
    """A running broker of a production site."""
    broker = SecuredBroker(production_site(tmp_path / "site", free_port()))
    broker.start()
    yield broker
    broker.kill()


@pytest.fixture
def device(secured: SecuredBroker) -> Iterator[Callable[..., Device]]:
    """Makes connected devices: `device("printer-1")`, or with a client id that is not its own."""
    made: list[Device] = []

    def connected(name: str, client_id: str = "") -> Device:
        address = secured.address(name)
        made.append(Device(address, address.tls(), client_id))
        assert made[-1].connect()
        return made[-1]

    yield connected
    for one in made:
        one.close()
