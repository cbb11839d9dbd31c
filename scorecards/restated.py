"""Says a restated number in words: what it was and is, and why, in one sentence for each cause."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from scorecards.edition import PROGRAMME, Edition
from scorecards.facts import Scope
from scorecards.meeting_records import Restatement
from scorecards.records import Indicator
from scorecards.voice import Voice


@dataclass(frozen=True)
class Told:
    """One restated number in one language; `causes` are sentences, `sha256` how that of each named file begins."""

    indicator_id: str
    name: str
    what: str
    scope: Scope
    where: str
    period: str
    old: str
    new: str
    causes: list[str]
    sha256: list[str]


def restated(edition: Edition, voice: Voice, scope: Scope | None = None) -> list[Told]:
    """Every restated number of a scope (None: of all), in the order of the table: values, then what was decided."""
    rows = [row for row in edition.restatements if scope in (None, (row.scope_type, row.scope_id))]
    known = {item.indicator_id: item for item in edition.indicators}
    return [_told(edition, voice, known.get(group[0].indicator_id), group) for group in _groups(rows)]


def _groups(rows: Iterable[Restatement]) -> list[list[Restatement]]:
    """The causes of each number together."""
    ordered = sorted(rows, key=lambda row: (row.what != "value", *_key(row), row.cause_no))
    return [list(group) for _, group in groupby(ordered, key=_key)]


def _key(row: Restatement) -> tuple[str, bool, str, str, str, date]:
    """The programme stands first."""
    in_part = row.scope_type != "programme"
    return row.indicator_id, in_part, row.scope_type, row.scope_id, row.what, row.period_start


def _told(edition: Edition, voice: Voice, indicator: Indicator | None, rows: list[Restatement]) -> Told:
    first = rows[0]
    unit = indicator.unit if indicator else "n"
    return Told(
        indicator_id=first.indicator_id,
        name=voice.of(indicator.name) if indicator else first.indicator_id,
        what=voice(f"restated.what.{first.what}"),
        scope=(first.scope_type, first.scope_id),
        where=where(edition, voice, (first.scope_type, first.scope_id)),
        period=_period(voice, first),
        old=_value(voice, first.old_value, unit, first.old_assessable),
        new=_value(voice, first.new_value, unit, first.new_assessable),
        causes=[_cause(voice, row) for row in rows],
        sha256=[row.sha256[:12] for row in rows if row.sha256],
    )


def where(edition: Edition, voice: Voice, scope: Scope) -> str:
    """What a scope is called."""
    if scope == PROGRAMME:
        return voice("programme.whole")
    names = {
        "pilot": {item.pilot_id: item.name for item in edition.pilots},
        "testbed": {item.testbed_id: item.name for item in edition.testbeds},
        "region": {item.region_id: item.name for item in edition.regions.values()},
        "company_region": {item.region_id: item.name for item in edition.regions.values()},
        "subproject": {item.subproject_id: item.name for item in edition.subprojects.values()},
    }.get(scope[0], {})
    found = names.get(scope[1])
    return voice.of(found) if found else scope[1]


def _period(voice: Voice, row: Restatement) -> str:
    if row.what == "value":
        return voice.period(row.period_start, row.period_end)
    if row.period_start == row.period_end:
        return voice.short_day(row.period_start)
    return f"{voice.short_day(row.period_start)} → {voice.short_day(row.period_end)}"


def _value(voice: Voice, value: float | None, unit: str, assessable: bool | None) -> str:
    if value is None:
        return voice("status.not_assessable" if assessable is False else "restated.none")
    return voice.measure(value, unit)


def _cause(voice: Voice, row: Restatement) -> str:
    """One sentence: a file with its source and when it came, or what was decided or changed."""
    if row.cause == "data" and row.file_name is None:
        return voice("restated.cause.more", n=row.detail.removeprefix("+"))
    if row.cause == "data":
        key = "restated.cause.replacing" if row.detail else "restated.cause.data"
        at = voice.short_instant(row.received_at)
        return voice(key, file=row.file_name or "", source=row.source or "", at=at, old=row.detail)
    return voice(f"restated.cause.{row.cause}", detail=row.detail)
