"""Renders a whole site of static pages in both languages from one edition."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from scorecards.around import Around
from scorecards.audience import Audience, has_page
from scorecards.edition import Edition
from scorecards.facts import Later
from scorecards.frame import Crumb
from scorecards.links import Page
from scorecards.meeting import Beside
from scorecards.memory import uncollected
from scorecards.reader import read_edition
from scorecards.records import LANGS
from scorecards.rendering import template
from scorecards.styles import POLICY, policy, style
from scorecards.views.accessibility import accessibility_page
from scorecards.views.definitions import definitions_page
from scorecards.views.goal import goal_page
from scorecards.views.guide import guide_page
from scorecards.views.indicator import indicator_page
from scorecards.views.legend import legend_page
from scorecards.views.machine import machine_page
from scorecards.views.meetings import changes_page, meetings_page
from scorecards.views.months import MONTHS_OF, months_page, scope_name
from scorecards.views.pack import pack_page
from scorecards.views.pilot import pilot_page
from scorecards.views.programme import programme_page
from scorecards.views.quality import quality_page
from scorecards.views.region import region_page
from scorecards.views.step import step_page
from scorecards.views.subproject import subproject_page
from scorecards.views.templates import templates_page
from scorecards.views.testbed import testbed_page
from scorecards.voice import Voice
from scorecards.writing import Draft, PageSet, replace_page


@dataclass(frozen=True)
class RenderResult:
    """How many pages were written, how many of them had to be made anew, and how long it took."""

    pages: int
    seconds: float
    made: int


@dataclass(frozen=True)
class Sheet:
    """One page: `view` makes what its template shows, of the edition, the voice, the page and what it is `about`."""

    page: Page
    title: str
    view: Callable[..., Any]
    about: tuple[Any, ...] = ()
    crumbs: tuple[Crumb, ...] = ()


def render(
    edition: Path,
    status: Path,
    out: Path,
    urls: Mapping[str, str],
    beside: Beside | None = None,
    audience: Audience = "confidential",
    previous: Path | None = None,
) -> RenderResult:
    """Writes the site of `edition` for an audience into the folder `out`; banners come from the file `status`.

    `urls` are addresses of pages that are not ours: live, live_en, airflow, docs. `previous` is an older set of
    pages of the same audience: what did not change is taken from it. Raises StateError when the edition cannot be read
    or a text is missing. Writes nothing outside `out`.
    """
    return render_read(read_edition(edition, status), out, urls, audience, previous, beside)


def render_read(
    edition: Edition,
    out: Path,
    urls: Mapping[str, str],
    audience: Audience,
    previous: Path | None = None,
    beside: Beside | None = None,
) -> RenderResult:
    """The same of an edition that is read already: several audiences read it once."""
    began = time.perf_counter()
    shown = edition.for_audience(audience)
    out.mkdir(parents=True, exist_ok=True)
    pages, styles = PageSet(out, shown, previous), [style()]
    with uncollected():
        for lang in LANGS:
            voice = Voice(lang, shown.manifest.time_zone)
            around = Around(shown, voice, urls)
            styles.append(around.print_style)
            pages.write(_draft(shown, voice, sheet, around) for sheet in sheets(shown, voice, beside or Beside()))
    pages.finish()
    (out / POLICY).write_text(policy(styles) + "\n", encoding="utf-8")
    return RenderResult(pages.made + pages.taken, time.perf_counter() - began, pages.made)


def _draft(edition: Edition, voice: Voice, sheet: Sheet, around: Around) -> Draft:
    page = sheet.page

    def once(here: Page, macro: Callable[..., Markup], part: Later) -> Markup:
        """A part of a page that looks the same for every audience that sees it, because it leads to the same pages."""
        key = ("drawn", here.path, has_page(here.audience, "quality"), id(part.args[1]))
        if key not in edition.made:
            edition.made[key] = macro(here, part.made(), False)
        drawn: Markup = edition.made[key]
        return drawn

    def body(asked: Edition) -> str:
        shown = sheet.view(asked, voice, page, *sheet.about)
        return template(f"{page.kind}.html", voice).render(page=shown, here=page, once=once)

    return Draft(page.path, (voice, page, sheet.about), body, around.of(page, sheet.title, sheet.crumbs))


def render_pack_page(
    edition: Path, status: Path, out: Path, urls: Mapping[str, str], beside: Beside, audience: Audience
) -> None:
    """Writes the page of an audience's report pack anew in both languages: its files are made after the pages."""
    found = read_edition(edition, status).for_audience(audience)
    for lang in LANGS:
        voice = Voice(lang, found.manifest.time_zone)
        draft = _draft(found, voice, _pack(found, voice, beside), Around(found, voice, urls))
        replace_page(out / draft.path, draft, found)


def sheets(edition: Edition, voice: Voice, beside: Beside) -> Iterator[Sheet]:
    """Every page of one language that the audience of the edition may have."""
    yield from _single(edition, voice)
    if has_page(edition.audience, "meetings"):
        yield from _of_meetings(edition, voice, beside)
    yield from _programme(edition, voice)
    yield from _places(edition, voice)


def _single(edition: Edition, voice: Voice) -> Iterator[Sheet]:
    """The pages that stand once."""
    views: dict[str, Callable[..., Any]] = {
        "programme": programme_page,
        "quality": quality_page,
        "definitions": definitions_page,
        "guide": guide_page,
        "legend": legend_page,
        "templates": templates_page,
        "accessibility": accessibility_page,
    }
    for kind, view in views.items():
        if has_page(edition.audience, kind):
            yield Sheet(Page(voice.lang, kind, audience=edition.audience), voice(f"{kind}.title"), view)


def _programme(edition: Edition, voice: Voice) -> Iterator[Sheet]:
    """The way down: goal, step, indicator."""
    for goal in edition.goals:
        page = Page(voice.lang, "goal", str(goal.goal_id), edition.audience)
        yield Sheet(page, voice("goal.title", n=goal.goal_id), goal_page, (goal,))
    for step in edition.steps:
        page = Page(voice.lang, "step", step.step_id, edition.audience)
        title = voice("step.title", n=step.step_id)
        yield Sheet(page, title, step_page, (step,), (_goal(voice, page, step.goal_id),))
    for item in edition.indicators:
        page = Page(voice.lang, "indicator", item.indicator_id, edition.audience)
        above = Crumb(voice("step.title", n=item.step_id), page.to("step", item.step_id))
        title = f"{item.indicator_id} {voice.of(item.name)}"
        yield Sheet(page, title, indicator_page, (item,), (_goal(voice, page, item.goal_id), above))


def _goal(voice: Voice, page: Page, goal: int) -> Crumb:
    return Crumb(voice("goal.title", n=goal), page.to("goal", goal))


def _places(edition: Edition, voice: Voice) -> Iterator[Sheet]:
    """Who and where: subprojects, regions, pilots, testbeds, machines, and their months."""
    lang, audience = voice.lang, edition.audience
    for subproject in edition.subprojects.values():
        page = Page(lang, "subproject", subproject.subproject_id, audience)
        yield Sheet(page, voice.of(subproject.name), subproject_page, (subproject,))
    for region in edition.regions.values():
        page = Page(lang, "region", region.region_id, audience)
        yield Sheet(page, voice.of(region.name), region_page, (region,))
    if has_page(audience, "pilot"):
        for pilot in edition.pilots:
            page = Page(lang, "pilot", pilot.pilot_id, audience)
            found = edition.subprojects.get(pilot.subproject_id)
            crumbs = (Crumb(voice.of(found.name), page.to("subproject", found.subproject_id)),) if found else ()
            yield Sheet(page, voice.of(pilot.name), pilot_page, (pilot,), crumbs)
    if has_page(audience, "testbed"):
        for testbed in edition.testbeds:
            page = Page(lang, "testbed", testbed.testbed_id, audience)
            yield Sheet(page, voice.of(testbed.name), testbed_page, (testbed,))
    if has_page(audience, "machine"):
        names = {testbed.testbed_id: voice.of(testbed.name) for testbed in edition.testbeds}
        for machine in edition.equipment.values():
            page = Page(lang, "machine", machine.equipment_id, audience)
            crumb = Crumb(names.get(machine.testbed_id, machine.testbed_id), page.to("testbed", machine.testbed_id))
            yield Sheet(page, voice.of(machine.name), machine_page, (machine,), (crumb,))
    yield from _months(edition, voice)


def _months(edition: Edition, voice: Voice) -> Iterator[Sheet]:
    """Month by month, of every scope that is not the whole."""
    for scope in edition.all_scopes():
        about = f"{scope[0]}-{scope[1]}"
        if scope[0] in MONTHS_OF and has_page(edition.audience, "months", about) and edition.indicators_of(scope):
            page = Page(voice.lang, "months", about, edition.audience)
            crumb = Crumb(scope_name(edition, voice, scope), page.to_scope(scope))
            yield Sheet(page, voice("months.title"), months_page, (scope,), (crumb,))


def _of_meetings(edition: Edition, voice: Voice, beside: Beside) -> Iterator[Sheet]:
    page = Page(voice.lang, "meetings", audience=edition.audience)
    changes = Page(voice.lang, "changes", audience=edition.audience)
    yield Sheet(page, voice("meetings.title"), meetings_page, (tuple(beside.meetings),))
    crumb = Crumb(voice("meetings.title"), changes.to("meetings"))
    yield Sheet(changes, voice("changes.title"), changes_page, (), (crumb,))
    yield _pack(edition, voice, beside)


def _pack(edition: Edition, voice: Voice, beside: Beside) -> Sheet:
    page = Page(voice.lang, "pack", audience=edition.audience)
    return Sheet(page, voice("pack.title"), pack_page, (beside.pack,))
