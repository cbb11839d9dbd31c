"""Erases one person from a site by the identifier, and keeps a receipt that says of what, and not of whom."""

from __future__ import annotations

import json
import os
from typing import Any

from bruk.turns import warehouse_turn
from contracts.clock import Clock, system_clock, utc
from contracts.errors import UsageError
from contracts.site import Site
from ingestion.files.pseudonyms import site_key
from ingestion.keeping.keeper import keeping_lock
from ingestion.keeping.persons import erase_person
from ingestion.landing.sealer import land_pending
from ingestion.rejection import Rejection


def erase_by_identifier(site: Site, identifier: str, clock: Clock = system_clock) -> dict[str, Any]:
    """The receipt, as JSON types: `at` (UTC), fingerprint of the `key`, changed `files` with the numbers of the records
    emptied (none: the whole file), `landed` files with rows lost, `records` that changed their outcome, and the `days`
    that the next refresh builds.

    Lands first what waits. Raises UsageError without the site's key, TransientError while another process keeps the
    site or builds the warehouse.
    """
    key = site_key(site.settings, site.paths)
    if isinstance(key, Rejection):
        raise UsageError(f"the key of the pseudonyms is needed: {key.facts.get('problem', 'none is stated')}")
    land_pending(site, clock)
    with keeping_lock(site), warehouse_turn(site.paths):
        done = erase_person(site, key.pseudonym(identifier), clock())
    receipt = {
        "at": utc(clock()).isoformat(timespec="seconds"), "key": key.fingerprint,
        "files": [{"name": name, "records": records} for name, records in done.files],
        "landed": [{"path": path, "rows": rows} for path, rows in done.landed],
        "records": done.records, "days": [f"{stream} {day}" for stream, day in done.days],
    }  # fmt: skip
    _keep(site, receipt)
    return receipt


def _keep(site: Site, receipt: dict[str, Any]) -> None:
    with site.paths.erasures.open("a", encoding="utf-8") as log:
        log.write(json.dumps(receipt, ensure_ascii=False) + "\n")
        log.flush()
        os.fsync(log.fileno())
