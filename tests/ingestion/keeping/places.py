"""A site that keeps: sources with drop lists and short retentions, and passes of its keeper at a moment of choice."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from bruk.verify import verify
from contracts.site import Site
from ingestion.keeping.keeper import Pass, keep_once
from ingestion.spool.reader import SpooledMessage, messages
from ingestion.spool.segments import kept_segments, spool_folders
from tests.sites import GOVERNANCE, NOON, SOURCES, clock_at, make_site

DAY = 86_400_000_000_000
NAME = "Åsa Öst"


def governed(name: str, drop: tuple[str, ...] = (), days: int = 90) -> dict[str, Any]:
    """A source of the test site with this drop list and retention."""
    return SOURCES[name] | {"governance": GOVERNANCE | {"drop": list(drop), "retention_days": days}}


def keeping_site(folder: Path, drop: tuple[str, ...] = ("user", "owner"), **days: int) -> Site:
    """OctoPrint with a drop list; retentions in days by source, else 90."""
    sources = {name: governed(name, days=days.get(name, 90)) for name in SOURCES}
    return make_site(folder, sources=sources | {"octoprint": governed("octoprint", drop, days.get("octoprint", 90))})


def keep_at(site: Site, days: float = 0) -> Pass:
    """One pass of the keeper so many days after the tests' noon."""
    return keep_once(site, clock_at(NOON + int(days * DAY)), free)


def free() -> AbstractContextManager[None]:
    """No refresh is at work."""
    return nullcontext()


def wrong(site: Site) -> dict[str, str]:
    """The lines of `bruk verify` that do not add up."""
    return {line.check_id: line.detail for line in verify(site).lines if not line.ok}


def stored(site: Site) -> list[SpooledMessage]:
    """Every message in the spool, wherever it lies."""
    paths = [path for folder in spool_folders(site.paths.spool) for path in kept_segments(folder)]
    return [item for path in paths for item in messages(path) if isinstance(item, SpooledMessage)]
