"""What the acknowledger knew, and the place in the spool up to which it knew it: one file, replaced whole."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import orjson
import structlog

from ingestion.acknowledge.highs import Highs
from ingestion.atomic import replace_file
from ingestion.spool.frames import MAGIC
from ingestion.spool.reader import Position
from ingestion.spool.segments import all_segments, has_segment, segment_name

log = structlog.get_logger()

VERSION = 1
#: Connection, receive time and session of a segment's first frame (behind magic, frame head and four bytes of its
#: payload): two spools never begin a segment with the same, and blanking leaves them as they are.
_BIRTH = slice(len(MAGIC) + 8 + 4, len(MAGIC) + 8 + 24)


class Place(NamedTuple):
    """A position, and how the newest segment with content up to there began: that tells one spool from another."""

    position: Position
    witness: int
    birth: str


def place_of(spool: Path, position: Position, before: Place | None) -> Place:
    """The place of a position that was read up to from the one before."""
    for number in range(position.number, before.witness if before else -1, -1):
        birth = _birth(spool, number)
        if birth:
            return Place(position, number, birth)
    return before._replace(position=position) if before else Place(position, position.number, "")


def still_there(spool: Path, place: Place) -> bool:
    """Whether this is the spool of the place, and reaches as far. What is gone behind newer segments was archived."""
    file = spool / segment_name(place.position.number)
    try:
        if file.stat().st_size < place.position.offset:
            return False
    except FileNotFoundError:
        newest = all_segments(spool)[-1:]
        if not has_segment(file) and not (newest and int(newest[0].stem) > place.position.number):
            return False
    return _birth(spool, place.witness) in (place.birth, "")


def save(file: Path, place: Place | None, highs: Highs) -> None:
    """Writes both, on disk when this returns. Raises OSError."""
    where = place and [list(place.position), place.witness, place.birth]
    replace_file(file, orjson.dumps({"version": VERSION, "place": where, "highs": highs.to_plain()}))


def load(file: Path, spool: Path) -> tuple[Place | None, Highs]:
    """What was saved. Where it is absent, unreadable or ahead of the spool: nothing, and the spool is read again."""
    try:
        content = orjson.loads(file.read_bytes())
        if content["version"] != VERSION or content["place"] is None:
            return None, Highs()
        (number, offset), witness, birth = content["place"]
        place, highs = Place(Position(int(number), int(offset)), int(witness), str(birth)), content["highs"]
        known = Highs.from_plain(highs)
    except FileNotFoundError:
        return None, Highs()
    except (OSError, ValueError, TypeError, KeyError) as error:
        log.warning("acknowledge_checkpoint_not_read", problem=str(error), hint="the spool is read from the start")
        return None, Highs()
    if not still_there(spool, place):
        log.error("acknowledge_checkpoint_ahead", hint="the spool was emptied or cut; it is read from the start")
        return None, Highs()
    return place, known


def _birth(spool: Path, number: int) -> str:
    """How a segment began; empty when it holds nothing, or is not there as it was written."""
    try:
        with (spool / segment_name(number)).open("rb") as file:
            found = file.read(_BIRTH.stop)
    except FileNotFoundError:
        return ""
    return found[_BIRTH].hex() if len(found) == _BIRTH.stop else ""
