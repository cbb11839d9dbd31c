"""Renders the configuration files of broker, supervisor and Airflow from `infra/` into the site's `var/`."""

from __future__ import annotations

import getpass
import hashlib
import os
import tempfile
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bruk.supervision.programs import Program
from contracts.errors import ContractError
from contracts.paths import PRODUCT, SitePaths
from contracts.settings import Settings
from contracts.site import read_site_file
from ingestion.atomic import replace_file
from ingestion.mqtt.address import SERVICES

#: sun_path holds 108 bytes including the final zero; the supervisor appends its pid while it creates the socket.
SOCKET_BYTES = 96
ROOMS = ("contracts", "ingestion", "expectations", "scorecards", "bruk", "dags", "infra")


def _percent(text: object) -> str:
    """The supervisor expands %(name)s: a percent sign in a value is written twice."""
    return str(text).replace("%", "%%")


templates = Environment(
    loader=FileSystemLoader(PRODUCT / "infra"),
    undefined=StrictUndefined,
    autoescape=False,
    keep_trailing_newline=True,
    trim_blocks=True,
)
templates.filters["conf"] = _percent


def write_private(path: Path, text: str) -> None:
    """Replaces the file whole, readable by its owner alone."""
    replace_file(path, text.encode(), durable=False, mode=0o600)


def broker_folder(paths: SitePaths) -> Path:
    """Where the broker keeps its queue."""
    return paths.var / "broker"


def broker_pid_file(paths: SitePaths) -> Path:
    """Written by the broker at its start and removed by it after a clean stop, so that it tells a crash."""
    return paths.run / "broker.pid"


def render_broker(paths: SitePaths, settings: Settings) -> str:
    """mosquitto's configuration, paths absolute because the broker resolves them from its working directory.

    A production site's broker takes TLS with client certificates alone, a demonstration's is anonymous and refused
    anything but loopback (ContractError).
    """
    demonstration = read_site_file(paths.site).profile == "demonstration"
    if demonstration and not _is_loopback(settings.mqtt_listen):
        problem = f"a demonstration's broker asks nobody who they are, and would listen on {settings.mqtt_listen}"
        hint = 'Leave mqtt_listen at 127.0.0.1, or say profile = "production" in site.toml'
        raise ContractError("settings", None, problem, hint)
    return templates.get_template("mosquitto.conf.j2").render(
        port=settings.mqtt_port, listen=settings.mqtt_listen, user=getpass.getuser(), folder=broker_folder(paths),
        pid_file=broker_pid_file(paths), message_size_limit=settings.message_size_limit,
        credentials=None if demonstration else paths.credentials, connections=settings.mqtt_connections,
    )  # fmt: skip


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


def render_supervisor(paths: SitePaths, programs: list[Program], settings: Settings) -> str:
    """supervisord's configuration; it changes whenever settings, programs or our own code do."""
    return templates.get_template("supervisord.conf.j2").render(
        fingerprint=fingerprint(settings), socket=socket_path(paths), logs=_percent(paths.logs),
        pidfile=_percent(supervisor_pid_file(paths)), product=_percent(PRODUCT), user=getpass.getuser(),
        programs=programs,
    )  # fmt: skip


def render(template: str, **values: Any) -> str:
    """Any other template of `infra/`."""
    return templates.get_template(template).render(**values)


def supervisor_file(paths: SitePaths) -> Path:
    """The generated configuration of the supervisor."""
    return paths.run / "supervisord.conf"


def supervisor_pid_file(paths: SitePaths) -> Path:
    """The supervisor's pid, which is also the session id of everything that it started."""
    return paths.run / "supervisord.pid"


def socket_path(paths: SitePaths) -> Path:
    """The supervisor's socket: in `var/run`, or under the temporary folder when that path is too long for a socket."""
    inside = paths.run / "supervisor.sock"
    if len(os.fsencode(inside)) <= SOCKET_BYTES and "%" not in str(inside):
        return inside
    key = hashlib.sha256(os.fsencode(paths.site)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"bruk-{os.getuid()}-{key}.sock"


def site_fingerprint(paths: SitePaths) -> str:
    """Changes when `site.toml`, a source, a registry file or an own certificate does: who reads it is started anew."""
    own = (paths.credentials / f"{name}.crt" for name in SERVICES)
    digest = hashlib.sha256()
    for path in [
        paths.site / "site.toml",
        *sorted(paths.sources.glob("*.yaml")),
        *sorted(paths.registry.glob("*.yaml")),
        *(file for file in own if file.exists()),
    ]:
        digest.update(f"{path.relative_to(paths.site)}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def site_fingerprint_file(paths: SitePaths) -> Path:
    """Keeps the fingerprint of the site as the running services have read it."""
    return paths.run / "site.fingerprint"


def fingerprint(settings: Settings) -> str:
    """Changes when the settings or a file of our code change: running services are then started anew."""
    digest = hashlib.sha256(settings.model_dump_json().encode())
    for room in ROOMS:
        for path in sorted((PRODUCT / room).rglob("*")):
            if path.suffix in (".py", ".j2", ".yaml"):
                state = path.stat()
                digest.update(f"{path.relative_to(PRODUCT)} {state.st_mtime_ns} {state.st_size}\n".encode())
    return digest.hexdigest()[:16]
