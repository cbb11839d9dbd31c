"""The services of a site: up means that they answer, down means that no process is left, whatever died before."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from bruk import services
from bruk.supervision import ports
from bruk.supervision.processes import all_processes
from contracts.paths import PRODUCT
from contracts.settings import load_settings
from tests.broker import free_port
from tests.e2e.whole import wait_until

pytestmark = pytest.mark.slow

OURS = {"broker", "receiver", "files", "sealer", "keeper", "follower"}


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A site on ports of its own; whatever the test does, nothing runs afterwards."""
    for name in ("MQTT", "WEB", "AIRFLOW"):
        monkeypatch.setenv(f"BRUK_{name}_PORT", str(free_port()))
    folder = tmp_path / "site"
    shutil.copytree(PRODUCT / "demo", folder, ignore=shutil.ignore_patterns("var"))
    yield folder
    services.down(folder)


def running(pids: list[int]) -> set[int]:
    """Those that are still there."""
    return set(pids) & set(all_processes())


def test_what_was_started_answers_and_ends_when_asked(site: Path) -> None:
    found = services.up(site, only=OURS)
    assert {one.name for one in found if one.running} == OURS
    pids = services.running_pids(site)
    assert len(pids) > len(OURS)
    assert services.down(site) == []
    assert running(pids) == set()
    assert services.status(site) == []


def test_down_ends_everything_also_after_the_supervisor_was_killed(site: Path) -> None:
    services.up(site, only=OURS)
    pids = services.running_pids(site)
    os.kill(pids[0], signal.SIGKILL)
    wait_until(lambda: pids[0] not in all_processes())
    assert running(pids) == set(pids[1:])
    services.down(site)
    assert running(pids) == set()


def test_a_changed_source_registry_or_site_starts_those_anew_that_read_it_and_no_other(site: Path) -> None:
    before = {one.name: one.pid for one in services.up(site, only=OURS)}
    for file in ("sources/uns.yaml", "registry/equipment.yaml", "site.toml"):
        with (site / file).open("a") as changed:
            changed.write("# a line more\n")
        after = {one.name: one.pid for one in services.up(site, only=OURS)}
        assert {name for name in OURS if before[name] != after[name]} == OURS - {"broker"}, file
        before = after
    assert {one.name: one.pid for one in services.up(site, only=OURS)} == before


def test_a_second_start_keeps_what_runs_and_a_service_that_dies_comes_back(site: Path) -> None:
    first = {one.name: one.pid for one in services.up(site, only=OURS)}
    assert {one.name: one.pid for one in services.up(site, only=OURS)} == first
    os.kill(first["follower"] or 0, signal.SIGKILL)
    settings = load_settings(site)
    wait_until(lambda: not ports.answers(settings.host, settings.web_port))
    wait_until(lambda: ports.answers(settings.host, settings.web_port), 60)
    assert services.down(site) == []
