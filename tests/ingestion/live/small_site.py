"""A site with something in every corner of the live page: sending, silent, refused, files, a stopped service."""

from __future__ import annotations

from pathlib import Path

import orjson

from contracts.site import Site
from ingestion.landing.sealer import land_pending
from ingestion.live.state import LiveState
from tests.ingestion.spooling import OIL, PRODUCTION, drop, envelope, numbered, reading, spool
from tests.sites import NOON, REGISTRY, clock_at, equipment, make_site
from tests.sites import PRODUCTION as PRODUCTION_SOURCE

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


def site_in_every_state(folder: Path) -> Site:
    """One machine in each state that the page knows, and one that comes in files of old data, with a refused row."""
    names = {"dal-mill-1": "mill-1", "dal-oven-1": "oven-1", "dal-lathe-1": "lathe-1"}
    saw = equipment("dal-saw-1", "saw-1", "press", "gw-saw", ["production"]) | {"expected_interval_s": 604_800.0}
    weekend = {"equipment": "dal-oven-1", "weekdays": [6, 7], "opens": "07:00", "closes": "16:00",
               "planned_downtime_min": 0, "valid_from": "2026-01-01"}  # fmt: skip
    registry = {
        "equipment": [
            *REGISTRY["equipment"],
            *(equipment(name, unit, "press", f"gw-{unit}", ["uns"]) for name, unit in names.items()),
            saw,
        ],
        "planned_time": [*REGISTRY["planned_time"], weekend],
    }
    by_name = PRODUCTION_SOURCE["equipment"] | {"map": {"Press 1": "dal-press-1", "Såg 1": "dal-saw-1"}}
    site = make_site(folder, registry, {"production": PRODUCTION_SOURCE | {"equipment": by_name}})
    spool(
        site,
        envelope(topic_of("press-1"), reading(41.0), received_ns=NOON - 2 * SECOND, properties=numbered(7, 1)),
        envelope(topic_of("press-1"), reading("varm"), received_ns=NOON - SECOND),
        envelope(topic_of("mill-1"), reading(41.0), received_ns=NOON - 50 * SECOND),
        envelope(topic_of("oven-1"), reading(41.0), received_ns=NOON - 3600 * SECOND),
        envelope("octoPrint/event/Unheard", b"{}", received_ns=NOON - 4000 * SECOND),
        envelope(f"octoPrint/{HOSTILE}", b"{}", received_ns=NOON - 3000 * SECOND),
    )
    old = "Såg 1;A-1;2026-10-01 08:00;2026-10-01 09:00;bricka;1 200,0;1 190,0;\r\n"
    bad = "Press 1;A-2;2026-11-24 09:00;2026-11-24 10:00;bricka;många;;\r\nPress 9;A-3;2026-11-24 09:00;;bricka;;;\r\n"
    drop(site, "production", (PRODUCTION + old + bad).encode("cp1252"), "order vecka 47.csv", NOON - 7200 * SECOND)
    drop(site, "production", (PRODUCTION + old).encode("cp1252"), "order vecka 46.csv", NOON - 7100 * SECOND)
    land_pending(site, clock_at())
    write_status(site, "receiver", written_ns=NOON - SECOND, connected_ns=None)
    write_status(site, "door", written_ns=NOON - SECOND, waiting=0, taken=2, refused=[])
    return site


def topic_of(work_unit: str) -> str:
    """The oil temperature of a work unit of the test's line."""
    return f"nms/v1/dalarna/testbed-dal/hall-1/line-1/{work_unit}/measurement_v1/oil_temp"


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
