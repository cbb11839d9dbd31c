"""Reads how the services themselves are: their status files, the ledger, the spool folders, the disk."""

from __future__ import annotations

import shutil
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from contracts.errors import BrukError
from contracts.paths import SitePaths
from ingestion.ledger import Count, DropFile, Gap, Ledger, Refresh, Sequence
from ingestion.ledger.overview import RefusedGroup, refused_groups
from ingestion.spool.reader import sealed_segments, segment_id

_DAY_NS = 86_400_000_000_000
#: Files of each kind that are shown: those with refused rows, and those without.
SHOWN_FILES = 10


@dataclass(frozen=True)
class LedgerView:
    """What the ledger says. `received` counts messages and records in landed segments, `dropped` files ever."""

    counts: list[Count] = field(default_factory=list)
    refused: list[RefusedGroup] = field(default_factory=list)
    files: list[DropFile] = field(default_factory=list)
    dropped: int = 0
    sequences: list[Sequence] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    received: int = 0
    refresh: Refresh | None = None


@dataclass(frozen=True)
class Vitals:
    """One look at the site. Byte counts; times in ns since 1970 UTC. `ledger` None: it cannot be read."""

    at_ns: int
    receiver: dict[str, Any] | None
    door: dict[str, Any] | None
    gate: dict[str, Any] | None
    broker: dict[str, Any] | None
    ledger: LedgerView | None
    pending_segments: int
    oldest_pending_ns: int | None
    landed: frozenset[str]
    spool_bytes: int
    free_bytes: int
    disk_bytes: int
    edition: str | None
    acknowledging: dict[str, Any] | None = None

    def acknowledged(self, device: str) -> bool:
        """Whether the device numbers its messages where the acknowledger can see it."""
        return bool(self.outbox(device))

    def outbox(self, device: str) -> dict[str, Any]:
        """What the acknowledger says of a device: boot, high, and whether two senders take turns; empty: nothing."""
        return dict(((self.acknowledging or {}).get("devices") or {}).get(device) or {})


def read_vitals(paths: SitePaths, now: int) -> Vitals:
    """Reads everything anew; what is missing or half written is None, never an error."""
    view, landed = _read_ledger(paths, now)
    pending = [] if landed is None else _pending(paths, landed)
    disk = shutil.disk_usage(_existing(paths.var))
    return Vitals(
        now,
        _read(paths.status / "receiver.json"),
        _read(paths.status / "door.json"),
        _read(paths.status / "gate.json"),
        _read(paths.status / "broker.json"),
        view,
        len(pending),
        min((_modified(path) for path in pending), default=None),
        frozenset(landed or ()),
        _size(paths.spool),
        disk.free,
        disk.used + disk.free,  # what ordinary users may use: the reserve of root counts for nobody
        _edition(paths),
        _read(paths.status / "acknowledging.json"),
    )


def _read_ledger(paths: SitePaths, now: int) -> tuple[LedgerView | None, set[str] | None]:
    """What the ledger says, and the segments that it has. A site that has landed nothing has an empty view."""
    if not paths.ledger.exists():
        return LedgerView(), set()
    ledger = Ledger(paths.ledger)
    try:
        files = ledger.drop_files()
        view = LedgerView(
            ledger.counts(), refused_groups(paths.ledger, now - _DAY_NS), _shown(files), len(files),
            ledger.sequences(), ledger.gaps(), ledger.received(), ledger.last_refresh(),
        )  # fmt: skip
        return view, set(ledger.landed_segments())
    except (sqlite3.Error, BrukError):
        return None, None


def _shown(files: list[DropFile]) -> list[DropFile]:
    """The newest with refused rows and the newest others, in order of arrival: good files must not hide bad ones."""
    troubled = [place for place, file in enumerate(files) if file.quarantined]
    others = [place for place, file in enumerate(files) if not file.quarantined]
    return [files[place] for place in sorted(troubled[-SHOWN_FILES:] + others[-SHOWN_FILES:])]


def _pending(paths: SitePaths, landed: set[str]) -> list[Path]:
    folders = [folder for folder in paths.spool.glob("*") if folder.is_dir()]
    return [path for folder in folders for path in sealed_segments(folder) if segment_id(path) not in landed]


def _modified(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:  # gone meanwhile
        return 1 << 62


def _size(folder: Path) -> int:
    total = 0
    for path in folder.glob("**/*") if folder.exists() else ():
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:
            continue
    return total


def _read(file: Path) -> dict[str, Any] | None:
    try:
        content = orjson.loads(file.read_bytes())
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None


def _existing(folder: Path) -> Path:
    return folder if folder.exists() else _existing(folder.parent)


def _edition(paths: SitePaths) -> str | None:
    link = paths.editions / "current"
    return link.resolve().name if link.exists() else None
