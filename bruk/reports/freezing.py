"""Freezes an edition for a meeting: its bytes, its pages and its report pack, kept for ever under var/reports."""

from __future__ import annotations

import json
import os
import re
import shutil
import unicodedata
from datetime import date
from pathlib import Path

from bruk.editions import current_edition
from bruk.manifest import code_version, hashes, read_manifest
from bruk.reports.drawing import draw, renderer
from bruk.reports.kept import DRAWN, KEPT, MANIFEST, Report, find, reports
from bruk.turns import turn, warehouse_turn
from contracts.clock import Clock, system_clock, utc
from contracts.errors import StateError, UsageError
from contracts.paths import SitePaths
from contracts.site import Site
from ingestion.atomic import replace_file, sync_folder

_BUILDING = ".building-"
_SLUG = 40
_EARLIER = "earlier.json"


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
        before = _newest_of(site.paths, meeting) if again else _refuse_another(site.paths, meeting, source.name)
        if before is not None and before.edition == source.name:
            return before, False
        building = _emptied(site.paths.reports / f"{_BUILDING}{meeting}")
        _draw(site, source, building)
        return _keep(site, building, meeting, title, before, approved_by, clock), True


def draft(site: Site, meeting: date) -> dict[str, str]:
    """Draws what would be frozen for a meeting: it waits below var/reports to be approved, whatever comes since.

    Returns `edition`, its id, and `changed`, what is restated since the last meeting, in words. A draft takes the place
    of an earlier one of the same day. Raises UsageError when another edition is frozen for the meeting.
    """
    with turn(site.paths.reports / ".turn"):
        source = _edition(site.paths, None)
        _refuse_another(site.paths, meeting, source.name)
        building = _emptied(site.paths.reports / f"{_BUILDING}{meeting}")
        _draw(site, source, building)
        waiting = _draft(site.paths, meeting)
        shutil.rmtree(waiting, ignore_errors=True)
        building.rename(waiting)
        since = read_manifest(waiting / "edition")["since"]
    changed = f"{since['restated']} numbers restated since {since['meeting']}" if since else "the first report"
    return {"edition": source.name, "changed": changed}


def freeze_draft(
    site: Site, meeting: date, title: str, edition: str, approved_by: str | None = None, clock: Clock = system_clock
) -> tuple[Report, bool]:
    """Freezes the very bytes that were drafted and approved; as `freeze`, a second time makes nothing.

    Raises UsageError when the draft of that edition is gone, or another edition is frozen for the meeting.
    """
    with turn(site.paths.reports / ".turn"):
        before = _refuse_another(site.paths, meeting, edition)
        if before is not None:
            return before, False
        waiting = _draft(site.paths, meeting)
        if not waiting.exists() or read_manifest(waiting / "edition")["id"] != edition:
            raise UsageError(f"there is no draft of the edition {edition} for {meeting} any more; make a new one")
        return _keep(site, waiting, meeting, title, before, approved_by, clock), True


def _draft(paths: SitePaths, meeting: date) -> Path:
    """Where a draft waits; the web door shows it as `/moten/utkast-<day>/`."""
    return paths.reports / f".draft-{meeting}"


def _newest_of(paths: SitePaths, meeting: date) -> Report | None:
    return next((report for report in reports(paths) if report.day == meeting), None)


def _refuse_another(paths: SitePaths, meeting: date, edition: str) -> Report | None:
    """The report of that meeting that holds now; raises UsageError when it froze another edition."""
    before = _newest_of(paths, meeting)
    if before is not None and before.edition != edition:
        raise UsageError(
            f"{before.id} froze the edition {before.edition} for {meeting}; to freeze {edition} for the same meeting "
            "say --again: it becomes the version that counts, and both are kept"
        )
    return before


def _draw(site: Site, source: Path, building: Path) -> None:
    """The edition, its pages and its pack into the folder, with the list of earlier meetings that the pages show."""
    with warehouse_turn(site.paths):  # a publication might prune it while it is read
        shutil.copytree(source, building / "edition")
    _check(building / "edition")
    earlier = [
        {"id": one.id, "meeting": one.meeting, "title": one.title, "edition": one.edition}
        for one in reports(site.paths)
    ]
    (building / _EARLIER).write_text(json.dumps(earlier, ensure_ascii=False), encoding="utf-8")
    draw(building / "edition", building, earlier)


def _keep(
    site: Site, building: Path, meeting: date, title: str, before: Report | None, approved_by: str | None, clock: Clock
) -> Report:
    """Makes the folder the report of the meeting at one instant, when everything in it is on disk."""
    title = title.strip() or "Möte"
    version = before.version + 1 if before else 1
    own = f"{meeting}-{slug(title)}" + (f"-v{version}" if version > 1 else "")
    manifest = read_manifest(building / "edition")
    earlier = json.loads((building / _EARLIER).read_text(encoding="utf-8"))
    report = Report(
        own, meeting.isoformat(), title, version, manifest["id"], manifest["as_of"], manifest["published_at"],
        utc(clock()).isoformat(), approved_by, before.id if before else None, code_version(), renderer(), earlier,
        hashes(building, *KEPT),
    )  # fmt: skip
    replace_file(building / MANIFEST, json.dumps(report.to_dict(), ensure_ascii=False, indent=1).encode())
    for folder, _, files in os.walk(building, topdown=False):
        for name in files:
            _sync(Path(folder) / name)
        sync_folder(Path(folder))
    building.rename(site.paths.reports / own)
    sync_folder(site.paths.reports)
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


def _emptied(building: Path) -> Path:
    """An empty folder of that name; what a crash left beside it goes."""
    for rubbish in building.parent.glob(f"{_BUILDING}*"):
        shutil.rmtree(rubbish)
    building.mkdir(parents=True)
    return building


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
    kept = hashes(report.folder(site.paths), *KEPT)
    damaged = sorted(path for path in report.files.keys() | kept.keys() if report.files.get(path) != kept.get(path))
    if damaged:
        raise StateError(f"{report.id} is not what was frozen any more: {', '.join(damaged[:3])}")
    out.mkdir(parents=True, exist_ok=True)
    try:
        draw(report.edition_folder(site.paths), out, report.earlier)
    except StateError as error:
        raise StateError(
            f"the program of today cannot draw {report.id}, which {report.code_version} drew; the kept pages are the "
            f"truth: {report.folder(site.paths) / 'pages'} ({error})"
        ) from error
    drawn = hashes(out, *DRAWN)
    promised = {path: sha256 for path, sha256 in report.files.items() if not path.startswith("edition/")}
    return report, sorted(path for path in promised.keys() | drawn.keys() if promised.get(path) != drawn.get(path))
