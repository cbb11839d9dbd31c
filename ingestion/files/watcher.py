"""Watches the drop folders: a scan is the truth, the operating system's notice only shortens the wait for it."""

from __future__ import annotations

import fnmatch
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import structlog
from watchfiles import watch

from contracts.clock import Clock, system_clock
from contracts.errors import TransientError
from contracts.site import Site
from ingestion.atomic import replace_file
from ingestion.files.door import Dropped, Signature, drop_files, readable_name
from ingestion.rejection import Rejection, shown
from ingestion.spool.writer import SpoolStopped

log = structlog.get_logger()

#: Names that programs give to files they have not finished: they are not there yet.
UNFINISHED = (".*", "*.part", "*.partial", "*.tmp", "*.temp", "*.filepart", "*.crdownload", "*~", "~$*")
BATCH = 200


def door_status_file(site: Site) -> Path:
    """What the door refuses now, and when it last looked; read by the live page."""
    return site.paths.status / "door.json"


@dataclass(slots=True)
class _Seen:
    """A file as it was at a scan; `since_ns`: since when it looks so; `taken`: in the spool, but it could not move."""

    signature: Signature
    since_ns: int
    rejection: Rejection | None = None
    taken: bool = False


@dataclass
class DropWatcher:
    """The drop folders of a site between two scans."""

    site: Site
    clock: Clock = system_clock
    stop: threading.Event = field(default_factory=threading.Event)
    taken: int = 0
    last_taken_ns: int | None = None
    _seen: dict[Path, _Seen] = field(default_factory=dict)
    _strange: dict[Path, Rejection] = field(default_factory=dict)

    def prepare(self) -> None:
        """Makes every drop folder, so that an operator finds it."""
        for folder in self._folders():
            (self.site.paths.drop / folder).mkdir(parents=True, exist_ok=True)

    def scan(self) -> list[Dropped]:
        """Takes every file that has been still for the settle time; returns what was taken or refused in this scan."""
        now = self.clock()
        ready = self._look(now)
        out: list[Dropped] = []
        for start in range(0, len(ready), BATCH):
            out += drop_files(self.site, ready[start : start + BATCH], self.clock, self.stop)
        for dropped in out:
            self._note(dropped, now)
        self._write_status(self.clock())
        return out

    def _folders(self) -> set[str]:
        """The drop folders of the file sources in use."""
        sources = [source for source in self.site.sources.values() if source.status in ("active", "deprecated")]
        return {source.folder for source in sources if source.folder is not None}

    def _look(self, now: int) -> list[tuple[Path, str]]:
        """The files that may be read now, in order of name; remembers the others for later."""
        present: dict[Path, _Seen] = {}
        ready: list[tuple[Path, str]] = []
        known = self._folders()
        self._strange = {}
        for entry in _entries(self.site.paths.drop):
            if entry.name not in known or not entry.is_dir(follow_symlinks=False):
                self._strange[Path(entry.path)] = Rejection(
                    "E_TOPIC", {"topic": shown(readable_name(Path(entry.name)))}
                )
                continue
            for file in _entries(Path(entry.path)):
                path = Path(file.path)
                seen = self._seen_now(path, file, now)
                if seen is None:
                    continue
                present[path] = seen
                if self._is_ready(seen, now):
                    ready.append((path, entry.name))
        self._seen = present
        return ready

    def _seen_now(self, path: Path, file: os.DirEntry[str], now: int) -> _Seen | None:
        try:
            signature = Signature.of(file.stat(follow_symlinks=False))
        except OSError:  # gone between the listing and here
            return None
        before = self._seen.get(path)
        return before if before is not None and before.signature == signature else _Seen(signature, now)

    def _is_ready(self, seen: _Seen, now: int) -> bool:
        """Still for the settle time, and not judged before: a refused file is tried again once it changes.

        E_PERM and E_KEY are tried at each scan: permissions, and a key, change nothing that a signature shows.
        """
        if seen.taken or (seen.rejection is not None and seen.rejection.code not in ("E_PERM", "E_UNSTABLE", "E_KEY")):
            return False
        return now - seen.since_ns >= self.site.settings.drop_settle_seconds * 1e9

    def _note(self, dropped: Dropped, now: int) -> None:
        seen = self._seen[dropped.path]
        if dropped.rejection is None:
            self.taken += 1
            self.last_taken_ns = now
            seen.rejection, seen.taken = None, True
            log.info("file_taken", source=dropped.source, sha256=dropped.sha256)
            return
        if seen.rejection is None:
            log.warning("file_refused", source=dropped.source, code=dropped.rejection.code)
        seen.rejection = dropped.rejection
        if dropped.rejection.code == "E_UNSTABLE":
            seen.since_ns = now

    def report(self, now: int) -> dict[str, Any]:
        """The status file's content. Times in ns since 1970 UTC; `refused` is what lies in the folders now."""
        refused = [
            _refusal(path.parent.name, path, seen.rejection, seen.since_ns)
            for path, seen in self._seen.items()
            if seen.rejection is not None
        ]
        refused += [_refusal("", path, rejection, None) for path, rejection in self._strange.items()]
        waiting = sum(not seen.taken and seen.rejection is None for seen in self._seen.values())
        return {
            "pid": os.getpid(), "written_ns": now, "taken": self.taken, "last_taken_ns": self.last_taken_ns,
            "waiting": waiting, "refused": refused,
        }  # fmt: skip

    def _write_status(self, now: int) -> None:
        try:
            replace_file(door_status_file(self.site), orjson.dumps(self.report(now)), durable=False)
        except OSError as error:  # a full disk must stop the reports, not the taking
            log.warning("door_status_not_written", problem=str(error))


def run_watcher(site: Site, clock: Clock = system_clock, stop: threading.Event | None = None) -> None:
    """Takes dropped files until `stop` is set. Raises SpoolFailed when the disk fails; what may pass is tried again."""
    stop = stop or threading.Event()
    watcher = DropWatcher(site, clock, stop)
    watcher.prepare()
    for _ in _wake(site.paths.drop, site.settings.drop_scan_seconds, stop):
        try:
            watcher.scan()
        except SpoolStopped:  # told to end while the disk was full: the files stay where they are
            return
        except (OSError, TransientError) as error:
            log.error("drop_scan_failed", problem=str(error), hint="the next scan tries again; no file is lost")


def _wake(folder: Path, seconds: float, stop: threading.Event) -> Iterator[None]:
    """At once, then at every notice and at the latest after `seconds`, until `stop`.

    Notices of unfinished files are counted here and not filtered before: a long upload must not hold up the scans.
    """
    if not stop.is_set():
        yield None
    woken = time.monotonic()
    try:
        for changes in watch(
            folder, watch_filter=None, debounce=400, step=100, stop_event=stop, rust_timeout=int(seconds * 1000),
            yield_on_timeout=True,
        ):  # fmt: skip
            if not changes or any(_is_finished(path) for _, path in changes) or time.monotonic() - woken >= seconds:
                woken = time.monotonic()
                yield None
    except OSError as error:  # the system's watches are used up, or the folder cannot be watched: scans still come
        log.warning("no_notices", problem=str(error))
    while not stop.wait(seconds):
        yield None


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    """What is in a folder and finished, by name."""
    try:
        with os.scandir(folder) as found:
            return sorted((item for item in found if not _is_unfinished(item.name)), key=lambda item: item.name)
    except OSError as error:
        log.warning("folder_not_readable", folder=folder.name, problem=str(error))
        return []


def _is_unfinished(name: str) -> bool:
    return any(fnmatch.fnmatchcase(name.lower(), pattern) for pattern in UNFINISHED)


def _is_finished(path: str) -> bool:
    """For notices: our own moves to `.done` and half-written files wake nobody."""
    name = Path(path)
    return not _is_unfinished(name.name) and not _is_unfinished(name.parent.name)


def _refusal(source: str, path: Path, rejection: Rejection, since_ns: int | None) -> dict[str, Any]:
    return {
        "source": source, "name": readable_name(path), "code": rejection.code, "facts": rejection.facts,
        "since_ns": since_ns,
    }  # fmt: skip
