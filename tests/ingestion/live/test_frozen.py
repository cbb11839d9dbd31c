"""Frozen reports over HTTP: their pages and files below `/moten/`, a draft under its own name, and nothing else."""

from __future__ import annotations

import urllib.error
import urllib.request

import pytest

from ingestion.live.app import make_app
from ingestion.live.state import LiveState
from tests.ingestion.live.serving import serving
from tests.sites import clock_at, make_site


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    site = make_site(tmp_path_factory.mktemp("site"))
    for name in ("2026-12-03-styrgrupp", ".draft-2027-03-01", ".building-2027-03-02"):
        folder = site.paths.reports / name
        (folder / "pages/mal/1").mkdir(parents=True)
        (folder / "edition").mkdir()
        (folder / "pages/index.html").write_text(f"sidan {name}", encoding="utf-8")
        (folder / "pages/mal/1/index.html").write_text("mål 1", encoding="utf-8")
        (folder / "edition/dim_pilot.parquet").write_text("hemligt", encoding="utf-8")
        (folder / "report.json").write_text("{}", encoding="utf-8")
    pages = site.paths.pages / "one"
    (pages / "moten").mkdir(parents=True)
    (pages / "moten/index.html").write_text("alla möten", encoding="utf-8")
    (site.paths.pages / "current").symlink_to("one")
    with serving(make_app(LiveState(site, clock_at()))) as served:
        yield served


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/moten/", "alla möten"),
        ("/moten/index.html", "alla möten"),
        ("/moten/2026-12-03-styrgrupp/", "sidan 2026-12-03-styrgrupp"),
        ("/moten/2026-12-03-styrgrupp/index.html", "sidan 2026-12-03-styrgrupp"),
        ("/moten/2026-12-03-styrgrupp/mal/1/", "mål 1"),
        ("/moten/utkast-2027-03-01/", "sidan .draft-2027-03-01"),
    ],
)
def test_the_pages_of_a_frozen_report_and_of_a_draft_are_served(address, path, said):
    with urllib.request.urlopen(address + path, timeout=10) as answer:
        assert answer.read().decode() == said
        assert "default-src 'self'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    "path",
    [
        "/moten/2026-12-03-styrgrupp/edition/dim_pilot.parquet",
        "/moten/2026-12-03-styrgrupp/report.json",
        "/moten/2026-12-03-styrgrupp/../edition/dim_pilot.parquet",
        "/moten/2026-12-03-styrgrupp/%2e%2e/edition/dim_pilot.parquet",
        "/moten/.draft-2027-03-01/",
        "/moten/.building-2027-03-02/",
        "/moten/%2e%2e/reports/",
        "/moten/utkast-2027-03-02/",
        "/moten/nothing/",
    ],
)
def test_nothing_else_of_a_report_is(address, path):
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(address + path, timeout=10)
    assert refused.value.code == 404
    refused.value.close()
