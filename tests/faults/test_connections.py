"""What one connection owes stays with it, and what we send ourselves never comes back to us."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest

from ingestion.mqtt.address import Broker as Address
from ingestion.mqtt.client import LaneClient, Publisher, receive_forever
from tests.broker import Broker
from tests.faults.proxy import FaultProxy
from tests.faults.reception import Remembered
from tests.ingestion.mqtt import builder
from tests.ingestion.mqtt.receiving import Receiving, receiving, wait_until

ACK_BYTES = 4


@pytest.fixture
def pairs(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[socket.socket]]:
    """The far ends of the connections that paho makes, in order; each takes very little before it is full."""
    far: list[socket.socket] = []
    near: list[socket.socket] = []

    def connect(_: mqtt.Client) -> socket.socket:
        ours, theirs = socket.socketpair()
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
        ours.setblocking(False)
        far.append(theirs)
        near.append(ours)
        return ours

    monkeypatch.setattr(mqtt.Client, "_create_socket", connect)
    yield far
    for sock in (*far, *near):
        sock.close()


def test_an_acknowledgement_that_could_not_be_written_is_never_written_to_the_next_connection(
    pairs: list[socket.socket],
) -> None:
    """Packet ids begin anew with a new session: an old acknowledgement would discard a message nobody has stored."""
    client = LaneClient("ingest", Address("127.0.0.1", 1), Remembered())
    first = client._create_socket()
    pairs[0].sendall(builder.CONNACK)
    assert first.recv(100) == builder.CONNACK

    def send() -> None:
        with suppress(OSError):  # we hang up before it is done
            pairs[0].sendall(b"".join(builder.publish(b"a", b"1", qos=1, packet_id=n) for n in range(1, 20_001)))

    writer = threading.Thread(target=send)
    writer.start()
    while not first.unsent:
        try:
            first.recv(100)
        except BlockingIOError:
            continue
    first.close()
    pairs[0].close()
    writer.join(10)
    second = client._create_socket()
    pairs[1].sendall(builder.CONNACK)
    second.recv(100)
    second.flush()
    pairs[1].setblocking(False)
    assert not second.unsent
    with pytest.raises(BlockingIOError):
        pairs[1].recv(ACK_BYTES)


def test_what_the_receiver_publishes_itself_does_not_come_back_to_it(broker: Broker) -> None:
    reception = Remembered()
    client = LaneClient("ingest", broker.address, reception)
    loop = threading.Thread(target=receive_forever, args=(client, reception, ["#"], 1_000))
    loop.start()
    try:
        wait_until(lambda: reception.subscriptions == 1)
        client.publish("x/own", b"mine", 1).wait_for_publish(20)
        with Publisher(broker.address) as publisher:
            publisher.publish("x/other", b"theirs")
        wait_until(lambda: any(b"theirs" in run for run, _ in reception.runs))
        assert not any(b"mine" in run for run, _ in reception.runs)
    finally:
        reception.ended = True
        loop.join(20)


def test_a_receiver_whose_connections_break_before_they_are_accepted_seals_shows_it_and_ends_when_told(
    tmp_path: Path, broker: Broker
) -> None:
    proxy = FaultProxy(broker.port).start()
    try:
        with receiving(Receiving(tmp_path / "site", proxy.address, seal_seconds=2.0)) as receiver:
            receiver.start_connected()
            with Publisher(broker.address) as publisher:
                publisher.publish("x/lone", b"1")
            wait_until(lambda: len(receiver.spooled()) == 1)
            proxy.cut()  # the port answers, and every connection is reset at once
            wait_until(lambda: receiver.status()["connected_ns"] is None)
            wait_until(lambda: len(receiver.spooled(sealed=True)) == 1)
            assert receiver.stop() == 0
    finally:
        proxy.stop()
