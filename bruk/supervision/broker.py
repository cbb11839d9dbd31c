"""Starts the broker of a site: writes its configuration, moves a damaged queue aside, then becomes mosquitto."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import structlog

from bruk.supervision.configuration import broker_folder, broker_pid_file, render_broker, write_private
from bruk.supervision.ports import answers, free_port
from bruk.supervision.programs import find_mosquitto
from contracts.clock import Clock, system_clock, utc
from contracts.paths import SitePaths
from contracts.settings import Settings, load_settings

log = structlog.get_logger()
TRIAL_SECONDS = 60.0


def start_broker(folder: Path, clock: Clock = system_clock) -> None:
    """Does not return: the process becomes mosquitto. Raises TerminalError when mosquitto is not installed."""
    settings = load_settings(folder)
    paths = SitePaths(settings.site)
    mosquitto = find_mosquitto()
    broker_folder(paths).mkdir(parents=True, exist_ok=True)
    configuration = paths.run / "mosquitto.conf"
    write_private(configuration, render_broker(paths, settings))
    if broker_pid_file(paths).exists():
        # The broker removes this file when it stops in good order: the last run crashed, or could not even start.
        set_damaged_queue_aside(mosquitto, paths, settings, utc(clock()))
    os.execv(mosquitto, [mosquitto, "-c", str(configuration)])


def set_damaged_queue_aside(mosquitto: str, paths: SitePaths, settings: Settings, now: datetime) -> Path | None:
    """Renames `mosquitto.db` when the broker cannot load it, and returns the new name; None when it loads.

    A broker that refuses its queue would never start again (mosquitto 1214, 2469, 3160). Devices refill from their
    outboxes; what others had queued for us is lost, which is why this is an alarm.
    """
    queue = broker_folder(paths) / "mosquitto.db"
    if not queue.exists() or _loads(mosquitto, paths, settings):
        return None
    aside = queue.with_name(f"mosquitto.db.damaged-{now:%Y%m%dT%H%M%SZ}")
    queue.rename(aside)
    log.error("broker_queue_damaged", moved_to=str(aside), hint="the broker starts empty; check disk and power")
    return aside


def _loads(mosquitto: str, paths: SitePaths, settings: Settings) -> bool:
    """Whether a broker on a free port gets as far as listening with this queue. It is killed, so it saves nothing."""
    port = free_port()
    trial = paths.run / "mosquitto-trial.conf"
    own = {"mqtt_port": port, "mqtt_listen": "127.0.0.1"}
    text = render_broker(paths, settings.model_copy(update=own))
    text = text.replace("autosave_interval 10", "autosave_interval 0")
    text = text.replace(f"pid_file {broker_pid_file(paths)}\n", "")
    write_private(trial, text)
    process = subprocess.Popen([mosquitto, "-c", str(trial)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + TRIAL_SECONDS
    try:
        while process.poll() is None and time.monotonic() < deadline:
            if answers("127.0.0.1", port, 0.1):
                return True
            time.sleep(0.02)
        return False
    finally:
        process.kill()
        process.wait()
        trial.unlink(missing_ok=True)


if __name__ == "__main__":
    start_broker(Path(sys.argv[1]))
