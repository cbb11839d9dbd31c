"""The one A4 sheet that a steering group holds in its hand, of the programme or of a pilot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from scorecards.edition import PROGRAMME, Edition
from scorecards.facts import Scope
from scorecards.figures import JUDGED, URGENCY, Figure, figure
from scorecards.links import Page
from scorecards.pack.claim import ClaimRow, claim
from scorecards.pack.codes import Code
from scorecards.pack.decisions import decisions
from scorecards.records import Goal, Indicator
from scorecards.restated import Told, restated
from scorecards.voice import Voice


class Room(NamedTuple):
    """How much of each kind a sheet shows; what it leaves out it counts."""

    indicators: int
    changes: int
    decisions: int
    claim: int


#: From what is wanted to what always fits: a sheet is one page.
ROOMS = (Room(6, 4, 6, 6), Room(6, 3, 5, 5), Room(6, 2, 4, 4), Room(6, 2, 3, 3), Room(5, 1, 2, 2), Room(4, 1, 1, 1))


@dataclass(frozen=True)
class GoalStatus:
    """A goal in the scope: its level where there is one, and how many of its indicators stand how; nothing of it is
    measured there without lines."""

    number: int
    name: str
    lines: list[str]


@dataclass(frozen=True)
class Line:
    """A row of the claim's table, in words."""

    code: str
    name: str
    unit: str
    target: str
    outcome: str
    cumulative: str


@dataclass(frozen=True)
class Sheet:
    """All that one sheet shows, in words and numbers of one language."""

    lang: str
    title: str
    site: str
    kicker: str
    lead: str
    demonstration: bool
    goals: list[GoalStatus]
    figures: list[Figure]
    figures_note: str
    changes_title: str
    changes: list[Told]
    changes_note: str
    decisions: list[str]
    decisions_more: str
    claim: list[Line]
    claim_period: str
    claim_note: str
    edition: str
    as_of: str
    published: str
    code_version: str
    definitions: str


def sheet(edition: Edition, listed: Sequence[Code], voice: Voice, scope: Scope, room: Room = ROOMS[0]) -> Sheet:
    """The sheet of the programme, or of the pilot that the scope names; `listed` are the codes of a claim."""
    page = Page(voice.lang, "programme")
    there = edition.indicators_of(scope)
    items = [item for item in there if item.of_indicator is None and edition.is_measured(item.indicator_id)]
    figures = [figure(edition, voice, page, item, scope) for item in items]
    chosen = _chosen(items, figures, room.indicators)
    told = restated(edition, voice, scope)
    needed = decisions(edition, voice, scope, figures)
    manifest, since = edition.manifest, edition.manifest.since
    return Sheet(
        **_heading(edition, voice, scope),
        goals=_goals(edition, voice, scope, items, figures),
        figures=chosen,
        figures_note=_note(voice, len(chosen), len(figures)),
        changes_title=voice("sheet.changes", day=voice.day(since.meeting)) if since else voice("sheet.changes.first"),
        changes=told[: room.changes],
        changes_note=_changes_note(edition, voice, told, room.changes),
        decisions=needed[: room.decisions],
        decisions_more=_more(voice, len(needed) - room.decisions),
        **_claim(edition, listed, voice, scope, room.claim),
        edition=manifest.id,
        as_of=voice.instant(manifest.as_of),
        published=voice.instant(manifest.published_at),
        code_version=manifest.code_version,
        definitions=" · ".join(f"{item.indicator_id} v{item.version}" for item in items if _is_in(item, chosen)),
    )


def _heading(edition: Edition, voice: Voice, scope: Scope) -> dict[str, Any]:
    around = {
        "lang": voice.lang,
        "site": voice.of(edition.manifest.site),
        "demonstration": edition.manifest.profile == "demonstration",
    }
    if scope == PROGRAMME:
        kicker, lead = voice("sheet.kicker.programme"), voice("sheet.part_of_whole")
        return around | {"title": voice.of(edition.manifest.site), "kicker": kicker, "lead": lead}
    pilot = next(item for item in edition.pilots if item.pilot_id == scope[1])
    subproject = edition.subprojects.get(pilot.subproject_id)
    regions = ", ".join(voice.of(edition.regions[item].name) for item in pilot.regions if item in edition.regions)
    named = voice.of(subproject.name) if subproject else pilot.subproject_id
    kicker = voice("sheet.kicker.pilot", subproject=named, regions=regions)
    return around | {"title": voice.of(pilot.name), "kicker": kicker, "lead": voice.of(pilot.summary)}


def _goals(
    edition: Edition, voice: Voice, scope: Scope, items: Sequence[Indicator], figures: Sequence[Figure]
) -> list[GoalStatus]:
    found = []
    for goal in edition.goals:
        codes = [one.status.code for item, one in zip(items, figures, strict=True) if item.goal_id == goal.goal_id]
        found.append(
            GoalStatus(
                goal.goal_id,
                voice.of(goal.name),
                _level(edition, voice, goal, scope) + _summary(voice, codes) if codes else [],
            )
        )
    return found


def _level(edition: Edition, voice: Voice, goal: Goal, scope: Scope) -> list[str]:
    """How far the goal is, with the interval that leaving out a step gives; nothing where too little can be judged."""
    row = edition.goal_progress_of(goal.goal_id, scope)
    if row is None or row.reached is None:
        return []
    low, high = (
        voice.tick(round(share * 100), "%") if share is not None else ""
        for share in (row.reached_low, row.reached_high)
    )
    between = voice("sheet.goal.between", low=low, high=high) if low and high else ""
    share = voice.tick(round(row.reached * 100), "%")
    planned = ""  # editions of older versions do not say
    if row.planned is not None:
        planned = voice("sheet.goal.planned", share=voice.tick(round(row.planned * 100), "%"))
    return [voice("sheet.goal.level", share=share, between=between, planned=planned)]


def _summary(voice: Voice, codes: Sequence[str]) -> list[str]:
    judged = [code for code in codes if code in JUDGED]
    kept = sum(code in ("ahead", "on_track") for code in judged)
    lines = [voice("sheet.goal.kept", kept=kept, judged=len(judged))] if judged else []
    rest = [(code, codes.count(code)) for code in ("no_target", "not_assessable")]
    return [*lines, *(voice(f"sheet.goal.{code}", n=n) for code, n in rest if n)]


def _chosen(items: Sequence[Indicator], figures: Sequence[Figure], most: int) -> list[Figure]:
    """At most so many, in the order of goals: of each goal the most urgent one, then the most urgent of the others."""
    by_urgency = sorted(range(len(figures)), key=lambda place: (URGENCY.index(figures[place].status.code), place))
    first: list[int] = []
    for place in by_urgency:
        if items[place].goal_id not in {items[other].goal_id for other in first}:
            first.append(place)
    others = [place for place in by_urgency if place not in first]
    return [figures[place] for place in sorted([*first, *others][:most])]


def _is_in(item: Indicator, chosen: Sequence[Figure]) -> bool:
    return any(one.indicator_id == item.indicator_id for one in chosen)


def _note(voice: Voice, shown: int, of: int) -> str:
    return voice("sheet.indicators.some", n=shown, of=of) if shown < of else voice("sheet.indicators.all", of=of)


def _changes_note(edition: Edition, voice: Voice, told: Sequence[Told], shown: int) -> str:
    since = edition.manifest.since
    if since is None:
        return voice("sheet.changes.no_meeting")
    if not told:
        return voice("sheet.changes.none")
    return _more(voice, len(told) - shown)


def _more(voice: Voice, n: int) -> str:
    return voice("sheet.more", n=voice.count(n)) if n > 0 else ""


def _claim(edition: Edition, codes: Sequence[Code], voice: Voice, scope: Scope, most: int) -> dict[str, Any]:
    """This year so far: what a claim of any of its months is a part of."""
    today = edition.manifest.as_of_day
    if today is None:
        return {"claim": [], "claim_period": "", "claim_note": ""}
    first, last = date(today.year, 1, 1), end_of_month(today)
    listed = claim(edition, codes, voice, first, last, scope)
    rows = [row for row in listed if row.outcome is not None or row.cumulative is not None]
    lines = [_line(voice, row) for row in rows[:most]]
    said = voice("sheet.claim.period", first=voice.short_day(first), last=voice.short_day(today))
    some = voice("sheet.claim.some", n=len(lines), of=len(rows)) if len(lines) < len(rows) else ""
    return {"claim": lines, "claim_period": said, "claim_note": some}


def _line(voice: Voice, row: ClaimRow) -> Line:
    numbers = (voice.measure(number, row.indicator.unit) for number in (row.target, row.outcome, row.cumulative))
    return Line(row.code, row.name, row.unit, *numbers)


def end_of_month(day: date) -> date:
    """The last day of the month of a day."""
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)
