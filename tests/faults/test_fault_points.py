"""The receiver killed exactly between two of its steps: afterwards each message is landed once."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from contracts.site import Site
from ingestion.landing.sealer import land_pending
from ingestion.ledger import Ledger
from ingestion.mqtt.client import Publisher
from ingestion.spool.reader import sealed_segments
from tests.broker import Broker
from tests.ingestion.mqtt.receiving import Receiving, receiving, wait_until
from tests.ingestion.spooling import OIL, reading
from tests.sites import make_site

MANY = 500
INSTANT = "2026-11-24T10:{:02}:{:02}.{:03}Z"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return make_site(tmp_path / "site")


def publish(broker: Broker, numbers: range, qos: int = 1) -> None:
    """Each message differs in value and time, so that none can stand for another."""
    with Publisher(broker.address) as publisher:
        for n in numbers:
            publisher.publish(OIL, reading(float(n), INSTANT.format(n // 60_000, n // 1000 % 60, n % 1000)), qos)


def outcomes(site: Site) -> dict[str, int]:
    land_pending(site)
    found: dict[str, int] = {}
    for count in Ledger(site.paths.ledger).counts():
        found[count.outcome] = found.get(count.outcome, 0) + count.n
    return found


@pytest.mark.parametrize("qos", [0, 1])
@pytest.mark.parametrize("point", ["spool.written", "spool.synced"])
def test_a_receiver_that_dies_before_it_could_acknowledge_gets_it_all_again_and_lands_it_once(
    site: Site, broker: Broker, monkeypatch: pytest.MonkeyPatch, point: str, qos: int
) -> None:
    with receiving(Receiving(site.paths.site, broker.address)) as receiver:
        receiver.start_connected()
        receiver.stop()
        publish(broker, range(MANY), qos)  # while it is away, and at QoS 0 as most machines send
        monkeypatch.setenv("BRUK_FAULT", point)
        receiver.start()
        assert receiver.process is not None
        assert receiver.process.wait(30) == -signal.SIGKILL
        held = len(receiver.spooled())
        assert held > 0, "what was written before the kill is in the page cache"
        monkeypatch.delenv("BRUK_FAULT")
        receiver.start_connected()
        wait_until(lambda: len(receiver.spooled()) == MANY + held)
        receiver.stop()
    assert outcomes(site) == {"accepted": MANY, "duplicate": held}


def test_a_receiver_that_dies_between_the_next_segment_and_the_old_one_loses_and_doubles_nothing(
    site: Site, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    with receiving(Receiving(site.paths.site, broker.address, seal_seconds=0.5)) as receiver:
        monkeypatch.setenv("BRUK_FAULT", "spool.sealed")
        receiver.start_connected()
        publish(broker, range(MANY))
        assert receiver.process is not None
        assert receiver.process.wait(30) == -signal.SIGKILL
        monkeypatch.delenv("BRUK_FAULT")
        receiver.start_connected()
        publish(broker, range(MANY, MANY + 10))
        wait_until(lambda: len({message.payload for message in receiver.spooled()}) == MANY + 10)
        receiver.stop()
        assert len(sealed_segments(receiver.paths.spool / "mqtt")) >= 2
    assert outcomes(site)["accepted"] == MANY + 10
