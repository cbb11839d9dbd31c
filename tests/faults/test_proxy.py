"""The fault proxy does to a connection what its name says, and nothing else."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.faults.proxy import HOST, FaultProxy


class Echo:
    """Sends back what it gets and remembers it."""

    def __init__(self) -> None:
        self.got = bytearray()
        self._server = socket.create_server((HOST, 0))
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._server.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client:
            while True:
                try:
                    data = client.recv(65_536)
                    self.got += data
                    client.sendall(data)
                except OSError:
                    return
                if not data:
                    return


@pytest.fixture
def echo() -> Iterator[Echo]:
    made = Echo()
    yield made
    made.close()


@pytest.fixture
def proxy(echo: Echo) -> Iterator[FaultProxy]:
    made = FaultProxy(echo.port).start()
    yield made
    made.stop()


@pytest.fixture
def client(proxy: FaultProxy) -> Iterator[socket.socket]:
    with socket.create_connection((HOST, proxy.port), 10) as sock:
        yield sock


def ask(sock: socket.socket, data: bytes) -> bytes:
    sock.sendall(data)
    return read(sock, len(data))


def read(sock: socket.socket, size: int) -> bytes:
    out = b""
    while len(out) < size and (data := sock.recv(size - len(out))):
        out += data
    return out


def test_bytes_pass_unchanged_and_in_order(client: socket.socket) -> None:
    data = bytes(range(256)) * 4_000
    sender = threading.Thread(target=client.sendall, args=(data,))
    sender.start()
    assert read(client, len(data)) == data
    sender.join()


def test_delayed_bytes_arrive_late_and_in_order(proxy: FaultProxy, client: socket.socket) -> None:
    assert ask(client, b"quick") == b"quick"
    proxy.delay(0.3)
    began = time.monotonic()
    assert ask(client, b"slow") == b"slow"
    assert time.monotonic() - began >= 0.6  # once in each direction


def test_a_half_open_connection_swallows_and_stays_dead_while_a_new_one_passes_after_healing(
    proxy: FaultProxy, client: socket.socket, echo: Echo
) -> None:
    assert ask(client, b"before") == b"before"
    proxy.half_open()
    client.sendall(b"lost")
    client.settimeout(0.3)
    with pytest.raises(TimeoutError):
        client.recv(10)
    proxy.heal()
    client.sendall(b"lost too")
    with pytest.raises(TimeoutError):
        client.recv(10)
    with socket.create_connection((HOST, proxy.port), 10) as again:
        assert ask(again, b"after") == b"after"
    assert bytes(echo.got) == b"beforeafter"


def test_a_reset_in_mid_packet_lets_half_of_it_through(proxy: FaultProxy, client: socket.socket, echo: Echo) -> None:
    assert ask(client, b"before") == b"before"
    proxy.reset_mid_packet()
    client.sendall(b"12345678")
    with pytest.raises(ConnectionResetError):
        read(client, 100)
    assert bytes(echo.got) == b"before1234"


def test_trickled_bytes_come_one_by_one_and_the_rest_at_once_after_healing(
    proxy: FaultProxy, client: socket.socket
) -> None:
    proxy.trickle(20)
    began = time.monotonic()
    client.sendall(b"x" * 1_000)
    assert read(client, 4) == b"xxxx"
    assert time.monotonic() - began >= 0.1
    proxy.heal()
    assert read(client, 996) == b"x" * 996


def test_a_cut_resets_what_is_open_and_takes_nothing_new_until_it_is_healed(
    proxy: FaultProxy, client: socket.socket
) -> None:
    assert ask(client, b"before") == b"before"
    proxy.cut()
    with pytest.raises(ConnectionResetError):
        client.recv(10)
    with socket.create_connection((HOST, proxy.port), 10) as refused, suppress(ConnectionResetError):
        assert refused.recv(10) == b""
    proxy.heal()
    with socket.create_connection((HOST, proxy.port), 10) as again:
        assert ask(again, b"after") == b"after"
