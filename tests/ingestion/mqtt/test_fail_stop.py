"""A disk that fails stops the receiver and the supervisor starts it again; a full disk is waited out."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bruk.supervision.configuration import render_supervisor, supervisor_file, supervisor_pid_file, write_private
from bruk.supervision.programs import BIN, Program
from contracts.paths import PRODUCT
from contracts.settings import Settings
from ingestion.mqtt.client import Publisher
from tests.broker import Broker
from tests.ingestion.mqtt.receiving import Receiving, once, receiving, wait_until
from tests.ingestion.mqtt.test_receiver import numbers, publish


@contextmanager
def supervised(site: Path, broker: Broker, flag: Path) -> Iterator[Receiving]:
    """The receiver under supervisord, by the very configuration that a site gets."""
    receiver = Receiving(site, broker.address)
    paths = receiver.paths
    command = (sys.executable, "-m", "tests.ingestion.mqtt.broken_disk", str(site), str(broker.port), str(flag))
    text = render_supervisor(paths, [Program("receiver", command, PRODUCT, 20, 2, 20)], Settings(site=site))
    write_private(supervisor_file(paths), text)
    paths.logs.mkdir(parents=True)
    environment = {**os.environ, "PYTHONPATH": str(PRODUCT)}
    process = subprocess.Popen(
        [str(BIN / "supervisord"), "-n", "-c", str(supervisor_file(paths))], env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield receiver
    finally:
        process.terminate()
        process.wait(60)
    assert not supervisor_pid_file(paths).exists()


def test_a_receiver_whose_fdatasync_fails_ends_is_started_again_and_loses_nothing(tmp_path: Path, broker: Broker):
    flag = tmp_path / "dying"
    with supervised(tmp_path / "site", broker, flag) as receiver:
        wait_until(lambda: bool(receiver.status().get("subscribed")), 60)
        first = receiver.status()["pid"]
        publish(broker, range(10))
        wait_until(lambda: len(receiver.spooled()) == 10)
        flag.touch()
        publish(broker, range(10, 20))
        wait_until(lambda: receiver.status()["pid"] != first and receiver.status()["subscribed"], 60)
        wait_until(lambda: set(numbers(receiver.spooled())) == set(range(20)), 60)
        log = (receiver.paths.logs / "receiver.log").read_text("utf-8")
    assert "fdatasync failed, what was written may be lost" in log
    # What was written before the failing fdatasync may be there too: it was not acknowledged, and came again.
    assert numbers(once(receiver.spooled())) == Counter(range(20))


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of 8 MiB in memory; skips where mounting is not allowed."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=8m", "bruk-test", folder]
    if shutil.which("mount") is None:
        pytest.skip("no disk of its own can be mounted: there is no program `mount`")
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"no disk of its own can be mounted: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def fill(disk: Path, left: int) -> Path:
    """Fills the disk up to so many bytes."""
    filler = disk / "filler"
    free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
    with filler.open("wb") as file:
        file.write(bytes(max(0, free - left)))
    return filler


def test_a_full_disk_is_shown_nothing_is_acknowledged_and_it_goes_on_alone_within_5_s(tmp_path: Path, broker: Broker):
    with small_disk(tmp_path / "disk") as disk, receiving(Receiving(disk / "site", broker.address)) as receiver:
        receiver.start_connected()
        wait_until(lambda: receiver.status()["subscribed"])
        filler = fill(disk, left=100_000)
        with Publisher(broker.address) as publisher:
            for number in range(4_000):
                publisher.publish("nms/v1/x/t/a/c/u/measurement_v1/temp", f"{number:0200d}".encode())
        wait_until(lambda: "spool_full" in receiver.log)
        held = len(receiver.spooled())
        assert held < 4_000
        time.sleep(2)
        assert len(receiver.spooled()) == held, "what has no room is not taken"
        filler.unlink()
        freed = time.monotonic()
        wait_until(lambda: len(once(receiver.spooled())) > held, 5)
        assert time.monotonic() - freed < 5
        wait_until(lambda: len(set(numbers(receiver.spooled()))) == 4_000, 60)
        assert numbers(once(receiver.spooled())) == Counter(range(4_000))
        wait_until(lambda: receiver.status()["full_since_ns"] is None)
        receiver.stop()
