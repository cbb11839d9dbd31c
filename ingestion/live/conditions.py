"""Reads, pure, from one report what an operator should be woken for: a machine, its data, the disk, the broker, us."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from ingestion.live.alerts import Condition
from ingestion.live.guarantees import Words
from ingestion.live.status import SILENT, EquipmentStatus, StatusReport

_SECOND = 1_000_000_000
WINDOW_S = 600
#: Refused messages of one machine in ten minutes that are many, and so few that it is over.
MANY_REFUSED, FEW_REFUSED = 10, 3
DISK_HIGH, DISK_HIGH_OVER, DISK_FULL, DISK_FULL_OVER = 0.80, 0.75, 0.97, 0.95
QUEUE_HIGH, QUEUE_OVER = 0.50, 0.40
GAP_S = 60.0
#: Entries of the quarantine beyond which nobody reads them; nothing is dropped, the oldest least of all.
QUARANTINE_LIMIT = 100_000
DAMAGED = "E_DAMAGED"


@dataclass
class Counters:
    """Counters of the last ten minutes, so that a rise is seen. Begins anew with each start of the follower."""

    samples: deque[tuple[int, dict[str, int]]] = field(default_factory=deque)

    def add(self, now: int, values: dict[str, int]) -> None:
        """Takes the counters at `now` (ns)."""
        while self.samples and not 0 <= now - self.samples[0][0] <= WINDOW_S * _SECOND:
            self.samples.popleft()
        self.samples.append((now, values))

    def risen(self, name: str) -> int:
        """By how much a counter rose in the last ten minutes; one that fell began anew and counts from 0."""
        total, before = 0, None
        for _, values in self.samples:
            value = values.get(name)
            if value is not None:
                total += 0 if before is None else value - before if value >= before else value
                before = value
        return total


def counted(report: StatusReport) -> dict[str, int]:
    """The counters of a report whose rise is an alert."""
    values = {f"refused:{item.id}": sum(reason.total for reason in item.reasons) for item in report.equipment}
    values["refused:"] = sum(reason.total for reason in report.other_reasons)
    values["damaged"] = sum(reason.total for reason in report.other_reasons if reason.code == DAMAGED)
    if report.broker is not None:
        values["dropped"] = report.broker.dropped
    if report.receiver is not None:
        values["sessions_lost"] = report.receiver.sessions_lost
    return values


def conditions(report: StatusReport, counters: Counters, standing: frozenset[str]) -> Iterator[Condition]:
    """What is so in this report. What stands already holds on to a lower bound: it must not flutter."""
    for item in report.equipment:
        yield from _machine(item, report, counters, standing)
    if counters.risen("refused:") >= (FEW_REFUSED if "rejections:" in standing else MANY_REFUSED):
        yield _rejections("", Words("okänd maskin", "unknown machine"), counters.risen("refused:"))
    yield from _gaps(report)
    yield from _disk(report, standing)
    yield from _broker(report, counters, standing)
    yield from _services(report)
    if counters.risen("damaged"):
        # Its words name the segment, and stay there for as long as nothing newer is damaged.
        yield from (
            Condition("damaged", "", one.reason, one.cure) for one in report.other_reasons if one.code == DAMAGED
        )
    if report.accounting is not None and report.accounting.quarantined >= QUARANTINE_LIMIT:
        n = report.accounting.quarantined
        yield Condition(
            "quarantine_full", "",
            Words(f"Karantänen har {n} poster; inget kastas", f"The quarantine has {n} entries; nothing is dropped"),
            Words("Rätta källan och kör om, eller avfärda.", "Mend the source and replay, or discard."),
        )  # fmt: skip


def unknown(report: StatusReport) -> frozenset[str]:
    """The kinds of which this report knows nothing: a receiver that stands still must not look like silent machines."""
    broken = {service.id for service in report.services if not service.ok}
    silent = {"machine_silent"} if broken & {"receiver", "way"} else set()
    return frozenset(silent | ({"gap", "rejections", "damaged"} if "landing" in broken else set()))


def _could_be_heard(item: EquipmentStatus, report: StatusReport) -> bool:
    """Whether the receiver listened for as long as this machine may be silent: after our own rest it gets its time."""
    since = report.receiver.connected_since if report.receiver else None
    return item.by_file or (since is not None and (report.at - since).total_seconds() > SILENT * item.expected_s)


def _machine(
    item: EquipmentStatus, report: StatusReport, counters: Counters, standing: frozenset[str]
) -> Iterator[Condition]:
    told = f"machine_silent:{item.id}" in standing
    if item.state == "silent" and (told or _could_be_heard(item, report)):
        yield Condition(
            "machine_silent", item.id,
            Words(f"{item.name.sv} är tyst", f"{item.name.en} is silent"),
            Words("Se körschemat machine-silent.", "See the runbook machine-silent."),
        )  # fmt: skip
    risen = counters.risen(f"refused:{item.id}")
    if risen >= (FEW_REFUSED if f"rejections:{item.id}" in standing else MANY_REFUSED):
        yield _rejections(item.id, item.name, risen)


def _rejections(subject: str, name: Words, risen: int) -> Condition:
    return Condition(
        "rejections", subject,
        Words(f"{name.sv}: {risen} avvisade på tio minuter", f"{name.en}: {risen} refused in ten minutes"),
        Words("Skäl och åtgärd står på sidan Läget nu.", "Reason and cure stand on the live page."),
    )  # fmt: skip


def _gaps(report: StatusReport) -> Iterator[Condition]:
    """One per device: a device may send for several machines."""
    for device in {item.device for item in report.equipment if item.two_senders}:
        text = Words(f"Två utkorgar sänder som {device}", f"Two outboxes send as {device}")
        cure = Words(
            "Allt behålls. Ge den ena ett eget certifikat.", "Everything is kept. Give one a certificate of its own."
        )
        yield Condition("two_senders", device, text, cure)
    devices = {item.device: item for item in report.equipment if any(gap.age_s >= GAP_S for gap in item.gaps)}
    for device, item in devices.items():
        yield Condition(
            "gap", device,
            Words(
                f"{device}: {item.missing} numrerade meddelanden saknas",
                f"{device}: {item.missing} numbered messages are missing",
            ),
            Words(
                "En enhet med utkorg fyller luckan själv; annars är de förlorade.",
                "A device with an outbox fills the gap by itself; else they are lost.",
            ),
        )  # fmt: skip


def _disk(report: StatusReport, standing: frozenset[str]) -> Iterator[Condition]:
    share = report.disk_used_share
    cure = Words("Ge plats: se körschemat disk-full.", "Make room: see the runbook disk-full.")
    waits = report.receiver is not None and report.receiver.full_since is not None
    if waits or share >= (DISK_FULL_OVER if "disk_full:" in standing else DISK_FULL):
        yield Condition("disk_full", "", Words("Disken är full", "The disk is full"), cure)
    if share >= (DISK_HIGH_OVER if "disk_high:" in standing else DISK_HIGH):
        percent = f"{share * 100:.0f}"
        yield Condition(
            "disk_high", "", Words(f"Disken är till {percent} % full", f"The disk is {percent} % full"), cure
        )


def _broker(report: StatusReport, counters: Counters, standing: frozenset[str]) -> Iterator[Condition]:
    cure = Words("Se körschemat alerts.", "See the runbook alerts.")
    if dropped := counters.risen("dropped"):
        yield Condition(
            "broker_drops", "",
            Words(f"MQTT-servern kastade {dropped} meddelanden", f"The broker dropped {dropped} messages"), cure,
        )  # fmt: skip
    if counters.risen("sessions_lost"):
        text = Words(
            "MQTT-servern glömde vår session: det den höll åt oss är borta",
            "The broker forgot our session: what it kept for us is gone",
        )
        yield Condition("session_lost", "", text, cure)
    share = report.broker.queue_share if report.broker else 0.0
    if share >= (QUEUE_OVER if "broker_queue:" in standing else QUEUE_HIGH):
        percent = f"{share * 100:.0f}"
        text = Words(f"MQTT-serverns kö är till {percent} % full", f"The broker's queue is {percent} % full")
        yield Condition("broker_queue", "", text, cure)


def _services(report: StatusReport) -> Iterator[Condition]:
    for service in report.services:
        if not service.ok:
            yield Condition(
                "service", service.id,
                Words(f"{service.name.sv} {service.text.sv}", f"{service.name.en} {service.text.en}"),
                Words("Kör bruk status och bruk doctor.", "Run bruk status and bruk doctor."),
            )  # fmt: skip
