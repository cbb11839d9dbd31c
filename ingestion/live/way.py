"""Judges, pure, whether the way in is open: did the newest canary come through broker, lane, spool and landing?"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

from ingestion.live.follower import MetCanary

_SECOND = 1_000_000_000
#: A canary at this interval while others' messages fill segments anyway …
BUSY_S = 60.0
#: … and at this one in a quiet spool, where it is alone in its segment and costs a file and a ledger row.
QUIET_S = 600.0
#: Besides the time after which a segment is sealed: landing's own time, and the follower's.
PATIENCE_S = 30.0

Stage = Literal["untried", "under_way", "open", "not_sent", "not_spooled", "not_landed", "old"]


@dataclass(frozen=True)
class Way:
    """Where the newest canary is. Times in ns since 1970 UTC; `landed_ns`: when the ledger was first seen to have it.

    `stage`: open (it landed), under_way (there is still time), or what it did not reach.
    """

    stage: Stage
    name: str | None = None
    sent_ns: int | None = None
    spooled_ns: int | None = None
    landed_ns: int | None = None

    @property
    def proven(self) -> bool:
        """Whether a canary came through and nothing speaks against it since."""
        return self.landed_ns is not None and self.stage in ("open", "under_way")

    @property
    def broken(self) -> bool:
        """Whether one did not come through in time."""
        return self.stage not in ("untried", "under_way", "open")


class Canaries:
    """Remembers which canaries landed. `look` is for one thread."""

    def __init__(self, seal_seconds: float) -> None:
        self._patience_ns = int((seal_seconds + PATIENCE_S) * _SECOND)
        self._landed: tuple[MetCanary, int] | None = None

    def look(self, met: Iterable[MetCanary], landed: Collection[str], now: int) -> None:
        """Takes what is in the spool and which segments are landed."""
        if self._landed is not None and self._landed[0].sent_ns > now:  # the clock was set back: it proves nothing
            self._landed = None
        for canary in met:
            newer = self._landed is None or canary.sent_ns > self._landed[0].sent_ns
            if newer and canary.sent_ns <= now and canary.segment in landed:
                self._landed = canary, now

    def judge(self, met: Iterable[MetCanary], sent_ns: int | None, problem: str, now: int) -> Way:
        """`sent_ns`: when the newest was sent, or tried to be (`problem`); None before the first.

        What was sent later than now was sent before the clock was set back, and counts for nothing.
        """
        sent_ns = sent_ns if sent_ns is not None and sent_ns <= now else None
        past = (canary for canary in met if canary.sent_ns <= now)
        newest = max(past, key=lambda canary: canary.sent_ns, default=None)
        landed, landed_ns = self._landed or (None, None)
        last = newest.sent_ns if newest else 0
        moment = max(sent_ns or 0, last)
        if not moment:
            return Way("untried")
        spooled_ns = newest.spooled_ns if newest and newest.sent_ns == moment else None
        name = newest.name if newest and newest.sent_ns == moment else None
        arrived = landed is not None and landed.sent_ns >= moment
        if arrived:
            stage: Stage = "old" if now - moment > 2 * QUIET_S * _SECOND else "open"
        elif problem and moment == sent_ns:
            stage = "not_sent"
        elif now - moment <= self._patience_ns:
            stage = "under_way"
        else:
            stage = "not_landed" if spooled_ns else "not_spooled"
        return Way(stage, name, moment, spooled_ns, landed_ns)


def is_due(now: int, way: Way, traffic_ns: int | None, *, subscribed: bool) -> bool:
    """Whether to send one now. `traffic_ns`: when others' newest message came; with it a canary travels for nothing.

    The first waits until the receiver has subscribed: before that the broker would keep it for nobody.
    """
    if way.sent_ns is None:
        return subscribed
    busy = traffic_ns is not None and 0 <= now - traffic_ns < 5 * _SECOND
    wait = QUIET_S if way.stage in ("open", "under_way") and not busy else BUSY_S
    return not 0 <= now - way.sent_ns < (10.0 if way.stage == "not_sent" else wait) * _SECOND
