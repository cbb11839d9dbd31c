"""What the platform says of itself besides its machines: broker, receiver, the way in, alerts; as values for people."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from contracts.clock import utc
from ingestion.live.alerts import Alert
from ingestion.live.vitals import Vitals
from ingestion.live.way import Way


@dataclass(frozen=True)
class TestedBroker:
    """The broker's test at its start: messages that came back, of 2,000 at QoS 1 and 500 at QoS 0."""

    at: datetime
    ok: bool
    qos_1: int
    qos_0: int
    upgraded: int


@dataclass(frozen=True)
class BrokerStatus:
    """What the broker says under `$SYS`. `queue_share`: 0 to 1 of its limit; `dropped`: since we began to watch it."""

    age_s: float | None
    version: str
    uptime_s: int
    clients: int
    stored: int
    stored_bytes: int
    queue_share: float
    dropped: int
    restarts: int
    selftest: TestedBroker | None
    selftest_problem: str


@dataclass(frozen=True)
class ReceiverStatus:
    """The receiver's own words. `loop_age_s`: seconds since its loop turned; `full_since`: waits for room on the disk.

    Messages and lost sessions are counted since its start.
    """

    pid: int
    loop_age_s: float
    connected_since: datetime | None
    messages: int
    commits: int
    sessions_lost: int
    full_since: datetime | None


@dataclass(frozen=True)
class AlertsTo:
    """Where alerts go. `addresses`: without their secrets; `problem`: why none can be sent; `unsent`: still waiting."""

    addresses: list[str] = field(default_factory=list)
    problem: str = ""
    unsent: int = 0


@dataclass(frozen=True)
class Own:
    """What the follower itself adds to a report. `looked_ns`: when its loop last turned."""

    way: Way
    looked_ns: int
    alerts: list[Alert]
    alerts_to: AlertsTo


def broker_status(vitals: Vitals) -> BrokerStatus | None:
    """From the sentinel's file; None when it was never written, or not whole."""
    told = vitals.broker
    try:
        return None if told is None else _broker(told, vitals.at_ns)
    except (KeyError, TypeError, ValueError):
        return None


def receiver_status(vitals: Vitals) -> ReceiverStatus | None:
    """From the receiver's file; None when it was never written, or not whole."""
    told = vitals.receiver
    try:
        return None if told is None else _receiver(told, vitals.at_ns)
    except (KeyError, TypeError, ValueError):
        return None


def _broker(told: dict[str, Any], now: int) -> BrokerStatus:
    test = told["selftest"]
    tested = test and TestedBroker(utc(test["at_ns"]), test["ok"], test["qos_1"], test["qos_0"], test["upgraded"])
    return BrokerStatus(
        _age(now, told["seen_ns"]) if told["seen_ns"] else None, told["version"], told["uptime_s"], told["clients"],
        told["stored"], told["stored_bytes"], told["queue_share"], told["dropped_in_all"], told["restarts"], tested,
        told["selftest_problem"],
    )  # fmt: skip


def _receiver(told: dict[str, Any], now: int) -> ReceiverStatus:
    connected, full = told["connected_ns"], told.get("full_since_ns")
    return ReceiverStatus(
        told["pid"], _age(now, told["written_ns"]), utc(connected) if connected else None, told["messages"],
        told["commits"], told["sessions_lost"], utc(full) if full else None,
    )  # fmt: skip


def _age(now: int, moment: int) -> float:
    return max(0.0, (now - moment) / 1e9)
