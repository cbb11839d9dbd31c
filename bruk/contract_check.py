"""Checks every contract file of product and site, one by one, so that all problems are told and not only the first."""

from __future__ import annotations

from pathlib import Path

from contracts.errors import ContractError
from contracts.metrics import elements, read_metrics
from contracts.paths import METRICS, STREAMS, SitePaths
from contracts.registry_loading import load_registry
from contracts.site import read_site_file
from contracts.source_loading import load_sources
from contracts.streams import load_streams, read_streams


def check(folder: Path) -> list[ContractError]:
    """The problems of streams, metrics, `site.toml`, registry and sources; empty when all is well."""
    paths = SitePaths(folder.resolve())
    problems: list[ContractError] = []
    for load in (lambda: read_site_file(paths.site), lambda: load_registry(paths.registry)):
        try:
            load()
        except ContractError as problem:
            problems.append(problem)
    streams, wrong = read_streams(STREAMS)
    return [*wrong, *check_metrics(), *problems, *load_sources(paths.sources, streams)[1]]


def advise(folder: Path) -> list[ContractError]:
    """What a site ought to say and does not; nothing stops for it."""
    try:
        file = read_site_file(SitePaths(folder.resolve()).site)
    except ContractError:  # told by `check`
        return []
    if file.contact is not None:
        return []
    problem = "the site names nobody whom readers can ask, as an accessibility statement must"
    return [ContractError("site.toml", None, problem, "Add [contact] with office, and email or phone or both")]


def check_sources(folder: Path) -> list[ContractError]:
    """The problems of the sources alone."""
    return load_sources(SitePaths(folder.resolve()).sources, load_streams(STREAMS))[1]


def check_metrics(folder: Path = METRICS) -> list[ContractError]:
    """The problems of the elements, or else of the metrics that are made of them."""
    try:
        elements(folder)
    except ContractError as problem:
        return [problem]
    return read_metrics(folder)[1]
