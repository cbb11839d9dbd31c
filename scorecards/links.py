"""Where every page lies, and how one points at another: always relative, so that a site opens from a file share."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, replace
from functools import cache, cached_property

from scorecards.audience import Audience, has_page
from scorecards.records import Lang

_FOLDERS: dict[Lang, dict[str, str]] = {
    "sv": {
        "programme": "", "goal": "mal", "step": "steg", "subproject": "delprojekt", "region": "lan", "pilot": "pilot",
        "testbed": "testbadd", "machine": "maskin", "indicator": "indikator", "months": "manad-for-manad",
        "quality": "kvalitet", "guide": "sa-laser-du", "definitions": "definitioner",
        "accessibility": "tillganglighet", "legend": "ord-och-tecken", "templates": "mallar",
        "meetings": "moten", "changes": "andrat", "pack": "rapportpaket",
    },
    "en": {
        "programme": "", "goal": "goal", "step": "step", "subproject": "subproject", "region": "region",
        "pilot": "pilot", "testbed": "testbed", "machine": "machine", "indicator": "indicator",
        "months": "month-by-month", "quality": "quality", "guide": "how-to-read", "definitions": "definitions",
        "accessibility": "accessibility", "legend": "words-and-signs", "templates": "templates",
        "meetings": "meetings", "changes": "changes", "pack": "report-pack",
    },
}  # fmt: skip


@dataclass(frozen=True)
class Page:
    """A page in one language: its kind, and what it is about (empty for the pages that stand once)."""

    lang: Lang
    kind: str
    about: str = ""
    audience: Audience = "confidential"

    @cached_property
    def path(self) -> str:
        """The file below the root of the site, with index.html: a file share has no directory index."""
        return path_of(self.lang, self.kind, self.about)

    def to(self, kind: str, about: str | int = "", anchor: str = "") -> str:
        """The relative address of another page in the same language; empty where the audience has no such page."""
        if not has_page(self.audience, kind, str(about)):
            return ""
        there = path_of(self.lang, kind, str(about)).removeprefix(self._home)
        return f"{self._up}{there}#{anchor}" if anchor else f"{self._up}{there}"

    def to_file(self, path: str) -> str:
        """The relative address of a file below the root of the site."""
        return posixpath.relpath(f"/{path}", posixpath.dirname(f"/{self.path}"))  # of "/": nobody asks where we run

    @cached_property
    def _home(self) -> str:
        return "en/" if self.lang == "en" else ""

    @cached_property
    def _up(self) -> str:
        """From here to the front page of the language."""
        return "../" * self.path.removeprefix(self._home).count("/")

    def to_value(self, indicator: str, scope: tuple[str, str]) -> str:
        """The relative address of the place where the months of an indicator in a scope stand."""
        if scope[0] == "programme":
            return self.to("indicator", indicator)
        return self.to("months", f"{scope[0]}-{scope[1]}", indicator)

    def to_scope(self, scope: tuple[str, str]) -> str:
        """The relative address of the page about a scope."""
        kind = {"company_region": "region", "equipment": "machine"}.get(scope[0], scope[0])
        return self.to(kind, "" if kind == "programme" else scope[1])

    def in_language(self, lang: Lang) -> Page:
        """The same page in another language."""
        return replace(self, lang=lang)


@cache
def path_of(lang: Lang, kind: str, about: str) -> str:
    """Where a page lies below the root of the site."""
    parts = ["en" if lang == "en" else "", _FOLDERS[lang][kind], about, "index.html"]
    return "/".join(part for part in parts if part)
