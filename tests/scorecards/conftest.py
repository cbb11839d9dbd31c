"""Sites rendered once for all tests of this folder."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from scorecards.audience import AUDIENCES, Audience
from scorecards.meeting import Beside, Meeting
from scorecards.pack.files import FOLDER, PackFile
from scorecards.pack.writing import write_pack
from scorecards.reader import read_edition
from scorecards.render import render, render_read
from tests.editions_fixture import build_edition, write_gate
from tests.editions_rows import large

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
def rich_edition(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synthetic edition of nine pilots with every indicator in its scopes."""
    return build_edition(tmp_path_factory.mktemp("rich") / "e", site=large(9, 4, 8, months=8))


@pytest.fixture(scope="session")
def sites(rich_edition: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[Audience, Path]:
    """Its pages for every audience, while the gate stops a newer edition."""
    folder = tmp_path_factory.mktemp("sites")
    read = read_edition(rich_edition, write_gate(folder / "status", "blocked"))
    for audience in AUDIENCES:
        render_read(read, folder / audience, URLS, audience)
    return {audience: folder / audience for audience in AUDIENCES}


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


MEETINGS = (
    Meeting("2026-12-03-styrgrupp-december", date(2026, 12, 3), "Styrgrupp december", "20261123T214000Z-412"),
    Meeting(
        "2026-09-24-styrgrupp-v1", date(2026, 9, 24), "Styrgrupp september", "20260923T180000Z-301", superseded=True
    ),
)


@pytest.fixture(scope="session")
def packed(edition: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[PackFile]]:
    """The pages with two meetings and the report pack below them, and the files of the pack."""
    site = tmp_path_factory.mktemp("packed") / "site"
    files = write_pack(edition, site / FOLDER)
    render(edition, site / "no-gate", site, {}, Beside(MEETINGS, files))
    return site, files
