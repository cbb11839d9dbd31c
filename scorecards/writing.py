"""Writes a set of pages, and takes over from the set before what is made from the same things."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from contracts.paths import PRODUCT, STREAMS
from scorecards.facts import digest

ROOM = Path(__file__).parent
#: Beside the pages: what each of them is made from.
MADE_OF = ".made-of.json"
_BEGIN, _END = '<main id="content" tabindex="-1">', "</main>"
_LIBRARIES = ("jinja2", "markupsafe", "babel")


@dataclass(frozen=True)
class Draft:
    """A page that is not made yet: what it would show, and how its inside and the whole of it are made."""

    path: str
    model: Any
    body: Callable[[], str]
    whole: Callable[[str], str]


@dataclass
class PageSet:
    """A folder of pages that grows; `previous` is a complete older one, or none. Counts what it took over."""

    folder: Path
    previous: Path | None = None
    made: int = 0
    taken: int = 0
    _made_of: dict[str, list[str]] = field(default_factory=dict)
    _before: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.previous is not None and (self.previous / MADE_OF).exists():
            self._before = json.loads((self.previous / MADE_OF).read_text(encoding="utf-8"))

    def write(self, drafts: Iterable[Draft]) -> None:
        """Writes pages. The inside of one that shows the same as before is cut out of the old page, not made again;
        where what stands around it is the same too, the old file is the new one.
        """
        for draft in drafts:
            inside = _digest(draft.path, draft.model)
            body, old = self._body(draft, inside)
            text = draft.whole(body)
            whole = hashlib.sha256(text.encode()).hexdigest()
            self._made_of[draft.path] = [inside, whole]
            self._put(draft.path, text, old if self._before.get(draft.path) == [inside, whole] else None)

    def finish(self) -> None:
        """Says what the pages are made from, for the next set."""
        text = json.dumps(self._made_of, separators=(",", ":"))
        (self.folder / MADE_OF).write_text(text, encoding="utf-8")

    def _body(self, draft: Draft, inside: str) -> tuple[str, Path | None]:
        before = self._before.get(draft.path, [""])
        if self.previous is not None and before[0] == inside:
            old = self.previous / draft.path
            text = old.read_text(encoding="utf-8")
            if hashlib.sha256(text.encode()).hexdigest() == before[1]:
                self.taken += 1
                return text[text.index(_BEGIN) + len(_BEGIN) : text.rindex(_END)], old
        self.made += 1
        return draft.body(), None

    def _put(self, path: str, text: str, old: Path | None) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if old is not None:
            try:
                os.link(old, file)
                return
            except OSError:  # another file system, or one without links
                pass
        file.write_text(text, encoding="utf-8")


def replace_page(file: Path, text: str) -> None:
    """Replaces a page whole: it may be being read, and its file may be shared with another set."""
    beside = file.with_suffix(".new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(file)


def _digest(path: str, model: Any) -> str:
    """What the inside of a page is made from: its place (links are relative), what it shows, and the code."""
    return hashlib.sha256(f"{code()} {path} {digest(model)}".encode()).hexdigest()


@cache
def code() -> str:
    """A digest of all that turns a model into a page: this room, the sheets it names, the libraries it writes with."""
    found = hashlib.sha256(" ".join(f"{name} {version(name)}" for name in _LIBRARIES).encode())
    room = (path for path in ROOM.rglob("*") if path.suffix in (".py", ".html", ".css", ".po"))
    for file in sorted([*room, *STREAMS.glob("*.yaml")]):
        found.update(f"\0{file.relative_to(PRODUCT)}\0".encode() + file.read_bytes())
    return found.hexdigest()
