"""The sender against a real broker that a test acknowledges for: what it trusts, where it begins, what it survives."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ingestion.edge.outbox import Outbox
from ingestion.edge.sender import Sender
from ingestion.mqtt import session
from ingestion.mqtt.address import Broker as Address
from ingestion.mqtt.client import Publisher, listen
from tests.broker import Broker
from tests.faults.proxy import FaultProxy
from tests.ingestion.mqtt.receiving import wait_until

TOPIC = "nms/v1/x/t/a/c/u/measurement_v1/temp"


class Site:
    """What arrives at a broker, and a word of acknowledgement."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self.arrived: list[dict[str, str]] = []
        self._stop, self._ready = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()
        assert self._ready.wait(20)

    def _listen(self) -> None:
        for heard in listen(self._broker.address, TOPIC, self._stop, self._ready):
            self.arrived.append(dict(heard.user_properties))

    def numbers(self) -> list[int]:
        return [int(one["seq"]) for one in self.arrived]

    def acknowledge(self, *payloads: bytes) -> None:
        with Publisher(self._broker.address) as publisher:
            for payload in payloads:
                publisher.publish("nms/v1/_ack/gw/durable", payload, 1, retain=True)

    def end(self) -> None:
        self._stop.set()
        self._thread.join(20)


@pytest.fixture
def site(broker: Broker) -> Iterator[Site]:
    one = Site(broker)
    yield one
    one.end()


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    one = Outbox(tmp_path / "outbox")
    one.put_many([(TOPIC, b"x")] * 10)
    yield one
    one.close()


@contextmanager
def sending(outbox: Outbox, address: Address) -> Iterator[Sender]:
    """A sender in a thread."""
    stop, sender = threading.Event(), Sender(outbox, address, "gw")
    thread = threading.Thread(target=sender.run, args=(stop,))
    thread.start()
    try:
        yield sender
    finally:
        assert thread.is_alive(), "whatever came, the sender must live"
        stop.set()
        thread.join(20)


def test_a_start_goes_on_behind_what_the_broker_keeps_as_acknowledged(
    broker: Broker, site: Site, outbox: Outbox
) -> None:
    site.acknowledge(f"{outbox.boot} 6".encode())
    with sending(outbox, broker.address):
        wait_until(lambda: site.numbers() == [7, 8, 9])
        assert outbox.acknowledged == 6


def test_an_acknowledgement_of_another_outbox_is_no_reason_to_wait_or_to_delete(
    broker: Broker, site: Site, outbox: Outbox
) -> None:
    site.acknowledge(f"{outbox.boot % 1000 + 1} 6".encode())
    with sending(outbox, broker.address):
        wait_until(lambda: site.numbers() == list(range(10)))
        assert outbox.acknowledged == -1


def test_an_old_copy_keeps_what_it_holds_and_sends_it_under_a_boot_of_its_own(
    broker: Broker, site: Site, outbox: Outbox
) -> None:
    old = outbox.boot
    site.acknowledge(f"{old} 12".encode())
    stop, sender = threading.Event(), Sender(outbox, broker.address, "gw")
    outbox.put_many([(TOPIC, b"only here")] * 5)  # 10 to 14, before there is a connection
    thread = threading.Thread(target=sender.run, args=(stop,))
    thread.start()
    try:
        wait_until(lambda: site.numbers() == list(range(15)))
        assert outbox.acknowledged == -1
        assert outbox.boot != old == sender.progress.copy_of
        assert {one["boot"] for one in site.arrived} == {str(outbox.boot)}
        site.acknowledge(f"{old} 14".encode(), f"{outbox.boot} 14".encode())
        wait_until(lambda: outbox.acknowledged == 14)
        outbox.put(TOPIC, b"and on")
        wait_until(lambda: site.numbers()[15:] == [15])
    finally:
        stop.set()
        thread.join(20)


def test_an_acknowledgement_that_cannot_be_read_or_is_forged_deletes_nothing_and_stops_nothing(
    broker: Broker, site: Site, outbox: Outbox
) -> None:
    boot = str(outbox.boot).encode()
    bad = (b"", b" ", b"\xff\xfe", boot, boot + b" ", boot + b" 3 ", boot + b"  3", boot + b" +3", boot + b" 03",
           boot + b" -2", b"0 3", boot + b" 3.0", boot + b" " + b"9" * 5_000, b'{"boot":1}')  # fmt: skip
    with sending(outbox, broker.address):
        wait_until(lambda: site.numbers() == list(range(10)))
        site.acknowledge(*bad)
        assert outbox.acknowledged == -1
        site.acknowledge(boot + b" 3")
        wait_until(lambda: outbox.acknowledged == 3)
        site.acknowledge(*bad, boot + b" 9")
        wait_until(lambda: outbox.acknowledged == 9)


def test_a_site_that_knows_less_than_it_said_is_told_what_is_still_there(
    broker: Broker, site: Site, outbox: Outbox
) -> None:
    outbox.cover(outbox.boot, 4)
    with sending(outbox, broker.address):
        wait_until(lambda: site.numbers() == [5, 6, 7, 8, 9])
        assert {one.get("first") for one in site.arrived} == {"5"}
        site.acknowledge(f"{outbox.boot} 9".encode())
        wait_until(lambda: outbox.acknowledged == 9)
        outbox.put(TOPIC, b"y")
        wait_until(lambda: site.numbers()[-1] == 10)
        assert "first" not in site.arrived[-1]


def test_a_half_open_connection_is_noticed_and_what_waited_arrives(
    broker: Broker, site: Site, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "KEEPALIVE", 2)
    proxy = FaultProxy(broker.port).start()
    try:
        with sending(outbox, Address(broker.host, proxy.port)) as sender:
            wait_until(lambda: site.numbers() == list(range(10)))
            site.acknowledge(f"{outbox.boot} 9".encode())
            wait_until(lambda: outbox.acknowledged == 9)
            proxy.half_open()
            outbox.put_many([(TOPIC, b"y")] * 5)
            wait_until(lambda: not sender.progress.connected, 30)
            proxy.heal()
            wait_until(lambda: set(site.numbers()) == set(range(15)), 60)
    finally:
        proxy.stop()


def test_two_keepalives_are_shorter_than_the_45_seconds_in_which_a_half_open_connection_must_be_seen() -> None:
    assert 2 * session.KEEPALIVE < 45  # paho sees it after two of them at the latest


def test_a_broker_that_restarts_with_nothing_gets_what_it_lost(broker: Broker, site: Site, outbox: Outbox) -> None:
    with sending(outbox, broker.address):
        wait_until(lambda: site.numbers() == list(range(10)))
        site.end()  # as if nothing of it had been written down
        broker.kill()
        for file in (broker.folder / "db").iterdir():
            file.unlink()
        broker.start()
        again = Site(broker)
        try:
            wait_until(lambda: set(again.numbers()) == set(range(10)), 60)
        finally:
            again.end()
