"""What each page of a set is made from, in a file beside the pages."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol

from scorecards.asking import Question

FILE = ".made-of.json"


class Answered(Protocol):
    """Tells the answer to a question by its digest."""

    def __getitem__(self, question: Question) -> str: ...


class PageMadeOf(NamedTuple):
    """Digests of what is given to a page beside the edition and of its inside, and what it asked, in order."""

    given: str
    inside: str
    questions: list[Question]


@dataclass
class MadeOf:
    """Pages by path, and the answers that they were given, each question said once."""

    pages: dict[str, PageMadeOf] = field(default_factory=dict)
    answers: dict[Question, str] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path | None) -> MadeOf:
        """That of a complete set of pages; empty where there is none, or another version of Bruk wrote it."""
        if folder is None or not (folder / FILE).exists():
            return cls()
        read = json.loads((folder / FILE).read_text(encoding="utf-8"))
        if read.keys() != {"answers", "pages"}:
            return cls()
        asked = list(read["answers"])
        pages = {
            path: PageMadeOf(given, inside, [asked[place] for place in places])
            for path, (given, inside, places) in read["pages"].items()
        }
        return cls(pages, read["answers"])

    def add(self, path: str, page: PageMadeOf, answers: Answered) -> None:
        """Adds a page with the answers to what it asked."""
        self.pages[path] = page
        for question in page.questions:
            if question not in self.answers:
                self.answers[question] = answers[question]

    def write(self, folder: Path) -> None:
        """Writes the file beside the pages."""
        places = {question: place for place, question in enumerate(self.answers)}
        pages = {
            path: (page.given, page.inside, [places[question] for question in page.questions])
            for path, page in self.pages.items()
        }
        said = json.dumps({"answers": self.answers, "pages": pages}, ensure_ascii=False, separators=(",", ":"))
        (folder / FILE).write_text(said, encoding="utf-8")
