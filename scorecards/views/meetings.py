"""The page that lists what was frozen for meetings, and the page of what changed since the last one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scorecards.edition import Edition
from scorecards.links import Page
from scorecards.meeting import Meeting
from scorecards.restated import Told, restated
from scorecards.voice import Voice

_SHOWN = 300  # a page that can be mailed; the table of the report pack has all


@dataclass(frozen=True)
class MeetingLine:
    """A meeting; `href` is empty where its pages are not within reach."""

    title: str
    day: str
    edition: str
    note: str
    href: str


@dataclass(frozen=True)
class MeetingsPage:
    meetings: list[MeetingLine]
    changes: str


@dataclass(frozen=True)
class ChangesPage:
    """`since` is empty before the first meeting; `counts` say how many values are equal, new, or went on."""

    since: str
    edition_then: str
    told: list[Told]
    hrefs: list[str]
    counts: list[str]
    more: str = ""


def meetings_page(_: Edition, voice: Voice, page: Page, meetings: Sequence[Meeting]) -> MeetingsPage:
    """Every frozen report, the newest first."""
    return MeetingsPage([_line(voice, page, meeting) for meeting in meetings], page.to("changes"))


def _line(voice: Voice, page: Page, meeting: Meeting) -> MeetingLine:
    inside = "en/index.html" if voice.lang == "en" else "index.html"
    href = page.to_file(f"moten/{meeting.id}/{inside}") if meeting.linked else ""
    note = voice("meetings.superseded") if meeting.superseded else ""
    return MeetingLine(meeting.title, voice.day(meeting.day), meeting.edition, note, href)


def changes_page(edition: Edition, voice: Voice, page: Page) -> ChangesPage:
    """Every number that the edition of the last meeting told otherwise, with old, new and cause."""
    since = edition.manifest.since
    every = restated(edition, voice)
    told = every[:_SHOWN]
    hrefs = [_href(edition, page, one) for one in told]
    if since is None:
        return ChangesPage("", "", told, hrefs, [])
    more = voice("changes.more", n=voice.count(len(every) - _SHOWN)) if len(every) > _SHOWN else ""
    counts = [voice(f"changes.{name}", n=voice.count(getattr(since, name))) for name in ("equal", "new", "continued")]
    return ChangesPage(
        voice("changes.since", title=since.title, day=voice.day(since.meeting)),
        since.edition,
        told,
        hrefs,
        counts,
        more,
    )


def _href(edition: Edition, page: Page, told: Told) -> str:
    """Where the number is explained; a number that is gone has no such place."""
    if told.indicator_id not in {item.indicator_id for item in edition.indicators}:
        return ""
    measured = edition.series(told.indicator_id, told.scope)
    return page.to_value(told.indicator_id, told.scope) if measured else page.to("indicator", told.indicator_id)
