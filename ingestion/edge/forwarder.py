"""Takes what a local broker has for us: stored before it is acknowledged to it, so that nothing is lost between."""

from __future__ import annotations

import threading

import structlog

from ingestion.edge.intake import Intake
from ingestion.mqtt.address import Broker
from ingestion.mqtt.client import LaneClient, receive_forever
from ingestion.spool.packets import MalformedPacket, Publish, parse_publish, publishes

log = structlog.get_logger()

RECEIVE_MAXIMUM = 1_000
PROTOCOL = 5


class Forwarder:
    """The receiving side of a lane whose store is the outbox; paho's loop runs in the thread of `run`."""

    def __init__(self, broker: Broker, filters: list[str], prefix: str, device: str, intake: Intake) -> None:
        self._broker, self._filters, self._device, self._intake = broker, filters, device, intake
        self._prefix = prefix.rstrip("/") + "/" if prefix else ""
        self._stop = threading.Event()
        self.subscribed_to = False

    def run(self, stop: threading.Event) -> None:
        """Forwards until `stop`; comes back when the local broker does. Raises what the intake raises."""
        self._stop = stop
        client = LaneClient(f"bruk-edge-{self._device}", self._broker, self)
        receive_forever(client, self, self._filters, RECEIVE_MAXIMUM)

    def new_lane(self) -> None:
        """Nothing to count: the numbers of the outbox say everything."""

    def connected(self, session_present: bool) -> None:
        """The local broker keeps our session while we are away."""
        log.info("local_broker_connected", session_present=session_present)

    def disconnected(self, reason: str) -> None:
        """What comes meanwhile waits in the local broker, at QoS 1."""
        self.subscribed_to = False
        log.warning("local_broker_lost", reason=reason)

    def subscribed(self) -> None:
        """From here on nothing passes us by."""
        self.subscribed_to = True

    def refused(self, what: str) -> None:
        """A filter that the local broker does not let us read."""
        log.error("local_subscription_refused", filter=what)

    def commit(self, packets: bytes, count: int) -> None:
        """One run of packets into the outbox; the lane acknowledges them when this returns."""
        self._intake.take((self._topic(found.topic), found.payload) for found in _read(packets))

    def tick(self) -> bool:
        """True: it is time to end."""
        return self._stop.is_set()

    def _topic(self, raw: bytes) -> str:
        return self._prefix + raw.decode("utf-8", "replace")


def _read(packets: bytes) -> list[Publish]:
    """The messages of a run. A retained one was true before we came; sent on as news it would become an observation."""
    found = []
    for begin, end in publishes(packets):
        try:
            packet = parse_publish(packets[begin:end], PROTOCOL)
        except MalformedPacket as error:
            log.error("local_packet_unreadable", problem=str(error))
            continue
        if not packet.retain:
            found.append(packet)
    return found
