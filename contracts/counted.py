"""Reads what the records of the streams count: the elements of indicators, each said once with its condition."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import Field

from contracts.documents import Strict, Text, read_document
from contracts.errors import ContractError
from contracts.metrics import ElementName
from contracts.paths import COUNTED


class Counted(Strict):
    """A record seen as something that counts; conditions and amounts are SQL on the columns of the stream's fact.

    `subject` is what is one (an organisation, a case), `day` from when it counts, `until` the day on which it counts no
    longer (for `as_at`). `amount` is what is summed. `once`: an amount of its subject, taken once however many records.
    `column` is the optional column that somebody must have filled in before "none" can be told from "not reported".
    """

    name: ElementName
    text: Text
    where: str
    subject: str = ""
    day: str = ""
    until: str | None = None
    amount: str = "1"
    protected: str = ""
    once: bool = False
    column: str | None = None
    stream: str = ""


class _File(Strict):
    """One stream: what its elements have where they say nothing else."""

    stream: str
    subject: str
    day: str
    until: str | None = None
    protected: str
    elements: list[Counted] = Field(min_length=1)

    def whole(self) -> list[Counted]:
        """The elements with what the file says for all of them."""
        return [
            item.model_copy(
                update={
                    "stream": self.stream,
                    "subject": item.subject or self.subject,
                    "day": item.day or self.day,
                    "until": item.until or self.until,
                    "protected": item.protected or self.protected,
                }
            )
            for item in self.elements
        ]


@cache
def counted(folder: Path = COUNTED) -> dict[str, Counted]:
    """Every counted element by name, in the order of the files; raises ContractError with file and cure."""
    found: dict[str, Counted] = {}
    for file in sorted(folder.glob("*.yaml")):
        for item in read_document(file, _File).whole():
            if item.name in found:
                raise ContractError(file.name, None, f"'{item.name}' is defined twice", "Give one another name")
            found[item.name] = item
    return found
