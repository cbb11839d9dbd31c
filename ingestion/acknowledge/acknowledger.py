"""Tells each device up to which number the spool has everything of it, and what became of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import orjson
import structlog

from contracts.clock import Clock, system_clock
from contracts.errors import TerminalError
from contracts.faults import point
from contracts.site import Site
from ingestion.acknowledge.reports import Reports
from ingestion.acknowledge.tail import TURNS, Tail
from ingestion.atomic import replace_file
from ingestion.ledger.ledger import Ledger
from ingestion.mqtt.address import FOLLOWER, Broker, site_broker
from ingestion.mqtt.session import Session

log = structlog.get_logger()

POLL_S = 0.05
LATER_S = 5.0
STATUS_NS = 2_000_000_000
STATUS_FILE = "acknowledging.json"


class Acknowledger:
    """Follows the tail and publishes. `run` is for one thread, and keeps a second one for the reports."""

    def __init__(self, site: Site, broker: Broker, clock: Clock = system_clock) -> None:
        self._clock, self._broker = clock, broker
        self._status = site.paths.status / STATUS_FILE
        self._tail = Tail(site, clock)
        self._reports = Reports(Ledger(site.paths.ledger))
        self._connected, self._fresh = threading.Event(), threading.Event()
        self._written_ns = 0

    def run(self, stop: threading.Event) -> None:
        """Acknowledges until `stop`; an error of one round is logged, and the next round tries again."""
        session = self._open(stop)
        if session is None:
            return
        reporting = threading.Thread(target=self._reports.run, args=(stop,), name="reports", daemon=True)
        reporting.start()
        try:
            while not stop.is_set():
                if not self._round(session):
                    stop.wait(POLL_S)
        finally:
            self._tail.save()
            session.close()
            reporting.join(10)

    def connected(self) -> None:
        """Of the session: the broker may have lost what it kept, so everything is said again."""
        self._fresh.set()
        self._connected.set()
        self._written_ns = 0
        log.info("acknowledging")

    def lost(self, reason: str) -> None:
        """Of the session: devices keep everything meanwhile."""
        if self._connected.is_set():
            log.warning("acknowledging_stands_still", reason=reason)
        self._connected.clear()
        self._written_ns = 0

    def refused(self, reason: str) -> None:
        """Of the session: without its line in the access list nobody is acknowledged."""
        log.error("acknowledgement_refused", reason=reason, hint=f"may `{FOLLOWER}` write nms/v1/_ack/#?")

    def heard(self, topic: str, payload: bytes) -> None:
        """Of the session: nothing is subscribed to."""

    def _open(self, stop: threading.Event) -> Session | None:
        """A session, as soon as there is a certificate for it; None when told to stop before."""
        said = ""
        while not stop.is_set():
            try:
                return Session(self._broker, FOLLOWER, [], self)
            except TerminalError as error:
                if str(error) != said:
                    said = str(error)
                    log.error("acknowledging_stands_still", reason=said, hint="devices keep everything meanwhile")
                stop.wait(LATER_S)
        return None

    def _round(self, session: Session) -> bool:
        """Reads on and says what is new; whether there was anything."""
        try:
            touched = self._tail.read()
        except Exception:
            # Whatever one look ran into, the devices keep their messages and the next look comes.
            log.exception("tail_not_read")
            return False
        if self._connected.is_set():  # else it would be queued, and be old when it is sent
            self._say(session, touched or {})
        self._write_status()
        return touched is not None

    def _say(self, session: Session, touched: dict[tuple[str, int], int]) -> None:
        fresh = self._fresh.is_set()
        self._fresh.clear()
        highs = {(device, boot): high for device, boot, high in self._tail.highs.newest()} if fresh else {}
        for (device, boot), high in (highs | touched).items():
            point("follower.before-ack")
            session.publish(f"nms/v1/_ack/{device}/durable", f"{boot} {high}".encode(), retain=True)
        for device, report in self._reports.take(everything=fresh).items():
            session.publish(f"nms/v1/_ack/{device}/report", report, retain=True)

    def _write_status(self) -> None:
        now = self._clock()
        if 0 <= now - self._written_ns < STATUS_NS:
            return
        self._written_ns = now
        highs = self._tail.highs
        devices = {
            device: {"boot": boot, "high": high, "boots": highs.boots(device),
                     "two_senders": highs.returns[device] >= TURNS}
            for device, boot, high in highs.newest()
        }  # fmt: skip
        content = {"written_ns": now, "connected": self._connected.is_set(), "devices": devices}
        with suppress(OSError):  # a full disk must stop the reports, not the acknowledgements
            replace_file(self._status, orjson.dumps(content), durable=False)


@contextmanager
def acknowledging(site: Site, clock: Clock = system_clock) -> Iterator[None]:
    """Runs an acknowledger in a thread of its own while the caller does something else."""
    stop = threading.Event()
    acknowledger = Acknowledger(site, site_broker(site.settings, site.paths, FOLLOWER), clock)
    thread = threading.Thread(target=acknowledger.run, args=(stop,), name="acknowledger", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(10)
