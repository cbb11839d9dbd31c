"""The report as Prometheus metrics."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector, CollectorRegistry

from ingestion.live.status import StatusReport

_STATES = ("sends", "late", "silent", "never", "rest")
_MACHINE = ["equipment"]


def metrics(report: StatusReport) -> bytes:
    """The text format 0.0.4. Seconds and bytes; a machine that was never heard has no age."""
    registry = CollectorRegistry()
    registry.register(_Report(report))
    return generate_latest(registry)


class _Report(Collector):
    def __init__(self, report: StatusReport) -> None:
        self._report = report

    def collect(self) -> Iterable[Metric]:
        yield from self._machines()
        yield from self._platform()

    def _machines(self) -> Iterable[Metric]:
        age = GaugeMetricFamily("bruk_equipment_age_seconds", "Seconds since the machine was heard", labels=_MACHINE)
        expected = GaugeMetricFamily("bruk_equipment_expected_interval_seconds", "Expected interval", labels=_MACHINE)
        rate = GaugeMetricFamily("bruk_equipment_messages_last_minute", "Messages in the last minute", labels=_MACHINE)
        state = GaugeMetricFamily("bruk_equipment_state", "1 for the state it is in", labels=["equipment", "state"])
        for item in self._report.equipment:
            if item.age_s is not None:
                age.add_metric([item.id], item.age_s)
            expected.add_metric([item.id], item.expected_s)
            rate.add_metric([item.id], item.rate_per_minute)
            for name in _STATES:
                state.add_metric([item.id, name], float(item.state == name))
        return age, expected, rate, state

    def _platform(self) -> Iterable[Metric]:
        report = self._report
        service = GaugeMetricFamily("bruk_service_ok", "1 while the service works", labels=["service"])
        for item in report.services:
            service.add_metric([item.id], float(item.ok))
        yield service
        if report.accounting is not None:
            outcome = GaugeMetricFamily("bruk_landed", "Landed messages and records by outcome", labels=["outcome"])
            for name in ("accepted", "ignored", "quarantined", "duplicate"):
                outcome.add_metric([name], getattr(report.accounting, name))
            yield outcome
            yield GaugeMetricFamily("bruk_received", "Messages and records landed", value=report.accounting.received)
        yield GaugeMetricFamily("bruk_pending_segments", "Sealed, not landed", value=report.pending_segments)
        yield GaugeMetricFamily("bruk_spool_bytes", "Bytes kept in the spools", value=report.spool_bytes)
        yield GaugeMetricFamily("bruk_disk_free_bytes", "Free bytes on the site's disk", value=report.free_bytes)
        if report.last_received_at is not None:
            moment = report.last_received_at.timestamp()
            yield GaugeMetricFamily(
                "bruk_last_received_timestamp_seconds", "Newest message of any sender", value=moment
            )
