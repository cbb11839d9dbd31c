"""Checks every contract file of product and site, one by one, so that all problems are told and not only the first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from contracts.errors import ContractError
from contracts.paths import STREAMS, SitePaths
from contracts.registry import load_registry
from contracts.site import read_site_file
from contracts.sources import load_sources
from contracts.streams import Stream, load_streams

ValueT = TypeVar("ValueT")


def check(folder: Path) -> list[ContractError]:
    """The problems of streams, `site.toml`, registry and sources; empty when all is well."""
    paths = SitePaths(folder.resolve())
    problems: list[ContractError] = []
    streams = _tried(lambda: load_streams(STREAMS), problems)
    _tried(lambda: read_site_file(paths.site), problems)
    _tried(lambda: load_registry(paths.registry), problems)
    return problems + (_of_sources(paths.sources, streams) if streams is not None else [])


def check_sources(folder: Path) -> list[ContractError]:
    """The problems of the sources alone."""
    return _of_sources(SitePaths(folder.resolve()).sources, load_streams(STREAMS))


def _of_sources(folder: Path, streams: dict[str, Stream]) -> list[ContractError]:
    problems: list[ContractError] = []
    _tried(lambda: load_sources(folder, streams), problems)
    return problems


def _tried(load: Callable[[], ValueT], problems: list[ContractError]) -> ValueT | None:
    try:
        return load()
    except ContractError as problem:
        problems.append(problem)
        return None
