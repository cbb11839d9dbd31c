"""Notes what a page asks of its edition: it need not be made again while every answer is the same."""

from __future__ import annotations

import json
from functools import partial
from operator import attrgetter
from typing import Any

from scorecards.edition import Edition
from scorecards.held import digest

#: What is asked for, and of what, as JSON: it is kept beside the pages, and one word is found faster than many.
Question = str
_NOTHING = "nothing"  # no digest is this word


class Asking:
    """Stands for an edition while a page is made: nothing of it reaches the page but by a question that is noted.

    `noted` gets what was asked for, and of what (words, numbers, tuples of them), in that order. The manifest is other
    in every edition, so each of its fields is a question of its own. What pages keep in `made` is made of answers.
    """

    def __init__(self, of: Any, noted: dict[tuple[Any, ...], None], within: str = "") -> None:
        self._of, self._noted, self._within = of, noted, within

    def __getattr__(self, name: str) -> Any:
        answer = getattr(self._of, name)
        if name == "manifest":
            return Asking(answer, self._noted, "manifest.")
        if name == "made":
            return answer
        if callable(answer):
            return partial(self._ask, name, answer)
        self._noted[(self._within + name,)] = None
        return answer

    def _ask(self, name: str, answering: Any, *of: Any) -> Any:
        self._noted[(self._within + name, *of)] = None
        return answering(*of)


class Answers:
    """What an edition answers, each told by its digest and asked for once."""

    def __init__(self, edition: Edition) -> None:
        self._edition = edition
        self._known: dict[Question, str] = {}
        self._said: dict[tuple[Any, ...], Question] = {}

    def question(self, noted: tuple[Any, ...]) -> Question:
        """How a question is written down."""
        if noted not in self._said:
            self._said[noted] = json.dumps(noted, ensure_ascii=False)
        return self._said[noted]

    def __getitem__(self, question: Question) -> str:
        if question not in self._known:
            self._known[question] = self._ask(*json.loads(question))
        return self._known[question]

    def _ask(self, name: str, *of: Any) -> str:
        try:
            answer = attrgetter(name)(self._edition)
            return digest(answer(*map(_tuple, of)) if callable(answer) else answer)
        except LookupError:  # of something that this edition does not know
            return _NOTHING


def _tuple(said: Any) -> Any:
    """JSON has no tuples."""
    return tuple(map(_tuple, said)) if isinstance(said, list) else said
