"""Named points between two steps at which a process can be told to die, so that tests crash it exactly there."""

from __future__ import annotations

import os
import signal

#: `BRUK_FAULT=name` or `name:3` (the third time that the point is reached). For tests; unset, a point costs a lookup.
_VARIABLE = "BRUK_FAULT"
_wanted, _, _turn = os.environ.get(_VARIABLE, "").partition(":")
_left = int(_turn or 1)


def point(name: str) -> None:
    """Kills this process as `kill -9` would when it was told to die here; else returns."""
    global _left
    if name != _wanted:
        return
    _left -= 1
    if _left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
