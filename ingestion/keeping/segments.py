"""One step in the life of a landed segment: blanked, archived, erased or deleted, so that a crash leaves old or new."""

from __future__ import annotations

import os
from pathlib import Path

import structlog

from contracts.faults import point
from contracts.paths import SitePaths
from ingestion.adapters.governance import DAY_NS, Governance
from ingestion.atomic import sync_folder
from ingestion.keeping.form import Form, form_of
from ingestion.ledger import lives
from ingestion.ledger.lives import DueSegment, Kept
from ingestion.spool.archive import pack
from ingestion.spool.segments import (
    all_segments,
    archived_path,
    archived_segments,
    read_segment,
    segment_id,
    segment_path,
    spool_folders,
)

log = structlog.get_logger()


def keep_segment(paths: SitePaths, due: DueSegment, governance: Governance, now_ns: int) -> bool:
    """Brings a landed segment to the form that it should have now; False: it is gone or damaged, and left as it is.

    Temporary file, fsync, rename, fsync of the folder, ledger row, and only then is the old form removed. Until the
    row is committed the new file names the bytes that it was made from, so both forms are known to be whole.
    """
    path = segment_path(paths.spool, due.segment)
    try:
        found = read_segment(path)
    except FileNotFoundError:
        log.error("segment_gone", segment=due.segment, hint="see `bruk verify`")
        return False
    known = found.sha256 if found.label is None else found.label.made_from
    if found.problem or due.sha256 not in (known, found.sha256):
        log.error("segment_damaged", segment=due.segment, problem=found.problem or "not what the ledger knows")
        return False
    form = form_of(found.data, governance, now_ns, due.landed_ns)
    deleted = form.due_ns is None and _may_go(paths, path, due.segment)
    if not deleted and (found.label is None or form.data != found.data):
        _archive(path, form.data, due.sha256)
    _commit(paths, due, form, deleted, governance.fingerprint, now_ns)
    point("keep.committed")
    if deleted:
        archived_path(path).unlink(missing_ok=True)
    path.unlink(missing_ok=True)
    return True


def clean_left(paths: SitePaths) -> int:
    """Removes what a crash left behind a committed step: plain files of archived segments, temporary ones, the bytes of
    deleted segments; returns how many.
    """
    states = lives.states(paths.ledger)
    left: list[Path] = []
    for folder in spool_folders(paths.spool):
        left += archived_path(folder / "0.seg").parent.glob(".*.tmp")
        left += [path for path in all_segments(folder) if _is_left(path, states.get(segment_id(path)))]
        left += [archived_path(path) for path in archived_segments(folder) if states.get(segment_id(path)) == "deleted"]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


def _is_left(path: Path, state: str | None) -> bool:
    """Whether a plain segment is not needed any more: it is deleted, or archived and the archived form is there."""
    return state == "deleted" or (state == "archived" and archived_path(path).exists())


def _archive(path: Path, data: bytes, made_from: str) -> None:
    final = archived_path(path)
    new = not final.parent.exists()
    final.parent.mkdir(exist_ok=True)
    temporary = final.with_name(f".{final.name}.tmp")
    with temporary.open("wb") as file:
        file.write(pack(data, made_from))
        file.flush()
        os.fsync(file.fileno())
    point("keep.written")
    temporary.replace(final)
    sync_folder(final.parent)
    if new:
        sync_folder(path.parent)
    point("keep.renamed")


def _may_go(paths: SitePaths, path: Path, segment: str) -> bool:
    """The newest archived segment stays, erased: its number and session are what a new start of the writer goes on
    from. One that the ledger cannot count by itself stays too.
    """
    newest = max(archived_segments(path.parent), default=path)
    return path < newest and lives.is_counted(paths.ledger, segment)


def _commit(paths: SitePaths, due: DueSegment, form: Form, deleted: bool, rules: str, now_ns: int) -> None:
    """The ledger row. What stays although every retention has ended is asked for again tomorrow."""
    state, sha256 = ("deleted", due.sha256) if deleted else ("archived", form.sha256)
    due_ns = form.due_ns or now_ns + DAY_NS
    lives.keep(paths.ledger, due.sha256, Kept(due.segment, state, sha256, form.erased, rules, due_ns), now_ns)
