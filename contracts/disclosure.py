"""Reads which breakdown tables an edition may hold, and by which rules what they tell of few is hidden."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator, model_validator

from contracts.documents import Strict, Text, read_document
from contracts.paths import TABLES

#: Whom a value tells of, and so by which rule it is hidden; what tells of nobody who has to be protected is told.
About = Literal["persons", "enterprises"]
#: The coordinate of a total, where a value of the dimension would stand.
ALL = "*"


class GroupRule(Strict):
    """From how many contributors on a value is shown, and whether none at all is news about somebody."""

    minimum: int = Field(ge=3)
    zero_is_shown: bool


class Dominance(Strict):
    """(n,k): hidden when the largest `contributors` have more than `share` of an amount; p %: hidden when the second
    largest could reckon the largest closer than `p`. A hidden amount stays open by at least `p` of itself both ways.
    """

    contributors: Literal[1, 2]
    share: float = Field(gt=0, lt=1)
    p: float = Field(gt=0, lt=1)


class Rules(Strict):
    """All parameters of disclosure control. `feasible_values`: how many whole values an attacker cannot tell apart."""

    persons: GroupRule
    enterprises: GroupRule
    dominance: Dominance
    feasible_values: int = Field(ge=3)

    def of(self, about: str) -> GroupRule:
        """The rule of the group that a value is about."""
        return self.persons if about == "persons" else self.enterprises


class Words(Strict):
    """What a reader is told where no value stands; `{minimum}` and the word for the group are filled in."""

    persons: Text
    enterprises: Text
    hidden: Text
    left_out: Text
    withheld: Text

    def filled(self, name: Literal["hidden", "left_out", "withheld"], about: str, minimum: int) -> Text:
        """The sentence about a group."""
        group = self.persons if about == "persons" else self.enterprises
        text: Text = getattr(self, name)
        return Text(
            sv=text.sv.format(minimum=minimum, group=group.sv), en=text.en.format(minimum=minimum, group=group.en)
        )


class Dimension(Strict):
    """A column of the mart. `overlapping`: a contributor may stand in several of its values, so that a total is no sum
    of its parts, but at least the greatest and at most the sum of them. `complete`: every contributor stands in one.
    """

    column: str
    name: Text
    overlapping: bool = False
    complete: bool = True


class TableDefinition(Strict):
    """One breakdown. `how`: distinct subjects, records, or the sum of the column `of`. Its cells are those of its
    measure: two tables of one measure share their margins. Of what is about `public` money nothing is hidden. `public`:
    the sets of columns by which the count is shown as it is. `cumulative`: from edition to edition a cell can only
    grow, but for a correction.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    measure: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: Text
    about: About | Literal["public"]
    mart: str = Field(pattern=r"^[a-z]+\.[a-z][a-z0-9_]*$")
    subject: str
    how: Literal["subjects", "records", "sum"]
    record: str | None = None
    of: str | None = None
    unit: str
    dimensions: list[Dimension] = Field(min_length=1, max_length=3)
    public: list[list[str]] = []
    cumulative: bool = True
    #: Why the parts of an overlapping dimension are more than the total; `{excess}` and `{total}` are filled in, where
    #: there is one such dimension of which nothing is hidden.
    overlap: Text | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The dimensions in the order in which they are shown."""
        return tuple(item.column for item in self.dimensions)

    @property
    def whole(self) -> bool:
        """Whether its values are whole numbers, not amounts."""
        return self.how != "sum"

    @property
    def tells_excess(self) -> bool:
        """Whether the sentence on overlaps names the numbers."""
        return self.overlap is not None and "{" in self.overlap.sv + self.overlap.en

    @model_validator(mode="after")
    def _is_whole(self) -> TableDefinition:
        if (self.how == "sum") != (self.of is not None):
            raise ValueError("`of` names the column of a sum, and of nothing else")
        if self.how != "subjects" and self.record is None:
            raise ValueError("records and sums need the column `record`, so that none is taken twice")
        if self.public and (self.how != "subjects" or self.about != "enterprises"):
            raise ValueError("only a plain count of supported enterprises is public")
        if self.tells_excess and (
            self.about != "public" or [item.overlapping for item in self.dimensions].count(True) != 1
        ):
            raise ValueError("only of one overlapping dimension of which nothing is hidden the excess can be told")
        unknown = {column for columns in self.public for column in columns} - set(self.columns)
        if unknown:
            raise ValueError(f"public names {sorted(unknown)}, which are no dimensions of the table")
        return self


class TableList(Strict):
    """The file as a whole."""

    rules: Rules
    words: Words
    tables: list[TableDefinition]

    @field_validator("tables")
    @classmethod
    def _once(cls, tables: list[TableDefinition]) -> list[TableDefinition]:
        ids = [table.id for table in tables]
        if len(set(ids)) != len(ids):
            raise ValueError("a table's id stands twice")
        if silent := [t.id for t in tables if not t.overlap and any(item.overlapping for item in t.dimensions)]:
            raise ValueError(f"{silent}: parts that overlap need the sentence `overlap`, that says so to a reader")
        for measure in {table.measure for table in tables}:
            same = [table for table in tables if table.measure == measure]
            if len({(t.about, t.mart, t.subject, t.how, t.record, t.of, t.cumulative) for t in same}) > 1:
                raise ValueError(f"the tables of {measure} do not count the same")
        return tables


@cache
def table_list(file: Path = TABLES) -> TableList:
    """The tables and rules of the product; raises ContractError."""
    return read_document(file, TableList)
