"""Indicator values in the shape that an application for payment (ansökan om utbetalning) asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from contracts.errors import UsageError
from scorecards.edition import PROGRAMME, Edition
from scorecards.facts import Scope
from scorecards.figures import reason_of
from scorecards.records import Indicator, Value
from scorecards.voice import Voice

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class ClaimRow:
    """One indicator of the funder's list. `outcome`: what the period added, or the value of its last month where the
    indicator is no count; `cumulative`: since the start, None where it is no count. Numbers are in `unit`."""

    code: str
    list: str
    name: str
    unit: str
    target: float | None
    outcome: float | None
    cumulative: float | None
    comment: str
    indicator: Indicator


def claim(edition: Edition, voice: Voice, first: date, last: date, scope: Scope = PROGRAMME) -> list[ClaimRow]:
    """The values of every indicator with a code, in order of code, for the local days `first` to `last`.

    Raises UsageError when the period is not of whole months: an edition holds months.
    """
    whole = first.day == 1 and (last + _DAY).day == 1
    if first > last or not whole:
        raise UsageError(
            f"a claim is of whole months: say the first and the last day of months, not {first} and {last}"
        )
    coded = [item for item in edition.indicators_of(scope) if item.code]
    return [_row(edition, voice, item, scope, first, last) for item in sorted(coded, key=lambda item: str(item.code))]


def _row(edition: Edition, voice: Voice, item: Indicator, scope: Scope, first: date, last: date) -> ClaimRow:
    series = edition.series(item.indicator_id, scope)
    newest = _newest(series, last)
    cumulative = newest.value if newest and item.type == "CUM" else None
    outcome = cumulative
    if item.type != "CUM":
        outcome = newest.value if newest and newest.period_start >= first else None
    elif cumulative is not None:
        before = _newest(series, first - _DAY)
        outcome = cumulative - ((before.value or 0) if before else 0)
    progress = edition.progress_of(item.indicator_id, scope)
    return ClaimRow(
        code=item.code or "",
        list=voice("claim.list.2021"),
        name=voice.of(item.name),
        unit=voice.unit_of(item.unit, item.n_unit),
        target=progress.target if progress else None,
        outcome=outcome,
        cumulative=cumulative,
        comment=_comment(edition, voice, item, newest, outcome),
        indicator=item,
    )


def _newest(series: Sequence[Value], last: date) -> Value | None:
    """The month up to `last` that holds: of a claim's months one may be without a value."""
    known = [value for value in series if value.period_start <= last and value.assessable]
    return known[-1] if known else None


def _comment(edition: Edition, voice: Voice, item: Indicator, value: Value | None, outcome: float | None) -> str:
    """Where the number comes from, how it is counted, and what a reader must know of its period."""
    said = [voice("claim.comment.source", source=voice.of(item.source)), _sentence(voice.of(item.formula))]
    if value is None or outcome is None:
        said.insert(0, voice("claim.comment.none", reason=reason_of(voice, edition.facts(item, PROGRAMME), value)))
    elif value.is_open:
        said.insert(0, voice("claim.comment.open", day=voice.day(edition.manifest.as_of_day)))
    elif item.type != "CUM":
        said.insert(0, voice("claim.comment.month", period=voice.period(value.period_start, value.period_end)))
    return " ".join(said)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".") + "."
