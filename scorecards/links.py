"""Where every page lies, and how one points at another: always relative, so that a site opens from a file share."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from scorecards.records import Lang

_FOLDERS: dict[Lang, dict[str, str]] = {
    "sv": {
        "programme": "", "goal": "mal", "pilot": "pilot", "testbed": "testbadd", "indicator": "indikator",
        "quality": "kvalitet", "guide": "sa-laser-du", "definitions": "definitioner",
        "meetings": "moten", "changes": "andrat", "pack": "rapportpaket",
    },
    "en": {
        "programme": "", "goal": "goal", "pilot": "pilot", "testbed": "testbed", "indicator": "indicator",
        "quality": "quality", "guide": "how-to-read", "definitions": "definitions",
        "meetings": "meetings", "changes": "changes", "pack": "report-pack",
    },
}  # fmt: skip


@dataclass(frozen=True)
class Page:
    """A page in one language: its kind, and what it is about (empty for the pages that stand once)."""

    lang: Lang
    kind: str
    about: str = ""

    @property
    def path(self) -> str:
        """The file below the root of the site, with index.html: a file share has no directory index."""
        parts = ["en" if self.lang == "en" else "", _FOLDERS[self.lang][self.kind], self.about, "index.html"]
        return "/".join(part for part in parts if part)

    def to(self, kind: str, about: str | int = "", anchor: str = "") -> str:
        """The relative address of another page in the same language."""
        there = Page(self.lang, kind, str(about)).path
        return self.to_file(there) + (f"#{anchor}" if anchor else "")

    def to_file(self, path: str) -> str:
        """The relative address of a file below the root of the site."""
        return posixpath.relpath(path, posixpath.dirname(self.path) or ".")

    def in_language(self, lang: Lang) -> Page:
        """The same page in another language."""
        return Page(lang, self.kind, self.about)
