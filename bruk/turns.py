"""Whose turn it is with the warehouse: one process at a time, across the command line and Airflow's tasks."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from contracts.errors import TransientError
from contracts.paths import SitePaths


class WarehouseBusy(TransientError):
    """Another process has been at work in the warehouse for longer than we wait."""


@contextmanager
def warehouse_turn(paths: SitePaths, patience: float = 120.0) -> Iterator[None]:
    """Holds the warehouse for this process; waits at most `patience` seconds. Raises WarehouseBusy.

    The lock is on a file and ends with the process, whatever becomes of it.
    """
    paths.warehouse.parent.mkdir(parents=True, exist_ok=True)
    lock = os.open(paths.warehouse.parent / ".turn", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        _take(lock, patience)
        yield
    finally:
        os.close(lock)


def _take(lock: int, patience: float) -> None:
    deadline = time.monotonic() + patience
    while True:
        try:
            return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > deadline:
                raise WarehouseBusy("another refresh is at work; wait for it, or see `bruk status`") from error
            time.sleep(0.1)
