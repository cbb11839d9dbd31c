"""Verifies the accounting of a site: counts everything again and compares it with the ledger, from spool to edition."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from bruk.recount import Recount, Sender, recount
from bruk.stored import edition_lines, landing_line, report_lines, segment_lines, warehouse_lines
from bruk.verify_report import AccountRow, Line, VerifyReport
from contracts.site import Site
from ingestion.landing.sealer import landing_lock
from ingestion.ledger import Count, DropFile, LandedFile, Ledger, QuarantineEntry, Sequence, lives
from ingestion.ledger.lives import Gone
from ingestion.spool.segments import kept_segments, segment_id, spool_folders

_KeyT = TypeVar("_KeyT")
_OUTCOMES = ("accepted", "ignored", "quarantined", "duplicate")


@dataclass(frozen=True)
class _Booked:
    """What the ledger says, all of one moment."""

    segments: dict[str, str]
    gone: Gone
    received: int
    counts: list[Count]
    files: list[LandedFile]
    quarantine: list[QuarantineEntry]
    drops: list[DropFile]
    sequences: list[Sequence]
    days_pending: bool


def verify(site: Site) -> VerifyReport:
    """Counts again from spool, landing, warehouse and editions, and says line by line whether the ledger is right.

    Sealed segments without a ledger row, and a warehouse that is behind or busy, are pending and not wrong.
    """
    booked = _read(site)
    spooled = [path for path in _sealed(site) if segment_id(path) not in booked.gone.segments]
    landed = [path for path in spooled if segment_id(path) in booked.segments]
    found = recount(site, landed, booked.files, booked.quarantine, booked.drops, booked.gone)
    lines = [
        *segment_lines(booked.segments, spooled),
        *_received_lines(booked, found),
        _accepted_line(booked.counts, found),
        _quarantined_line(booked),
        _places_line(found),
        *_drop_lines(found),
        landing_line(site.paths.landing, booked.files),
        *warehouse_lines(site, booked.files, booked.days_pending),
        *edition_lines(site.paths),
        *report_lines(site.paths),
    ]
    return VerifyReport(lines, account_rows(booked.counts, booked.sequences))


def account_rows(counts: list[Count], sequences: list[Sequence]) -> list[AccountRow]:
    """One row per source and device, in that order; `missing` sums over the device's boots."""
    outcomes: defaultdict[Sender, Counter[str]] = defaultdict(Counter)
    for count in counts:
        outcomes[Sender(count.source, count.device)][count.outcome] += count.n
    missing: dict[str, int] = {}
    for sequence in sequences:
        missing[sequence.device] = missing.get(sequence.device, 0) + sequence.missing
    return [
        AccountRow(
            sender.source, sender.device, n.total(), n["accepted"], n["ignored"], n["quarantined"], n["duplicate"],
            missing.get(sender.device),
        )
        for sender, n in sorted(outcomes.items())
    ]  # fmt: skip


def _read(site: Site) -> _Booked:
    """The ledger between two landings; the lock is held only while reading it."""
    ledger = Ledger(site.paths.ledger)
    with landing_lock(site):
        return _Booked(
            lives.hashes(ledger.path), lives.gone(ledger.path), ledger.received(), ledger.counts(),
            ledger.landed_files(), ledger.quarantined(), ledger.drop_files(), ledger.sequences(),
            bool(ledger.pending().days),
        )  # fmt: skip


def _sealed(site: Site) -> list[Path]:
    """Sealed segments of every spool, each spool in order."""
    return [segment for folder in spool_folders(site.paths.spool) for segment in kept_segments(folder)]


def _received_lines(booked: _Booked, found: Recount) -> list[Line]:
    """Received = accepted + ignored + quarantined + duplicate: left from the spool, right from the ledger."""
    outcomes: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for count in booked.counts:
        outcomes[count.source][count.outcome] += count.n
    lines = [
        _received_line(source, found.received[source], outcomes[source])
        for source in sorted(outcomes.keys() | found.received.keys())
    ]
    sums = (booked.received, sum(count.n for count in booked.counts), found.received.total())
    lines.append(
        Line(
            "received.all", len(set(sums)) == 1,
            "Mottaget är lika per segment, per utfall och räknat i spoolen.",
            "Received is the same by segment, by outcome, and counted in the spool.",
            (" = " if len(set(sums)) == 1 else " ≠ ").join(map(str, sums)),
        )
    )  # fmt: skip
    return lines


def _received_line(source: str, received: int, outcomes: Counter[str]) -> Line:
    ok = received == outcomes.total()
    sign = "=" if ok else "≠"
    name_sv, name_en = (source, source) if source else ("utan känd källa", "without a known source")
    return Line(
        f"received.{source or 'unknown'}", ok,
        f"{name_sv}: mottaget = godtaget + ignorerat enligt avtal + karantän + dubbletter.",
        f"{name_en}: received = accepted + ignored by contract + quarantined + duplicate.",
        f"{received} {sign} " + " + ".join(str(outcomes[outcome]) for outcome in _OUTCOMES),
    )  # fmt: skip


def _accepted_line(counts: list[Count], found: Recount) -> Line:
    booked: Counter[Sender] = Counter()
    for count in counts:
        if count.outcome == "accepted":
            booked[Sender(count.source, count.device)] += count.n
    wrong = _differing(booked, found.accepted)
    return Line(
        "accepted", not wrong,
        "Varje godtaget meddelande och varje godtagen post har landade rader, per källa och enhet.",
        "Every accepted message and record has landed rows, by source and device.",
        _sides(booked.total(), found.accepted.total(), wrong),
    )  # fmt: skip


def _quarantined_line(booked: _Booked) -> Line:
    accounts: Counter[tuple[str, str, str]] = Counter()
    for count in booked.counts:
        if count.outcome == "quarantined":
            accounts[count.source, count.device, count.code] += count.n
    entries = Counter((e.source, e.device, e.code) for e in booked.quarantine if e.state != "replayed")
    wrong = _differing(accounts, entries)
    return Line(
        "quarantined", not wrong,
        "Karantänen har en post för varje räknad, per källa, enhet och kod.",
        "The quarantine has an entry for each one counted, by source, device and code.",
        _sides(accounts.total(), entries.total(), wrong),
    )  # fmt: skip


def _places_line(found: Recount) -> Line:
    return Line(
        "outcomes", not found.without_message and not found.two_outcomes,
        "Varje landad rad och varje karantänpost kommer ur spoolen, och inget har två utfall.",
        "Every landed row and quarantine entry comes from the spool, and nothing has two outcomes.",
        f"{found.without_message} without a message, {found.two_outcomes} with two outcomes",
    )  # fmt: skip


def _drop_lines(found: Recount) -> list[Line]:
    lines = [
        Line(
            "files", not found.problems,
            "Varje lämnad fil har ett utfall och finns kvar oförändrad.",
            "Every dropped file has an outcome and is kept unchanged.",
            "; ".join(found.problems[:3]),
        )
    ]  # fmt: skip
    if found.files_not_recounted:
        lines.append(
            Line(
                "files.changed_source", True,
                "Filer vars källa inte längre läser dem; liggarens antal gäller.",
                "Files that their source no longer reads; the ledger's number stands.",
                ", ".join(found.files_not_recounted[:3]), pending=True,
            )
        )  # fmt: skip
    return lines


def _differing(one: Counter[_KeyT], other: Counter[_KeyT]) -> list[str]:
    keys = sorted(one.keys() | other.keys(), key=str)
    return [f"{key}: {one[key]} and {other[key]}" for key in keys if one[key] != other[key]]


def _sides(one: int, other: int, wrong: list[str]) -> str:
    return "; ".join([f"{one} {'=' if one == other else '≠'} {other}", *wrong[:3]])
