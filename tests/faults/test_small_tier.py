"""The small tier of the fault suite: a whole site of real processes under every kind of fault once, every word counted.

`make soak` is the same at any size. A seed that fails becomes a line of `SEEDS`.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.faults.plan import FAULTS
from tests.faults.soak import show, soak

MESSAGES = int(os.environ.get("BRUK_SOAK_MESSAGES", "20000"))
#: Seeds that once failed, each with what was wrong; the last, None, is a new one each time.
SEEDS: list[int | None] = [None]


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_every_word_is_there_once_after_every_kind_of_fault(tmp_path: Path, seed: int | None) -> None:
    seed = seed or int(os.environ.get("BRUK_SEED", str(time.time_ns() % 1_000_000)))
    print(f"seed {seed}")
    run = soak(tmp_path / "site", MESSAGES, len(FAULTS), seed)
    show(run)
    assert run.ok, run.to_dict()
    assert sum(run.fired.values()) + len(run.skipped) == len(FAULTS)
