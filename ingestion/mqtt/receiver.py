"""The receiving service: subscribes to everything that the sources name and writes it to the spool."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

import orjson
import structlog

from contracts.clock import Clock, system_clock
from contracts.paths import SitePaths
from contracts.settings import Settings
from ingestion.atomic import replace_file
from ingestion.mqtt.client import LaneClient, receive_forever
from ingestion.spool.frames import RunHead
from ingestion.spool.writer import SegmentWriter

log = structlog.get_logger()
PROTOCOL = 5
CLIENT_ID = "ingest"  # fixed: the broker keeps this session while we are away


@dataclass
class _State:
    """What the service knows about its connection; counters since its start."""

    connection: int = 0
    session: int = 0
    connected_ns: int | None = None
    session_present: bool | None = None
    messages: int = 0
    commits: int = 0
    last_ns: int | None = None
    written_ns: int = field(default=0, compare=False)


class Receiver:
    """Commits runs of packets to the spool and keeps the status file for the live page."""

    def __init__(self, settings: Settings, paths: SitePaths, clock: Clock) -> None:
        self._clock = clock
        self._status = paths.status / "receiver.json"
        self._spool = SegmentWriter(paths.spool / "mqtt", clock, settings.seal_bytes, settings.seal_seconds)
        before = self._spool.last_run
        self._state = _State(connection=before.connection if before else 0, session=before.session if before else 0)
        self._known_session = before is not None

    def new_lane(self) -> None:
        """A new connection begins. Its session is known only at the CONNACK: runs read before it carry session 0."""
        self._state.connection += 1
        self._pending_session, self._state.session = self._state.session, 0

    def connected(self, session_present: bool) -> None:
        """CONNACK: goes on with the session, or begins a new one and says so when that was not expected."""
        now = self._clock()
        if session_present:
            self._state.session = self._pending_session or now
        else:
            self._state.session = now
            if self._known_session:
                log.error("session_lost", hint="the broker forgot our session; what it queued while we were away is gone")
        self._known_session = True
        self._state.session_present, self._state.connected_ns = session_present, now
        log.info("connected", connection=self._state.connection, session_present=session_present)

    def commit(self, packets: bytes, count: int) -> None:
        """Writes one run of packets; returns when it is durable. Raises SpoolFailed."""
        now = self._clock()
        head = RunHead(PROTOCOL, self._state.connection, now, self._state.session, count)
        self._spool.append(head.encode(), packets)
        self._state.messages += count
        self._state.commits += 1
        self._state.last_ns = now

    def tick(self) -> None:
        """Seals by age and refreshes the status file, at most every two seconds."""
        self._spool.tick()
        now = self._clock()
        if now - self._state.written_ns > 2_000_000_000:
            self._state.written_ns = now
            replace_file(self._status, orjson.dumps(self.report()), durable=False)

    def report(self) -> dict[str, Any]:
        """The status file's content; times in ns since 1970 UTC."""
        state = self._state
        return {
            "pid": os.getpid(), "written_ns": state.written_ns, "connected_ns": state.connected_ns,
            "session_present": state.session_present, "connection": state.connection, "messages": state.messages,
            "commits": state.commits, "last_ns": state.last_ns, "segment": self._spool.number,
        }  # fmt: skip

    def close(self) -> None:
        """Seals what is there."""
        self._spool.close()


def run_receiver(settings: Settings, paths: SitePaths, filters: list[str], clock: Clock = system_clock) -> None:
    """Receives until SIGTERM or SIGINT. Raises SpoolFailed (the process must stop; the supervisor starts it again)."""
    receiver = Receiver(settings, paths, clock)
    client = LaneClient(CLIENT_ID, receiver.commit, receiver.new_lane, receiver.tick)

    def stop(_: int, __: FrameType | None) -> None:
        client.disconnect()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    receive_forever(client, settings.host, settings.mqtt_port, filters, settings.receive_maximum, receiver.connected)
    receiver.close()
