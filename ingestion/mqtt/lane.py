"""The socket that paho sees for one connection: it keeps the PUBLISH packets for the spool and gives paho the rest.

Between paho and its socket sits a `Lane`. It reads the decrypted bytes, hands runs of complete PUBLISH packets to
`commit`, and gives every other packet to paho unchanged. `commit` returns when the run is durable; only then are the
acknowledgements written, in receive order, on the connection the run came from. A Lane is one connection: nothing it
holds can reach the next one. Memory is bounded by not reading: one buffer, and the next read comes after the commit.

The CONNACK goes to paho alone, before any PUBLISH that was read with it: `commit` then already knows the session.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress

from ingestion.spool.packets import read_header, split

READ = 1 << 20  # bytes read at most before a commit
OUT_LIMIT = 1 << 20  # unsent bytes before paho is asked to wait
FEW, GAP = 4096, 0.002  # fewer bytes: wait once, this many seconds, for more, so that one fdatasync serves them all
AGAIN = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)

#: Takes complete PUBLISH packets and their count; returns when they are durable.
Commit = Callable[[bytes, int], None]


class Lane:
    """What paho takes for its socket, for one connection."""

    def __init__(self, sock: socket.socket, commit: Commit) -> None:
        self._sock, self._commit = sock, commit
        self._buffer, self._filled = bytearray(READ), 0
        self._control, self._out = bytearray(), bytearray()
        self._ended = False
        self._greeted = False  # the first packet, the CONNACK, has been handed over
        self._waiting = False  # bytes in the buffer were not looked at yet
        self.fileno, self.setblocking = sock.fileno, sock.setblocking

    def recv(self, size: int) -> bytes:
        """paho reads: bytes of control packets only, always whole ones. Raises BlockingIOError when there are none."""
        if not self._control:
            self._take()
        if not self._control and not self._ended:
            raise BlockingIOError
        data = bytes(self._control[:size])
        del self._control[:size]
        return data

    def pending(self) -> int:
        """Bytes that select() cannot see (paho asks before it waits)."""
        hidden = self._sock.pending() if isinstance(self._sock, ssl.SSLSocket) else 0
        return len(self._control) + hidden + (self._filled if self._waiting else 0)

    def send(self, data: bytes | bytearray) -> int:
        """paho writes. Whole packets are taken over: an acknowledgement never falls inside one of paho's packets."""
        if len(self._out) > OUT_LIMIT:
            raise BlockingIOError
        self._out += data
        self.flush()
        return len(data)

    def flush(self) -> None:
        """Writes what the socket takes now."""
        with suppress(*AGAIN):
            while self._out:  # TLS: a retry must begin with the same bytes, and does
                del self._out[: self._sock.send(self._out)]

    @property
    def unsent(self) -> bool:
        """Whether bytes wait for the socket."""
        return bool(self._out)

    def close(self) -> None:
        """Ends the connection; what was not acknowledged comes again."""
        self._out.clear()
        self._sock.close()

    def _take(self) -> None:
        """Reads, commits the PUBLISH packets, acknowledges them, keeps the control packets for paho."""
        before = self._filled
        self._read()
        if self._filled == before and not self._waiting:
            return
        self._waiting = False
        if not self._greeted:
            self._greet()
            return
        if self._filled < FEW and not self._ended:
            time.sleep(GAP)
            self._read()
        found = split(self._buffer, self._filled)
        if found.messages:
            self._commit(found.publishes, found.messages)
            self._out += found.acks
            self.flush()
        self._control += found.control
        self._keep_rest(found.used)

    def _greet(self) -> None:
        """Hands over the first packet alone; what came with it waits for the next read."""
        header = read_header(self._buffer, 0, self._filled)
        if header is not None and header.end <= self._filled:
            self._greeted = True
            self._control += self._buffer[: header.end]
            self._keep_rest(header.end)
            self._waiting = self._filled > 0

    def _keep_rest(self, used: int) -> None:
        rest = self._buffer[used : self._filled]
        self._filled = len(rest)
        if len(rest) == len(self._buffer):  # one packet larger than the buffer
            self._buffer.extend(bytes(READ))  # by steps: a run must stay below the 16 MiB of a frame
        elif used:
            if len(self._buffer) > READ >= len(rest):
                self._buffer = bytearray(READ)
            self._buffer[: len(rest)] = rest

    def _read(self) -> None:
        with suppress(*AGAIN), memoryview(self._buffer) as view:
            while self._filled < len(view) and not self._ended:  # TLS gives one record, often one packet, per call
                got = self._sock.recv_into(view[self._filled :])
                self._filled += got
                self._ended = not got
