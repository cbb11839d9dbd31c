"""Renders a whole site of static pages in both languages from one edition."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from scorecards.edition import Edition, read_edition
from scorecards.frame import Crumb, frame, sheet_css
from scorecards.links import Page
from scorecards.records import LANGS, Lang
from scorecards.views.definitions import definitions_page
from scorecards.views.goal import goal_page
from scorecards.views.guide import guide_page
from scorecards.views.indicator import indicator_page
from scorecards.views.pilot import pilot_page
from scorecards.views.programme import programme_page
from scorecards.views.quality import quality_page
from scorecards.views.testbed import testbed_page
from scorecards.voice import Voice

TEMPLATES = Path(__file__).with_name("templates")


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


def render(edition: Path, status: Path, out: Path, urls: Mapping[str, str]) -> RenderResult:
    """Writes the site of `edition` into the folder `out`; banners come from the file `status` (gate.json).

    `urls` are addresses of pages that are not ours: live, live_en, airflow, docs. Raises StateError when the edition
    cannot be read or a text is missing. Writes nothing outside `out`.
    """
    began = time.perf_counter()
    found = read_edition(edition, status)
    pages = 0
    for lang in LANGS:
        voice = Voice(lang, found.manifest.time_zone)
        for sheet in sheets(found, voice):
            file = out / sheet.page.path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(html(found, voice, sheet, urls), encoding="utf-8")
            pages += 1
        (out / f"sheet-{lang}.css").write_text(sheet_css(found, voice), encoding="utf-8")
    (out / "style.css").write_bytes((TEMPLATES / "style.css").read_bytes())
    return RenderResult(pages, time.perf_counter() - began)


def html(edition: Edition, voice: Voice, sheet: Sheet, urls: Mapping[str, str]) -> str:
    """One page as HTML."""
    around = frame(edition, voice, sheet.page, sheet.title, list(sheet.crumbs), urls)
    template = _environment().get_template(f"{sheet.page.kind}.html")
    return template.render(t=voice, frame=around, page=sheet.model)


def sheets(edition: Edition, voice: Voice) -> Iterator[Sheet]:
    """Every page of one language."""
    yield from _single(edition, voice)
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


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
