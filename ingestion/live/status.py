"""Judges, pure: registry, what was heard and the services' state → the report that page, JSON and metrics show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from contracts.clock import utc
from contracts.errors import ContractError
from contracts.registry import Equipment
from contracts.site import Site
from ingestion.ledger import DropFile, Gap
from ingestion.ledger.overview import RefusedGroup
from ingestion.live.alerts import Alert
from ingestion.live.follower import Heard
from ingestion.live.guarantees import Words, guarantees
from ingestion.live.planned import planned_seconds
from ingestion.live.platform import AlertsTo, BrokerStatus, Own, ReceiverStatus, broker_status, receiver_status
from ingestion.live.services import Service, judge_services
from ingestion.live.vitals import LedgerView, Vitals
from ingestion.live.way import Way
from ingestion.rejection import explain

State = Literal["sends", "late", "silent", "never", "rest"]
LATE, SILENT = 2, 10
SHOWN_GAPS = 10


@dataclass(frozen=True)
class Reason:
    """Refused input of one code: how many in the last 24 hours and in all, the newest example in words, the cure."""

    code: str
    recent: int
    total: int
    last_at: datetime
    where: str
    reason: Words
    cure: Words


@dataclass(frozen=True)
class LastMessage:
    """The newest message or file of a machine: as received (an excerpt) and as understood."""

    topic: str
    place: str
    raw: str
    size: int
    words: list[str]


@dataclass(frozen=True)
class MissingNumbers:
    """Numbers `first` to `last` of an outbox that have not come since `since` (UTC), when a higher one came."""

    boot: int
    first: int
    last: int
    since: datetime
    age_s: float


@dataclass(frozen=True)
class EquipmentStatus:
    """One machine. Seconds; `age_s` None when nothing was ever heard; `missing` None when it cannot be counted.

    `gaps`: the oldest that its device has, up to ten; a device may send for several machines. `acknowledged`: up to
    which number of its newest outbox everything is safe, -1 for none. `two_senders`: two outboxes bear its name.

    `by_file`: it comes in files only, so that it has no rate, and `last_at` is when the last file came. `newest_at`:
    the newest event time in any of its files.
    """

    id: str
    device: str
    name: Words
    testbed: Words
    state: State
    last_at: datetime | None
    age_s: float | None
    newest_at: datetime | None
    expected_s: float
    by_file: bool
    rate_per_minute: int
    total: int
    guarantees: list[Words]
    missing: int | None
    gaps: list[MissingNumbers]
    acknowledged: int | None
    two_senders: bool
    last: LastMessage | None
    reasons: list[Reason]


@dataclass(frozen=True)
class FileOutcome:
    """What became of one dropped file."""

    name: str
    source: str
    outcome: str
    records: int
    accepted: int
    quarantined: int
    duplicate: int
    received_at: datetime
    reasons: list[Reason]
    supersedes: list[str]
    superseded_by: str | None


@dataclass(frozen=True)
class Accounting:
    """received = accepted + ignored + quarantined + duplicate, of what has been landed."""

    received: int
    accepted: int
    ignored: int
    quarantined: int
    duplicate: int


@dataclass(frozen=True)
class StatusReport:
    """All that the live page knows at `at` (UTC). `last_received_at`: newest message of any sender.

    `files`: the newest with refused rows and the newest others, newest first; `files_dropped` counts all there were.
    """

    at: datetime
    site: Words
    profile: str
    time_zone: str
    services: list[Service]
    equipment: list[EquipmentStatus]
    other_reasons: list[Reason]
    files: list[FileOutcome]
    files_dropped: int
    refused_files: list[Reason]
    accounting: Accounting | None
    last_received_at: datetime | None
    pending_segments: int
    spool_bytes: int
    free_bytes: int
    disk_used_share: float
    edition: str | None
    last_refresh: dict[str, Any] | None
    broker: BrokerStatus | None
    receiver: ReceiverStatus | None
    way: Way
    follower_age_s: float
    alerts: list[Alert]
    alerts_to: AlertsTo
    ready: bool


def build_report(
    site: Site,
    heard: dict[str, Heard],
    last_ns: int | None,
    vitals: Vitals,
    machine_of: Callable[[str, int], str | None],
    own: Own,
) -> StatusReport:
    """The report at `vitals.at_ns`. `machine_of` gives the equipment of a topic at a receive time, as routing does."""
    now = utc(vitals.at_ns)
    view = vitals.ledger or LedgerView()
    equipment = _valid(site, now.astimezone(ZoneInfo(site.file.time_zone)).date())
    mine, other = _by_machine(view.refused, machine_of, {item.id for item in equipment})
    services = judge_services(site, vitals, own.way)
    return StatusReport(
        now, _words(site.file.name), site.file.profile, site.file.time_zone, services,
        [
            _equipment(site, item, heard.get(item.id), mine.get(item.id, []), view, vitals)
            for item in equipment
        ],
        _left_out(site, vitals) + _reasons(_without_file(other, view.files)),
        [_file(drop, view.refused) for drop in reversed(view.files)],
        view.dropped, _at_the_door(vitals),
        None if vitals.ledger is None else _accounting(view), utc(last_ns) if last_ns else None,
        vitals.pending_segments, vitals.spool_bytes, vitals.free_bytes,
        1 - vitals.free_bytes / max(1, vitals.disk_bytes), vitals.edition, _refresh(view),
        broker_status(vitals), receiver_status(vitals), own.way, max(0.0, (vitals.at_ns - own.looked_ns) / 1e9),
        own.alerts, own.alerts_to, own.way.proven and all(service.ok for service in services if service.needed),
    )  # fmt: skip


def judge_state(age_s: float | None, planned_age_s: float | None, expected_s: float) -> State:
    """The word for a machine. `planned_age_s`: seconds of its silence in which it was planned to run (None: always)."""
    if age_s is None:
        return "never"
    if age_s <= LATE * expected_s:
        return "sends"
    counted = age_s if planned_age_s is None else planned_age_s
    if counted <= LATE * expected_s:
        return "rest"
    return "late" if counted <= SILENT * expected_s else "silent"


def _valid(site: Site, today: date) -> list[Equipment]:
    """The equipment of today, by testbed in the registry's order."""
    order = [testbed.id for testbed in site.registry.testbeds]
    return sorted((e for e in site.registry.equipment if e.holds(today)), key=lambda e: order.index(e.testbed))


def _equipment(
    site: Site, item: Equipment, heard: Heard | None, refused: list[RefusedGroup], view: LedgerView, vitals: Vitals
) -> EquipmentStatus:
    now = vitals.at_ns
    age = None if heard is None else max(0.0, (now - heard.last_ns) / 1e9)
    planned = None
    if heard is not None:
        zone, enough = ZoneInfo(site.file.time_zone), (SILENT + 1) * item.expected_interval_s
        planned = planned_seconds(site.registry, zone, item.id, utc(heard.last_ns), utc(now), enough)
    outbox = vitals.outbox(item.device)
    boxes = [sequence for sequence in view.sequences if sequence.device == item.device]
    testbed = next(bed.name for bed in site.registry.testbeds if bed.id == item.testbed)
    return EquipmentStatus(
        item.id, item.device, _words(item.name), _words(testbed), judge_state(age, planned, item.expected_interval_s),
        utc(heard.last_ns) if heard else None, age, heard.newest_at if heard else None, item.expected_interval_s,
        _by_file(site, item), heard.rate(now) if heard else 0,
        heard.total if heard else 0,
        guarantees(site, item, counted=bool(boxes), acknowledged=vitals.acknowledged(item.device)),
        sum(box.missing for box in boxes) if boxes else None,
        [_missing(gap, now) for gap in _oldest(view.gaps, item.device)], outbox.get("high"),
        bool(outbox.get("two_senders")), _last(heard) if heard else None, _reasons(refused),
    )  # fmt: skip


def _oldest(gaps: list[Gap], device: str) -> list[Gap]:
    return sorted((gap for gap in gaps if gap.device == device), key=lambda gap: gap.since_ns)[:SHOWN_GAPS]


def _missing(gap: Gap, now: int) -> MissingNumbers:
    return MissingNumbers(gap.boot, gap.first, gap.last, utc(gap.since_ns), max(0.0, (now - gap.since_ns) / 1e9))


def _by_file(site: Site, item: Equipment) -> bool:
    kinds = {site.sources[name].transport.kind for name in item.sources if name in site.sources}
    return kinds == {"file"}


def _last(heard: Heard) -> LastMessage:
    if heard.spool == "files":
        return LastMessage(heard.topic, heard.place, f"sha256 {heard.payload.hex()}", heard.size, heard.words)
    raw = heard.payload.decode("utf-8", "backslashreplace")
    return LastMessage(heard.topic, heard.place, _visible(raw), heard.size, heard.words)


def _visible(text: str) -> str:
    """Control characters spelled out, so that what is shown is what came."""
    return "".join(
        char if char.isprintable() or char == "\n" else char.encode("unicode_escape").decode() for char in text
    )


def _by_machine(
    groups: list[RefusedGroup], machine_of: Callable[[str, int], str | None], shown: set[str]
) -> tuple[dict[str, list[RefusedGroup]], list[RefusedGroup]]:
    """Refused input by the machine that it names or that its topic leads to, and what belongs to none that is shown."""
    mine: dict[str, list[RefusedGroup]] = {}
    other = []
    for group in groups:
        machine = group.equipment or machine_of(group.topic, group.last_ns)
        if machine is None or machine not in shown:
            other.append(group)
        else:
            mine.setdefault(machine, []).append(group)
    return mine, other


def _without_file(groups: list[RefusedGroup], files: list[DropFile]) -> list[RefusedGroup]:
    """What does not stand with its file already."""
    told = {(file.source, f"{file.source}/{file.name}") for file in files}
    return [group for group in groups if (group.source, group.topic) not in told]


def _reasons(groups: list[RefusedGroup]) -> list[Reason]:
    """One reason per code with the newest example, the most recent code first."""
    by_code: dict[str, list[RefusedGroup]] = {}
    for group in groups:
        by_code.setdefault(group.code, []).append(group)
    found = [_reason(code, same) for code, same in by_code.items()]
    return sorted(found, key=lambda reason: reason.last_at, reverse=True)


def _reason(code: str, groups: list[RefusedGroup]) -> Reason:
    newest = max(groups, key=lambda group: group.last_ns)
    words = explain(code, newest.facts)
    return Reason(
        code, sum(group.recent for group in groups), sum(group.total for group in groups), utc(newest.last_ns),
        newest.topic, Words(words.sv, words.en), Words(words.cure_sv, words.cure_en),
    )  # fmt: skip


def _file(drop: DropFile, refused: list[RefusedGroup]) -> FileOutcome:
    own = [g for g in refused if g.source == drop.source and g.topic == f"{drop.source}/{drop.name}"]
    return FileOutcome(
        drop.name, drop.source, drop.outcome, drop.records, drop.accepted, drop.quarantined, drop.duplicate,
        drop.received_at, _reasons(own) if drop.quarantined else [], drop.supersedes, drop.superseded_by,
    )  # fmt: skip


def _at_the_door(vitals: Vitals) -> list[Reason]:
    """What lies in the drop folders now and is not taken."""
    out = []
    for item in (vitals.door or {}).get("refused", []):
        where = f"{item['source']}/{item['name']}" if item["source"] else item["name"]
        out.append(_plain(item["code"], item["facts"], where, item["since_ns"] or vitals.at_ns))
    return out


def _left_out(site: Site, vitals: Vitals) -> list[Reason]:
    """Source and stream files that are wrong: what they describe goes to quarantine until they are mended."""
    return [
        _plain(problem.code, {"problem": problem.problem, "hint": problem.hint}, _where(problem), vitals.at_ns)
        for problem in site.wrong
    ]


def _where(problem: ContractError) -> str:
    return f"{problem.file}:{problem.line}" if problem.line else problem.file


def _plain(code: str, facts: dict[str, str], where: str, since_ns: int) -> Reason:
    """A reason for one thing that is so now."""
    words = explain(code, facts)
    return Reason(code, 1, 1, utc(since_ns), where, Words(words.sv, words.en), Words(words.cure_sv, words.cure_en))


def _accounting(view: LedgerView) -> Accounting:
    def of(outcome: str) -> int:
        return sum(count.n for count in view.counts if count.outcome == outcome)

    return Accounting(view.received, of("accepted"), of("ignored"), of("quarantined"), of("duplicate"))


def _refresh(view: LedgerView) -> dict[str, Any] | None:
    last = view.refresh
    if last is None:
        return None
    moment = last.finished_at or last.started_at
    return {"id": last.id, "state": last.state, "at": moment, "edition": last.edition}


def _words(text: Any) -> Words:
    return Words(text.sv, text.en)
