"""Writes a set of pages, and takes over from the set before what is made from the same things."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

from contracts.paths import PRODUCT, STREAMS
from scorecards.asking import Answers, Asking, Question
from scorecards.edition import Edition
from scorecards.held import digest
from scorecards.made_of import MadeOf, PageMadeOf

ROOM = Path(__file__).parent
_BEGIN, _END = b'<main id="content" tabindex="-1">', b"</main>"
_LIBRARIES = ("jinja2", "markupsafe", "babel")


@dataclass(frozen=True)
class Draft:
    """A page that is not made yet: `body` makes its inside, of the edition and of what is `given` beside it alone.

    `around` is what stands before and behind the inside; it is made each time.
    """

    path: str
    given: Any
    body: Callable[[Edition], str]
    around: tuple[str, str]


class PageSet:
    """A folder of pages of an edition that grows; `previous` is a complete older one, or none."""

    def __init__(self, folder: Path, edition: Edition, previous: Path | None = None) -> None:
        self.made = self.taken = 0  # insides of pages: made anew, and taken over
        self._folder, self._edition, self._previous = folder, edition, previous
        self._answers = Answers(edition)
        self._now, self._before = MadeOf(), MadeOf.of(previous)
        self._folders: set[Path] = set()

    def write(self, drafts: Iterable[Draft]) -> None:
        """Writes pages. The inside of one that would ask the same and be answered the same as before is cut out of the
        old page, not made again; where what stands around it is the same too, the old file is the new one.
        """
        for draft in drafts:
            given = digest((code(), draft.path, draft.given))
            old = self._old(draft.path, given)
            inside = self._kept(draft, old) if old else None
            if inside is None:
                inside = self._anew(draft, given)
            before, behind = draft.around
            text = before.encode() + inside + behind.encode()
            self._put(draft.path, text, same=text == old)

    def finish(self) -> None:
        """Says what the pages are made from, for the next set."""
        self._now.write(self._folder, self._answers)

    @cached_property
    def _changed(self) -> frozenset[Question]:
        return self._before.changed(self._answers)

    def _old(self, path: str, given: str) -> bytes | None:
        """The page as it was, where it would ask the same and get the same answers."""
        found = self._before.pages.get(path)
        if self._previous is None or found is None or found.given != given:
            return None
        if not self._changed.isdisjoint(found.questions):
            return None
        file = self._previous / path
        return file.read_bytes() if file.exists() else None

    def _kept(self, draft: Draft, old: bytes) -> bytes | None:
        """The inside of the old page, unless somebody has changed it."""
        found = self._before.pages[draft.path]
        inside = old[old.find(_BEGIN) + len(_BEGIN) : old.rfind(_END)]
        if hashlib.sha256(inside).hexdigest() != found.inside:
            return None
        self.taken += 1
        self._now.pages[draft.path] = found
        return inside

    def _anew(self, draft: Draft, given: str) -> bytes:
        self.made += 1
        noted: dict[tuple[Any, ...], None] = {}
        inside = draft.body(cast(Edition, Asking(self._edition, noted))).encode()
        asked = [self._answers.question(one) for one in noted]
        self._now.pages[draft.path] = PageMadeOf(given, hashlib.sha256(inside).hexdigest(), asked)
        return inside

    def _put(self, path: str, text: bytes, same: bool) -> None:
        file = self._folder / path
        if file.parent not in self._folders:
            file.parent.mkdir(parents=True, exist_ok=True)
            self._folders.add(file.parent)
        if same and self._previous is not None:
            try:
                os.link(self._previous / path, file)
                return
            except OSError:  # another file system, or one without links
                pass
        file.write_bytes(text)


def replace_page(file: Path, draft: Draft, edition: Edition) -> None:
    """Replaces a page whole: it may be being read, and its file may be shared with another set."""
    beside, (before, behind) = file.with_suffix(".new"), draft.around
    beside.write_text(before + draft.body(edition) + behind, encoding="utf-8")
    beside.replace(file)


@cache
def code() -> str:
    """A digest of all that turns a model into a page: this room, the sheets it names, the libraries it writes with."""
    found = hashlib.sha256(" ".join(f"{name} {version(name)}" for name in _LIBRARIES).encode())
    room = (path for path in ROOM.rglob("*") if path.suffix in (".py", ".html", ".css", ".po"))
    for file in sorted([*room, *STREAMS.glob("*.yaml")]):
        found.update(f"\0{file.relative_to(PRODUCT)}\0".encode() + file.read_bytes())
    return found.hexdigest()
