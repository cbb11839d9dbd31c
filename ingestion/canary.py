"""The canary: a small message of our own whose passage from the broker into landing proves that the way in is open.

It travels as any message does. The receiver subscribes to its topic, and landing ignores it by contract under a source
of its own, so that the accounting counts it. It belongs to no machine, makes no row and touches no day.
"""

from __future__ import annotations

from typing import NamedTuple

#: Too short for `nms/v1/+/+/+/+/+/#`: no source of observations takes it, and the self-test's neighbours reach nobody.
TOPIC = "nms/v1/_selftest/canary"
#: How the accounts name it; no site's source can be called so.
SOURCE = "_canary"


class Canary(NamedTuple):
    """One canary: a name that tells it from the others, and when it was sent (ns since 1970 UTC)."""

    name: str
    sent_ns: int


def encode(canary: Canary) -> bytes:
    """The payload."""
    return f"{canary.name} {canary.sent_ns}".encode("ascii")


def decode(payload: bytes) -> Canary | None:
    """The canary of a payload; None for anything else that somebody sent there."""
    name, _, moment = payload.decode("ascii", "replace").partition(" ")
    return Canary(name, int(moment)) if name.isalnum() and moment.isascii() and moment.isdecimal() else None
