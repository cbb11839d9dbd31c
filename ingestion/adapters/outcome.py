"""What an input becomes: rows, or ignored by contract, or a rejection: values, never exceptions."""

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
    """Ignored by contract. `why`: rule (an ignore line), no_row (no condition held), hint (retained state), canary."""

    why: str


Decoded = list[Row] | Ignored | Rejection
