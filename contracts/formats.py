"""What a source may say of wide tables and of workbooks: which columns are figures of one kind, which sheet is read."""

from __future__ import annotations

import re
from functools import cached_property

from pydantic import Field, field_validator

from contracts.documents import Strict


class Unpivot(Strict):
    """A wide table made long: every cell below a heading that `columns` fits whole becomes a record of its own.

    `columns` is a regular expression with named groups: `(?P<quarter>\\d{6})(?P<note>\\**)`. The record has the other
    columns of its row, one of each group with what it took of the heading, and `value` with the cell. An empty cell is
    a record too.
    """

    columns: str = Field(min_length=1)
    value: str = Field(min_length=1)

    @field_validator("columns")
    @classmethod
    def _expression(cls, text: str) -> str:
        try:
            groups = re.compile(text).groupindex
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from error
        if not groups:
            raise ValueError("no group has a name: `(?P<year>[0-9]{4})` gives the column year")
        return text

    @cached_property
    def _fits(self) -> re.Pattern[str]:
        return re.compile(self.columns)

    @property
    def names(self) -> list[str]:
        """The columns that it makes."""
        return [*self._fits.groupindex, self.value]

    def told(self, heading: str) -> dict[str, str] | None:
        """What a heading says, by group; None of a column that is no figure."""
        found = self._fits.fullmatch(heading)
        return {name: text or "" for name, text in found.groupdict().items()} if found else None


class Workbook(Strict):
    """The sheet of a workbook that is read, and the rows of its headings, from the first to the last of them."""

    sheet: str = Field(min_length=1)
    headings: list[int] = Field(default=[1], min_length=1, max_length=5)

    @field_validator("headings")
    @classmethod
    def _in_order(cls, rows: list[int]) -> list[int]:
        if rows[0] < 1 or rows != list(range(rows[0], rows[0] + len(rows))):
            raise ValueError("the rows of the headings follow each other and are counted from 1")
        return rows
