"""What the pages know of a meeting, and of the report pack: neither is in an edition, both are handed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from scorecards.pack.files import PackFile


@dataclass(frozen=True)
class Meeting:
    """A frozen report. `linked`: its pages can be reached below those that list it; `superseded`: another version of
    the same meeting counts."""

    id: str
    day: date
    title: str
    edition: str
    superseded: bool = False
    linked: bool = True


@dataclass(frozen=True)
class Beside:
    """What lies beside the pages of an edition: frozen reports, the newest first, and the pack (None: not made yet)."""

    meetings: Sequence[Meeting] = ()
    pack: Sequence[PackFile] | None = None
