"""Reads what is kept of every meeting: a folder of its own with its manifest, edition, pages and report pack."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from contracts.errors import StateError, UsageError
from contracts.paths import SitePaths
from scorecards.audience import Audience

MANIFEST = "report.json"
#: What a report keeps, and what of it is drawn from the edition.
DRAWN = ("pages", "sites")
KEPT = ("edition", *DRAWN)


@dataclass(frozen=True)
class Report:
    """One frozen report. `meeting`: ISO day; times RFC 3339, UTC; `approved_by`: a role, where it is known.

    `version` 2 of a meeting supersedes version 1, and both are kept. `renderer`: what the pages were drawn with;
    `files`: path below the folder → sha256. `earlier`: id, meeting, title and edition of the reports listed.
    """

    id: str
    meeting: str
    title: str
    version: int
    edition: str
    as_of: str | None
    published_at: str
    frozen_at: str
    approved_by: str | None
    supersedes: str | None
    code_version: str
    renderer: str
    earlier: list[dict[str, str]] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """As JSON types."""
        return asdict(self)

    def folder(self, paths: SitePaths) -> Path:
        """Where it is kept."""
        return paths.reports / self.id

    def edition_folder(self, paths: SitePaths) -> Path:
        """The edition as it was: bytes of its own, that no loss of var/editions reaches."""
        return self.folder(paths) / "edition"

    @property
    def day(self) -> date:
        """The local day of the meeting."""
        return date.fromisoformat(self.meeting)


def pages_of(audience: Audience) -> str:
    """Where the pages of an audience lie in the folder of a report."""
    return "pages" if audience == "confidential" else f"sites/{audience}"


def reports(paths: SitePaths) -> list[Report]:
    """Every frozen report, the newest meeting and version first. Raises StateError when a manifest cannot be read."""
    if not paths.reports.exists():
        return []
    folders = [folder for folder in paths.reports.iterdir() if folder.is_dir() and not folder.name.startswith(".")]
    return sorted((_read(folder) for folder in folders), key=lambda found: (found.meeting, found.version), reverse=True)


def newest(paths: SitePaths) -> Report | None:
    """The report that later editions are compared with: of the last meeting, its newest version."""
    return next(iter(reports(paths)), None)


def find(paths: SitePaths, name: str) -> Report:
    """The report of that id, or the newest of the meeting on that day. Raises UsageError and says which there are."""
    kept = reports(paths)
    found = next((one for one in kept if name in (one.id, one.meeting)), None)
    if found is None:
        there = ", ".join(one.id for one in kept) or "none; `bruk report freeze` makes one"
        raise UsageError(f"no frozen report {name!r}; there are: {there}")
    return found


def _read(folder: Path) -> Report:
    try:
        return Report(**json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise StateError(f"the report {folder.name} cannot be read: {error}") from error
