"""Renders a whole site of static pages in both languages from one edition."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scorecards.edition import Edition, read_edition
from scorecards.frame import Crumb, frame, sheet_css
from scorecards.links import Page
from scorecards.meeting import Beside
from scorecards.records import LANGS, Lang
from scorecards.rendering import TEMPLATES, template
from scorecards.views.definitions import definitions_page
from scorecards.views.goal import goal_page
from scorecards.views.guide import guide_page
from scorecards.views.indicator import indicator_page
from scorecards.views.meetings import changes_page, meetings_page
from scorecards.views.pack import pack_page
from scorecards.views.pilot import pilot_page
from scorecards.views.programme import programme_page
from scorecards.views.quality import quality_page
from scorecards.views.testbed import testbed_page
from scorecards.voice import Voice


@dataclass(frozen=True)
class RenderResult:
    """How many pages were written, and how long it took."""

    pages: int
    seconds: float


@dataclass(frozen=True)
class Sheet:
    """One page ready for its template: `model` is what the template shows."""

    page: Page
    title: str
    model: Any
    crumbs: tuple[Crumb, ...] = ()


def render(
    edition: Path, status: Path, out: Path, urls: Mapping[str, str], beside: Beside | None = None
) -> RenderResult:
    """Writes the site of `edition` into the folder `out`; banners come from the file `status` (gate.json).

    `urls` are addresses of pages that are not ours: live, live_en, airflow, docs. `beside`: the meetings and the pack
    that the pages link to. Raises StateError when the edition cannot be read or a text is missing. Writes nothing
    outside `out`.
    """
    began = time.perf_counter()
    found = read_edition(edition, status)
    pages = 0
    for lang in LANGS:
        voice = Voice(lang, found.manifest.time_zone)
        for sheet in sheets(found, voice, beside or Beside()):
            _write(out, sheet, html(found, voice, sheet, urls))
            pages += 1
        (out / f"sheet-{lang}.css").write_text(sheet_css(found, voice), encoding="utf-8")
    (out / "style.css").write_bytes((TEMPLATES / "style.css").read_bytes())
    return RenderResult(pages, time.perf_counter() - began)


def render_pack_page(edition: Path, status: Path, out: Path, urls: Mapping[str, str], beside: Beside) -> None:
    """Writes the page of the report pack anew in both languages: its files are made after the pages."""
    found = read_edition(edition, status)
    for lang in LANGS:
        voice = Voice(lang, found.manifest.time_zone)
        sheet = _pack(voice, beside)
        _write(out, sheet, html(found, voice, sheet, urls))


def _write(out: Path, sheet: Sheet, text: str) -> None:
    """Replaces the page whole: it may be being read."""
    file = out / sheet.page.path
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_suffix(".new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(file)


def html(edition: Edition, voice: Voice, sheet: Sheet, urls: Mapping[str, str]) -> str:
    """One page as HTML."""
    around = frame(edition, voice, sheet.page, sheet.title, list(sheet.crumbs), urls)
    return template(f"{sheet.page.kind}.html").render(t=voice, frame=around, page=sheet.model)


def sheets(edition: Edition, voice: Voice, beside: Beside) -> Iterator[Sheet]:
    """Every page of one language."""
    yield from _single(edition, voice)
    yield from _of_meetings(edition, voice, beside)
    lang: Lang = voice.lang
    for goal in edition.goals:
        page = Page(lang, "goal", str(goal.goal_id))
        title = voice("goal.title", n=goal.goal_id)
        yield Sheet(page, title, goal_page(edition, voice, page, goal))
    for pilot in edition.pilots:
        page = Page(lang, "pilot", pilot.pilot_id)
        yield Sheet(page, voice.of(pilot.name), pilot_page(edition, voice, page, pilot))
    for testbed in edition.testbeds:
        page = Page(lang, "testbed", testbed.testbed_id)
        yield Sheet(page, voice.of(testbed.name), testbed_page(edition, voice, page, testbed))
    for item in edition.indicators:
        page = Page(lang, "indicator", item.indicator_id)
        crumb = Crumb(voice("goal.title", n=item.goal_id), page.to("goal", item.goal_id))
        title = f"{item.indicator_id} {voice.of(item.name)}"
        yield Sheet(page, title, indicator_page(edition, voice, page, item), (crumb,))


def _single(edition: Edition, voice: Voice) -> Iterator[Sheet]:
    page = Page(voice.lang, "programme")
    yield Sheet(page, voice("programme.title"), programme_page(edition, voice, page))
    yield Sheet(Page(voice.lang, "quality"), voice("quality.title"), quality_page(edition, voice))
    yield Sheet(Page(voice.lang, "definitions"), voice("definitions.title"), definitions_page(edition, voice))
    yield Sheet(Page(voice.lang, "guide"), voice("guide.title"), guide_page(voice))


def _of_meetings(edition: Edition, voice: Voice, beside: Beside) -> Iterator[Sheet]:
    page, changes = Page(voice.lang, "meetings"), Page(voice.lang, "changes")
    yield Sheet(page, voice("meetings.title"), meetings_page(voice, page, beside.meetings))
    crumb = Crumb(voice("meetings.title"), changes.to("meetings"))
    yield Sheet(changes, voice("changes.title"), changes_page(edition, voice, changes), (crumb,))
    yield _pack(voice, beside)


def _pack(voice: Voice, beside: Beside) -> Sheet:
    page = Page(voice.lang, "pack")
    return Sheet(page, voice("pack.title"), pack_page(voice, page, beside.pack))
