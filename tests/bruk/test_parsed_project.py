"""The dbt project is parsed once a process, and again when a file of it changed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bruk import parsed_project
from bruk.transform import run_dbt
from bruk.warehouse import query
from contracts.paths import DBT_PROJECT
from contracts.site import Site
from tests.sites import make_site

MODEL = "select 1 as one"
SOURCES = """
sources:
  - name: inputs
    tables: [{name: said}]
"""


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


def test_a_second_build_of_a_site_stands_on_the_same_parse(tmp_path: Path, project: Path) -> None:
    site = make_site(tmp_path / "site")
    assert build(site, project) == 1
    parsed = kept(project)
    assert build(site, project) == 1
    assert kept(project) is parsed


def test_one_parse_serves_every_site_and_each_reads_what_was_handed_in_to_it(tmp_path: Path, project: Path) -> None:
    (project / "macros").mkdir()
    shutil.copy(DBT_PROJECT / "macros" / "handed_in.sql", project / "macros")
    (project / "models" / "sources.yml").write_text(SOURCES, "utf-8")
    (project / "models" / "tiny.sql").write_text("select * from {{ handed_in('inputs', 'said') }}", "utf-8")
    parses = set()
    for word in ("one", "other", "third"):
        site = make_site(tmp_path / word)
        site.paths.inputs.mkdir(parents=True)
        pq.write_table(pa.table({"word": [word]}), site.paths.inputs / "said.parquet")
        assert build(site, project) == 1
        assert query(site.paths.warehouse, "from tiny") == [(word,)]
        parses.add(id(kept(project)))
    assert len(parses) == 1


def test_nothing_of_a_site_is_rendered_before_a_model_runs() -> None:
    """A source's `external_location` would bind the parse to the site that was parsed first."""
    for file in DBT_PROJECT.rglob("*.yml"):
        assert "external_location" not in file.read_text("utf-8"), file


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
