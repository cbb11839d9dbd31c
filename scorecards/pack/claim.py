"""Indicator values in the shape that an application for payment (ansökan om utbetalning) asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from contracts.errors import UsageError
from scorecards.edition import PROGRAMME, Edition
from scorecards.facts import Scope
from scorecards.figures import reason_of
from scorecards.pack.codes import Code
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


def claim(
    edition: Edition, listed: Sequence[Code], voice: Voice, first: date, last: date, scope: Scope = PROGRAMME
) -> list[ClaimRow]:
    """The values of every indicator with a code, in order of list and code, for the local days `first` to `last`.

    `listed`: the codes as the funder's lists say on the last day. Raises UsageError when the period is not of whole
    months: an edition holds months.
    """
    whole = first.day == 1 and (last + _DAY).day == 1
    if first > last or not whole:
        raise UsageError(
            f"a claim is of whole months: say the first and the last day of months, not {first} and {last}"
        )
    measured = {item.indicator_id: item for item in edition.indicators_of(scope)}
    coded = [code for code in listed if code.indicator_id in measured]
    return [_row(edition, voice, code, measured[code.indicator_id], scope, first, last) for code in coded]


def _row(
    edition: Edition, voice: Voice, code: Code, item: Indicator, scope: Scope, first: date, last: date
) -> ClaimRow:
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
        code=code.code,
        list=code.list,
        name=code.name[voice.lang],
        unit=code.unit[voice.lang],
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
        facts = edition.facts(item.indicator_id, PROGRAMME)
        said.insert(0, voice("claim.comment.none", reason=reason_of(voice, facts, value)))
    elif value.is_open:
        said.insert(0, voice("claim.comment.open", day=voice.day(edition.manifest.as_of_day)))
    elif item.type != "CUM":
        said.insert(0, voice("claim.comment.month", period=voice.period(value.period_start, value.period_end)))
    return " ".join(said)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".") + "."
