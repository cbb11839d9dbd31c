"""Erases the bytes of dropped files when the retention of every source that they were dropped to has ended."""

from __future__ import annotations

from pathlib import Path

from contracts.faults import point
from contracts.site import Site
from ingestion.adapters.governance import DAY_NS, UNCLAIMED_DAYS
from ingestion.files.door import DONE, bytes_file
from ingestion.ledger import lives


def erase_files(site: Site, now_ns: int) -> int:
    """Erases what has been kept long enough, and what lies put away of it; returns how many.

    What is not landed yet stays, and so do rows and counts.
    """
    folder = bytes_file(site.paths, "0").parent
    ended = [file for file in sorted(folder.glob("*")) if not file.name.startswith(".") and _ended(site, file, now_ns)]
    lives.erase_files(site.paths.ledger, [file.name for file in ended], now_ns)
    point("keep.files-committed")
    for file in ended:
        for copy in site.paths.drop.glob(f"*/{DONE}/{file.name[:12]}-*"):
            copy.unlink(missing_ok=True)
        file.unlink(missing_ok=True)
    return len(ended)


def _ended(site: Site, file: Path, now_ns: int) -> bool:
    drops = lives.drops_of(site.paths.ledger, file.name)
    return bool(drops) and all(_end(site, source, received_ns) <= now_ns for source, received_ns in drops)


def _end(site: Site, source: str, received_ns: int) -> int:
    stated = site.sources.get(source)
    if stated is None and site.wrong_sources:  # it may be the one that cannot be read today
        return 1 << 62
    return received_ns + (stated.governance.retention_days if stated else UNCLAIMED_DAYS) * DAY_NS
