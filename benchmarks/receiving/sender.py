"""A bare MQTT 5 sender: as many small messages as the broker takes, at once or at a pace, for what a socket costs."""

from __future__ import annotations

import socket
import ssl
import struct
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from ingestion.mqtt.address import Broker

WINDOW = 500  # messages on the way
_STEP_S = 0.002  # how often a paced sender looks at the clock


class BareSender:
    """One connection. `sent` counts what the broker has acknowledged."""

    def __init__(self, broker: Broker, client_id: str) -> None:
        self._socket = connected(broker)
        self._socket.sendall(_packet(0x10, _text("MQTT") + b"\x05\x02\x00\x3c\x00" + _text(client_id)))
        self._read = bytearray()
        while not self._packets(lambda head: head == 0x20):
            pass
        self._next, self.sent = 0, 0

    def send(self, topic: str, payloads: Iterable[bytes]) -> None:
        """All payloads at QoS 1, returned when the broker has acknowledged the last."""
        waiting, on_the_way = iter(payloads), 0
        while True:
            batch = self._batch(topic, islice(waiting, WINDOW - on_the_way))
            if batch:
                self._socket.sendall(b"".join(batch))
                on_the_way += len(batch)
            elif not on_the_way:
                return
            done = self._packets(lambda head: head == 0x40)
            self.sent += done
            on_the_way -= done

    def pace(self, topic: str, rate: float, seconds: float, payload: Callable[[], bytes]) -> int:
        """`rate` messages a second, made when they are due; returns how many were sent."""
        begin, sent, total = time.monotonic(), 0, int(rate * seconds)
        while sent < total:
            due = min(total, int((time.monotonic() - begin) * rate))
            batch = self._batch(topic, (payload() for _ in range(due - sent)))
            if batch:
                self._socket.sendall(b"".join(batch))
                sent += len(batch)
            self._drain()
            time.sleep(_STEP_S)
        return sent

    def close(self) -> None:
        """Ends the connection in good order."""
        self._socket.sendall(b"\xe0\x00")
        self._socket.close()

    def _batch(self, topic: str, payloads: Iterable[bytes]) -> list[bytes]:
        name, out = _text(topic), []
        for payload in payloads:
            self._next = self._next % 65_535 + 1
            out.append(_packet(0x32, name + struct.pack(">HB", self._next, 0) + payload))
        return out

    def _drain(self) -> None:
        """Reads what the broker has said, without waiting."""
        self._socket.settimeout(0.0)
        try:
            self.sent += self._packets(lambda head: head == 0x40)
        except (BlockingIOError, ssl.SSLWantReadError):
            pass
        finally:
            self._socket.settimeout(30.0)

    def _packets(self, wanted: Callable[[int], bool]) -> int:
        """Reads once and counts the whole packets of one kind."""
        got = self._socket.recv(65_536)
        if not got:
            raise ConnectionError("the broker closed the connection")
        self._read += got
        found = at = 0
        while len(self._read) - at >= 2 and at + 2 + self._read[at + 1] <= len(self._read):  # all are short
            found += wanted(self._read[at])
            at += 2 + self._read[at + 1]
        del self._read[:at]
        return found


def connected(broker: Broker) -> socket.socket:
    """A socket to the broker, with TLS and the client's certificate where the broker wants them."""
    plain = socket.create_connection((broker.host, broker.port), 30.0)
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if broker.credentials is None:
        return plain
    context = ssl.create_default_context(cafile=str(broker.credentials.authority))
    context.load_cert_chain(broker.credentials.certificate, broker.credentials.key)
    return context.wrap_socket(plain, server_hostname=broker.host)


def readings(count: int, size: int = 120) -> Iterator[bytes]:
    """Payloads like those of a machine, `size` bytes each."""
    for number in range(count):
        text = f'{{"ts":"2026-11-26T06:00:{number % 60:02d}.{number % 1000:03d}Z","v":{number % 900}.5,"n":{number}'
        yield (text + " " * (size - len(text) - 1) + "}").encode()


def _text(value: str) -> bytes:
    raw = value.encode()
    return struct.pack(">H", len(raw)) + raw


def _packet(head: int, body: bytes) -> bytes:
    length, size = bytearray(), len(body)
    while True:
        length.append(size & 127 | (128 if size > 127 else 0))
        size >>= 7
        if not size:
            return bytes([head]) + bytes(length) + body
