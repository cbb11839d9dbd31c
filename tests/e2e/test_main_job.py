"""The main job as a user runs it: all services, Airflow too, from nothing to an edition, and to nothing again."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bruk.edition_reader import edition_rows
from bruk.editions import current_edition
from bruk.supervision.processes import all_processes, command_line
from contracts.paths import PRODUCT, SitePaths
from tests.broker import free_port
from tests.e2e.whole import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


class Demonstration:
    """A copy of demo/ with ports of its own, worked by the command line alone."""

    def __init__(self, folder: Path) -> None:
        shutil.copytree(PRODUCT / "demo", folder, ignore=shutil.ignore_patterns("var"))
        self.folder, self.paths = folder, SitePaths(folder)
        self.ports = {name: free_port() for name in ("BRUK_MQTT_PORT", "BRUK_WEB_PORT", "BRUK_AIRFLOW_PORT")}

    def bruk(self, *words: str) -> subprocess.CompletedProcess[str]:
        """One command; its words end up in the test's report when it fails."""
        command = [sys.executable, "-m", "bruk.cli", *words, "--site", str(self.folder)]
        environment = os.environ | {name: str(port) for name, port in self.ports.items()} | {"PYTHONPATH": str(PRODUCT)}
        return subprocess.run(command, cwd=PRODUCT, env=environment, capture_output=True, text=True, check=False)

    def said(self, *words: str) -> Any:
        """What a command prints with --json."""
        done = self.bruk(*words, "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    def get(self, path: str) -> str:
        """A page of the web server."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.ports['BRUK_WEB_PORT']}{path}", timeout=10) as answer:
            return str(answer.read().decode())

    @property
    def edition(self) -> Path:
        found = current_edition(self.paths)
        assert found is not None
        return found

    def processes(self) -> list[str]:
        """Command lines of everything that has this site in its words or in its environment."""
        mine = [pid for pid in all_processes() if pid != os.getpid()]
        return [command_line(pid) for pid in mine if str(self.folder) in command_line(pid) + _environment(pid)]


def _environment(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/environ").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """Up and published, as after `make run`."""
    made = Demonstration(tmp_path_factory.mktemp("demo") / "site")
    try:
        done = made.bruk("run")
        assert done.returncode == 0, done.stdout + done.stderr
        assert f":{made.ports['BRUK_WEB_PORT']}/" in done.stdout
        yield made
    finally:
        made.bruk("down")


def test_it_ends_with_an_edition_whose_pages_are_served_in_both_languages(demonstration: Demonstration) -> None:
    assert "Läget i programmet" in demonstration.get("/")
    assert 'lang="en"' in demonstration.get("/en/")
    assert "Sänder min maskin?" in demonstration.get("/live/")
    assert all(service["state"] == "RUNNING" for service in demonstration.said("status"))


def test_the_recorded_print_went_through_the_broker_as_one_finished_run(demonstration: Demonstration) -> None:
    prints = [run for run in edition_rows(demonstration.edition, "fct_run") if run["reported_duration_s"]]
    (real,) = [run for run in prints if run["product"] == "kub_20mm_åäö.gcode"]
    assert (real["equipment_id"], real["outcome"]) == ("gav-printer-1", "finished")
    assert float(real["reported_duration_s"]) == pytest.approx(337.27, abs=0.005)


def test_what_a_machine_sends_reaches_an_edition_without_anybody_asking(demonstration: Demonstration) -> None:
    before = orders_of_the_line(demonstration.edition)
    wait_until(lambda: bool(orders_of_the_line(demonstration.edition) - before), 240)


def orders_of_the_line(edition: Path) -> set[str]:
    """The ended orders of the simulated line, which knows nothing but MQTT."""
    runs = edition_rows(edition, "fct_run")
    return {run["run_ref"] for run in runs if run["ended_at"] and (run["run_ref"] or "").startswith("press-1-")}


def test_a_second_run_plays_nothing_again(demonstration: Demonstration) -> None:
    assert demonstration.bruk("run").returncode == 0
    accounts = demonstration.said("verify")["accounts"]
    (octoprint,) = [row for row in accounts if row["source"] == "octoprint-gav-printer-1"]
    assert octoprint["received"] == 513


def test_after_down_no_process_of_the_site_is_left(demonstration: Demonstration) -> None:
    assert len(demonstration.processes()) >= 10
    assert demonstration.bruk("down").returncode == 0
    assert demonstration.processes() == []
