"""Draws what stands around pages: once for those of a kind at a depth, then only title, way here and other language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup, escape

from scorecards.edition import Edition
from scorecards.frame import Crumb, frame, sheet_css
from scorecards.links import Page
from scorecards.rendering import template
from scorecards.styles import style
from scorecards.voice import Voice

_HOLE = Markup("\0")  # stands in no page


class Around:
    """What stands around the pages of an edition in one language; `urls` as `frame` takes them."""

    def __init__(self, edition: Edition, voice: Voice, urls: Mapping[str, str]) -> None:
        self.print_style = sheet_css(edition, voice)
        self._edition, self._voice, self._urls = edition, voice, urls
        self._crumbs = template("crumbs.html", voice).module.way  # type: ignore[attr-defined]
        self._drawn: dict[tuple[str, int], list[str]] = {}

    def of(self, page: Page, title: str, crumbs: Sequence[Crumb]) -> tuple[str, str]:
        """What stands before the inside of a page and behind it."""
        key = (page.kind, page.path.count("/"))
        if key not in self._drawn:
            self._drawn[key] = self._draw(page)
        head, top, middle, end, behind = self._drawn[key]
        language = escape(page.to_file(page.in_language("en" if page.lang == "sv" else "sv").path))
        return f"{head}{escape(title)}{top}{language}{middle}{self._way(page, title, crumbs)}{end}", behind

    def _draw(self, page: Page) -> list[str]:
        drawn = template("base.html", self._voice).render(
            frame=frame(self._edition, self._voice, page, self._urls),
            style=Markup(style()),
            print_style=Markup(self.print_style),
            hole=_HOLE,
        )
        return drawn.split(_HOLE)

    def _way(self, page: Page, title: str, crumbs: Sequence[Crumb]) -> str:
        """The way here from the front page, which has none itself."""
        if page.kind == "programme":
            return ""
        way = [Crumb(self._voice("nav.programme"), page.to("programme")), *crumbs, Crumb(title, "")]
        return str(self._crumbs(way))
