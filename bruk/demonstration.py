"""Plays the demonstration of a site, once: a key, history into the drop folders, recordings to the broker."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from contracts.clock import Clock, system_clock, utc
from contracts.errors import TerminalError, TransientError
from contracts.site import Site
from ingestion.atomic import replace_file
from ingestion.files.pseudonyms import make_key
from ingestion.ledger import Ledger, read_pending
from ingestion.mqtt.address import OPERATOR, site_broker
from ingestion.mqtt.recordings import send
from ingestion.spool.segments import kept_segments, segment_id, spool_folders

Report = Callable[[str], None]


def play(site: Site, report: Report = lambda line: None, clock: Clock = system_clock) -> int:
    """Plays what was not played yet and waits until all of it has landed. Raises TerminalError, TransientError.

    Returns the number of the newest touch then: an edition of that snapshot has all that was played; 0 where nothing
    was. A recording that was cut off in the middle is not played again: its messages would count twice.
    """
    show = site.file.demonstration
    if show is None:
        return 0
    played, anything = _Played(site), False
    if played.begin("history"):
        anything = True
        _make_key(site, report)
        report("writing the invented history")
        names = _drop_history(site, show.history, clock)
        report(f"{len(names)} files dropped; landing them")
        _wait_until(lambda: _all_landed(site, names), "the history has not landed", 120.0)
        played.end("history")
    for recording in show.recordings:
        if played.begin(recording):
            anything = True
            _wait_until(lambda: _receiver_listens(site), "the receiver does not listen", 60.0)
            before = Ledger(site.paths.ledger).received()
            sent = send(site.paths.site / recording, site_broker(site.settings, site.paths, OPERATOR))
            report(f"{sent} messages of {Path(recording).name} sent; landing them")
            _wait_until(partial(_has_landed, site, before + sent), "the recording has not landed", 120.0)
            played.end(recording)
    return read_pending(site.paths.ledger)[1] if anything else 0


def _has_landed(site: Site, received: int) -> bool:
    """Whether so many have landed, and with them all that was spooled when the last of them had come."""
    ledger = Ledger(site.paths.ledger)
    if ledger.received() < received:
        return False
    spooled = {segment_id(path) for folder in spool_folders(site.paths.spool) for path in kept_segments(folder)}
    return ledger.landed_segments().keys() >= spooled


class _Played:
    """Remembers in a file what was begun and what came to its end."""

    def __init__(self, site: Site) -> None:
        self._file = site.paths.status / "demonstration.json"
        self._done: dict[str, str] = json.loads(self._file.read_bytes()) if self._file.exists() else {}

    def begin(self, what: str) -> bool:
        """Whether to play it now. History may be begun again: the same bytes twice are a no-op."""
        if what in self._done and not (what == "history" and self._done[what] == "begun"):
            return False
        self._write(what, "begun")
        return True

    def end(self, what: str) -> None:
        self._write(what, "played")

    def _write(self, what: str, state: str) -> None:
        self._done[what] = state
        replace_file(self._file, json.dumps(self._done, indent=1).encode())


def _make_key(site: Site, report: Report) -> None:
    """The key that the site states, if it is not there: only the persons of a demonstration are invented."""
    if site.settings.pseudonym_key_file:
        file = site.paths.site / site.settings.pseudonym_key_file
        if not file.exists():
            report(f"key {make_key(file).fingerprint} made for the pseudonyms of invented persons")


def _drop_history(site: Site, command: list[str], clock: Clock) -> list[str]:
    """Writes the files up to yesterday (local day), moves each into its drop folder; returns their names."""
    out = site.paths.var / "demonstration"
    shutil.rmtree(out, ignore_errors=True)
    yesterday = utc(clock()).astimezone(ZoneInfo(site.file.time_zone)).date() - timedelta(days=1)
    words = [sys.executable if command[0] == "python" else command[0], *command[1:]]
    done = subprocess.run(
        [*words, "--out", str(out), "--until", yesterday.isoformat()],
        cwd=site.paths.site, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise TerminalError(f"{' '.join(command)} failed: {done.stderr.strip()[-500:]}")
    names = []
    for file in sorted(path for path in out.rglob("*") if path.is_file()):
        folder = site.paths.drop / file.parent.name
        folder.mkdir(parents=True, exist_ok=True)
        os.rename(file, folder / file.name)  # one file system: the watcher never sees half a file
        names.append(file.name)
    return names


def _all_landed(site: Site, names: list[str]) -> bool:
    landed = {file.name for file in Ledger(site.paths.ledger).drop_files()}
    return landed.issuperset(names)


def _receiver_listens(site: Site) -> bool:
    """QoS 0 messages that are sent before the first subscription stands are lost by rule; so we wait for it."""
    file = site.paths.status / "receiver.json"
    try:
        state: dict[str, Any] = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return False
    return bool(state.get("subscribed")) and Path(f"/proc/{state['pid']}").exists()


def _wait_until(condition: Callable[[], bool], complaint: str, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TransientError(f"{complaint} after {seconds:.0f} s; see `bruk status` and the logs under var/log")
        time.sleep(0.2)
