"""The injected clock: the only place that asks the operating system what time it is."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

#: Returns nanoseconds since 1970-01-01T00:00:00Z.
Clock = Callable[[], int]


def system_clock() -> int:
    """Nanoseconds since 1970-01-01T00:00:00Z by the machine's clock."""
    return time.time_ns()


def utc(nanoseconds: int) -> datetime:
    """The UTC instant of a clock reading, cut to microseconds."""
    seconds, rest = divmod(nanoseconds, 1_000_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest // 1000)
