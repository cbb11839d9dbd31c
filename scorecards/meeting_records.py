"""What an edition says of the last meeting, as typed values; fields are named like columns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Since:
    """The meeting that an edition is compared with, and how many of its values: `restated`, of `new` periods or scopes,
    of months that `continued`, `equal`."""

    report: str
    meeting: date
    title: str
    edition: str
    restated: int
    new: int
    continued: int
    equal: int


@dataclass(frozen=True)
class Restatement:
    """A number that the edition of the last meeting told otherwise, and one cause of that; a number has as many rows.

    `what`: value, or baseline, milestone, target, whose days are the old and the new one. `detail` depends on `cause`:
    versions, files of the registry, who decided, the file that was replaced.
    """

    what: str
    indicator_id: str
    scope_type: str
    scope_id: str
    period_start: date
    cause_no: int
    period_end: date
    old_value: float | None
    new_value: float | None
    old_assessable: bool | None
    new_assessable: bool | None
    old_version: str | None
    new_version: str | None
    cause: str
    detail: str
    source: str | None
    file_name: str | None
    received_at: datetime | None
    sha256: str | None
