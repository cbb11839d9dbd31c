"""Where the segments of a spool lie: plain in its folder, or archived below it; the one way to their bytes.

A segment is named by its plain path, `<spool>/000000000012.seg`, wherever its bytes are. Where both forms are there, a
step of its life has not come to its end: the archived one counts, and both are whole.
"""

from __future__ import annotations

import errno
import hashlib
from pathlib import Path
from typing import NamedTuple

from ingestion.spool.archive import HEADER_SIZE, Label, NotArchived, read_label, unpack

#: What a disk or a file system says of a place that it has lost; anything else (memory, rights) may pass.
LOST = {errno.EIO, errno.EBADMSG, errno.EUCLEAN}
_ARCHIVE, _SUFFIX = "archive", ".seg.gz"


class Segment(NamedTuple):
    """The bytes of a segment. `problem`: what is damaged in its archived form; then these are the bytes before it."""

    data: bytes
    label: Label | None  # None: not archived
    problem: str | None

    @property
    def sha256(self) -> str:
        """Of the bytes as they are, in hex."""
        return hashlib.sha256(self.data).hexdigest()


def segment_name(number: int) -> str:
    """File name of a segment; names sort in order."""
    return f"{number:012d}.seg"


def segment_id(path: Path) -> str:
    """`mqtt/000000000012`: the spool's name and the number."""
    return f"{path.parent.name}/{path.stem}"


def segment_path(spool: Path, segment: str) -> Path:
    """The path that names a segment, by its id, in the folder of all spools."""
    return spool / f"{segment}.seg"


def archived_path(path: Path) -> Path:
    """Where the archived form of a segment lies."""
    return path.parent / _ARCHIVE / f"{path.stem}{_SUFFIX}"


def all_segments(folder: Path) -> list[Path]:
    """The segments of a spool that are not archived yet, in order; the newest is being written."""
    return sorted(folder.glob("*.seg"))


def sealed_segments(folder: Path) -> list[Path]:
    """Those of them that a later one has sealed, in order."""
    return all_segments(folder)[:-1]


def archived_segments(folder: Path) -> list[Path]:
    """The paths that name the archived segments of a spool, in order."""
    return sorted(folder / file.name.removesuffix(".gz") for file in (folder / _ARCHIVE).glob(f"*{_SUFFIX}"))


def kept_segments(folder: Path) -> list[Path]:
    """Every sealed segment of a spool wherever it lies, in order."""
    return sorted({*archived_segments(folder), *sealed_segments(folder)})


def spool_folders(spool: Path) -> list[Path]:
    """The folder of every spool of a site."""
    return sorted(path for path in spool.glob("*") if path.is_dir())


def has_segment(path: Path) -> bool:
    """Whether the bytes of a segment are there, in either form."""
    return archived_path(path).exists() or path.exists()


def read_segment(path: Path, start: int = 0) -> Segment:
    """The bytes of a segment from offset `start` on, wherever they lie. Raises FileNotFoundError."""
    for last_try in (False, True):  # it may be archived between the two questions
        try:
            return _unpacked(archived_path(path).read_bytes(), start)
        except FileNotFoundError:
            if last_try:
                raise
        try:
            with path.open("rb") as file:
                file.seek(start)
                return Segment(file.read(), None, None)
        except FileNotFoundError:
            continue
    raise FileNotFoundError(path)


def read_what_is_there(path: Path) -> Segment:
    """The bytes of a segment, or with a `problem` those before a place that the disk lost. Raises FileNotFoundError."""
    try:
        return read_segment(path)
    except OSError as error:
        if error.errno not in LOST:
            raise
        return read_readable(path)


def read_readable(path: Path) -> Segment:
    """The bytes of a segment before the first that the disk does not give, and as `problem` what the disk says."""
    archived = archived_path(path)
    data, problem = _readable(archived if archived.exists() else path)
    found = _unpacked(data, 0) if archived.exists() else Segment(data, None, None)
    return found._replace(problem=found.problem or problem)


def _readable(file: Path) -> tuple[bytes, str | None]:
    data = bytearray()
    try:
        with file.open("rb", buffering=0) as opened:
            while block := opened.read(4096):
                data += block
    except OSError as error:
        return bytes(data), error.strerror or str(error)
    return bytes(data), None


def segment_size(path: Path) -> int:
    """Bytes of a segment, unpacked; 0 for one that is gone or whose label cannot be read."""
    label = archived_label(path)
    return label.size if label else path.stat().st_size if path.exists() else 0


def written_ns(path: Path) -> int:
    """When the file of a segment was last written, ns since 1970 UTC; 0 for one that is gone."""
    file = path if path.exists() else archived_path(path)
    return file.stat().st_mtime_ns if file.exists() else 0


def archived_label(path: Path) -> Label | None:
    """What the archived form of a segment says of itself; None where it cannot be read. Reads only its header."""
    try:
        with archived_path(path).open("rb") as file:
            return read_label(file.read(HEADER_SIZE))
    except (FileNotFoundError, NotArchived):
        return None


def _unpacked(archived: bytes, start: int) -> Segment:
    try:
        data, label, problem = unpack(archived)
    except NotArchived as error:
        return Segment(b"", None, str(error))
    return Segment(data[start:], label, problem)
