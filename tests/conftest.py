"""For all tests: the real broker, the real browser, and a home for Airflow that is not the user's."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

from bruk.supervision.airflow_home import airflow_home, write_airflow_configuration
from contracts.paths import PRODUCT, SitePaths
from contracts.settings import Settings
from contracts.site import read_site_file

# An example that is slow on a busy machine is not a wrong one: time is measured by benchmarks.
hypothesis_settings.register_profile("no_deadline", deadline=None)
hypothesis_settings.load_profile("no_deadline")

pytest_plugins = ["tests.broker", "tests.chromium"]


def pytest_configure(config: pytest.Config) -> None:
    """Airflow reads its home when it is first imported, and tests import it while they are collected."""
    folder = Path(tempfile.mkdtemp(prefix="bruk-airflow-"))
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    paths = SitePaths(folder)
    os.environ["AIRFLOW_HOME"] = str(airflow_home(paths))
    write_airflow_configuration(paths, Settings(), read_site_file(PRODUCT / "demo"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests first: the last file to begin must not be the one that everybody waits for."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)
