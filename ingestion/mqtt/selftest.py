"""Tries the broker: does it keep what it must while we are away, and does it take a canary?"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from contracts.clock import Clock
from ingestion.canary import TOPIC, Canary, encode
from ingestion.mqtt.address import SELFTEST, Broker
from ingestion.mqtt.client import Publisher
from ingestion.mqtt.parked import ParkedSession

#: More than the 1,000 that a broker with default limits keeps; the rest it drops and says "Success".
QOS_1, QOS_0 = 2_000, 500
FOLDER = "nms/v1/_selftest"


@dataclass(frozen=True)
class SelfTest:
    """How many of each came back from a parked session, and how many of the QoS 0 ones were upgraded to QoS 1."""

    at_ns: int
    qos_1: int
    qos_0: int
    upgraded: int

    @property
    def ok(self) -> bool:
        """Whether all of them did."""
        return self.qos_1 == QOS_1 and self.qos_0 == self.upgraded == QOS_0


def try_broker(broker: Broker, clock: Clock) -> SelfTest:
    """Fills a parked session, empties it, and leaves nothing behind. Takes about a second. Raises BrokerAway.

    Its topics have fewer levels than any observation, so neither the receiver nor a machine sees them.
    """
    run = secrets.token_hex(4)
    session = ParkedSession(broker, SELFTEST, f"{FOLDER}/{run}")
    loud = {f"1 {n}".encode() for n in range(QOS_1)}
    soft = {f"0 {n}".encode() for n in range(QOS_0)}
    try:
        session.fill({1: sorted(loud), 0: sorted(soft)})
        came = session.drain(QOS_1 + QOS_0)
    finally:
        session.forget()
    payloads = {heard.payload for heard in came}
    upgraded = {heard.payload for heard in came if heard.qos}
    return SelfTest(clock(), len(payloads & loud), len(payloads & soft), len(upgraded & soft))


def send_canary(broker: Broker, clock: Clock) -> Canary:
    """Sends a canary with a name of its own; returns when the broker has it. Raises BrokerAway."""
    with Publisher(broker, SELFTEST) as publisher:
        canary = Canary(secrets.token_hex(8), clock())
        publisher.publish(TOPIC, encode(canary))
    return canary
