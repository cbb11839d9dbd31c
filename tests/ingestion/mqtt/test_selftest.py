"""The broker's test at its start: a broker as we configure it passes, one with defaults is found out."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from contracts.sources import MqttTransport
from ingestion import canary
from ingestion.adapters.patterns import covers
from ingestion.mqtt.address import SELFTEST
from ingestion.mqtt.address import Broker as Address
from ingestion.mqtt.client import BrokerAway
from ingestion.mqtt.parked import ParkedSession
from ingestion.mqtt.selftest import FOLDER, SelfTest, send_canary, try_broker
from tests.broker import Broker, free_port
from tests.ingestion.mqtt.receiving import Receiving, receiving, wait_until
from tests.sites import make_site


@contextmanager
def without(folder: Path, *settings: str) -> Iterator[Broker]:
    """A broker whose configuration lacks these settings."""

    class Plain(Broker):
        def _config(self) -> str:
            lines = super()._config().splitlines()
            return "\n".join(line for line in lines if not line.startswith(settings)) + "\n"

    folder.mkdir(exist_ok=True)
    plain = Plain(folder, free_port())
    plain.start()
    try:
        yield plain
    finally:
        plain.kill()


def outcome_of(broker: Broker) -> SelfTest:
    return try_broker(broker.address, time.time_ns)


def test_a_broker_with_our_limits_gives_everything_back_and_upgrades_qos_0(broker: Broker) -> None:
    found = outcome_of(broker)

    assert (found.qos_1, found.qos_0, found.upgraded) == (2000, 500, 500)
    assert found.ok


def test_a_broker_with_default_limits_drops_what_it_acknowledged_and_fails(tmp_path: Path) -> None:
    with without(tmp_path / "broker", "max_queued") as broker:
        found = outcome_of(broker)

    assert not found.ok
    assert found.qos_1 + found.qos_0 < 1_100


def test_a_broker_that_does_not_upgrade_qos_0_fails(tmp_path: Path) -> None:
    with without(tmp_path / "broker", "upgrade_outgoing_qos") as broker:
        found = outcome_of(broker)

    assert not found.ok
    assert (found.qos_1, found.upgraded) == (2000, 0)


def test_nothing_is_left_at_the_broker(broker: Broker) -> None:
    outcome_of(broker)

    session = ParkedSession(broker.address, SELFTEST, f"{FOLDER}/afterwards")
    assert session.drain(1, quiet=0.5) == []


def test_without_a_broker_it_says_so() -> None:
    with pytest.raises(BrokerAway):
        try_broker(Address("127.0.0.1", free_port()), time.time_ns)


def test_no_subscription_of_a_source_takes_the_topics_of_test_or_canary(tmp_path: Path) -> None:
    sources = make_site(tmp_path).sources.values()
    filters = [text for s in sources if isinstance(s.transport, MqttTransport) for text in s.transport.subscribe]

    assert "nms/v1/+/+/+/+/+/#" in filters
    for topic in (canary.TOPIC, f"{FOLDER}/run", f"{FOLDER}/run/flushed"):
        assert not any(covers(text, topic) for text in filters)


def test_the_receiver_spools_the_canary_and_nothing_of_the_test(tmp_path: Path, broker: Broker) -> None:
    filters = ("nms/v1/+/+/+/+/+/#", canary.TOPIC)
    with receiving(Receiving(tmp_path / "site", broker.address, filters)) as receiver:
        receiver.start_connected()
        wait_until(lambda: receiver.status()["subscribed"])
        assert outcome_of(broker).ok
        sent = send_canary(broker.address, time.time_ns)
        wait_until(lambda: len(receiver.spooled()) > 0)

        assert [canary.decode(message.payload) for message in receiver.spooled()] == [sent]
        assert "session_lost" not in receiver.log


@pytest.mark.parametrize("payload", [b"", b"abc", b"abc x", b"a-b 1", b"abc -1", "abc ²".encode(), b"\xff 1"])
def test_what_is_no_canary_is_none(payload: bytes) -> None:
    assert canary.decode(payload) is None
