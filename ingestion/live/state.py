"""Holds what the follower process knows between two requests: one thread looks, requests only read."""

from __future__ import annotations

import dataclasses
import threading

import structlog

from contracts.clock import Clock, system_clock
from contracts.site import Site
from ingestion.live.follower import Follower
from ingestion.live.status import StatusReport, build_report
from ingestion.live.vitals import Vitals, read_vitals

log = structlog.get_logger()

POLL_S = 0.5
LOOK_NS = 3_000_000_000


class LiveState:
    """The follower and the newest look at the services. `look` is for one thread, `report` for any."""

    def __init__(self, site: Site, clock: Clock = system_clock) -> None:
        self.site, self._clock = site, clock
        self.follower = Follower(site, clock)
        self._vitals: Vitals = read_vitals(site.paths, clock())

    def look(self) -> int:
        """Reads on in the spools, and now and then looks at the services; returns the number of messages seen."""
        seen = self.follower.poll()
        now = self._clock()
        if not 0 <= now - self._vitals.at_ns < LOOK_NS:
            self._vitals = read_vitals(self.site.paths, now)
        return seen

    def report(self) -> StatusReport:
        """The report as of now: ages grow between two looks."""
        vitals = dataclasses.replace(self._vitals, at_ns=self._clock())
        heard, last = dict(self.follower.heard), dict(self.follower.last_ns)
        return build_report(self.site, heard, max(last.values(), default=None), vitals, self.follower.locator.of_topic)

    def run(self, stop: threading.Event) -> None:
        """Looks until `stop`; an error of one look is logged and does not end the looking."""
        while not stop.is_set():
            try:
                if self.look():
                    continue
            except Exception:
                # The page must go on showing the last known state, whatever one look ran into.
                log.exception("look_failed")
            stop.wait(POLL_S)
        self.follower.save()
