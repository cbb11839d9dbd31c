"""Prepares Airflow's home in a site: configuration, secrets made once, database and the pool of one writer."""

from __future__ import annotations

import base64
import json
import os
import secrets
import subprocess
import urllib.request
from importlib.metadata import version
from pathlib import Path

from bruk.supervision.configuration import render, write_private
from bruk.supervision.programs import BIN
from contracts.errors import TerminalError
from contracts.paths import PRODUCT, SitePaths
from contracts.settings import Settings
from contracts.site import SiteFile

POOL = "duckdb_writer"


def airflow_home(paths: SitePaths) -> Path:
    """AIRFLOW_HOME of the site."""
    return paths.var / "airflow"


def write_airflow_configuration(paths: SitePaths, settings: Settings, file: SiteFile) -> None:
    """Writes `airflow.cfg` (mode 0600), so that every Airflow process and a person's `airflow` see the same."""
    home = airflow_home(paths)
    text = render(
        "airflow.cfg.j2", home=home, dags=PRODUCT / "dags", port=settings.airflow_port, logs=paths.logs,
        all_admins=file.profile == "demonstration", secrets=_secrets(home),
    )  # fmt: skip
    write_private(home / "airflow.cfg", text.replace("%", "%%") if "%" in text else text)


def is_prepared(paths: SitePaths) -> bool:
    """Whether the database was migrated by the Airflow that is installed now."""
    stamp = _stamp(paths)
    return stamp.exists() and stamp.read_text(encoding="utf-8") == version("apache-airflow")


def prepare_airflow(paths: SitePaths, environment: dict[str, str]) -> None:
    """Migrates the database and makes the pool; does nothing when done before by this version. Raises TerminalError."""
    if is_prepared(paths):
        return
    _airflow(paths, environment, "db", "migrate")
    _airflow(paths, environment, "pools", "set", POOL, "1", "One process at a time may open the warehouse")
    write_private(_stamp(paths), version("apache-airflow"))


def health(port: int) -> dict[str, str]:
    """Status of metadatabase, scheduler, triggerer and dag_processor by name; empty when the API does not answer."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v2/monitor/health", timeout=3) as answer:
            parts = json.load(answer)
    except (OSError, ValueError):
        return {}
    return {name: str(part.get("status")) for name, part in parts.items()}


def is_healthy(port: int) -> bool:
    """Whether all four components say so themselves."""
    parts = health(port)
    return bool(parts) and all(state == "healthy" for state in parts.values())


def _stamp(paths: SitePaths) -> Path:
    return airflow_home(paths) / "prepared-by"


def _airflow(paths: SitePaths, environment: dict[str, str], *words: str) -> None:
    paths.logs.mkdir(parents=True, exist_ok=True)
    with (paths.logs / "airflow-prepare.log").open("ab") as log:
        done = subprocess.run(
            [str(BIN / "airflow"), *words],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            check=False,
        )
    if done.returncode:
        raise TerminalError(f"`airflow {words[0]} {words[1]}` failed; its words are in {log.name}")


def _secrets(home: Path) -> dict[str, str]:
    """The site's secrets: made at the first start, kept in a file of mode 0600, never shown."""
    file = home / "secrets.json"
    if file.exists():
        known: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
        return known
    made = {
        "fernet_key": base64.urlsafe_b64encode(os.urandom(32)).decode(),
        "jwt_secret": secrets.token_urlsafe(48),
        "secret_key": secrets.token_urlsafe(48),
    }
    write_private(file, json.dumps(made))
    return made
