"""What an input becomes: rows, or ignored by contract, a repeat, or a rejection: values, never exceptions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from ingestion.rejection import Rejection


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a stream without the technical columns. `event_date` is the UTC day that decides its partition."""

    stream: str
    event_date: date
    values: dict[str, Any]
    flags: str | None

    def flagged(self, flag: str) -> Row:
        """The same row with one flag more."""
        return replace(self, flags=",".join(sorted({flag, *(self.flags or flag).split(",")})))


@dataclass(frozen=True, slots=True)
class Ignored:
    """Ignored by contract. `why`: rule (an ignore line), no_row (no condition held), hint (retained state), canary.

    Of the record of a file also initial_state, asset, data_set, protocol: what its reader knows to be no news; and
    erased: a person was taken out.
    """

    why: str

    @property
    def code(self) -> str:
        """Why, as accounts keep it: what the mapping leaves out has no word of its own."""
        return "" if self.why == "no_row" else self.why


@dataclass(frozen=True, slots=True)
class Repeated:
    """A record that says word for word what an earlier one of its file said."""


Decoded = list[Row] | Ignored | Rejection
#: What the record of a file becomes.
Recorded = Decoded | Repeated
