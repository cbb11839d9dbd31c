"""Watches the broker from inside: what it says of itself under `$SYS`, above all whether it dropped messages."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace

import structlog

from contracts.clock import Clock
from contracts.errors import TransientError
from ingestion.mqtt.address import Broker
from ingestion.mqtt.client import listen

log = structlog.get_logger()

#: What the broker's configuration allows each session to queue (a test compares them with it).
MAX_QUEUED, MAX_QUEUED_BYTES = 2_000_000, 1_000_000_000
AGAIN_S = 2.0  # wait before the next attempt to connect
#: Topic under `$SYS/broker/` → field. Each is one number, but for the version and the words behind the uptime.
_COUNTERS = {
    "uptime": "uptime_s",
    "clients/connected": "clients",
    "store/messages/count": "stored",
    "store/messages/bytes": "stored_bytes",
    "publish/messages/dropped": "dropped",
}


@dataclass(frozen=True)
class BrokerView:
    """What the broker last said. `seen_ns`: when (ns since 1970 UTC), 0 before the first word.

    `stored`: messages in the broker's store, for all sessions; `dropped`: since the broker's start; `restarts`: how
    often its uptime began anew while we watched; `dropped_before`: what earlier runs of it dropped.
    """

    version: str = ""
    seen_ns: int = 0
    uptime_s: int = 0
    clients: int = 0
    stored: int = 0
    stored_bytes: int = 0
    dropped: int = 0
    dropped_before: int = 0
    restarts: int = 0

    @property
    def dropped_in_all(self) -> int:
        """Messages that the broker dropped since we began to watch it, over its restarts."""
        return self.dropped_before + self.dropped

    @property
    def queue_share(self) -> float:
        """How full the queue is, 0 to 1 or more, of messages or bytes, whichever is nearer to its limit."""
        return max(self.stored / MAX_QUEUED, self.stored_bytes / MAX_QUEUED_BYTES)


def hear(view: BrokerView, topic: str, payload: bytes, now: int) -> BrokerView:
    """The view after one `$SYS` message; what it does not know or cannot read changes nothing."""
    name = topic.removeprefix("$SYS/broker/")
    words = payload.decode("utf-8", "replace").split()
    if name == "version":
        return replace(view, version=" ".join(words)[:80])
    field = _COUNTERS.get(name)
    if field is None or not words or not (words[0].isascii() and words[0].isdecimal()):
        return view
    number = int(words[0])
    if field == "uptime_s":
        return replace(view, uptime_s=number, seen_ns=now, restarts=view.restarts + (number < view.uptime_s))
    if field == "dropped" and number < view.dropped:  # another run of the broker: its counters begin at 0
        return replace(view, dropped=number, dropped_before=view.dropped_in_all)
    return replace(view, **{field: number})  # type: ignore[arg-type]  # every field of the table is a number


class BrokerWatch:
    """One thread listens; others may read `view` at any time."""

    def __init__(self, broker: Broker, clock: Clock) -> None:
        self._broker, self._clock = broker, clock
        self.view = BrokerView()

    def run(self, stop: threading.Event) -> None:
        """Listens until `stop`; while there is no broker it tries again."""
        while not stop.is_set():
            try:
                for message in listen(self._broker, "$SYS/broker/#", stop):
                    self.view = hear(self.view, message.topic, message.payload, self._clock())
            except TransientError as error:
                log.warning("broker_not_watched", problem=str(error))
                stop.wait(AGAIN_S)
