"""Finds the real files that no commit may hold: beside the repository, `../shared/data`."""

from __future__ import annotations

from pathlib import Path

import pytest

from contracts.paths import PRODUCT

#: Where they lie, if they do.
DATA = PRODUCT.parent / "shared" / "data"


def shared(name: str) -> Path:
    """A real file; skips the test, with the reason, where it is absent."""
    file = DATA / name
    if not file.exists():
        pytest.skip(f"../shared/data/{name} is not here")
    return file
