"""A site with something in every corner of the live page: sending, silent, refused, files, a stopped service."""

from __future__ import annotations

from pathlib import Path

import orjson

from contracts.site import Site
from ingestion.landing.sealer import land_pending
from ingestion.live.state import LiveState
from tests.ingestion.spooling import OIL, PRODUCTION, drop, envelope, numbered, reading, spool
from tests.sites import NOON, clock_at, make_site

SECOND = 1_000_000_000
HOSTILE = '<script>alert("x")</script>'


def busy_site(folder: Path) -> Site:
    """Messages, refusals and files, landed; the receiver connected, the door watching."""
    site = make_site(folder)
    spool(
        site,
        *(
            envelope(OIL, reading(40.0 + n), received_ns=NOON - (9 - n) * SECOND, properties=numbered(7, n))
            for n in range(8)
        ),
        envelope(OIL, b"not json", received_ns=NOON - SECOND),
        envelope(OIL, reading(HOSTILE), received_ns=NOON - SECOND // 2),
        envelope("octoPrint/event/Unheard", HOSTILE.encode(), received_ns=NOON - 4000 * SECOND),
        envelope(f"octoPrint/{HOSTILE}", b"{}", received_ns=NOON - 3000 * SECOND),
    )
    good = "Press 1;A-1;2026-11-24 08:00;2026-11-24 09:00;bricka;1 200,0;1 190,0;\r\n"
    bad = "Press 9;A-2;2026-11-24 09:00;;bricka;;;\r\nPress 1;A-3\r\n"
    drop(site, "production", (PRODUCTION + good + bad).encode("cp1252"), "order vecka 47.csv", NOON - 7200 * SECOND)
    drop(site, "production", (PRODUCTION + good + bad).encode("cp1252"), "igen.csv", NOON - 7100 * SECOND)
    drop(site, "participation", b"\x00\xff", f"{HOSTILE}.csv", NOON - 7000 * SECOND)
    land_pending(site, clock_at())
    write_status(site, "receiver", written_ns=NOON - SECOND, connected_ns=NOON - 3600 * SECOND)
    refused = {
        "source": "production",
        "name": "genväg.csv",
        "code": "E_FILETYPE",
        "facts": {"value": "genväg.csv"},
        "since_ns": NOON,
    }
    write_status(site, "door", written_ns=NOON - SECOND, waiting=0, taken=3, refused=[refused])
    return site


def write_status(site: Site, name: str, **content: object) -> None:
    """A status file as a service writes it."""
    site.paths.status.mkdir(parents=True, exist_ok=True)
    (site.paths.status / f"{name}.json").write_bytes(orjson.dumps(content))


def live(site: Site, now: int = NOON) -> LiveState:
    """The state after everything was read."""
    state = LiveState(site, clock_at(now))
    while state.look():
        pass
    return state
