"""Whose turn it is with the warehouse: one process at a time, across the command line and Airflow's tasks."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from contracts.errors import TransientError
from contracts.paths import SitePaths


class WarehouseBusy(TransientError):
    """Another process has been at work in the warehouse for longer than we wait."""


@contextmanager
def warehouse_turn(paths: SitePaths, patience: float = 120.0) -> Iterator[None]:
    """Holds the warehouse for this process; waits at most `patience` seconds. Raises WarehouseBusy.

    The lock is on a file and ends with the process, whatever becomes of it.
    """
    with turn(
        paths.warehouse.parent / ".turn", patience, "another refresh is at work; wait for it, or see `bruk status`"
    ):
        yield


@contextmanager
def turn(
    file: Path, patience: float = 120.0, busy: str = "another process is at work here; wait for it"
) -> Iterator[None]:
    """Holds the lock on a file, which ends with the process. Raises WarehouseBusy with the words of `busy`."""
    file.parent.mkdir(parents=True, exist_ok=True)
    lock = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        _take(lock, patience, busy)
        yield
    finally:
        os.close(lock)


def _take(lock: int, patience: float, busy: str) -> None:
    deadline = time.monotonic() + patience
    while True:
        try:
            return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > deadline:
                raise WarehouseBusy(busy) from error
            time.sleep(0.1)
