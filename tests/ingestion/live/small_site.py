"""A site with something in every corner of the live page: sending, silent, refused, files, a stopped service."""

from __future__ import annotations

from pathlib import Path

import orjson

from contracts.site import Site
from ingestion import canary
from ingestion.landing.sealer import land_pending
from ingestion.live.alerts import AlertJudge, Condition
from ingestion.live.guarantees import Words
from ingestion.live.state import LiveState
from tests.ingestion.spooling import OIL, PRODUCTION, drop, envelope, numbered, reading, spool
from tests.sites import NOON, REGISTRY, clock_at, equipment, make_site
from tests.sites import PRODUCTION as PRODUCTION_SOURCE

SECOND = 1_000_000_000
CANARY = canary.Canary("c0ffee", NOON - 40 * SECOND)
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
    spool(site, envelope(canary.TOPIC, canary.encode(CANARY), received_ns=CANARY.sent_ns + SECOND))
    land_pending(site, clock_at())
    write_receiver(site)
    write_broker(site)
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
    write_receiver(site, connected_ns=None)
    write_status(site, "door", written_ns=NOON - SECOND, waiting=0, taken=2, refused=[])
    write_broker(site, dropped_in_all=3)
    outbox = {"boot": 7, "high": -1, "boots": 2, "two_senders": True}
    write_status(site, "acknowledging", written_ns=NOON - SECOND, connected=True, devices={"gw-dal": outbox})
    write_alerts(site)
    return site


def topic_of(work_unit: str) -> str:
    """The oil temperature of a work unit of the test's line."""
    return f"nms/v1/dalarna/testbed-dal/hall-1/line-1/{work_unit}/measurement_v1/oil_temp"


def write_receiver(site: Site, **changed: object) -> None:
    """The receiver's status file: connected for an hour, unless something is changed."""
    content = {
        "pid": 4711, "written_ns": NOON - SECOND, "connected_ns": NOON - 3600 * SECOND, "subscribed": True,
        "session_present": True, "sessions_lost": 0, "connection": 2, "messages": 12_345, "commits": 800,
        "last_ns": NOON - SECOND, "full_since_ns": None, "segment": 3,
    }  # fmt: skip
    write_status(site, "receiver", **(content | changed))


def write_broker(site: Site, **changed: object) -> None:
    """The sentinel's status file: all well, the test passed, the canary sent, unless something is changed."""
    test = {"at_ns": NOON - 3600 * SECOND, "qos_1": 2000, "qos_0": 500, "upgraded": 500, "ok": True}
    content = {
        "pid": 4712, "written_ns": NOON - SECOND, "version": "mosquitto version 2.0.11", "seen_ns": NOON - 4 * SECOND,
        "uptime_s": 3601, "clients": 4, "stored": 1_250, "stored_bytes": 300_000, "dropped": 0, "dropped_before": 0,
        "restarts": 0, "dropped_in_all": 0, "queue_share": 0.000625, "selftest": test, "selftest_problem": "",
        "canary": {"sent_ns": CANARY.sent_ns, "problem": ""},
    }  # fmt: skip
    write_status(site, "broker", **(content | changed))


def write_alerts(site: Site) -> None:
    """One alert that stands since a minute, and one that is over."""
    judge = AlertJudge()
    cure = Words("Se körschemat alerts.", "See the runbook alerts.")
    drops = Words("MQTT-servern kastade 3 meddelanden", "The broker dropped 3 messages")
    silent = Words("Fräs 1 är tyst", "Mill 1 is silent")
    judge.judge([Condition("machine_silent", "dal-mill-1", silent, cure)], frozenset(), NOON - 7200 * SECOND)
    judge.judge([Condition("broker_drops", "", drops, cure)], frozenset(), NOON - 60 * SECOND)
    write_status(site, "alerts", **judge.state())


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
