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
    """Pages by path; of a set that was read also the answers that they were given, each question once."""

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
            path: PageMadeOf(given, inside, list(map(asked.__getitem__, places)))
            for path, (given, inside, places) in read["pages"].items()
        }
        return cls(pages, read["answers"])

    def changed(self, answers: Answered) -> frozenset[Question]:
        """The questions that are answered otherwise now."""
        return frozenset(question for question, answer in self.answers.items() if answers[question] != answer)

    def write(self, folder: Path, answers: Answered) -> None:
        """Writes the file beside the pages, with the answers to what they asked."""
        places: dict[Question, int] = {}
        for page in self.pages.values():
            for question in page.questions:
                places.setdefault(question, len(places))
        pages = {
            path: (page.given, page.inside, list(map(places.__getitem__, page.questions)))
            for path, page in self.pages.items()
        }
        told = {question: answers[question] for question in places}
        said = json.dumps({"answers": told, "pages": pages}, ensure_ascii=False, separators=(",", ":"))
        (folder / FILE).write_text(said, encoding="utf-8")
