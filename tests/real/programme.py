"""A site that reads the real files of Swedish programmes and statistics, built through the real dbt."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from bruk.dropping import drop_files
from bruk.refresh import plan_refresh
from bruk.transform import run_dbt
from bruk.warehouse import query
from contracts.paths import PRODUCT
from contracts.site import Site, load_site
from ingestion.landing.sealer import land_pending
from tests.real.reference_data import shared
from tests.sites import make_site

Ask = Callable[[str], list[tuple[Any, ...]]]
#: As a site would write them: `sources/*.yaml` beside this module.
_FILES = sorted((Path(__file__).parent / "sources").glob("*.yaml"))
SOURCES = {file.stem: yaml.safe_load(file.read_text("utf-8")) for file in _FILES}
REGIONS = yaml.safe_load((PRODUCT / "contracts" / "standard" / "regions.yaml").read_text("utf-8"))["regions"]


def programme_site(folder: Path) -> Site:
    """A site of the three regions whose programme began in 2014, with the sources of these files."""
    make_site(folder, {"regions": REGIONS}, SOURCES)
    toml = folder / "site.toml"
    toml.write_text(toml.read_text("utf-8").replace("2026-01-01", "2014-01-01"), "utf-8")
    return load_site(folder)


def drop(site: Site, source: str, name: str) -> Any:
    """What became of one real file."""
    [outcome] = drop_files(site, [shared(f"programme_se/{name}")], source)
    return outcome


def build(site: Site, *models: str) -> Ask:
    """Lands what waits and builds the models whole; asks the warehouse."""
    land_pending(site)
    assert plan_refresh(site, full=True) is not None
    flags = ["--full-refresh", "--exclude-resource-type", "unit_test", "--indirect-selection", "cautious"]
    done = run_dbt(site, ["build", *flags, "--select", *(f"+{model}" for model in models)])
    assert done.ok, done.failures
    return lambda sql: list(query(site.paths.warehouse, sql))
