"""Examines the way in: what the broker's start-up test found, and whether a canary sent now comes through."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from bruk.live_report import ask_follower
from bruk.supervision.checks import Check
from contracts.clock import system_clock
from contracts.errors import TransientError
from contracts.paths import SitePaths
from contracts.settings import Settings
from ingestion.mqtt.address import SELFTEST, site_broker
from ingestion.mqtt.selftest import QOS_0, QOS_1, send_canary

_PATIENCE_S = 30.0


def way_in(settings: Settings, paths: SitePaths) -> Iterator[Check]:
    """The findings; none when no follower answers, which the ports say already."""
    report = ask_follower(settings)
    if report is not None:
        yield _selftest(report["broker"])
        yield _canary(settings, paths)


def _selftest(broker: dict[str, Any] | None) -> Check:
    test = (broker or {}).get("selftest")
    if broker is None or test is None:
        problem = (broker or {}).get("selftest_problem", "")
        return Check("broker test", "warn", f"inte gjort än {problem}".strip(), f"not made yet {problem}".strip(),
                     "Se loggen follower.log.", "Read follower.log.")  # fmt: skip
    found = f"{test['qos_1']}/{QOS_1} QoS 1, {test['upgraded']}/{QOS_0} QoS 0"
    if test["ok"]:
        return Check("broker test", "ok", f"allt kom tillbaka ({found})", f"all came back ({found})")
    return Check("broker test", "fail", f"meddelanden försvann ({found})", f"messages vanished ({found})",
                 "Kör Bruks egen MQTT-server: kögränser och upgrade_outgoing_qos saknas.",
                 "Run Bruk's own broker: queue limits or upgrade_outgoing_qos are missing.")  # fmt: skip


def _canary(settings: Settings, paths: SitePaths) -> Check:
    """Sends one and waits until the follower has seen it land."""
    try:
        sent = send_canary(site_broker(settings, paths, SELFTEST), system_clock)
    except TransientError as error:
        return Check("canary", "fail", str(error), str(error), "Se `bruk status`.", "See `bruk status`.")
    began, stage = time.monotonic(), "under_way"
    while time.monotonic() - began < settings.seal_seconds + _PATIENCE_S:
        way = (ask_follower(settings) or {}).get("way") or {}
        if (way.get("sent_ns") or 0) >= sent.sent_ns and way["stage"] == "open":
            seconds = f"{time.monotonic() - began:.0f} s"
            return Check("canary", "ok", f"tolkad efter {seconds}", f"landed after {seconds}")
        stage = way.get("stage", "?")
        time.sleep(0.5)
    cure = ("Se `bruk status`, receiver.log, sealer.log.", "See `bruk status`, receiver.log, sealer.log.")
    return Check("canary", "fail", f"kom inte fram ({stage})", f"did not come through ({stage})", *cure)
