"""Fixture: a real mosquitto on a free loopback port with the recommended limits, its files in the test's folder."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ingestion.mqtt.address import Broker as Address

HOST = "127.0.0.1"


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@dataclass
class Broker:
    """One mosquitto process; `kill` and `start` play a crash and a restart on the same port and database."""

    folder: Path
    port: int
    host: str = HOST
    message_size_limit: int = 65_536
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def address(self) -> Address:
        """As our clients want it."""
        return Address(self.host, self.port)

    def start(self) -> None:
        """Starts and waits until it answers."""
        binary = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
        config = self.folder / "broker.conf"
        config.write_text(self._config(), encoding="utf-8")
        self.process = subprocess.Popen(
            [binary, "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            with suppress(OSError):
                socket.create_connection((HOST, self.port), 0.2).close()
                return
            time.sleep(0.02)
        raise RuntimeError(f"mosquitto did not start on port {self.port}")

    def stop(self) -> None:
        """SIGTERM: mosquitto saves its sessions."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(10)
            self.process = None

    def kill(self) -> None:
        """SIGKILL: what was not saved is gone."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)
            self.process = None

    def _config(self) -> str:
        database = self.folder / "db"
        database.mkdir(exist_ok=True)
        user = [f"user {getpass.getuser()}"] if os.geteuid() == 0 else []
        lines = [
            *user,
            "per_listener_settings false",
            f"listener {self.port} {HOST}",
            "allow_anonymous true",
            "persistence true",
            f"persistence_location {database}/",
            "autosave_interval 10",
            "upgrade_outgoing_qos true",
            "max_queued_messages 2000000",
            "max_queued_bytes 1000000000",
            "max_inflight_messages 2000",
            f"message_size_limit {self.message_size_limit}",
            f"max_packet_size {self.message_size_limit + 4464}",
        ]
        return "\n".join(lines) + "\n"


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """A running broker of this test alone."""
    folder = tmp_path / "broker"
    folder.mkdir()
    broker = Broker(folder, free_port())
    broker.start()
    yield broker
    broker.kill()
