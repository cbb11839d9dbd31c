"""Takes files for a source, lands them at once, and says what became of each."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from contracts.clock import Clock, system_clock
from contracts.errors import UsageError
from contracts.office import FOLDER
from contracts.site import Site
from ingestion.files import door
from ingestion.landing.sealer import land_pending
from ingestion.ledger import Ledger, QuarantineEntry
from ingestion.ledger.records import DropFile

_REASONS = 5  # what a person reads; the rest is in the quarantine


@dataclass(frozen=True)
class FileOutcome:
    """What became of one file. `outcome`: accepted, superseding, partial, quarantined, duplicate, refused at the door.

    `supersedes`: the files in whose place it stands now; `superseded_by`: the one that stands in its place.
    """

    name: str
    outcome: str
    sha256: str | None = None
    records: int = 0
    accepted: int = 0
    duplicate: int = 0
    quarantined: int = 0
    reasons: list[str] = field(default_factory=list)
    supersedes: list[str] = field(default_factory=list)
    superseded_by: str | None = None

    @property
    def refused(self) -> bool:
        """Whether something of the file was not accepted and needs a person."""
        return self.outcome in ("refused", "quarantined", "partial")

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def drop_files(
    site: Site, files: list[Path], source_id: str | None, clock: Clock = system_clock, supersedes: str | None = None
) -> list[FileOutcome]:
    """One outcome per file, in the order given; the files stay. Raises UsageError for an unknown source or file.

    Without a source a file is one of the programme's office: told by its headings, with one outcome per sheet.
    `supersedes`: the name of an earlier file of the source, or how its sha256 begins, whose place the one file takes.
    """
    if source_id is not None and source_id not in site.sources:
        raise UsageError(f"there is no source {source_id!r}; there are: {', '.join(sorted(site.sources))}")
    missing = [str(file) for file in files if not file.exists()]
    if missing:
        raise UsageError(f"no such file: {', '.join(missing)}")
    if supersedes and (len(files) != 1 or source_id is None):
        raise UsageError("--supersedes is for one file of one source (--source): it takes the place of one")
    ledger = Ledger(site.paths.ledger)
    old = _standing(ledger, source_id, supersedes) if supersedes and source_id else None
    dropped = door.drop_files(site, [(file, source_id or FOLDER) for file in files], clock, supersedes=old)
    land_pending(site, clock)
    landed = {(one.sha256, one.source): one for one in ledger.drop_files()}
    refused: dict[tuple[str, str], list[QuarantineEntry]] = {}
    for source in {one.source for one in dropped}:
        for entry in ledger.quarantined(None, source=source, state="open"):
            refused.setdefault((entry.sha256, source), []).append(entry)
    return [
        _outcome(one, landed.get(key), refused.get(key, []))
        for one in dropped
        for key in [(one.sha256 or "", one.source)]
    ]


def _standing(ledger: Ledger, source: str, name: str) -> str:
    """The sha256 of the one file of that name, or whose sha256 begins so, that was taken and still stands."""
    standing = {
        one.sha256: one.name
        for one in ledger.drop_files()
        if one.source == source and one.outcome not in ("duplicate", "quarantined") and one.superseded_by is None
    }
    found = [own for own, called in standing.items() if called == name or (len(name) > 7 and own.startswith(name))]
    if not found:
        raise UsageError(f"no file {name!r} of {source} stands; there are: {', '.join(sorted(standing.values())[:9])}")
    if len(found) > 1:
        raise UsageError(f"several files are called {name!r}: say which by its sha256: {', '.join(sorted(found))}")
    return found[0]


def _outcome(dropped: door.Dropped, landed: DropFile | None, refused: list[QuarantineEntry]) -> FileOutcome:
    name = door.readable_name(dropped.path) + (f" [{dropped.sheet}]" if dropped.sheet else "")
    if dropped.rejection is not None:
        words = dropped.rejection.words()
        return FileOutcome(name, "refused", reasons=[f"{dropped.rejection.code}: {words.en} {words.cure_en}"])
    if landed is None:  # durable in the spool; another process lands it in a moment
        return FileOutcome(name, "accepted", dropped.sha256)
    reasons = [f"{entry.code}: {words.en} {words.cure_en}" for entry in refused[:_REASONS] for words in [entry.words()]]
    if len(refused) > _REASONS:
        reasons.append(f"and {len(refused) - _REASONS} more: `bruk quarantine list --source {dropped.source}`")
    return FileOutcome(
        name, landed.outcome, landed.sha256, landed.records, landed.accepted, landed.duplicate, landed.quarantined,
        reasons, landed.supersedes, landed.superseded_by,
    )  # fmt: skip
