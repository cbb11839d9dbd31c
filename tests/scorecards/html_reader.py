"""Reads a page the way a strict reader does: ids, links, text, and whether every element is closed."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

_VOID = {"meta", "link", "br", "img", "input", "hr"}


class PageReader(HTMLParser):
    """What one page holds; `problems` lists elements that do not nest."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.resources: list[str] = []
        self.tags: list[str] = []
        self.problems: list[str] = []
        self.words: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._meet(tag, dict(attrs))
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._meet(tag, dict(attrs))

    def _meet(self, tag: str, attrs: dict[str, str | None]) -> None:
        self.tags.append(tag)
        if identity := attrs.get("id"):
            self.ids.append(identity)
        if tag == "a" and (href := attrs.get("href")):
            self.links.append(href)
        if resource := attrs.get("src") or (attrs.get("href") if tag == "link" else None):
            self.resources.append(resource)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.problems.append(f"</{tag}> at {self.getpos()}")

    def handle_data(self, data: str) -> None:
        if data.strip() and (not self._open or self._open[-1] != "style"):
            self.words.append(" ".join(data.split()))

    @property
    def text(self) -> str:
        """All words of the page in order."""
        return " ".join(self.words)


def read_page(file: Path) -> PageReader:
    """The page in `file`."""
    reader = PageReader()
    reader.feed(file.read_text(encoding="utf-8"))
    reader.close()
    reader.problems += [f"<{tag}> never closed" for tag in reader._open if tag != "!doctype"]
    return reader
