"""Holds what the follower process knows between two requests: one thread looks, requests only read."""

from __future__ import annotations

import dataclasses
import threading

import orjson
import structlog

from contracts.clock import Clock, system_clock
from contracts.site import Site
from ingestion.atomic import replace_file
from ingestion.live.alerts import AlertJudge
from ingestion.live.conditions import Counters, conditions, counted, unknown
from ingestion.live.follower import Follower
from ingestion.live.notifier import Notifier, letter
from ingestion.live.platform import Own
from ingestion.live.status import StatusReport, build_report
from ingestion.live.vitals import Vitals, read_vitals
from ingestion.live.way import Canaries, Way, is_due

log = structlog.get_logger()

POLL_S = 0.5
LOOK_NS = 3_000_000_000


class LiveState:
    """The follower and the newest look at the services. `look` is for one thread, `report` for any."""

    def __init__(
        self, site: Site, clock: Clock = system_clock, notifier: Notifier | None = None, *, keeps: bool = True
    ) -> None:
        """`notifier` None: nobody is told. `keeps` False: a visitor, who writes nothing."""
        self.site, self._clock = site, clock
        self.follower = Follower(site, clock, keeps=keeps)
        self.notifier = notifier or Notifier(None)
        self._vitals: Vitals = read_vitals(site.paths, clock())
        self._canaries = Canaries(site.settings.seal_seconds)
        self._alerts, self._counters = AlertJudge(), Counters()
        self._alert_file = site.paths.status / "alerts.json"
        self._looked_ns = clock()
        self._restore_alerts()

    def look(self) -> int:
        """Reads on in the spools, and now and then looks at the services; returns the number of messages seen."""
        self._looked_ns = self._clock()
        seen = self.follower.poll()
        now = self._clock()
        if not 0 <= now - self._vitals.at_ns < LOOK_NS:
            self._vitals = read_vitals(self.site.paths, now)
        self._canaries.look(self.follower.canaries, self._vitals.landed, now)
        return seen

    def report(self) -> StatusReport:
        """The report as of now: ages grow between two looks."""
        vitals = dataclasses.replace(self._vitals, at_ns=self._clock())
        heard, last = dict(self.follower.heard), dict(self.follower.last_ns)
        own = Own(self.way(), self._looked_ns, self._alerts.alerts(), self.notifier.state())
        newest = max(last.values(), default=None)
        return build_report(self.site, heard, newest, vitals, self.follower.locator.of_topic, own)

    def way(self) -> Way:
        """Where the newest canary is."""
        told = (self._vitals.broker or {}).get("canary") or {}
        return self._canaries.judge(
            list(self.follower.canaries), told.get("sent_ns"), told.get("problem", ""), self._clock()
        )

    def canary_is_due(self) -> bool:
        """Whether the sentinel should send one now."""
        subscribed = bool((self._vitals.receiver or {}).get("subscribed"))
        return is_due(self._clock(), self.way(), self.follower.last_ns.get("mqtt"), subscribed=subscribed)

    def loop_age_s(self) -> float:
        """Seconds since the loop of `run` last turned."""
        return max(0.0, (self._clock() - self._looked_ns) / 1e9)

    def judge_alerts(self) -> None:
        """Raises and clears alerts by the report of now, and posts what is to be told."""
        report = self.report()
        self._counters.add(self._clock(), counted(report))
        found = conditions(report, self._counters, self._alerts.standing())
        told = self._alerts.judge(found, unknown(report), self._clock())
        for event in told:
            log.warning(f"alert_{event.event}", kind=event.alert.kind, subject=event.alert.subject)
            self.notifier.post(letter(self.site.file.name.sv, event))
        if told:
            self._save_alerts()

    def run(self, stop: threading.Event) -> None:
        """Looks until `stop`; an error of one look is logged and does not end the looking."""
        judged = self._vitals
        while not stop.is_set():
            try:
                seen = self.look()
                if self._vitals is not judged and not seen:  # while it catches up, everything old would look silent
                    judged = self._vitals
                    self.judge_alerts()
                if seen:
                    continue
            except Exception:
                # The page must go on showing the last known state, whatever one look ran into.
                log.exception("look_failed")
            stop.wait(POLL_S)
        self.follower.save()

    def _save_alerts(self) -> None:
        try:
            replace_file(self._alert_file, orjson.dumps(self._alerts.state()), durable=False)
        except OSError as error:  # a full disk must not stop the page
            log.warning("alerts_not_written", problem=str(error))

    def _restore_alerts(self) -> None:
        try:
            self._alerts.restore(orjson.loads(self._alert_file.read_bytes()))
        except FileNotFoundError:
            return
        except (OSError, ValueError, TypeError, KeyError) as error:
            log.warning("alerts_not_read", problem=str(error), hint="what still is so is told again")
