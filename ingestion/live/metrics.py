"""The report as Prometheus metrics: base units, `_total` for what only grows, one label per machine or service."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector, CollectorRegistry

from ingestion.live.platform import BrokerStatus, ReceiverStatus
from ingestion.live.status import EquipmentStatus, StatusReport
from ingestion.live.way import Way

_STATES = ("sends", "late", "silent", "never", "rest")
#: What one machine has: name behind `bruk_equipment_`, help, and the value (None: not known, and so not shown).
_MACHINE: tuple[tuple[str, str, Callable[[EquipmentStatus], float | None]], ...] = (
    ("age_seconds", "Seconds since the machine was heard", lambda item: item.age_s),
    ("expected_interval_seconds", "Expected interval", lambda item: item.expected_s),
    ("messages_last_minute", "Messages in the last minute", lambda item: item.rate_per_minute),
    ("missing", "Missing numbers of its device; absent when they cannot be counted", lambda item: item.missing),
    ("acknowledged_number", "Everything up to it is acknowledged end to end", lambda item: item.acknowledged),
    ("oldest_gap_seconds", "Age of the oldest gap", lambda item: max((g.age_s for g in item.gaps), default=0.0)),
    ("refused", "Refused and not accepted since", lambda item: sum(reason.total for reason in item.reasons)),
    ("refused_last_day", "Refused in the last 24 hours", lambda item: sum(reason.recent for reason in item.reasons)),
)


def metrics(report: StatusReport) -> bytes:
    """The text format 0.0.4. What is not known has no sample: a machine that was never heard has no age."""
    registry = CollectorRegistry()
    registry.register(_Report(report))
    return generate_latest(registry)


class _Report(Collector):
    def __init__(self, report: StatusReport) -> None:
        self._report = report

    def collect(self) -> Iterable[Metric]:
        report = self._report
        yield from _machines(report)
        yield from _services(report)
        yield from _landing(report)
        yield from _disk(report)
        if report.receiver is not None:
            yield from _receiver(report.receiver)
        if report.broker is not None:
            yield from _broker(report.broker)
        yield from _way(report.way)
        yield from _alerts(report)


def _machines(report: StatusReport) -> Iterator[Metric]:
    for name, help_text, value in _MACHINE:
        family = GaugeMetricFamily(f"bruk_equipment_{name}", help_text, labels=["equipment"])
        for item in report.equipment:
            if (number := value(item)) is not None:
                family.add_metric([item.id], number)
        yield family
    total = CounterMetricFamily("bruk_equipment_messages", "Messages and files heard", labels=["equipment"])
    state = GaugeMetricFamily("bruk_equipment_state", "1 for the state it is in", labels=["equipment", "state"])
    for item in report.equipment:
        total.add_metric([item.id], item.total)
        for name in _STATES:
            state.add_metric([item.id, name], float(item.state == name))
    yield from (total, state)


def _services(report: StatusReport) -> Iterator[Metric]:
    service = GaugeMetricFamily("bruk_service_ok", "1 while the service works", labels=["service"])
    for item in report.services:
        service.add_metric([item.id], float(item.ok))
    yield service
    yield _gauge("ready", "1 while a canary came through to landing and nothing needed stands still", report.ready)
    loop = GaugeMetricFamily("bruk_service_loop_age_seconds", "Seconds since its loop turned", labels=["service"])
    loop.add_metric(["follower"], report.follower_age_s)
    if report.receiver is not None:
        loop.add_metric(["receiver"], report.receiver.loop_age_s)
    yield loop


def _landing(report: StatusReport) -> Iterator[Metric]:
    if report.accounting is not None:
        outcome = GaugeMetricFamily("bruk_landed", "Landed messages and records by outcome", labels=["outcome"])
        for name in ("accepted", "ignored", "quarantined", "duplicate"):
            outcome.add_metric([name], getattr(report.accounting, name))
        yield outcome
        yield _gauge("received", "Messages and records landed", report.accounting.received)
    yield _gauge("pending_segments", "Sealed, not landed", report.pending_segments)
    if report.last_received_at is not None:
        moment = report.last_received_at.timestamp()
        yield _gauge("last_received_timestamp_seconds", "Newest message of any sender", moment)


def _disk(report: StatusReport) -> Iterator[Metric]:
    yield _gauge("spool_bytes", "Bytes kept in the spools", report.spool_bytes)
    yield _gauge("disk_free_bytes", "Free bytes on the site's disk", report.free_bytes)
    yield _gauge("disk_used_ratio", "Used share of the site's disk, 0 to 1", report.disk_used_share)


def _receiver(receiver: ReceiverStatus) -> Iterator[Metric]:
    yield _counter("receiver_messages", "Messages made durable since the receiver's start", receiver.messages)
    yield _counter("receiver_commits", "Commits (fdatasync) since the receiver's start", receiver.commits)
    yield _counter("receiver_sessions_lost", "Sessions that the broker forgot", receiver.sessions_lost)
    connected = receiver.connected_since is not None
    yield _gauge("receiver_connected", "1 while the receiver is connected to the broker", connected)
    full = receiver.full_since is not None
    yield _gauge("receiver_waits_for_disk", "1 while nothing is acknowledged because the disk is full", full)


def _broker(broker: BrokerStatus) -> Iterator[Metric]:
    if broker.age_s is not None:
        yield _gauge("broker_age_seconds", "Seconds since the broker last spoke of itself", broker.age_s)
    yield _gauge("broker_uptime_seconds", "Seconds since the broker's start", broker.uptime_s)
    yield _gauge("broker_clients", "Connected clients", broker.clients)
    yield _gauge("broker_stored_messages", "Messages in the broker's store", broker.stored)
    yield _gauge("broker_stored_bytes", "Bytes in the broker's store", broker.stored_bytes)
    yield _gauge("broker_queue_ratio", "Share of the queue limit that is used, 0 to 1", broker.queue_share)
    yield _counter("broker_dropped_messages", "Messages that the broker dropped", broker.dropped)
    yield _counter("broker_restarts", "Restarts of the broker while it was watched", broker.restarts)
    if broker.selftest is not None:
        yield _gauge("broker_selftest_ok", "1 when the test at its start brought everything back", broker.selftest.ok)


def _way(way: Way) -> Iterator[Metric]:
    if way.landed_ns is not None:
        landed = way.landed_ns / 1e9
        yield _gauge("canary_landed_timestamp_seconds", "When a canary was last seen to have landed", landed)
    stages = GaugeMetricFamily("bruk_canary_seconds", "From sending to this stage, newest canary", labels=["stage"])
    for name, moment in (("spooled", way.spooled_ns), ("landed", way.landed_ns)):
        if way.sent_ns is not None and moment is not None and moment >= way.sent_ns:
            stages.add_metric([name], (moment - way.sent_ns) / 1e9)
    yield stages


def _alerts(report: StatusReport) -> Iterator[Metric]:
    alert = GaugeMetricFamily("bruk_alert", "1 while the alert stands", labels=["kind", "subject"])
    for item in report.alerts:
        if item.cleared_at is None:
            alert.add_metric([item.kind, item.subject], 1)
    yield alert
    yield _gauge("alerts_unsent", "Alerts that could not be sent yet", report.alerts_to.unsent)


def _gauge(name: str, help_text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"bruk_{name}", help_text, value=float(value))


def _counter(name: str, help_text: str, value: float) -> Metric:
    return CounterMetricFamily(f"bruk_{name}", help_text, value=float(value))
