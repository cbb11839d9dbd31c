"""The guide "How to read the scorecard": one sheet for who has never seen one, with an invented row as example."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial

from scorecards.edition import Edition
from scorecards.figures import JUDGED, Drawing, Status, status_of
from scorecards.links import Page
from scorecards.svg.spark import sparkline
from scorecards.views.contact import Contact, contact
from scorecards.voice import Voice

#: Companies that had support, month by month, on their way to the target.
_MONTHS, _FIRST, _SHOWN, _PLAN = (4, 7, 11, 15, 19, 24), date(2026, 5, 1), date(2026, 10, 1), 23
_BASELINE, _MILESTONE, _MILESTONE_DAY = 0, 30, date(2026, 12, 31)
_TARGET, _TARGET_DAY = 90, date(2028, 6, 30)
_PARTS = ("name", "value", "status", "trend", "plan", "basis")
_MISSING = ("not_measured", "too_few", "not_assessable", "older")


@dataclass(frozen=True)
class ExampleRow:
    """The row that the guide takes apart; texts are ready to show."""

    value: str
    period: str
    status: Status
    expected: str
    spark: Drawing
    baseline: str
    milestone: str
    milestone_day: str
    target: str
    target_day: str


@dataclass(frozen=True)
class Explained:
    """A part of the row, or a word, and what it means; `sign` stands where it is on the row."""

    sign: str
    word: str
    meaning: str


@dataclass(frozen=True)
class GuidePage:
    row: ExampleRow
    parts: list[Explained]
    statuses: list[tuple[Status, str]]
    missing: list[Explained]
    changes: str
    legend: str
    templates: str
    contact: Contact | None


def guide_page(edition: Edition, voice: Voice, page: Page) -> GuidePage:
    """All that a reader needs on one sheet; what is on other pages is led to where the reader has them."""
    return GuidePage(
        row=_row(voice),
        parts=[
            Explained(sign, voice(f"guide.part.{part}"), voice(f"guide.part.{part}.meaning"))
            for sign, part in zip("ABCDEF", _PARTS, strict=True)
        ],
        statuses=[(status_of(voice, code), voice(f"guide.status.{code}")) for code in JUDGED],
        missing=[
            Explained("", voice(f"guide.missing.{code}"), voice(f"guide.missing.{code}.meaning")) for code in _MISSING
        ],
        changes=page.to("changes"),
        legend=page.to("legend"),
        templates=page.to("templates"),
        contact=contact(edition, voice),
    )


def _row(voice: Voice) -> ExampleRow:
    said = voice(
        "spark.said",
        first=voice.count(_MONTHS[0]),
        first_month=voice.month(_FIRST),
        last=voice.count(_MONTHS[-1]),
        last_month=voice.month(_SHOWN),
    )
    return ExampleRow(
        value=voice.count(_MONTHS[-1]),
        period=voice.month(_SHOWN),
        status=status_of(voice, "on_track"),
        expected=voice("plan.expected_now", value=voice.count(_PLAN)),
        spark=partial(sparkline, _MONTHS, said, _TARGET),
        baseline=voice.count(_BASELINE),
        milestone=voice.count(_MILESTONE),
        milestone_day=voice.short_day(_MILESTONE_DAY),
        target=voice.count(_TARGET),
        target_day=voice.short_day(_TARGET_DAY),
    )
