"""Publishes an edition when the gate lets it, keeps the last good one when not, and prunes old ones."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from bruk.gate_status import GateReason, GateState, GateStatus, read_status, reason_of, write_status
from bruk.goal_levels import write_goal_levels
from bruk.manifest import MANIFEST, manifest_of, read_manifest, sha256_of
from bruk.protected_tables import write_protected
from bruk.protected_values import write_protected_values
from bruk.reports.table import write_restatements
from bruk.warehouse import export_edition
from contracts.clock import Clock, system_clock, utc
from contracts.disclosure import table_list
from contracts.editions import EDITION_TABLES
from contracts.paths import SitePaths
from contracts.site import Site
from expectations.verdicts import Verdict, blocking, verdict_file
from ingestion.atomic import sync_folder
from ingestion.ledger import Ledger

if TYPE_CHECKING:
    from bruk.inputs import Plan

_BUILDING, _LEAVING = ".building-", ".leaving-"


@dataclass(frozen=True)
class Edition:
    """What a publication came to. `id`, `path`: the edition that readers see now (None before the first good one)."""

    state: GateState
    id: str | None
    path: Path | None
    since: datetime
    reasons: list[str] = field(default_factory=list)


def publish(site: Site, plan: Plan, verdicts: Sequence[Verdict], clock: Clock = system_clock) -> Edition:
    """A new edition of the warehouse as `plan` built it; or, when a mart's verdict blocks, the last good one as it was.

    The edition becomes visible at one instant (a link is swapped) and never changes afterwards. In both cases the
    status file says the state, since when (UTC) and why. Raises TransientError when the warehouse is busy.
    """
    reasons = [reason_of(verdict) for verdict in blocking(verdicts)]
    if reasons:
        broken = all(verdict.state == "broken" for verdict in blocking(verdicts))
        return hold(site, plan.refresh_id, "broken" if broken else "blocked", reasons, clock)
    edition_id = _write(site, plan, utc(clock()))
    status = write_status(site.paths, "published", utc(clock()), plan.refresh_id, edition_id, [])
    prune(site.paths, site.settings.editions_kept)
    return _edition(site.paths, status)


def hold(
    site: Site, refresh_id: str, state: GateState, reasons: Sequence[GateReason], clock: Clock = system_clock
) -> Edition:
    """The last good edition stays, and the banner says why; also for a build that could not be made at all."""
    current = current_edition(site.paths)
    last_good = current.name if current else None
    return _edition(site.paths, write_status(site.paths, state, utc(clock()), refresh_id, last_good, list(reasons)))


def current_edition(paths: SitePaths) -> Path | None:
    """The folder that readers see, its real path; None before the first edition."""
    link = paths.editions / "current"
    return link.resolve() if link.is_symlink() and link.exists() else None


def earlier_editions(paths: SitePaths) -> list[Path]:
    """What readers have in hand when a new edition comes, by publication: the frozen ones and the current one."""
    current = current_edition(paths)
    frozen = [found.parent for found in paths.reports.glob(f"[!.]*/edition/{MANIFEST}")]
    folders = {read_manifest(folder)["id"]: folder for folder in [*frozen, *([current] if current else [])]}
    return sorted(folders.values(), key=lambda folder: (read_manifest(folder)["published_at"], folder.name))


def gate_status(paths: SitePaths) -> GateStatus | None:
    """What the banner says; None before the first refresh."""
    return read_status(paths)


def list_editions(paths: SitePaths) -> list[dict[str, Any]]:
    """The manifests of all editions, the newest publication first."""
    found = [read_manifest(folder) for folder in edition_folders(paths)]
    return sorted(found, key=lambda manifest: (manifest["published_at"], manifest["id"]), reverse=True)


def prune(paths: SitePaths, keep: int) -> list[str]:
    """Removes all but the `keep` newest editions, never the one that readers see; returns the ids of those removed."""
    current = current_edition(paths)
    removed = []
    for manifest in list_editions(paths)[max(keep, 1) :]:
        folder = paths.editions / manifest["id"]
        if folder != current:
            leaving = folder.with_name(f"{_LEAVING}{folder.name}")
            folder.rename(leaving)  # at once out of every listing; a crash leaves only rubbish with a telling name
            shutil.rmtree(leaving)
            removed.append(folder.name)
    return removed


def _write(site: Site, plan: Plan, now: datetime) -> str:
    """Temporary folder, fsync of every file, rename, fsync, swap of the link. Returns the id of the new edition."""
    editions = site.paths.editions
    editions.mkdir(parents=True, exist_ok=True)
    _sweep(editions)
    edition_id = _free_id(editions, plan)
    building = editions / f"{_BUILDING}{edition_id}"
    building.mkdir()
    export_edition(site, EDITION_TABLES, building)
    listed, earlier = table_list(), earlier_editions(site.paths)
    write_protected(site, listed, earlier, building, edition_id)
    write_protected_values(site, listed.rules, earlier, building)
    write_goal_levels(building)
    verdicts = verdict_file(site.paths.verdicts, plan.refresh_id)
    (building / "verdicts.json").write_bytes(verdicts.read_bytes())
    manifest = manifest_of(
        site, edition_id, plan.refresh_id, plan.as_of, plan.snapshot, now, _accounting(site), plan.segments
    )
    manifest["since"] = write_restatements(site, building, manifest)
    manifest["files"] = _files(building)
    (building / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
    for file in building.iterdir():
        _sync_file(file)
    sync_folder(building)
    building.rename(editions / edition_id)
    sync_folder(editions)
    _point(editions, edition_id)
    return edition_id


def _free_id(editions: Path, plan: Plan) -> str:
    """`<as_of>-<snapshot>`, with `-2`, `-3` … when the same state was published before (by other code, or again)."""
    base = f"{plan.as_of:%Y%m%dT%H%M%SZ}-{plan.snapshot}" if plan.as_of else f"empty-{plan.snapshot}"
    given = [int(folder.name.removeprefix(f"{base}-")) for folder in editions.glob(f"{base}-*")]
    if (editions / base).exists():
        given.append(1)
    # Above the highest, not the first that is free: an id that was pruned must not come back as something else.
    return f"{base}-{max(given) + 1}" if given else base


def _files(folder: Path) -> dict[str, dict[str, Any]]:
    files: dict[str, dict[str, Any]] = {}
    for file in sorted(folder.iterdir()):
        rows = pq.read_metadata(file).num_rows if file.suffix == ".parquet" else len(json.loads(file.read_bytes()))
        files[file.name] = {"sha256": sha256_of(file), "rows": rows}
    return files


def _accounting(site: Site) -> dict[str, int]:
    """The site's whole accounting at the moment of publication: every record that came in, by its one outcome."""
    sums = {"received": 0, "accepted": 0, "ignored": 0, "quarantined": 0, "duplicate": 0}
    for count in Ledger(site.paths.ledger).counts():
        sums[count.outcome] += count.n
        sums["received"] += count.n
    return sums


def _point(editions: Path, edition_id: str) -> None:
    """Swaps the link `current` in one step: a reader finds the old edition or the new one."""
    link = editions / f".current-{os.getpid()}"
    link.unlink(missing_ok=True)
    link.symlink_to(edition_id)
    link.replace(editions / "current")
    sync_folder(editions)


def _sweep(editions: Path) -> None:
    """Removes what an interrupted publication left; one process publishes at a time (the pool of the warehouse)."""
    for rubbish in editions.glob(".*"):
        if rubbish.name.startswith((_BUILDING, _LEAVING)):
            shutil.rmtree(rubbish)


def edition_folders(paths: SitePaths) -> list[Path]:
    """The folder of every complete edition, in order of id."""
    if not paths.editions.exists():
        return []
    return [
        folder
        for folder in sorted(paths.editions.iterdir())
        if folder.is_dir() and not folder.is_symlink() and not folder.name.startswith(".")
    ]


def _edition(paths: SitePaths, status: GateStatus) -> Edition:
    reasons = [
        f"{reason.check_id}: {reason.description_en}" + (f" ({reason.note})" if reason.note else "")
        for reason in status.reasons
    ]
    return Edition(status.state, status.edition, current_edition(paths), status.since, reasons)


def _sync_file(file: Path) -> None:
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
