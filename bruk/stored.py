"""Checks what lies on disk against what was promised of it: segments, landed files, warehouse rows, edition files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pyarrow.parquet as pq

from bruk.editions import edition_folders
from bruk.manifest import MANIFEST, hashes, read_manifest, sha256_of
from bruk.reports.kept import Report, reports
from bruk.verify_report import Line
from bruk.warehouse import query
from contracts.errors import StateError, TransientError
from contracts.paths import SitePaths
from contracts.site import Site
from expectations.reconciliation import landed_rows, superseded_rows
from ingestion.ledger import LandedFile, Ledger
from ingestion.spool.segments import read_segment, segment_id

_NAMED = 3


def segment_lines(landed: Mapping[str, str], on_disk: Sequence[Path]) -> list[Line]:
    """Landed segments are unchanged; those that are not landed yet are pending."""
    paths = {segment_id(path): path for path in on_disk}
    gone = sorted(landed.keys() - paths.keys())
    changed = [name for name in sorted(landed.keys() & paths.keys()) if not _is_whole(paths[name], landed[name])]
    lines = [
        Line(
            "spool.segments", not gone and not changed,
            "Varje landat segment ligger i spoolen, eller i dess arkiv, som liggaren säger.",
            "Every landed segment lies in the spool, or in its archive, as the ledger says.",
            _found(f"{len(landed)} segments", ("gone", gone), ("changed", changed)),
        )
    ]  # fmt: skip
    if waiting := sorted(paths.keys() - landed.keys()):
        lines.append(
            Line(
                "spool.pending", True,
                "Förseglade segment som ännu inte landats.", "Sealed segments that are not landed yet.",
                _found(f"{len(waiting)} segments"), pending=True,
            )
        )  # fmt: skip
    return lines


def _is_whole(path: Path, sha256: str) -> bool:
    """Whether a segment is what the ledger says; or was made of that by a step that did not come to its row."""
    try:
        found = read_segment(path)
    except OSError:
        return False
    made_from = found.label.made_from if found.label else ""
    return found.problem is None and sha256 in (found.sha256, made_from)


def landing_line(landing: Path, files: Sequence[LandedFile]) -> Line:
    """Every file of the ledger is there, has its sha256, and as many rows as its footer and the ledger say."""
    wrong = [(file.path, problem) for file in files if (problem := _file_problem(landing, file))]
    return Line(
        "landing.files", not wrong,
        "Varje landad fil finns, är oförändrad och har så många rader som liggaren säger.",
        "Every landed file is there, unchanged, and has as many rows as the ledger says.",
        _found(
            f"{len(files)} files, {sum(file.rows for file in files)} rows",
            ("wrong", [f"{path} ({problem})" for path, problem in wrong]),
        ),
    )  # fmt: skip


def _file_problem(landing: Path, file: LandedFile) -> str:
    path = landing / file.path
    if not path.exists():
        return "is gone"
    if sha256_of(path) != file.sha256:
        return "was changed"
    column = pq.read_table(path, columns=["event_id"], partitioning=None)
    footer = pq.read_metadata(path).num_rows
    return "" if footer == column.num_rows == file.rows else f"{footer} rows, not {file.rows}"


def warehouse_lines(site: Site, files: Iterable[LandedFile], days_pending: bool) -> list[Line]:
    """Rows in staging = rows of the landing files that the last refresh read = rows of the ledger, by stream."""
    sv, en = "Lagret har varje landad rad en gång.", "The warehouse has every landed row once."
    if not (site.paths.inputs / "landing.parquet").exists() or not site.paths.warehouse.exists():
        return [Line("warehouse.rows", True, sv, en, "nothing is refreshed yet", pending=True)]
    listed = {stream: rows for stream, rows in landed_rows(site.paths.inputs).items() if stream in site.streams}
    counts = ", ".join(f"(select count(*) from staging.stg_{stream})" for stream in listed)
    try:
        built = dict(zip(listed, query(site.paths.warehouse, f"select {counts}")[0], strict=True))
    except TransientError:
        return [Line("warehouse.rows", True, sv, en, "a refresh is writing it now", pending=True)]
    except StateError as error:
        return [Line("warehouse.rows", False, sv, en, str(error))]
    if _is_being_built(site, listed):
        return [Line("warehouse.rows", True, sv, en, "a refresh is writing it now", pending=True)]
    landed: Counter[str] = Counter()
    for file in files:
        landed[file.stream] += file.rows
    left_out = superseded_rows(site.paths.inputs)
    return [
        _rows_line(stream, built[stream], rows, landed[stream], left_out.get(stream, 0), days_pending)
        for stream, rows in listed.items()
    ]


def _is_being_built(site: Site, listed: dict[str, int]) -> bool:
    """Whether a refresh has planned and not yet built: its list of files is newer than what the warehouse reads."""
    last = Ledger(site.paths.ledger).last_refresh()
    building = last is not None and last.state == "building"
    now = landed_rows(site.paths.inputs)
    return building or {stream: now.get(stream) for stream in listed} != listed


def _rows_line(stream: str, built: int, listed: int, landed: int, left_out: int, days_pending: bool) -> Line:
    """`listed` are the rows that the warehouse should have; `left_out` more landed with files that others supersede."""
    later = landed - listed - left_out
    detail = f"{built} = {listed}" if built == listed else f"{built} ≠ {listed}"
    return Line(
        f"warehouse.{stream}", built == listed and (later == 0 or (days_pending and later > 0)),
        f"Lagret har varje landad rad av ”{stream}” en gång.",
        f"The warehouse has every landed row of '{stream}' once.",
        detail
        + (f"; {left_out} more landed with files in whose place others stand" if left_out else "")
        + (f"; {later} landed since the refresh" if later else ""),
        pending=later > 0,
    )  # fmt: skip


def edition_lines(paths: SitePaths) -> list[Line]:
    """The files of every edition are those of its manifest, byte for byte and row for row."""
    return [_edition_line(folder) for folder in edition_folders(paths)]


def report_lines(paths: SitePaths) -> list[Line]:
    """Everything that was frozen for a meeting is as it was, byte for byte."""
    return [_report_line(paths, report) for report in reports(paths)]


def _report_line(paths: SitePaths, report: Report) -> Line:
    found = hashes(report.folder(paths), "edition", "pages")
    wrong = sorted(path for path in report.files.keys() | found.keys() if report.files.get(path) != found.get(path))
    return Line(
        f"report.{report.id}", not wrong,
        f"Rapporten {report.id} är oförändrad.", f"The report {report.id} is unchanged.",
        _found(f"{len(report.files)} files", ("wrong", wrong)),
    )  # fmt: skip


def _edition_line(folder: Path) -> Line:
    sv = f"Utgåvan {folder.name} är oförändrad."
    en = f"The edition {folder.name} is unchanged."
    try:
        manifest = read_manifest(folder)
    except (OSError, ValueError) as error:
        return Line(f"edition.{folder.name}", False, sv, en, f"its manifest cannot be read: {error}")
    promised: dict[str, dict[str, object]] = manifest["files"]
    there = {file.name for file in folder.iterdir()} - {MANIFEST}
    wrong = sorted(promised.keys() ^ there)
    for name in sorted(promised.keys() & there):
        file = folder / name
        rows = pq.read_metadata(file).num_rows if file.suffix == ".parquet" else promised[name]["rows"]
        if sha256_of(file) != promised[name]["sha256"] or rows != promised[name]["rows"]:
            wrong.append(name)
    accounting = manifest["accounting"]
    outcomes = sum(accounting[name] for name in ("accepted", "ignored", "quarantined", "duplicate"))
    if outcomes != accounting["received"]:
        wrong.append("accounting")
    return Line(f"edition.{folder.name}", not wrong, sv, en, _found(f"{len(promised)} files", ("wrong", wrong)))


def _found(whole: str, *problems: tuple[str, Sequence[str]]) -> str:
    """`12 segments; gone 2: a, b`."""
    parts = [whole]
    for word, names in problems:
        if names:
            more = " …" if len(names) > _NAMED else ""
            parts.append(f"{word} {len(names)}: " + ", ".join(names[:_NAMED]) + more)
    return "; ".join(parts)
