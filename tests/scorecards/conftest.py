"""Sites rendered once for all tests of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from scorecards.render import render
from tests.editions_fixture import build_edition, write_gate

URLS = {"live": "/live/", "live_en": "/live/en/", "airflow": "http://localhost:8080/", "docs": "/data-model/"}


@pytest.fixture(scope="session")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synthetic edition with seven months of history."""
    return build_edition(tmp_path_factory.mktemp("edition") / "e")


@pytest.fixture(scope="session")
def pages(edition: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its pages, with an open gate."""
    folder = tmp_path_factory.mktemp("pages")
    render(edition, write_gate(folder / "status"), folder / "site", URLS)
    return folder / "site"


@pytest.fixture(scope="session")
def blocked_pages(edition: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its pages while the gate stops a newer edition."""
    folder = tmp_path_factory.mktemp("blocked")
    render(edition, write_gate(folder / "status", "blocked"), folder / "site", URLS)
    return folder / "site"


@pytest.fixture(scope="session")
def empty_pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of an edition of a real site that has a registry and has received nothing."""
    folder = tmp_path_factory.mktemp("empty")
    bare = build_edition(folder / "e", profile="production", with_history=False)
    render(bare, folder / "gate.json", folder / "site", {})
    return folder / "site"
