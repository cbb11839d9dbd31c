"""Power cuts at every step of the spool's writer: nothing acknowledged is lost, and the planted bugs are seen."""

from __future__ import annotations

import os
import random
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from ingestion.spool import writer as writer_module
from ingestion.spool.frames import scan
from ingestion.spool.reader import all_segments
from ingestion.spool.writer import SegmentWriter
from tests.faults.disk import PowerCut, SimulatedDisk

CUTS = int(os.environ.get("BRUK_POWER_CUTS", "4000"))
SEED = int(os.environ.get("BRUK_SEED", str(time.time_ns() % 1_000_000)))
RECORDS, LIVES = 12, 2


@pytest.fixture
def folder() -> Iterator[Path]:
    """In memory where the machine has it: the simulated disk needs no real one."""
    shared = Path("/dev/shm")
    made = Path(tempfile.mkdtemp(prefix="bruk-power-", dir=shared if shared.is_dir() else None))
    yield made
    shutil.rmtree(made)


def losses(folder: Path, monkeypatch: pytest.MonkeyPatch, cuts: int, lies: Sequence[str] = ()) -> int:
    """Runs of the writer, each ended by power cuts; how many lost or changed an acknowledged record."""
    with capture_logs():  # a full disk and a torn tail are each a warning, thousands of times
        return sum(loses(folder, monkeypatch, random.Random(f"{SEED}/{number}"), lies) for number in range(cuts))


def loses(folder: Path, monkeypatch: pytest.MonkeyPatch, chance: random.Random, lies: Sequence[str] = ()) -> bool:
    """One spool through its lives."""
    for path in all_segments(folder):
        path.unlink()
    disk = SimulatedDisk(folder, chance, lies, full_one_in=20)
    disk.settle()
    monkeypatch.setattr(writer_module, "os", disk)
    acknowledged: list[bytes] = []
    number = 0
    for _ in range(LIVES):
        disk.cut_at = chance.randint(1, 4 * RECORDS)
        try:
            writer = SegmentWriter(folder, seal_bytes=9_000, sleep=lambda _: None)
            for _ in range(RECORDS):
                number += 1
                record = number.to_bytes(4, "big") + chance.randbytes(chance.choice([1, 60, 200, 5_000]))
                writer.append(record)
                acknowledged.append(record)
        except PowerCut:
            pass
        disk.cut()
    SegmentWriter(folder, sleep=lambda _: None).close()
    disk.cut()
    there = spooled(folder)
    return [record for record in there if record in set(acknowledged)] != acknowledged


def spooled(folder: Path) -> list[bytes]:
    """Every record of the spool in order."""
    found = []
    for path in all_segments(folder):
        data = path.read_bytes()
        found += [data[begin:end] for begin, end in scan(data).spans]
    return found


def test_no_power_cut_loses_an_acknowledged_record(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    print(f"seed {SEED}, {CUTS} runs")
    assert losses(folder, monkeypatch, CUTS) == 0


@pytest.mark.parametrize("lie", ["fdatasync", "fsync folder"])
def test_a_writer_that_acknowledges_before_the_disk_has_it_is_caught(
    folder: Path, monkeypatch: pytest.MonkeyPatch, lie: str
) -> None:
    print(f"seed {SEED}")
    assert losses(folder, monkeypatch, 200, [lie]) > 20
