"""Follows the tails of both spools and remembers, per machine, when and what was heard last."""

from __future__ import annotations

import base64
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import structlog

from contracts.clock import Clock, system_clock
from contracts.site import Site
from ingestion import canary
from ingestion.atomic import replace_file
from ingestion.live.locator import Locator
from ingestion.spool.reader import Damaged, Position, SpooledMessage, all_segments, follow

log = structlog.get_logger()

SPOOLS = ("mqtt", "files")
EXCERPT = 400
CANARIES = 20
_CANARY = canary.TOPIC.encode()
VERSION = 3
_BUCKET_NS = 5_000_000_000
_WINDOW_NS = 60_000_000_000
_SAVE_NS = 5_000_000_000


@dataclass(slots=True)
class Heard:
    """What was heard of one machine. Times in ns since 1970 UTC; `counts`: messages per 5 s, the last minute.

    `newest_at`: the newest event time in any file that named it; None for a machine that came in no file.
    """

    last_ns: int
    spool: str
    topic: str
    payload: bytes
    size: int
    place: str
    words: list[str]
    total: int = 0
    newest_at: datetime | None = None
    counts: dict[int, int] = field(default_factory=dict)

    def rate(self, now: int) -> int:
        """Messages in the last minute."""
        counts = list(self.counts.items())  # the polling thread may add to it meanwhile
        return sum(n for bucket, n in counts if now - _WINDOW_NS < bucket * _BUCKET_NS <= now)


class MetCanary(NamedTuple):
    """A canary in the spool: times in ns since 1970 UTC, and the segment that has to land."""

    name: str
    sent_ns: int
    spooled_ns: int
    segment: str


class Follower:
    """Reads what became durable since the last poll. One thread polls; others may read `heard` at any time."""

    def __init__(self, site: Site, clock: Clock = system_clock, *, keeps: bool = True) -> None:
        """`keeps` False: a visitor that leaves the checkpoint as it is."""
        self._site, self._clock, self._keeps = site, clock, keeps
        self._locator = Locator(site)
        self._file = site.paths.status / "follower.json"
        self._positions: dict[str, Position | None] = dict.fromkeys(SPOOLS)
        self._saved_ns, self._changed = 0, False
        self.heard: dict[str, Heard] = {}
        self.last_ns: dict[str, int] = {}
        self.damaged = 0
        #: The newest canaries in the spool, in order of arrival.
        self.canaries: deque[MetCanary] = deque(maxlen=CANARIES)
        self._restore()

    @property
    def locator(self) -> Locator:
        return self._locator

    def poll(self) -> int:
        """Reads on in both spools; returns the number of messages and files seen, 0 when there is nothing new."""
        seen = sum(self._poll(spool) for spool in SPOOLS)
        if self._keeps and self._changed and self._clock() - self._saved_ns >= _SAVE_NS:
            self.save()
        return seen

    def save(self) -> None:
        """Writes the checkpoint, from which the next start goes on."""
        content = {
            "version": VERSION,
            "positions": {spool: place and list(place) for spool, place in self._positions.items()},
            "last_ns": self.last_ns,
            "canaries": [list(found) for found in self.canaries],
            "heard": {name: _plain(heard) for name, heard in self.heard.items()},
        }
        try:
            replace_file(self._file, orjson.dumps(content), durable=False)
        except OSError as error:  # a full disk must not stop the page
            log.warning("checkpoint_not_written", problem=str(error))
        self._saved_ns, self._changed = self._clock(), False

    def _poll(self, spool: str) -> int:
        folder = self._site.paths.spool / spool
        found, position = follow(folder, self._positions[spool])
        self._changed |= position != self._positions[spool]
        self._positions[spool] = position
        newest: dict[str, SpooledMessage] = {}
        for item in found:
            if isinstance(item, Damaged):
                self.damaged += 1
                continue
            if item.topic_bytes == _CANARY:
                self._meet_canary(item)
                continue
            self.last_ns[spool] = max(self.last_ns.get(spool, 0), item.received_ns)
            if item.retain:  # from before our subscription: no sign of life
                continue
            for machine, newest_at in self._locator.machines(item).items():
                self._count(machine, item, newest_at)
                newest[machine] = item
        for machine, message in newest.items():
            self._note(machine, message)
        return len(found)

    def _meet_canary(self, message: SpooledMessage) -> None:
        """Our own messenger is nobody's sign of life."""
        found = canary.decode(message.payload)
        if found is not None and not message.dup:
            self.canaries.append(MetCanary(found.name, found.sent_ns, message.received_ns, message.segment))

    def _count(self, machine: str, message: SpooledMessage, newest_at: datetime | None) -> None:
        heard = self.heard.get(machine)
        if heard is None:
            heard = self.heard[machine] = Heard(0, "", "", b"", 0, "", [])
        heard.total += 1
        heard.newest_at = max(filter(None, (heard.newest_at, newest_at)), default=None)
        bucket = message.received_ns // _BUCKET_NS
        heard.counts[bucket] = heard.counts.get(bucket, 0) + 1
        if len(heard.counts) > _WINDOW_NS // _BUCKET_NS + 1:
            del heard.counts[min(heard.counts)]

    def _note(self, machine: str, message: SpooledMessage) -> None:
        """Keeps the newest message of a machine; only that one is taken apart."""
        heard = self.heard[machine]
        if message.received_ns < heard.last_ns:
            return
        heard.last_ns, heard.spool = message.received_ns, message.spool
        heard.topic = message.topic_bytes.decode("utf-8", "backslashreplace")
        heard.payload, heard.size = self._locator.shown(message)[:EXCERPT], len(message.payload)
        heard.place = f"{message.segment}:{message.offset}"
        heard.words = self._locator.words(message)

    def _restore(self) -> None:
        """Goes on from the checkpoint; without a good one everything in the spools is read again."""
        try:
            content = orjson.loads(self._file.read_bytes())
            if content["version"] != VERSION:
                return
            heard = {name: _heard(fields) for name, fields in content["heard"].items()}
            positions = {name: Position(*place) if place else None for name, place in content["positions"].items()}
            canaries = [_met(*fields) for fields in content["canaries"]]
            last_ns = {str(spool): int(moment) for spool, moment in content["last_ns"].items()}
        except FileNotFoundError:
            return
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            log.warning("checkpoint_not_read", problem=str(error), hint="the spools are read from the start")
            return
        if all(_exists(self._site.paths.spool / spool, positions.get(spool)) for spool in SPOOLS):
            self._positions = {spool: positions.get(spool) for spool in SPOOLS}
            self.heard, self.last_ns = heard, last_ns
            self.canaries.extend(canaries)


def _exists(folder: Path, position: Position | None) -> bool:
    """Whether a position can be gone on from: an emptied spool begins again at 0."""
    if position is None:
        return True
    newest = [int(path.stem) for path in all_segments(folder)[-1:]]
    return bool(newest) and newest[0] >= position.number


def _met(name: str, sent_ns: int, spooled_ns: int, segment: str) -> MetCanary:
    return MetCanary(str(name), int(sent_ns), int(spooled_ns), str(segment))


def _plain(heard: Heard) -> dict[str, Any]:
    return {
        "last_ns": heard.last_ns, "spool": heard.spool, "topic": heard.topic,
        "payload": base64.b64encode(heard.payload).decode(), "size": heard.size, "place": heard.place,
        "words": heard.words, "total": heard.total, "newest_at": heard.newest_at and heard.newest_at.isoformat(),
        "counts": list(heard.counts.items()),
    }  # fmt: skip


def _heard(fields: dict[str, Any]) -> Heard:
    return Heard(
        int(fields["last_ns"]), str(fields["spool"]), str(fields["topic"]), base64.b64decode(fields["payload"]),
        int(fields["size"]), str(fields["place"]), [str(word) for word in fields["words"]], int(fields["total"]),
        datetime.fromisoformat(fields["newest_at"]) if fields["newest_at"] else None,
        {int(bucket): int(n) for bucket, n in fields["counts"]},
    )  # fmt: skip
