"""Starts, stops and lists the services of a site: the only place that talks to the supervisor."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from xmlrpc.client import Fault, ServerProxy

from supervisor.xmlrpc import SupervisorTransport

from bruk.credentials.keeping import keep
from bruk.supervision import airflow_home, configuration, ports, processes
from bruk.supervision.programs import AIRFLOW, BIN, Program, programs
from contracts.clock import Clock, system_clock
from contracts.errors import TransientError
from contracts.paths import PRODUCT, SitePaths
from contracts.settings import Settings, load_settings
from contracts.site import SiteFile, load_site, read_site_file
from ingestion.mqtt.address import local_address

#: What a person is told while services start and stop.
Report = Callable[[str], None]
STOP_SECONDS = 60.0
_PORT_OF = {"broker": "mqtt_port", "follower": "web_port", "airflow-api-server": "airflow_port"}


class NotHealthy(TransientError):
    """A service did not become ready in time; its name and log are in the text."""


@dataclass(frozen=True)
class ServiceStatus:
    """One supervised process. `state` is the supervisor's word: RUNNING, STARTING, BACKOFF, FATAL, STOPPED …"""

    name: str
    state: str
    pid: int | None
    uptime_seconds: int | None
    detail: str
    log: str

    @property
    def running(self) -> bool:
        """Whether it runs now."""
        return self.state == "RUNNING"

    def to_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return asdict(self)


def up(
    folder: Path,
    *,
    wait: bool = True,
    only: set[str] | None = None,
    seconds: float = 120.0,
    report: Report = lambda line: None,
    clock: Clock = system_clock,
) -> list[ServiceStatus]:
    """Starts what does not run yet (all programs, or those named in `only`) and returns the status of all.

    A production site's certificates and access list are made or renewed first.

    With `wait` it returns when broker, pages and Airflow answer, and raises NotHealthy after `seconds`. Services that
    run with other settings or older code are started anew; when only `site.toml`, a source or the registry changed,
    those alone that read them, and the broker goes on receiving. Raises PortTaken, ContractError, TerminalError.
    """
    service = _Services(folder)
    chosen = [program for program in service.programs if only is None or program.name in only]
    names = {program.name for program in chosen}
    text = configuration.render_supervisor(service.paths, chosen, service.settings)
    for changed in keep(load_site(service.paths.site), clock):
        report(f"made anew: {changed}")
    site_now = configuration.site_fingerprint(service.paths)  # before anybody reads it: later changes show next time
    if not (service.answers() and _read(configuration.supervisor_file(service.paths)) == text):
        down(folder, report=report)
        report("checking ports")
        ports.require_free(service.settings, {setting for name, setting in _PORT_OF.items() if name in names})
        service.launch(text)
    elif _read(configuration.site_fingerprint_file(service.paths)) != site_now:
        report("sources, registry or site.toml changed: the services that read them start anew")
        service.stop([program for program in chosen if program.reads_site])
    configuration.write_private(configuration.site_fingerprint_file(service.paths), site_now)
    if names & set(AIRFLOW):
        if not airflow_home.is_prepared(service.paths):
            report("preparing Airflow's database (first start only)")
        airflow_home.prepare_airflow(service.paths, service.environment())
    report("starting services")
    service.start(chosen)
    if wait:
        _wait(service, names, seconds, report)
    return status(folder)


def down(folder: Path, *, report: Report = lambda line: None) -> list[int]:
    """Stops everything that was started for the site; returns the pids that had to be killed (normally none).

    When it returns no process of the site is left, not even those of a supervisor that had died before.
    """
    service = _Services(folder)
    family = service.family()
    if family:
        report(f"stopping {len(family)} processes")
    with suppress(OSError, Fault, http.client.HTTPException):
        service.ask("shutdown")
    # A supervisor that is asked stops its programs one after another; one that is gone left orphans to be asked here.
    left = processes.wait_gone(family, STOP_SECONDS if service.leader_alive(family) else 0.0)
    left = _still(service, left)
    processes.end(left, signal.SIGTERM)
    left = _still(service, processes.wait_gone(left, 20.0 if left else 0.0))
    processes.end(left, signal.SIGKILL)
    processes.wait_gone(left, 10.0)
    for path in (configuration.supervisor_pid_file(service.paths), configuration.socket_path(service.paths)):
        path.unlink(missing_ok=True)
    return [process.pid for process in left]


def status(folder: Path) -> list[ServiceStatus]:
    """One line per program that was started, in starting order; empty when nothing was started."""
    service = _Services(folder)
    order = {program.name: place for place, program in enumerate(service.programs)}
    try:
        found = service.ask("getAllProcessInfo")
    except (OSError, http.client.HTTPException):
        return []
    return sorted((_status(info) for info in found), key=lambda one: order.get(one.name, len(order)))


def running_pids(folder: Path) -> list[int]:
    """Every process of the site: supervisor, services and all that they started."""
    return [process.pid for process in _Services(folder).family()]


class _Services:
    """The supervisor of one site."""

    def __init__(self, folder: Path) -> None:
        self.settings: Settings = load_settings(folder)
        self.paths = SitePaths(self.settings.site)
        self.file: SiteFile = read_site_file(self.settings.site)
        self.programs = programs(self.settings.site, self.file)

    def ask(self, method: str, *arguments: Any) -> Any:
        """Calls the supervisor over its socket, on a connection of its own that is closed afterwards.

        Raises OSError or HTTPException when no supervisor listens, Fault when it refuses.
        """
        transport = SupervisorTransport(None, None, f"unix://{configuration.socket_path(self.paths)}")
        try:
            supervisor = ServerProxy("http://127.0.0.1", transport=transport).supervisor
            return getattr(supervisor, method)(*arguments)
        finally:
            transport.close()

    def answers(self) -> bool:
        """Whether a supervisor runs."""
        try:
            return bool(self.ask("getState")["statename"] == "RUNNING")
        except (OSError, Fault, http.client.HTTPException):
            return False

    def environment(self) -> dict[str, str]:
        """What every service sees: the caller's environment, the site, and the settings that foreign devices need."""
        return {
            **os.environ,
            "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
            "PYTHONPATH": str(PRODUCT),
            "PYTHONUNBUFFERED": "1",
            "BRUK_SITE": str(self.paths.site),
            "BRUK_MQTT_HOST": self.settings.mqtt_host,
            "BRUK_MQTT_PORT": str(self.settings.mqtt_port),
            "AIRFLOW_HOME": str(airflow_home.airflow_home(self.paths)),
        }

    def launch(self, text: str) -> None:
        """Writes the configuration files and starts supervisord in the background. Raises NotHealthy."""
        self.paths.run.mkdir(parents=True, exist_ok=True)
        self.paths.logs.mkdir(parents=True, exist_ok=True)
        file = configuration.supervisor_file(self.paths)
        configuration.write_private(file, text)
        airflow_home.write_airflow_configuration(self.paths, self.settings, self.file)
        command = [str(BIN / "supervisord"), "-c", str(file)]
        done = subprocess.run(
            command, env=self.environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if done.returncode or not _until(self.answers, 10.0):
            raise NotHealthy(f"supervisord did not start: {done.stderr.strip() or done.stdout.strip()}")

    def start(self, chosen: list[Program]) -> None:
        """Starts each that is not running, without waiting for it."""
        idle = {one.name for one in status(self.paths.site) if one.state in ("STOPPED", "EXITED", "FATAL")}
        for program in chosen:
            if program.name in idle:
                with suppress(Fault):
                    self.ask("startProcess", program.name, False)

    def stop(self, chosen: list[Program]) -> None:
        """Stops these, one after another; returns when they have ended."""
        for program in chosen:
            with suppress(Fault):  # it does not run
                self.ask("stopProcess", program.name, True)

    def family(self) -> list[processes.Process]:
        """Every process of the site that runs now."""
        try:
            leader = int(configuration.supervisor_pid_file(self.paths).read_text(encoding="ascii"))
        except (OSError, ValueError):
            return []
        return processes.family(leader, (str(configuration.supervisor_file(self.paths)),))

    def leader_alive(self, family: list[processes.Process]) -> bool:
        """Whether the supervisor itself is among them."""
        return any(process.pid == process.session for process in family)


def _still(service: _Services, left: list[processes.Process]) -> list[processes.Process]:
    """What is left of those we knew, and what was born meanwhile."""
    known = {process.pid: process for process in [*service.family(), *processes.alive(left)]}
    return list(known.values())


def _wait(service: _Services, names: set[str], seconds: float, report: Report) -> None:
    settings = service.settings
    conditions: dict[str, Callable[[], bool]] = {
        "broker": lambda: ports.answers(local_address(settings), settings.mqtt_port),
        "follower": lambda: ports.answers(settings.host, settings.web_port),
        "airflow-api-server": lambda: airflow_home.is_healthy(settings.airflow_port),
    }
    waiting = {name: ready for name, ready in conditions.items() if name in names}
    deadline = time.monotonic() + seconds
    while True:
        for name in [name for name, ready in waiting.items() if ready()]:
            report(f"{name} answers")
            del waiting[name]
        if not waiting:
            return
        if time.monotonic() > deadline:
            logs = ", ".join(str(service.paths.logs / f"{name}.log") for name in waiting)
            raise NotHealthy(f"not ready after {seconds:.0f} s: {', '.join(waiting)}. Read {logs}")
        time.sleep(0.2)


def _until(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not (reached := condition()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return reached


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError:
        return ""


def _status(info: Any) -> ServiceStatus:
    running = info["statename"] == "RUNNING"
    uptime = max(0, info["now"] - info["start"]) if running else None
    detail = info["spawnerr"] or info["description"]
    return ServiceStatus(info["name"], info["statename"], info["pid"] or None, uptime, detail, info["stdout_logfile"])
