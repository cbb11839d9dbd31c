"""What the acknowledger knew, and the place in the spool up to which it knew it: one file, replaced whole."""

from __future__ import annotations

from pathlib import Path

import orjson
import structlog

from ingestion.acknowledge.highs import Highs
from ingestion.atomic import replace_file
from ingestion.spool.frames import MAGIC
from ingestion.spool.reader import Position, all_segments

log = structlog.get_logger()

VERSION = 1
#: Connection, receive time and session of a segment's first frame (behind magic, frame head and four bytes of its
#: payload): two spools never begin a segment with the same, and blanking leaves them as they are.
_BIRTH = slice(len(MAGIC) + 8 + 4, len(MAGIC) + 8 + 24)


def save(file: Path, spool: Path, position: Position | None, highs: Highs) -> None:
    """Writes both, on disk when this returns. Raises OSError."""
    birth = _birth(spool, position) if position else ""
    content = {"version": VERSION, "position": position and list(position), "birth": birth, "highs": highs.to_plain()}
    replace_file(file, orjson.dumps(content))


def load(file: Path, spool: Path) -> tuple[Position | None, Highs]:
    """What was saved. Where it is absent, unreadable or ahead of the spool: nothing, and the spool is read again."""
    try:
        content = orjson.loads(file.read_bytes())
        if content["version"] != VERSION or content["position"] is None:
            return None, Highs()
        number, offset = content["position"]
        position, highs, birth = (
            Position(int(number), int(offset)),
            Highs.from_plain(content["highs"]),
            content["birth"],
        )
    except FileNotFoundError:
        return None, Highs()
    except (OSError, ValueError, TypeError, KeyError) as error:
        log.warning("acknowledge_checkpoint_not_read", problem=str(error), hint="the spool is read from the start")
        return None, Highs()
    if not holds(spool, position) or _birth(spool, position) not in (birth, ""):
        log.error("acknowledge_checkpoint_ahead", hint="the spool was emptied or cut; it is read from the start")
        return None, Highs()
    return position, highs


def holds(spool: Path, position: Position) -> bool:
    """Whether the spool reaches as far as the position. A segment that is gone behind newer ones was archived."""
    file = _segment(spool, position)
    try:
        return file.stat().st_size >= position.offset
    except FileNotFoundError:
        newest = all_segments(spool)[-1:]
        return bool(newest) and int(newest[0].stem) > position.number


def _birth(spool: Path, position: Position) -> str:
    """What tells the segment from one of the same number in another spool; empty when it is not there any more."""
    try:
        with _segment(spool, position).open("rb") as file:
            return file.read(_BIRTH.stop)[_BIRTH].hex()
    except FileNotFoundError:
        return ""


def _segment(spool: Path, position: Position) -> Path:
    return spool / f"{position.number:012d}.seg"
