"""The list of programs that a site runs: names, commands, order, and how each wants to be stopped."""

from __future__ import annotations

import shlex
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from contracts.errors import TerminalError
from contracts.paths import PRODUCT
from contracts.site import DeviceProgram, SiteFile

BIN = Path(sys.prefix) / "bin"
AIRFLOW = ("airflow-api-server", "airflow-scheduler", "airflow-dag-processor", "airflow-triggerer")


@dataclass(frozen=True)
class Program:
    """One supervised process. Lower `priority` starts earlier; seconds are how long starting and stopping may take."""

    name: str
    command: tuple[str, ...]
    folder: Path
    priority: int
    start_seconds: int = 1
    stop_seconds: int = 15
    #: Airflow's parents stop their children themselves; a signal to the whole group makes them log crashes.
    stop_as_group: bool = True
    autostart: bool = True
    #: Reads sources and registry once, when it starts: a change of theirs asks for a new start.
    reads_site: bool = False

    @property
    def command_line(self) -> str:
        """The command as the supervisor's shell-like splitter reads it."""
        return shlex.join(self.command)


def programs(folder: Path, file: SiteFile) -> list[Program]:
    """All programs of the site in `folder`, in starting order: broker, ours, Airflow's four, then foreign devices."""
    return [*_ours(folder), *_airflow(), *(_device(folder, device) for device in file.devices)]


def _ours(folder: Path) -> list[Program]:
    def bruk(name: str, priority: int, *words: str, stop_seconds: int = 15) -> Program:
        command = (str(BIN / "bruk"), *words, "--site", str(folder))
        return Program(name, command, folder, priority, 2, stop_seconds, reads_site=True)

    broker = (sys.executable, "-m", "bruk.supervision.broker", str(folder))
    return [
        Program("broker", broker, folder, 10, stop_seconds=30),
        bruk("receiver", 20, "ingest", "mqtt", stop_seconds=20),
        bruk("files", 30, "ingest", "files"),
        bruk("sealer", 30, "ingest", "seal", stop_seconds=30),
        bruk("keeper", 40, "ingest", "keep", stop_seconds=30),
        bruk("follower", 30, "ingest", "follow"),
    ]


def _airflow() -> list[Program]:
    def airflow(name: str, *words: str) -> Program:
        command = (str(BIN / "airflow"), *words)
        return Program(name, command, PRODUCT, 50, 5, stop_seconds=40, stop_as_group=False, autostart=False)

    return [
        airflow("airflow-api-server", "api-server"),
        airflow("airflow-dag-processor", "dag-processor"),
        # No log servers: api-server and workers share this machine's log folder, and a port each would be taken
        # by the second site on the machine.
        airflow("airflow-scheduler", "scheduler", "--skip-serve-logs"),
        airflow("airflow-triggerer", "triggerer", "--skip-serve-logs"),
    ]


def _device(folder: Path, device: DeviceProgram) -> Program:
    return Program(f"device-{device.name}", tuple(device.command), folder, 90)


def find_mosquitto() -> str:
    """The path of the broker's program, which Debian keeps where ordinary users do not look. Raises TerminalError."""
    found = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
    if found is None:
        raise TerminalError("mosquitto is not installed; `make run` installs it, or `apt-get install mosquitto`")
    return found
