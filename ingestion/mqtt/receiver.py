"""The receiving service: subscribes to everything that the sources name and writes it to the spool."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from types import FrameType
from typing import Any

import orjson
import structlog

from contracts.clock import Clock, system_clock
from contracts.paths import SitePaths
from contracts.settings import Settings
from ingestion.atomic import replace_file
from ingestion.mqtt.address import RECEIVER, Broker
from ingestion.mqtt.client import LaneClient, receive_forever
from ingestion.spool.frames import RunHead
from ingestion.spool.writer import SegmentWriter, SpoolStopped

log = structlog.get_logger()
PROTOCOL = 5
STATUS_NS = 2_000_000_000  # the status file is written at most this often


@dataclass
class _State:
    """What the service knows about its connection; counters since its start. Times in ns since 1970 UTC."""

    connection: int
    session: int
    connected_ns: int | None = None
    session_present: bool | None = None
    subscribed: bool = False
    messages: int = 0
    commits: int = 0
    sessions_lost: int = 0
    last_ns: int | None = None
    full_since_ns: int | None = None
    written_ns: int = 0


class Receiver:
    """Commits runs of packets to the spool and keeps the status file for the live page."""

    def __init__(self, settings: Settings, paths: SitePaths, clock: Clock) -> None:
        self._clock = clock
        self._status = paths.status / "receiver.json"
        self._stop = False
        self._spool = SegmentWriter(
            paths.spool / "mqtt", clock, settings.seal_bytes, settings.seal_seconds, stop=lambda: self._stop
        )
        self._session_file = paths.spool / "mqtt" / ".session"
        before = self._spool.last_run_header
        self._state = _State(before.connection if before else 0, self._last_session(before.session if before else 0))
        self._spool.sleep = self._sleep_while_full

    def new_lane(self) -> None:
        """A connection was made: its number goes on from the newest frame."""
        self._state.connection += 1

    def connected(self, session_present: bool) -> None:
        """Goes on with the session, or begins a new one and raises an alarm when that was not expected."""
        now, state = self._clock(), self._state
        if not session_present and state.session:
            state.sessions_lost += 1
            log.error("session_lost", hint="the broker forgot our session; what it queued while we were away is gone")
        if not session_present or not state.session:
            state.session = now
            self._note_session(now)
        state.session_present, state.connected_ns = session_present, now
        log.info("connected", connection=state.connection, session_present=session_present)

    def disconnected(self, reason: str) -> None:
        """The live page must see at once that nothing can arrive."""
        self._state.connected_ns, self._state.subscribed, self._state.written_ns = None, False, 0
        log.warning("disconnected", reason=reason)

    def subscribed(self) -> None:
        """Whoever waits for us, as the demonstration does, may send now."""
        self._state.subscribed, self._state.written_ns = True, 0

    def refused(self, what: str) -> None:
        """A filter that the broker does not let us read: its machines will look silent."""
        log.error("subscription_refused", filter=what, hint="the broker's access list does not let `ingest` read it")

    def commit(self, packets: bytes, count: int) -> None:
        """Writes one run of packets; returns when it is durable. Raises SpoolFailed, SpoolStopped."""
        now, state = self._clock(), self._state
        self._spool.append(RunHead(PROTOCOL, state.connection, now, state.session, count).encode(), packets)
        state.full_since_ns = None
        state.messages += count
        state.commits += 1
        state.last_ns = now

    def tick(self) -> bool:
        """Seals by age, refreshes the status file; True after `stop`. Raises SpoolFailed, SpoolStopped."""
        self._spool.tick()
        self._state.full_since_ns = None
        self._refresh_status()
        return self._stop

    def stop(self) -> None:
        """Leaves a note for the next tick, or for the wait on a full disk; safe in a signal handler."""
        self._stop = True

    def close(self) -> None:
        """Seals what is there and says that nobody receives any more. Raises SpoolFailed."""
        self._spool.close()
        self._state.connected_ns, self._state.subscribed = None, False
        self._write_status(self._clock())

    def report(self) -> dict[str, Any]:
        """The status file's content; times in ns since 1970 UTC, null where something is not so.

        `written_ns` is the last turn of the loop, to `STATUS_NS`: who watches the receiver looks at its age.
        """
        state = self._state
        return {
            "pid": os.getpid(), "written_ns": state.written_ns, "connected_ns": state.connected_ns,
            "subscribed": state.subscribed,
            "session_present": state.session_present, "sessions_lost": state.sessions_lost,
            "connection": state.connection, "messages": state.messages, "commits": state.commits,
            "last_ns": state.last_ns, "full_since_ns": state.full_since_ns, "segment": self._spool.number,
        }  # fmt: skip

    def _last_session(self, of_newest_frame: int) -> int:
        """The session that we go on with: a new one may have ended us before its first frame."""
        try:
            return max(of_newest_frame, int(self._session_file.read_bytes()))
        except (OSError, ValueError):
            return of_newest_frame

    def _note_session(self, session: int) -> None:
        """Packet ids begin anew with a session: under the name of the old one, news would look like redeliveries."""
        try:
            replace_file(self._session_file, str(session).encode(), mode=0o640)
        except OSError as error:  # a full disk: the first frame will say it
            log.warning("session_not_noted", problem=str(error))

    def _sleep_while_full(self, seconds: float) -> None:
        """paho's loop stands still meanwhile; the status file must not."""
        time.sleep(seconds)
        if self._state.full_since_ns is None:
            self._state.full_since_ns, self._state.written_ns = self._clock(), 0
        self._refresh_status()

    def _refresh_status(self) -> None:
        now = self._clock()
        if not 0 <= now - self._state.written_ns < STATUS_NS:
            self._write_status(now)

    def _write_status(self, now: int) -> None:
        self._state.written_ns = now
        with suppress(OSError):  # a full disk must stop the reports, not the receiving
            replace_file(self._status, orjson.dumps(self.report()), durable=False)


def run_receiver(
    settings: Settings, paths: SitePaths, broker: Broker, filters: list[str], clock: Clock = system_clock
) -> None:
    """Receives until SIGTERM or SIGINT, then seals and returns. For the main thread.

    Raises SpoolFailed when the disk fails (the process must end; the supervisor starts it again), SpoolBusy when
    another receiver runs, and TerminalError when the certificate cannot be used.
    """
    receiver = Receiver(settings, paths, clock)

    def stop(_: int, __: FrameType | None) -> None:
        receiver.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    client = LaneClient(RECEIVER, broker, receiver)  # a fixed client id: the broker keeps this session for us
    with suppress(SpoolStopped):  # nothing of it was acknowledged: the broker sends it again
        receive_forever(client, receiver, filters, settings.receive_maximum)
    receiver.close()
