"""Fetches the live report for the terminal: from the running follower, else from what lies in the site."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from contracts.clock import Clock, system_clock
from contracts.settings import Settings, load_settings
from contracts.site import load_site


class Fetched(NamedTuple):
    """A report as `/api/status` gives it, and whether the follower itself gave it."""

    report: dict[str, Any]
    live: bool


def fetch(folder: Path | None, clock: Clock = system_clock) -> Fetched:
    """The report of now. Raises ContractError when there is no follower and the site cannot be read."""
    settings = load_settings(folder)
    found = ask_follower(settings)
    return Fetched(found, True) if found is not None else Fetched(_from_disk(settings.site, clock), False)


def ask_follower(settings: Settings) -> dict[str, Any] | None:
    """What the follower answers at `/api/status`; None when it does not, or another program listens there."""
    try:
        with urllib.request.urlopen(f"http://{settings.host}:{settings.web_port}/api/status", timeout=5) as answer:
            found = json.load(answer)
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and "equipment" in found else None


def _from_disk(folder: Path, clock: Clock) -> dict[str, Any]:
    from ingestion.live.state import LiveState

    state = LiveState(load_site(folder), clock, keeps=False)
    while state.look():
        pass
    report: dict[str, Any] = orjson.loads(orjson.dumps(state.report(), option=orjson.OPT_UTC_Z))
    return report
