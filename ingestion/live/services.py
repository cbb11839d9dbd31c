"""Whether our own services work, from what they last wrote: a silent service must not look like silent machines."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.site import Site
from ingestion.live.guarantees import Words
from ingestion.live.vitals import Vitals
from ingestion.live.way import Stage, Way
from ingestion.mqtt.selftest import QOS_0, QOS_1

_SECOND = 1_000_000_000
QUIET_S = 15.0
BEHIND_S = 60.0
BROKER_S = 30.0  # mosquitto speaks of itself every 10 s
_WAYS: dict[Stage, Words] = {
    "untried": Words("inte provad än", "not tried yet"),
    "under_way": Words("ett provmeddelande är på väg", "a test message is on its way"),
    "open": Words("öppen hela vägen till tolkad", "open all the way to landed"),
    "not_sent": Words("provmeddelandet kunde inte skickas", "the test message could not be sent"),
    "not_spooled": Words(
        "provmeddelandet kom inte fram till mottagaren", "the test message did not reach the receiver"
    ),
    "not_landed": Words("provmeddelandet är mottaget men inte tolkat", "the test message is received but not landed"),
    "old": Words("inte provad på länge", "not tried for a long time"),
}


@dataclass(frozen=True)
class Service:
    """One service: does it work, and in words what follows. `needed`: without it the site is not ready."""

    id: str
    name: Words
    ok: bool
    needed: bool
    text: Words


def judge_services(site: Site, vitals: Vitals, way: Way) -> list[Service]:
    """The broker, the receiver, the file door, landing, the way through all of them, and the gate's last word."""
    return [
        _broker(vitals), _receiver(vitals), _door(site, vitals), _landing(vitals), _way(way), *_acknowledging(vitals),
        _gate(vitals),
    ]  # fmt: skip


def _broker(vitals: Vitals) -> Service:
    name, view = Words("MQTT-server", "Broker"), vitals.broker
    if view is None or _stale(vitals, view.get("written_ns")):
        text = Words("bevakas inte just nu", "is not watched at the moment")
        return Service("broker", name, True, False, text)
    test = view.get("selftest")
    if test and not test["ok"]:
        found = f"{test['qos_1']}/{QOS_1} QoS 1, {test['upgraded']}/{QOS_0} QoS 0"
        text = Words(
            f"klarade inte starttestet ({found} kom tillbaka): meddelanden går förlorade när mottagaren är borta",
            f"failed its start-up test ({found} came back): messages are lost while the receiver is away",
        )
    elif _stale(vitals, view.get("seen_ns"), BROKER_S):
        text = Words("svarar inte", "does not answer")
    else:
        return Service("broker", name, True, False, Words("svarar", "answers"))
    return Service("broker", name, False, False, text)


def _receiver(vitals: Vitals) -> Service:
    name, report = Words("Mottagare (MQTT)", "Receiver (MQTT)"), vitals.receiver
    if report is None:
        text = Words("har inte startat: inga maskiner kan höras", "has not started: no machine can be heard")
    elif _stale(vitals, report.get("written_ns")):
        text = Words(
            "svarar inte: åldrarna nedan säger inget om maskinerna",
            "does not answer: ages below say nothing about the machines",
        )
    elif report.get("full_since_ns") is not None:
        text = Words(
            "väntar på plats på disken: inget kvitteras, inget är förlorat",
            "waits for room on the disk: nothing is acknowledged, nothing is lost",
        )
    elif report.get("connected_ns") is None:
        text = Words(
            "har ingen kontakt med MQTT-servern: inga maskiner kan höras",
            "has no contact with the broker: no machine can be heard",
        )
    else:
        return Service("receiver", name, True, True, Words("tar emot", "receives"))
    return Service("receiver", name, False, True, text)


def _door(site: Site, vitals: Vitals) -> Service:
    name, report = Words("Fillucka", "File door"), vitals.door
    scans = QUIET_S + 2 * site.settings.drop_scan_seconds
    if report is None or _stale(vitals, report.get("written_ns"), scans):
        text = Words("tittar inte: filer ligger kvar där de lagts", "does not look: files stay where they were put")
        return Service("door", name, False, False, text)
    return Service("door", name, True, False, Words("tar emot filer", "takes files"))


def _landing(vitals: Vitals) -> Service:
    name = Words("Tolkning", "Landing")
    if vitals.ledger is None:
        return Service("landing", name, False, True, Words("liggaren kan inte läsas", "the ledger cannot be read"))
    oldest = vitals.oldest_pending_ns
    if oldest is not None and vitals.at_ns - oldest > BEHIND_S * _SECOND:
        text = Words(
            f"ligger efter: {vitals.pending_segments} mottagna delar väntar, inget är förlorat",
            f"is behind: {vitals.pending_segments} received parts wait, nothing is lost",
        )
        return Service("landing", name, False, True, text)
    return Service("landing", name, True, True, Words("i fas", "up to date"))


def _way(way: Way) -> Service:
    name, text = Words("Vägen in, provad", "The way in, tried"), _WAYS[way.stage]
    return Service("way", name, not way.broken, True, text)


def _acknowledging(vitals: Vitals) -> list[Service]:
    """The acknowledger, once it has ever run: a device with an outbox keeps everything until it hears from it."""
    name, told = Words("Kvittenser till maskinerna", "Acknowledgements to machines"), vitals.acknowledging
    if told is None:
        return []
    if _stale(vitals, told.get("written_ns")) or not told.get("connected"):
        text = Words(
            "står still: maskiner med utkorg behåller allt så länge",
            "stand still: machines with an outbox keep everything meanwhile",
        )
        return [Service("acknowledge", name, False, False, text)]
    return [Service("acknowledge", name, True, False, Words("skickas", "are sent"))]


def _gate(vitals: Vitals) -> Service:
    name, gate = Words("Publicering", "Publication"), vitals.gate
    if gate is None:
        return Service(
            "gate", name, True, False, Words("första utgåvan är inte klar", "the first edition is not made yet")
        )
    if gate.get("state") == "published":
        return Service("gate", name, True, False, Words("senaste utgåvan gäller", "the newest edition stands"))
    text = Words(
        "stoppad av kontrollerna: den senaste goda utgåvan visas",
        "stopped by the checks: the last good edition is shown",
    )
    return Service("gate", name, False, False, text)


def _stale(vitals: Vitals, written_ns: object, seconds: float = QUIET_S) -> bool:
    return not isinstance(written_ns, int) or vitals.at_ns - written_ns > seconds * _SECOND
