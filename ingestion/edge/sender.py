"""Sends an outbox to a site's broker until the site has everything, through whatever happens in between."""

from __future__ import annotations

import re
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from contracts.errors import TransientError
from contracts.faults import point
from ingestion.edge.outbox import Outbox
from ingestion.edge.window import Window
from ingestion.mqtt.address import Broker
from ingestion.mqtt.session import Session

log = structlog.get_logger()

POLL_S = 0.05
RETAINED_S = 2.0  # how long a start waits for the acknowledgement that the broker keeps
_ACKNOWLEDGEMENT = re.compile(rb"([1-9]\d{0,15}) (-1|0|[1-9]\d{0,15})")


@dataclass
class Progress:
    """What a sender did since it began, for whoever shows it. `problem`: why nothing moves, or empty. `copy_of`: the
    boot that this outbox was an old copy of, so that it began anew.
    """

    connected: bool = False
    published: int = 0
    acknowledged: int = 0
    problem: str = "not connected yet"
    copy_of: int | None = None


class Sender:
    """One outbox, one device, one broker. `run` is for one thread; `progress` may be read by any."""

    def __init__(
        self, outbox: Outbox, broker: Broker, device: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._outbox, self._broker, self._device, self._clock = outbox, broker, device, clock
        self._window = Window(outbox.acknowledged, clock())
        self._heard: deque[bytes] = deque(maxlen=1_000)
        self._changes: deque[bool] = deque(maxlen=1_000)
        self._wake = threading.Event()
        self._floor = False
        #: No number above has ever left this file: one that waited before we began may have, one put since has not.
        self._offered = outbox.highest
        self.progress = Progress()

    def run(self, stop: threading.Event) -> None:
        """Sends until `stop`. An unreadable acknowledgement, a broker away or a full disk does not end it.

        Raises TerminalError when the certificate cannot be used, and what the outbox raises when its file is damaged.
        """
        session = Session(self._broker, self._device, [f"nms/v1/_ack/{self._device}/#"], self)
        try:
            self._wait_for_retained(stop)
            while not stop.is_set():
                self._note_changes()
                if not self._publish(session):
                    self._wake.wait(POLL_S)
                    self._wake.clear()
        finally:
            session.close()

    def connected(self) -> None:
        """Of the session: the subscription stands, and what is retained comes next."""
        self.progress.connected, self.progress.problem = True, ""
        self._changes.append(True)
        self._wake.set()

    def lost(self, reason: str) -> None:
        """Of the session: until it is back, nothing is sent."""
        if self.progress.connected:
            log.warning("connection_lost", reason=reason)
        self.progress.connected, self.progress.problem = False, reason
        self._changes.append(False)
        self._wake.set()

    def refused(self, reason: str) -> None:
        """Of the session: what the broker does not take stays in the outbox, and so does all that follows."""
        if self.progress.problem != reason:
            log.error("broker_refuses", reason=reason, hint="is the topic in this device's access list?")
        self.progress.problem = reason

    def heard(self, topic: str, payload: bytes) -> None:
        """Of the session: an acknowledgement, or a report that is for people."""
        if topic.endswith("/durable"):
            self._heard.append(payload)
            self._wake.set()

    def _wait_for_retained(self, stop: threading.Event) -> None:
        """Sending begins behind what the site has, also when this outbox never heard of it."""
        until = None
        while not stop.is_set() and not self._heard and (until is None or self._clock() < until):
            self._wake.wait(POLL_S)
            self._wake.clear()
            if until is None and self.progress.connected:
                until = self._clock() + RETAINED_S
        if not self._heard:
            self._floor = self._outbox.acknowledged >= 0

    def _note_changes(self) -> None:
        now = self._clock()
        while self._changes:
            if self._changes.popleft():
                self._window.connected(now)
            else:
                self._window.lost()
        while self._heard:
            self._acknowledge(self._heard.popleft(), now)

    def _acknowledge(self, payload: bytes, now: float) -> None:
        found = _ACKNOWLEDGEMENT.fullmatch(payload)
        if found is None:
            log.warning("acknowledgement_unreadable", payload=payload[:60])
            return
        boot, number = int(found[1]), int(found[2])
        if boot != self._outbox.boot:
            return  # of another outbox under our name
        if number > self._offered:
            self._begin_anew(number, now)
            return
        self._floor = number < self._outbox.acknowledged
        point("edge.before-cover")
        try:
            self._outbox.cover(boot, number)
        except TransientError as error:
            log.warning("outbox_not_covered", problem=str(error))
        self.progress.acknowledged += max(0, number - self._window.acknowledged)
        self._window.acknowledge(number, now)
        self.progress.problem = "" if self.progress.connected else self.progress.problem

    def _begin_anew(self, number: int, now: float) -> None:
        """The site has numbers that this file never sent: they are another's. What waits here is kept under a boot of
        its own, rather twice at the site than not at all.
        """
        old, problem = self._outbox.boot, f"the site has number {number}, this outbox has sent {self._offered}"
        try:
            boot = self._outbox.begin_anew()
        except TransientError as error:
            self.progress.problem = f"an old copy that cannot begin anew: {error}"
            log.error("outbox_is_a_copy", problem=problem, waits=str(error))
            return
        log.error("outbox_is_a_copy", problem=problem, old_boot=old, boot=boot,
                  hint="what waits is sent under a new boot; is another outbox in use under this name?")  # fmt: skip
        self.progress.copy_of, self._offered, self._floor = old, -1, False
        self._window = Window(-1, now)
        if self.progress.connected:
            self._window.connected(now)

    def _publish(self, session: Session) -> bool:
        """Hands over what the window allows now; whether that was anything."""
        numbers = self._window.take(self._outbox.highest, self._clock())
        if not numbers:
            return False
        boot = str(self._outbox.boot)
        self._offered = max(self._offered, numbers[-1])
        # A site that lost its spool would wait for ever for numbers that left this outbox long ago.
        floor = (("first", str(self._window.acknowledged + 1)),) if self._floor else ()
        for seq, topic, payload in self._outbox.read(numbers.start, len(numbers)):
            session.publish(topic, payload, properties=(("boot", boot), ("seq", str(seq)), *floor))
        self.progress.published += len(numbers)
        point("edge.published")
        return True
