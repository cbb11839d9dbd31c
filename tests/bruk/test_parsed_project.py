"""The dbt project is parsed once for a site, and again when a file of it changed, or for another site."""

from __future__ import annotations

from pathlib import Path

import pytest

from bruk import parsed_project
from bruk.transform import run_dbt
from bruk.warehouse import ask
from contracts.site import Site
from tests.sites import make_site

MODEL = "select 1 as one"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "models").mkdir(parents=True)
    (folder / "dbt_project.yml").write_text("name: tiny\nprofile: bruk\n", "utf-8")
    (folder / "models" / "tiny.sql").write_text(MODEL, "utf-8")
    return folder


def kept(project: Path) -> object:
    return parsed_project._kept[project][1]


def build(site: Site, project: Path, *flags: str) -> int:
    done = run_dbt(site, [*flags, "build"], project)
    assert done.ok, done.failures
    return done.models


SOURCES = """
sources:
  - name: inputs
    config:
      meta: {external_location: "read_csv('{{ env_var('BRUK_INPUTS') }}/{name}.csv')"}
    tables: [{name: said}]
"""


def test_the_stages_of_a_site_stand_on_one_parse_and_another_site_reads_its_own_inputs(
    tmp_path: Path, project: Path
) -> None:
    (project / "models" / "sources.yml").write_text(SOURCES, "utf-8")
    (project / "models" / "tiny.sql").write_text("select * from {{ source('inputs', 'said') }}", "utf-8")
    sites = [make_site(tmp_path / name) for name in ("one", "other")]
    for number, site in enumerate(sites):
        site.paths.inputs.mkdir(parents=True, exist_ok=True)
        (site.paths.inputs / "said.csv").write_text(f"number\n{number}\n", "utf-8")
        assert build(site, project) == 1
        parsed = kept(project)
        assert build(site, project) == 1
        assert kept(project) is parsed
    for number, site in enumerate(sites):
        assert ask(site.paths.warehouse, "select number from main.tiny")[1] == [(number,)]


def test_a_file_that_is_new_or_another_is_parsed_again(tmp_path: Path, project: Path) -> None:
    site = make_site(tmp_path / "site")
    assert build(site, project) == 1
    (project / "models" / "second.sql").write_text("select * from {{ ref('tiny') }}", "utf-8")
    assert build(site, project) == 2
    (project / "models" / "second.sql").unlink()
    assert build(site, project) == 1


def test_a_project_that_cannot_be_parsed_is_kept_by_nobody_and_said_in_dbts_words(
    tmp_path: Path, project: Path
) -> None:
    (project / "models" / "tiny.sql").write_text("select * from {{ ref('nowhere') }}", "utf-8")
    with pytest.raises(Exception, match="nowhere"):
        run_dbt(make_site(tmp_path / "site"), ["build"], project)
    assert project not in parsed_project._kept


def test_a_command_that_makes_errors_of_warnings_parses_itself(
    tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = make_site(tmp_path / "site")
    build(site, project, "--warn-error")
    monkeypatch.setenv("DBT_WARN_ERROR", "1")
    build(site, project)
    assert project not in parsed_project._kept
