"""Tells each device up to which number the spool has everything of it."""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import structlog

from contracts.clock import Clock, system_clock
from contracts.faults import point
from contracts.site import Site
from ingestion.acknowledge import checkpoint
from ingestion.acknowledge.highs import Highs
from ingestion.acknowledge.senders import Senders
from ingestion.atomic import sync_folder
from ingestion.mqtt.address import FOLLOWER, Broker, site_broker
from ingestion.mqtt.session import Session
from ingestion.rejection import Rejection
from ingestion.spool.reader import Position, SpooledMessage, follow
from ingestion.validation.identity import from_properties

log = structlog.get_logger()

POLL_S = 0.05
STEP_BYTES = 1_000_000  # read at once: the first acknowledgement of a long way must not wait for its end
SAVE_NS = 5_000_000_000
_DECIMAL = re.compile(r"0|[1-9]\d{0,15}", re.ASCII)


class Tail:
    """What the end of the spool tells of numbers. Knows no broker; `read` is for one thread."""

    def __init__(self, site: Site, clock: Clock = system_clock) -> None:
        self._clock = clock
        self._senders = Senders(site)
        self._spool = site.paths.spool / "mqtt"
        self._file = site.paths.status / "acknowledge.json"
        self._position, self.highs = checkpoint.load(self._file, self._spool)
        self._saved_ns, self._changed = clock(), False
        self._synced: int | None = None

    def read(self) -> dict[tuple[str, int], int] | None:
        """Reads on. The outboxes that were heard of, by device and boot, with their highs; None: nothing new.

        What is returned is on disk. Raises OSError when that cannot be said.
        """
        if self._position is not None and not checkpoint.holds(self._spool, self._position):
            log.error("spool_cut", hint="the spool was emptied under us; it is read from the start")
            self._position, self.highs = None, Highs()
        if not self._grew():
            return None
        found, position = follow(self._spool, self._position, STEP_BYTES)
        if position == self._position:
            return None
        self._sync(position)
        touched = {}
        for item in found:
            if isinstance(item, SpooledMessage) and item.user_properties:
                outbox = self._count(item)
                if outbox:
                    touched[outbox] = self.highs.of(*outbox).high
        self._position, self._changed = position, True
        self._save_now_and_then()
        return touched

    def save(self) -> None:
        """Writes the checkpoint; a full disk is logged: the next start has a longer way, that is all."""
        try:
            checkpoint.save(self._file, self._spool, self._position, self.highs)
        except OSError as error:
            log.warning("acknowledge_checkpoint_not_written", problem=str(error))
        self._saved_ns, self._changed = self._clock(), False

    def _count(self, message: SpooledMessage) -> tuple[str, int] | None:
        number = from_properties(message.user_properties)
        if number is None or isinstance(number, Rejection):
            return None
        device = self._senders.device(message.topic_bytes, message.received_ns)
        if not device:
            return None
        numbers = self.highs.of(device, number.boot)
        first = _first(message.user_properties)
        if first is not None and first <= number.seq and numbers.start_from(first):
            log.error("spool_knows_less_than_device", device=device, boot=number.boot, first=first,
                      hint="numbers below were acknowledged by a spool that is gone")  # fmt: skip
        numbers.add(number.seq)
        return device, number.boot

    def _grew(self) -> bool:
        """Whether there may be something new; two looks at the disk instead of a list of all segments."""
        if self._position is None:
            return True
        here, following = (self._spool / f"{self._position.number + n:012d}.seg" for n in (0, 1))
        with suppress(FileNotFoundError):
            return here.stat().st_size > self._position.offset or following.exists()
        return True

    def _sync(self, position: Position | None) -> None:
        """A frame can be read before the writer has it on disk, and an acknowledged one must be there.

        Only the newest frame can be in doubt, so only the newest segment is synced, and its folder once.
        """
        if position is None:
            return
        with suppress(FileNotFoundError), (self._spool / f"{position.number:012d}.seg").open("rb") as file:
            os.fdatasync(file.fileno())
        if position.number != self._synced:
            sync_folder(self._spool)
            self._synced = position.number

    def _save_now_and_then(self) -> None:
        if self._changed and not 0 <= self._clock() - self._saved_ns < SAVE_NS:
            self.save()


def _first(properties: tuple[tuple[str, str], ...]) -> int | None:
    """The lowest number that the device still holds, where it says so in a property that can be read."""
    found = [value for key, value in properties if key == "first"]
    return int(found[0]) if len(found) == 1 and _DECIMAL.fullmatch(found[0]) else None


class Acknowledger:
    """Follows the tail and publishes. `run` is for one thread."""

    def __init__(self, site: Site, broker: Broker, clock: Clock = system_clock) -> None:
        self._tail, self._broker = Tail(site, clock), broker
        self._connected = threading.Event()
        self._fresh = threading.Event()

    def run(self, stop: threading.Event) -> None:
        """Acknowledges until `stop`; an error of one round is logged, and the next round tries again."""
        session = Session(self._broker, FOLLOWER, [], self)
        try:
            while not stop.is_set():
                if not self._round(session):
                    stop.wait(POLL_S)
        finally:
            self._tail.save()
            session.close()

    def connected(self) -> None:
        """Of the session: the broker may have lost what it kept, so everything is said again."""
        self._fresh.set()
        self._connected.set()
        log.info("acknowledging")

    def lost(self, reason: str) -> None:
        """Of the session: devices keep everything meanwhile."""
        if self._connected.is_set():
            log.warning("acknowledging_stands_still", reason=reason)
        self._connected.clear()

    def refused(self, reason: str) -> None:
        """Of the session: without its line in the access list nobody is acknowledged."""
        log.error("acknowledgement_refused", reason=reason, hint=f"may `{FOLLOWER}` write nms/v1/_ack/#?")

    def heard(self, topic: str, payload: bytes) -> None:
        """Of the session: nothing is subscribed to."""

    def _round(self, session: Session) -> bool:
        """Reads on and says what is new; whether there was anything."""
        try:
            touched = self._tail.read()
        except Exception:
            # Whatever one look ran into, the devices keep their messages and the next look comes.
            log.exception("tail_not_read")
            time.sleep(POLL_S)
            return False
        if not self._connected.is_set():  # what is published now would be queued, and be old when it is sent
            return touched is not None
        said = dict(touched or {})
        if self._fresh.is_set():
            self._fresh.clear()
            said = {(device, boot): high for device, boot, high in self._tail.highs.newest()} | said
        if said:
            point("follower.before-ack")
        for (device, boot), high in said.items():
            session.publish(f"nms/v1/_ack/{device}/durable", f"{boot} {high}".encode(), retain=True)
        return touched is not None


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
