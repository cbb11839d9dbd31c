"""Which names are names: lower case, plain letters, nothing that a file system or a reader could mistake."""

from __future__ import annotations

import re

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_DEVICES_OF_WINDOWS = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}


def is_name(text: str) -> bool:
    """Whether the text may be an id or a channel: a–z 0–9 - _, at most 63 characters, no reserved file name."""
    return _NAME.fullmatch(text) is not None and text not in _DEVICES_OF_WINDOWS
