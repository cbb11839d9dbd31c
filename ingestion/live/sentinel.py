"""Tries the way in from outside: watches the broker, tests it at its start, sends canaries, and writes it all down."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import orjson
import structlog

from contracts.clock import Clock
from contracts.errors import TransientError
from contracts.site import Site
from ingestion.atomic import replace_file
from ingestion.mqtt.address import SELFTEST, WATCHER, site_broker
from ingestion.mqtt.selftest import SelfTest, send_canary, try_broker
from ingestion.mqtt.watch import BrokerWatch

log = structlog.get_logger()

TURN_S = 1.0
_RETRY_NS = 10_000_000_000  # after a self-test that found no broker


class Sentinel:
    """One thread that turns once a second; a second one listens to the broker."""

    def __init__(self, site: Site, clock: Clock) -> None:
        self._clock = clock
        self._file = site.paths.status / "broker.json"
        self._tested = site_broker(site.settings, site.paths, SELFTEST)
        self.watch = BrokerWatch(site_broker(site.settings, site.paths, WATCHER), clock)
        self._selftest: SelfTest | None = None
        self._selftest_problem, self._tried_ns, self._tried_run = "", 0, -1
        self._canary_ns: int | None = None
        self._canary_problem = ""

    def run(self, stop: threading.Event, canary_is_due: Callable[[], bool]) -> None:
        """Turns until `stop`. An error of one turn is logged and does not end the turning."""
        listener = threading.Thread(target=self.watch.run, args=(stop,), name="broker-watch", daemon=True)
        listener.start()
        while not stop.is_set():
            try:
                self.turn(canary_is_due())
            except Exception:
                # Whatever one turn ran into, the next must come: this thread is what notices that others stand still.
                log.exception("sentinel_failed")
            stop.wait(TURN_S)
        listener.join(10)

    def turn(self, canary_is_due: bool) -> None:
        """Tests a broker that began anew, sends a canary when one is due, writes the status file."""
        run, now = self.watch.view.restarts, self._clock()
        if run != self._tried_run or (self._selftest_problem and now - self._tried_ns > _RETRY_NS):
            self._tried_run, self._tried_ns = run, now
            self._test()
        if canary_is_due:
            self._send()
        self._write()

    def report(self) -> dict[str, Any]:
        """The status file's content: times in ns since 1970 UTC, shares 0 to 1, null before the first of each."""
        view, test = self.watch.view, self._selftest
        return {
            "pid": os.getpid(), "written_ns": self._clock(), **asdict(view),
            "dropped_in_all": view.dropped_in_all, "queue_share": view.queue_share,
            "selftest": asdict(test) | {"ok": test.ok} if test else None, "selftest_problem": self._selftest_problem,
            "canary": {"sent_ns": self._canary_ns, "problem": self._canary_problem},
        }  # fmt: skip

    def _test(self) -> None:
        try:
            self._selftest, self._selftest_problem = try_broker(self._tested, self._clock), ""
        except TransientError as error:
            self._selftest_problem = str(error)
            return
        if not self._selftest.ok:
            log.error("broker_failed_its_test", found=asdict(self._selftest), hint="see queue limits and QoS upgrade")

    def _send(self) -> None:
        self._canary_ns = self._clock()
        try:
            self._canary_ns, self._canary_problem = send_canary(self._tested, self._clock).sent_ns, ""
        except TransientError as error:
            self._canary_problem = str(error)

    def _write(self) -> None:
        try:
            replace_file(self._file, orjson.dumps(self.report()), durable=False)
        except OSError as error:  # a full disk must not stop the watching
            log.warning("broker_status_not_written", problem=str(error))
