"""What was restated since a meeting, as rows with their causes: for the command line, and as a table of the edition."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bruk.manifest import read_manifest
from bruk.reports.causing import Cause, causes
from bruk.reports.comparing import Change, compare
from contracts.site import Site

Row = dict[str, Any]


@dataclass(frozen=True)
class Restatements:
    """`rows`: one for each restated number and cause, with the columns of the table `restatement`. Counts of values:
    `new` periods and scopes, months that `continued`, and those that are `equal`."""

    older: str
    newer: str
    restated: int
    new: int
    continued: int
    equal: int
    rows: list[Row]

    def to_dict(self) -> Row:
        """Plain data; days and times as they are."""
        return dict(vars(self))


def restatements(site: Site, older: Path, newer: Path, after: Row | None = None) -> Restatements:
    """What `newer` tells otherwise than `older` (folders of editions) and why, in order of indicator and scope.

    `after`: the manifest of an edition that has none yet, for it is being written. Raises StateError or UsageError when
    an edition cannot be read.
    """
    found = compare(older, newer)
    before, after = read_manifest(older), after or read_manifest(newer)
    why = causes(site, older, newer, found.changes, after)
    rows = [
        _row(change, number, cause)
        for change, listed in zip(found.changes, why, strict=True)
        for number, cause in enumerate(listed, 1)
    ]
    counts = (len(found.changes), found.new, found.continued, found.equal)
    return Restatements(before["id"], after["id"], *counts, rows)


def _row(change: Change, number: int, cause: Cause) -> Row:
    said = cause._asdict()
    return {**change._asdict(), "cause_no": number, "cause": said.pop("kind"), **said}
