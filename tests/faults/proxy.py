"""A TCP proxy on loopback that spoils what passes through it: delay, half-open, reset in mid packet, trickle, cut."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from enum import Enum
from typing import TypeVar

from ingestion.mqtt.address import Broker as Address

HOST = "127.0.0.1"
_CHUNK = 65_536
_CHUNKS_ON_THE_WAY = 64  # per direction: then the sender feels it, as it would through a full router
_T = TypeVar("_T")


class Mode(Enum):
    """What happens to bytes at the moment."""

    PASS = "pass"
    DELAY = "delay"
    HALF_OPEN = "half-open"
    TRICKLE = "trickle"


class FaultProxy:
    """Passes everything until told otherwise. Its loop runs in a thread; every call is safe from any other thread."""

    def __init__(self, target_port: int) -> None:
        self._target_port = target_port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fault-proxy", daemon=True)
        self._connections: set[_Connection] = set()
        self._refusing = False
        self.mode, self.delay_seconds, self.bytes_per_second = Mode.PASS, 0.0, 1.0
        self.port = 0

    def start(self) -> FaultProxy:
        """Listens on a free port, `port`."""
        self._thread.start()
        self._server = self._call(lambda: asyncio.start_server(self._accept, HOST, 0))
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self

    def stop(self) -> None:
        """Ends every connection and the thread."""

        async def end() -> None:
            self._server.close()
            await self._reset_all()
            others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        self._call(end)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def heal(self) -> None:
        """Everything passes again. A connection that was half-open stays dead: its bytes are gone."""
        self.mode, self._refusing = Mode.PASS, False

    def delay(self, seconds: float) -> None:
        """Every byte arrives this much later, in order."""
        self.delay_seconds, self.mode = seconds, Mode.DELAY

    def half_open(self) -> None:
        """Bytes are taken and lost, and nobody is told: the other side seems to be there."""
        self.mode = Mode.HALF_OPEN

    def trickle(self, bytes_per_second: float = 1.0) -> None:
        """Each direction passes so many bytes a second."""
        self.bytes_per_second, self.mode = bytes_per_second, Mode.TRICKLE

    def reset_mid_packet(self) -> None:
        """Each connection passes half of the next bytes of its client and is then reset; idle ones wait for them."""
        for connection in list(self._connections):
            connection.reset_at_half = True

    def cut(self) -> None:
        """Resets every connection and takes no new one until `heal`."""
        self._refusing = True
        self._call(self._reset_all)

    @property
    def address(self) -> Address:
        """As our clients want it."""
        return Address(HOST, self.port)

    @property
    def connections(self) -> int:
        """Open connections."""
        return len(self._connections)

    async def _reset_all(self) -> None:
        for connection in list(self._connections):
            connection.reset()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refusing:
            writer.transport.abort()
            return
        try:
            target = await asyncio.open_connection(HOST, self._target_port)
        except OSError:
            writer.transport.abort()
            return
        connection = _Connection(self, (reader, writer), target)
        self._connections.add(connection)
        try:
            await connection.run()
        except asyncio.CancelledError:
            return  # the proxy stops; asyncio would report its own handler's end as a failure
        finally:
            self._connections.discard(connection)

    def _call(self, work: Callable[[], Awaitable[_T]]) -> _T:
        async def run() -> _T:
            return await work()

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(30)


_Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class _Connection:
    """One client and its connection to the target; each direction is a reader, a queue and a writer."""

    def __init__(self, proxy: FaultProxy, client: _Stream, target: _Stream) -> None:
        self._proxy, self._client, self._target = proxy, client, target
        self.reset_at_half = False
        self._dead = False

    async def run(self) -> None:
        """Until one side ends, which ends the other."""
        up, down = asyncio.Queue[tuple[float, bytes]](_CHUNKS_ON_THE_WAY), asyncio.Queue(_CHUNKS_ON_THE_WAY)
        tasks = [
            asyncio.ensure_future(self._read(self._client[0], up, upwards=True)),
            asyncio.ensure_future(self._write(up, self._target[1])),
            asyncio.ensure_future(self._read(self._target[0], down, upwards=False)),
            asyncio.ensure_future(self._write(down, self._client[1])),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for _, writer in (self._client, self._target):
                writer.close()

    def reset(self) -> None:
        """RST instead of FIN, on both sides."""
        for _, writer in (self._client, self._target):
            sock = writer.get_extra_info("socket")
            with suppress(OSError):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()

    async def _read(
        self, reader: asyncio.StreamReader, queue: asyncio.Queue[tuple[float, bytes]], *, upwards: bool
    ) -> None:
        while True:
            try:
                data = await reader.read(_CHUNK)
            except OSError:
                data = b""
            if self._proxy.mode is Mode.HALF_OPEN:
                self._dead = True
            if self._dead:
                if not data:
                    await asyncio.sleep(3_600)  # nobody is told
                continue
            if self.reset_at_half and upwards and data:
                await queue.put((0.0, data[: len(data) // 2]))
                await queue.put((0.0, b""))
                return await asyncio.sleep(5)  # the writer resets behind the half
            late = self._proxy.delay_seconds if self._proxy.mode is Mode.DELAY else 0.0
            await queue.put((asyncio.get_running_loop().time() + late, data))
            if not data:
                return await asyncio.sleep(3_600)  # the writer ends the connection once all has passed

    async def _write(self, queue: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter) -> None:
        while True:
            due, data = await queue.get()
            await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))
            if writer.transport.is_closing():
                return
            if not data:
                if self.reset_at_half:
                    await asyncio.sleep(0.05)  # the kernel hands over the half before the reset overtakes it
                    self.reset()
                return
            if self._proxy.mode is Mode.TRICKLE:
                await self._trickle(data, writer)
            else:
                writer.write(data)
            with suppress(OSError):
                await writer.drain()

    async def _trickle(self, data: bytes, writer: asyncio.StreamWriter) -> None:
        for at in range(len(data)):
            if self._proxy.mode is not Mode.TRICKLE:
                writer.write(data[at:])
                return
            writer.write(data[at : at + 1])
            await asyncio.sleep(1 / self._proxy.bytes_per_second)
