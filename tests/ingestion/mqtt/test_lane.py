"""The lane over a real pair of sockets, and the one private name of paho that it stands on."""

from __future__ import annotations

import inspect
import random
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import paho.mqtt.client as mqtt
import pytest

from ingestion.mqtt import lane as lane_module
from ingestion.mqtt.client import LaneClient, receive_forever
from ingestion.mqtt.lane import READ, Lane
from tests.broker import Broker
from tests.ingestion.mqtt import builder


class Wire:
    """A lane, its far end, and what was committed."""

    def __init__(self) -> None:
        self.far, near = socket.socketpair()
        near.setblocking(False)
        self.runs: list[tuple[bytes, int]] = []
        self.lane = Lane(near, lambda packets, count: self.runs.append((packets, count)))

    def read(self) -> bytes:
        """What paho gets from one read: nothing is b""."""
        with suppress(BlockingIOError):
            return self.lane.recv(READ)
        return b""

    def close(self) -> None:
        self.far.close()
        self.lane.close()


@pytest.fixture
def wire() -> Iterator[Wire]:
    wire = Wire()
    yield wire
    wire.close()


def test_the_connack_comes_alone_and_before_any_commit(wire: Wire) -> None:
    packets = builder.publish(b"a", b"1", qos=1) + builder.publish(b"a", b"2", qos=1, packet_id=2)
    wire.far.sendall(builder.CONNACK + packets + builder.SUBACK)
    assert wire.read() == builder.CONNACK
    assert wire.runs == []
    assert wire.lane.pending() > 0  # select() cannot see what is in the buffer already
    assert wire.read() == builder.SUBACK
    assert wire.runs == [(packets, 2)]
    assert wire.far.recv(100) == b"\x40\x02\x00\x01\x40\x02\x00\x02"
    assert wire.lane.pending() == 0


def test_nothing_is_acknowledged_when_the_commit_fails(wire: Wire) -> None:
    class DiskFailed(Exception):
        pass

    def fail(_: bytes, __: int) -> None:
        raise DiskFailed

    wire.far.sendall(builder.CONNACK)
    wire.read()
    wire.lane._commit = fail
    wire.far.sendall(builder.publish(b"a", b"1", qos=1))
    with pytest.raises(DiskFailed):
        wire.read()
    wire.far.setblocking(False)
    with pytest.raises(BlockingIOError):
        wire.far.recv(10)


@pytest.mark.parametrize("seed", range(5))
def test_however_the_bytes_arrive_every_packet_is_committed_once_in_order(wire: Wire, seed: int) -> None:
    chance = random.Random(seed)
    payloads = [chance.randbytes(chance.randrange(300)) for _ in range(30)]
    packets = [builder.publish(b"a", payload, qos=1, packet_id=n + 1) for n, payload in enumerate(payloads)]
    data = builder.CONNACK + b"".join(packets)
    while data:
        size = chance.randrange(1, 700)
        wire.far.sendall(data[:size])
        data = data[size:]
        wire.read()
    while wire.lane.pending():
        wire.read()
    assert b"".join(run for run, _ in wire.runs) == b"".join(packets)
    assert sum(count for _, count in wire.runs) == 30


def test_a_packet_larger_than_the_buffer_goes_through(wire: Wire) -> None:
    big = builder.publish(b"a", bytes(3 * READ), qos=1)
    sender = threading.Thread(target=wire.far.sendall, args=(builder.CONNACK + big + big,))
    sender.start()
    while sum(count for _, count in wire.runs) < 2:
        wire.read()
    sender.join()
    assert b"".join(run for run, _ in wire.runs) == big + big
    assert len(wire.lane._buffer) == READ


def test_an_end_of_the_stream_is_an_end_for_paho(wire: Wire) -> None:
    wire.far.sendall(builder.CONNACK)
    assert wire.read() == builder.CONNACK
    wire.far.close()
    assert wire.lane.recv(10) == b""


def test_acknowledgements_wait_when_the_socket_is_full(wire: Wire) -> None:
    wire.far.sendall(builder.CONNACK)
    wire.read()
    while not wire.lane.unsent:
        wire.lane.send(bytes(65_536))
    while not wire.lane.unsent or len(wire.lane._out) <= lane_module.OUT_LIMIT:
        wire.lane.send(bytes(65_536))
    with pytest.raises(BlockingIOError):
        wire.lane.send(b"x")
    wire.far.setblocking(False)
    while wire.lane.unsent:
        with suppress(BlockingIOError):
            wire.far.recv(1 << 20)
        wire.lane.flush()


def test_paho_still_makes_its_socket_where_the_lane_takes_it() -> None:
    source = inspect.getsource(mqtt.Client.reconnect)
    assert "self._sock = self._create_socket()" in source
    assert source.index("_create_socket()") < source.index("_call_socket_open")
    assert list(inspect.signature(mqtt.Client._create_socket).parameters) == ["self"]


class Collects:
    """A reception that keeps what it gets and stops at the first message."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.end = time.monotonic() + 10

    def new_lane(self) -> None:
        self.events.append("lane")

    def connected(self, session_present: bool) -> None:
        self.events.append(f"connected {session_present}")

    def disconnected(self, reason: str) -> None:
        self.events.append("disconnected")

    def subscribed(self) -> None:
        self.events.append("subscribed")

    def refused(self, what: str) -> None:
        self.events.append(what)

    def commit(self, packets: bytes, count: int) -> None:
        self.events.append(f"commit {count}")

    def tick(self) -> bool:
        return any(event.startswith("commit") for event in self.events) or time.monotonic() > self.end


def test_paho_uses_the_lane_for_a_real_connection(broker: Broker) -> None:
    reception = Collects()
    client = LaneClient("ingest", broker.address, reception)
    opened: list[object] = []
    client.on_socket_open = lambda _, __, sock: opened.append(sock)
    publisher = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
    publisher.connect(broker.host, broker.port)
    publisher.loop_start()
    publisher.publish("a/b", b"kept", qos=1, retain=True).wait_for_publish(5)
    publisher.disconnect()
    publisher.loop_stop()
    receive_forever(client, reception, ["a/#"], 100)
    assert [type(sock) for sock in opened] == [Lane]
    assert reception.events == ["lane", "connected False", "subscribed", "commit 1", "disconnected"]
