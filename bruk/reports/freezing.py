"""Freezes an edition for a meeting: its bytes, its pages and its report pack, kept for ever under var/reports."""

from __future__ import annotations

import json
import os
import re
import shutil
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from bruk.editions import current_edition
from bruk.manifest import code_version, read_manifest
from bruk.reports.drawing import draw, hashes, renderer
from bruk.reports.kept import MANIFEST, Report, find, reports
from bruk.turns import turn, warehouse_turn
from contracts.clock import Clock, system_clock, utc
from contracts.errors import StateError, UsageError
from contracts.paths import SitePaths
from contracts.site import Site
from ingestion.atomic import sync_folder

_BUILDING = ".building-"
_SLUG = 40


def freeze(
    site: Site,
    meeting: date,
    title: str,
    *,
    edition: str | None = None,
    again: bool = False,
    approved_by: str | None = None,
    clock: Clock = system_clock,
) -> tuple[Report, bool]:
    """The frozen report of the meeting on that day, and whether it was made now; freezing the same again makes nothing.

    `edition`: its id (None: the one that readers see). Raises UsageError for an unknown edition, and for another one
    than is frozen for the meeting already, unless `again`: then version 2 supersedes it, and both are kept. What a
    crash leaves has a name of its own and is swept; a report that can be seen is whole and on disk.
    """
    with turn(site.paths.reports / ".turn"):
        source = _edition(site.paths, edition)
        kept = [report for report in reports(site.paths) if report.day == meeting]
        before = next(iter(kept), None)
        if before is not None and before.edition == source.name:
            return before, False
        if before is not None and not again:
            raise UsageError(
                f"{before.id} froze the edition {before.edition} for {meeting}; to freeze {source.name} for the same "
                "meeting say --again: it becomes the version that counts, and both are kept"
            )
        return _freeze(site, source, meeting, title.strip() or "Möte", before, approved_by, clock), True


def _freeze(
    site: Site, source: Path, meeting: date, title: str, before: Report | None, approved_by: str | None, clock: Clock
) -> Report:
    version = before.version + 1 if before else 1
    own = f"{meeting}-{slug(title)}" + (f"-v{version}" if version > 1 else "")
    earlier = [
        {"id": one.id, "meeting": one.meeting, "title": one.title, "edition": one.edition}
        for one in reports(site.paths)
    ]
    with _building(site.paths, own) as building:
        with warehouse_turn(site.paths):  # a publication might prune it while it is read
            shutil.copytree(source, building / "edition")
        _check(building / "edition")
        draw(building / "edition", building, earlier)
        manifest = read_manifest(building / "edition")
        report = Report(
            own, meeting.isoformat(), title, version, manifest["id"], manifest["as_of"], manifest["published_at"],
            utc(clock()).isoformat(), approved_by, before.id if before else None, code_version(), renderer(), earlier,
            hashes(building, "edition", "pages"),
        )  # fmt: skip
        text = json.dumps(report.to_dict(), ensure_ascii=False, indent=1)
        (building / MANIFEST).write_text(text, encoding="utf-8")
    return report


def slug(title: str) -> str:
    """A title as a part of a file's name: `Styrgrupp december` → `styrgrupp-december`, `Mål & medel` → `mal-medel`."""
    plain = unicodedata.normalize("NFKD", title.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_SLUG].rstrip("-") or "mote"


def _edition(paths: SitePaths, name: str | None) -> Path:
    if name is None:
        current = current_edition(paths)
        if current is None:
            raise UsageError("there is no edition to freeze; run `bruk refresh`")
        return current
    kept = next((report.edition_folder(paths) for report in reports(paths) if report.edition == name), None)
    folder = paths.editions / name
    if name in ("", "current") or "/" in name or not (folder / "manifest.json").exists():
        if kept is None:
            raise UsageError(f"there is no edition {name!r}; `ls {paths.editions}` shows those that are kept")
        return kept
    return folder


def _check(edition: Path) -> None:
    """What is frozen must be what was published. Raises StateError."""
    promised = read_manifest(edition)["files"]
    found = hashes(edition, ".")
    wrong = sorted(name for name, facts in promised.items() if found.get(name) != facts["sha256"])
    if wrong:
        raise StateError(f"the edition {edition.name} is not what was published: {', '.join(wrong[:3])}")


@contextmanager
def _building(paths: SitePaths, own: str) -> Iterator[Path]:
    """A folder that becomes the report at one instant, when everything in it is on disk."""
    for rubbish in paths.reports.glob(f"{_BUILDING}*"):
        shutil.rmtree(rubbish)
    building = paths.reports / f"{_BUILDING}{own}"
    building.mkdir(parents=True)
    yield building
    for folder, _, files in os.walk(building, topdown=False):
        for name in files:
            _sync(Path(folder) / name)
        sync_folder(Path(folder))
    building.rename(paths.reports / own)
    sync_folder(paths.reports)


def _sync(file: Path) -> None:
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def draw_again(site: Site, name: str, out: Path) -> tuple[Report, list[str]]:
    """Draws a frozen report into the folder `out` with the program of today; returns it and which files differ.

    The kept pages are the truth: a difference says that the program is another one. Raises UsageError when there is no
    such report or `out` is not empty, StateError when what is kept is no longer what was frozen.
    """
    report = find(site.paths, name)
    if out.exists() and any(out.iterdir()):
        raise UsageError(f"{out} is not empty; name a new folder")
    kept = hashes(report.folder(site.paths), "edition", "pages")
    damaged = sorted(path for path in report.files.keys() | kept.keys() if report.files.get(path) != kept.get(path))
    if damaged:
        raise StateError(f"{report.id} is not what was frozen any more: {', '.join(damaged[:3])}")
    out.mkdir(parents=True, exist_ok=True)
    draw(report.edition_folder(site.paths), out, report.earlier)
    drawn = hashes(out, "pages")
    promised = {path: sha256 for path, sha256 in report.files.items() if not path.startswith("edition/")}
    return report, sorted(path for path in promised.keys() | drawn.keys() if promised.get(path) != drawn.get(path))
