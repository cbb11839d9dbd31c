"""Takes a dropped file: its bytes under their sha256, then a frame in the spool, then out of the drop folder.

A file that may name a person is read first: what is written are pseudonyms, or not a byte of it anywhere.
"""

from __future__ import annotations

import hashlib
import os
import stat
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog

from contracts.clock import Clock, system_clock
from contracts.errors import TransientError
from contracts.faults import point
from contracts.paths import SitePaths
from contracts.site import Site
from ingestion.atomic import sync_folder
from ingestion.files.intake import Intake
from ingestion.files.pseudonyms import take_into_use
from ingestion.files.sheets import Piece
from ingestion.rejection import Rejection, shown
from ingestion.spool.frames import FILE, SHEET, SUPERSEDES, Envelope
from ingestion.spool.writer import SegmentWriter, SpoolBusy

log = structlog.get_logger()

DONE = ".done"
CHUNK = 1 << 20
_NAME_BYTES = 255  # what Linux file systems allow for one name


@dataclass(frozen=True, slots=True)
class Signature:
    """What changes when a file changes."""

    inode: int
    size: int
    mtime_ns: int

    @classmethod
    def of(cls, state: os.stat_result) -> Signature:
        return cls(state.st_ino, state.st_size, state.st_mtime_ns)


@dataclass(frozen=True, slots=True)
class Dropped:
    """What became of one dropped file: the hex sha256 of its durable bytes, or why the door refused it.

    Of a file of sheets there is one for each `sheet` that was recognised; `source` is the folder where it is refused.
    """

    source: str
    path: Path
    sha256: str | None
    rejection: Rejection | None = None
    sheet: str | None = None


def spool_folder(paths: SitePaths) -> Path:
    """The spool of the file door."""
    return paths.spool / "files"


def bytes_file(paths: SitePaths, sha256: str) -> Path:
    """Where the bytes of a dropped file lie, by the hex of their sha256."""
    return spool_folder(paths) / "bytes" / sha256


def readable_name(path: Path) -> str:
    """A file's name as text; bytes that are not UTF-8 are spelled out, so that the name can be kept and shown."""
    return os.fsencode(path.name).decode("utf-8", "backslashreplace")


def drop_file(site: Site, path: Path, source_id: str, clock: Clock = system_clock) -> str | Rejection:
    """Takes one file for a source; returns the hex sha256 of its durable bytes, or the rejection of the door.

    What the bytes mean is judged later, by landing; but for what names a person. A file inside its drop folder moves to
    `.done`, or is removed if it is not kept as it was; another stays where it is, and so does one that is refused.
    Raises SpoolBusy when the spool stays taken for 10 s.
    """
    dropped = drop_files(site, [(path, source_id)], clock)[0]
    return dropped.rejection or dropped.sha256 or Rejection("E_UNSTABLE")


def drop_files(
    site: Site,
    files: list[tuple[Path, str]],
    clock: Clock = system_clock,
    stop: threading.Event | None = None,
    supersedes: str | None = None,
) -> list[Dropped]:
    """As `drop_file` for many, in order, with one sealed batch. `stop` ends the wait for room on a full disk.

    Each with its source, or with the folder that several sources of sheets share.
    `supersedes`: the sha256 of an earlier file whose place they take, where their names do not say it.
    Raises SpoolBusy, SpoolStopped, or OSError of the disk; a file that was not taken stays where it is.
    """
    intakes = {where: Intake(site, where) for _, where in files}
    stored = [(path, where, _store(site.paths, path, intakes[where])) for path, where in files]
    point("door.kept")
    taken = [(path, kept) for path, _, found in stored if not isinstance(found, Rejection) for kept in found]
    for _, kept in taken:
        if kept.key:
            take_into_use(site.paths, kept.key)
    if taken:
        with open_spool(site, clock, stop=stop or threading.Event()) as spool:
            for path, kept in taken:
                spool.append(_frame(path, kept, clock(), supersedes))
    point("door.spooled")
    out = []
    for path, where, found in stored:
        if isinstance(found, Rejection):
            out.append(Dropped(where, path, None, found))
        else:
            _put_away(intakes[where].folder, path, found[0])
            out += [Dropped(kept.source, path, kept.sha256, sheet=kept.sheet) for kept in found]
    return out


@contextmanager
def open_spool(
    site: Site, clock: Clock = system_clock, seconds: float = 10.0, stop: threading.Event | None = None
) -> Iterator[SegmentWriter]:
    """The files spool for one batch; closing seals it. Waits `seconds` for another process, then SpoolBusy.

    On a full disk it waits until there is room, or raises SpoolStopped once `stop` is set.
    """
    stop, settings = stop or threading.Event(), site.settings

    def wait(moment: float) -> None:
        stop.wait(moment)

    deadline = time.monotonic() + seconds
    while True:
        try:
            writer = SegmentWriter(
                spool_folder(site.paths), clock, settings.seal_bytes, settings.seal_seconds, wait, stop.is_set
            )
            break
        except SpoolBusy:
            if time.monotonic() >= deadline:
                raise
            wait(0.05)
    try:
        yield writer
    finally:
        writer.close()


@dataclass(frozen=True, slots=True)
class _Kept:
    """Bytes that are durable, and the file they were read from as it was then.

    `cleared` where a person or a dropped column was taken out, `key` the fingerprint of the key of its pseudonyms.
    Nothing is kept of the original: the sha256 of a small table of numbers can be guessed.
    """

    source: str
    sha256: str
    signature: Signature
    cleared: bool = False
    key: str | None = None
    sheet: str | None = None


def _store(paths: SitePaths, path: Path, intake: Intake) -> list[_Kept] | Rejection:
    """Copies the bytes below the spool under their sha256; returns when they are durable. Follows no link."""
    try:
        before = os.lstat(path)
        if not stat.S_ISREG(before.st_mode) or before.st_nlink > 1:
            return Rejection("E_FILETYPE", {"value": shown(readable_name(path))})
        # Between lstat and open somebody may put a FIFO there: without O_NONBLOCK the door would wait for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except PermissionError:
        return Rejection("E_PERM", {"value": shown(readable_name(path))})
    except OSError as error:
        if not path.is_symlink() and not isinstance(error, FileNotFoundError):
            raise TransientError(f"cannot open the dropped file: {error}") from error
        return Rejection("E_FILETYPE" if path.is_symlink() else "E_UNSTABLE", {"value": shown(readable_name(path))})
    try:
        if Signature.of(os.fstat(descriptor)) != Signature.of(before):
            return Rejection("E_UNSTABLE", {"value": shown(readable_name(path))})
        if intake.limit is not None and before.st_size > intake.limit:
            return Rejection("E_SIZE", {"limit": str(intake.limit)})
        chunks = iter(lambda: os.read(descriptor, CHUNK), b"")
        pieces = intake.pieces(readable_name(path), b"".join(chunks)) if intake else [intake.whole]
        if Signature.of(os.fstat(descriptor)) != Signature.of(before):
            return Rejection("E_UNSTABLE", {"value": shown(readable_name(path))})
        if isinstance(pieces, Rejection):
            return pieces
        out = []
        for piece in pieces:
            content = [piece.cleared.data] if intake else chunks
            kept = _copy(content, descriptor, Signature.of(before), paths, path, piece)
            if isinstance(kept, Rejection):
                return kept
            out.append(kept)
        return out
    finally:
        os.close(descriptor)


def _copy(
    chunks: Iterable[bytes], descriptor: int, before: Signature, paths: SitePaths, path: Path, piece: Piece
) -> _Kept | Rejection:
    """Temporary name, fsync, rename, fsync of the folder; nothing stays behind when the file changed meanwhile."""
    folder = spool_folder(paths) / "bytes"
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / f".{os.getpid()}.{before.inode}.tmp"
    digest = hashlib.sha256()
    try:
        with temporary.open("wb") as copy:
            for chunk in chunks:
                digest.update(chunk)
                copy.write(chunk)
            copy.flush()
            os.fsync(copy.fileno())
        if Signature.of(os.fstat(descriptor)) != before or not _is_still(path, before):
            return Rejection("E_UNSTABLE", {"value": shown(readable_name(path))})
        name = digest.hexdigest()
        if not (folder / name).exists():
            temporary.replace(folder / name)
        sync_folder(folder)
        return _Kept(piece.source, name, before, piece.cleared.changed, piece.cleared.key, piece.sheet)
    finally:
        temporary.unlink(missing_ok=True)


def _frame(path: Path, kept: _Kept, now: int, supersedes: str | None) -> bytes:
    """The file's envelope. The name is data for people; nothing ever opens it as a path."""
    topic, payload = f"{kept.source}/{readable_name(path)}".encode(), bytes.fromhex(kept.sha256)
    said = {"pseudonym-key": kept.key, SUPERSEDES: supersedes, SHEET: kept.sheet}
    properties = tuple((name, value) for name, value in said.items() if value)
    return Envelope(topic=topic, payload=payload, received_ns=now, kind=FILE, properties=properties).encode()


def _put_away(folder: Path, path: Path, kept: _Kept) -> None:
    """Moves a durable file of the drop folder to `.done`; removes a cleared one; one written anew meanwhile stays."""
    if path.absolute().parent != folder.absolute() or not _is_still(path, kept.signature):
        return
    done = folder / DONE
    name = os.fsencode(path.name)[: _NAME_BYTES - 13]
    try:
        if kept.cleared:
            path.unlink()
            sync_folder(folder)
            return
        done.mkdir(exist_ok=True)
        path.rename(done / os.fsdecode(kept.sha256[:12].encode() + b"-" + name))
        sync_folder(done)
        sync_folder(folder)
    except OSError as error:
        # It is durable in the spool; only the folder looks untidy, and the watcher remembers that it is taken.
        log.warning("dropped_file_stays", folder=folder.name, file=shown(readable_name(path)), problem=str(error))


def _is_still(path: Path, signature: Signature) -> bool:
    try:
        return Signature.of(os.lstat(path)) == signature
    except OSError:
        return False
