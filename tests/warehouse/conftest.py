"""The warehouses of these tests: the demonstration's first five days, and a project of one model."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from bruk.dropping import drop_files
from bruk.refresh import plan_refresh
from bruk.transform import BuildResult, transform
from bruk.warehouse import query
from contracts.office import FOLDER
from contracts.paths import DBT_PROJECT, PRODUCT
from contracts.site import Site, load_site
from tests.sites import make_site
from tests.warehouse.small import FIRST, MODEL, PROJECT, SECOND, YAML, Small


@dataclass(frozen=True)
class Built:
    """A site whose warehouse was built in its two stages by a dbt that turns every warning into an error."""

    site: Site
    stages: list[BuildResult]

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """The project as dbt parsed it."""
        return self.written("manifest.json")

    def written(self, name: str) -> dict[str, Any]:
        """What dbt wrote of the last stage."""
        return dict(json.loads((self.site.paths.warehouse.parent / "dbt" / name).read_bytes()))

    @cached_property
    def models(self) -> dict[str, dict[str, Any]]:
        """The manifest's models by name."""
        return {node["name"]: node for node in self.manifest["nodes"].values() if node["resource_type"] == "model"}

    @cached_property
    def columns(self) -> dict[str, list[str]]:
        """The columns that stand in the warehouse, by table or view."""
        sql = (
            "select table_name, list(column_name order by ordinal_position) from information_schema.columns group by 1"
        )
        return dict(query(self.site.paths.warehouse, sql))


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """May 2026, the 1st to the 5th, through the drop folders."""
    folder = tmp_path_factory.mktemp("warehouse")
    for name in ("registry", "sources"):
        shutil.copytree(PRODUCT / "demo" / name, folder / "site" / name)
    shutil.copy(PRODUCT / "demo" / "site.toml", folder / "site" / "site.toml")
    command = [sys.executable, str(PRODUCT / "demo" / "history.py"), "--out", str(folder / "out")]
    subprocess.run([*command, "--until", "2026-05-05"], check=True, capture_output=True)
    site = load_site(folder / "site")
    for source in sorted((folder / "out").iterdir()):
        drop_files(site, sorted(source.iterdir()), None if source.name == FOLDER else source.name)
    assert plan_refresh(site, full=True) is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DBT_WARN_ERROR", "1")
        return Built(site, [transform(site, "core", full=True), transform(site, "marts", full=True)])


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two days, built whole: once, and copied for every test."""
    folder = tmp_path_factory.mktemp("small")
    make_site(folder / "site")
    (folder / "project" / "models").mkdir(parents=True)
    shutil.copytree(DBT_PROJECT / "macros", folder / "project" / "macros")
    (folder / "project" / "dbt_project.yml").write_text(PROJECT, encoding="utf-8")
    made = Small(folder)
    made.write(MODEL, YAML)
    done = made.build([(FIRST, "a", 1), (SECOND, "b", 2)], set())
    assert done.ok, done.failures
    return folder


@pytest.fixture
def small(template: Path, tmp_path: Path) -> Small:
    """The two days, to be built upon."""
    return Small(shutil.copytree(template, tmp_path / "small"))
