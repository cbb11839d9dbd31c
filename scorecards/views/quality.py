"""The quality page: the accounting of messages, and every check of the gate with what it found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from scorecards.edition import Edition
from scorecards.links import Page
from scorecards.records import Verdict
from scorecards.voice import Voice

#: How many machine-days of one check are listed by name; the rest is counted.
LISTED = 12
_ORDER = ("broken", "failed", "passed")


@dataclass(frozen=True)
class Check:
    check_id: str
    description: str
    state: str
    state_word: str
    found: str
    elements: str
    note: str
    days: list[str]
    more: str


@dataclass(frozen=True)
class Group:
    """The checks of one stream or mart, the troubled ones first."""

    name: str
    code: str
    state: str
    summary: str
    checks: list[Check]


@dataclass(frozen=True)
class Tally:
    state: str
    word: str
    meaning: str
    checks: str


@dataclass(frozen=True)
class Account:
    name: str
    messages: str


@dataclass(frozen=True)
class QualityPage:
    tallies: list[Tally]
    streams: list[Group]
    marts: list[Group]
    accounts: list[Account]
    adds_up: bool


def quality_page(edition: Edition, voice: Voice, _: Page) -> QualityPage:
    """What was checked and what came of it."""
    counts: Counter[str] = Counter()
    for key in {(verdict.kind, verdict.stream_or_mart, verdict.check_id) for verdict in edition.verdicts}:
        found = [v for v in edition.verdicts if (v.kind, v.stream_or_mart, v.check_id) == key]
        counts[_worst(found)] += 1
    tallies = [
        Tally(state, voice(f"verdict.{state}"), voice(f"verdict.{state}.meaning"), voice.count(counts[state]))
        for state in reversed(_ORDER)
    ]
    accounting = edition.manifest.accounting
    parts = ("accepted", "ignored", "quarantined", "duplicate")
    counted = {name: accounting.get(name, 0) for name in ("received", *parts)}
    return QualityPage(
        tallies=tallies,
        streams=_groups(edition, voice, "stream"),
        marts=_groups(edition, voice, "mart"),
        accounts=[Account(voice(f"account.{name}"), voice.count(number)) for name, number in counted.items()],
        adds_up=counted["received"] == sum(counted[name] for name in parts),
    )


def _groups(edition: Edition, voice: Voice, kind: str) -> list[Group]:
    rows = sorted((v for v in edition.verdicts if v.kind == kind), key=lambda v: (v.stream_or_mart, v.check_id))
    groups = []
    for name, members in groupby(rows, key=lambda verdict: verdict.stream_or_mart):
        checks = [_check(edition, voice, list(found)) for _, found in groupby(members, key=lambda v: v.check_id)]
        checks.sort(key=lambda check: (_ORDER.index(check.state), check.check_id))
        passed = sum(check.state == "passed" for check in checks)
        summary = voice("quality.summary", passed=passed, of=len(checks))
        groups.append(Group(voice.code("stream", name), name, checks[0].state, summary, checks))
    return sorted(groups, key=lambda group: (_ORDER.index(group.state), group.code))


def _check(edition: Edition, voice: Voice, verdicts: list[Verdict]) -> Check:
    whole = next((verdict for verdict in verdicts if verdict.event_date is None), verdicts[0])
    days = sorted(
        (verdict for verdict in verdicts if verdict.event_date is not None),
        key=lambda verdict: (str(verdict.event_date), verdict.equipment or ""),
        reverse=True,
    )
    state = _worst(verdicts)
    return Check(
        check_id=whole.check_id,
        description=voice.of(whole.description),
        state=state,
        state_word=voice(f"verdict.{state}"),
        found=voice("quality.expected", observed=voice.decimal(whole.observed), expected=whole.expected),
        elements=voice.count(whole.element_count),
        note=whole.note,
        days=[_day(edition, voice, verdict) for verdict in days[:LISTED]],
        more=voice("quality.more", n=len(days) - LISTED) if len(days) > LISTED else "",
    )


def _day(edition: Edition, voice: Voice, verdict: Verdict) -> str:
    machine = edition.equipment.get(verdict.equipment or "")
    name = voice.of(machine.name) if machine else verdict.equipment or voice("quality.no_machine")
    day, rows = voice.short_day(verdict.event_date), voice.decimal(verdict.observed)
    return voice("quality.day.one" if verdict.observed == 1 else "quality.day", machine=name, day=day, observed=rows)


def _worst(verdicts: Iterable[Verdict]) -> str:
    states = {verdict.state for verdict in verdicts}
    return next(state for state in _ORDER if state in states)
