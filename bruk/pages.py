"""Renders the pages of the current edition for every audience, and swaps each site in at once."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

from bruk.editions import current_edition
from bruk.model_docs import NAME, model_docs, renew_model_docs
from contracts.paths import SitePaths
from contracts.site import Site
from scorecards.audience import AUDIENCES, Audience
from scorecards.edition import Edition
from scorecards.reader import read_edition
from scorecards.render import render_read

_KEPT = 2  # complete sets that stay: the one that is read, and the one a reader may still be in


def render_pages(site: Site) -> int:
    """Pages of the current edition with the banner as it is now; returns how many, 0 before the first edition.

    A complete set is written beside the old one, then a link is swapped: a reader never sees half of each. What did not
    change is taken from the old set. The documentation of the warehouse is made when the project has changed; nobody
    waits for it to see the pages.
    """
    edition = current_edition(site.paths)
    if edition is None:
        return 0
    pages = _render(site, edition)
    return _render(site, edition) if renew_model_docs(site) else pages


def folder_of(paths: SitePaths, audience: Audience) -> Path:
    """Where the sets of an audience lie, `current` among them."""
    return paths.pages if audience == "confidential" else paths.sites / audience


def _render(site: Site, edition: Path) -> int:
    """Every site from one reading of the edition; that of the house first, because somebody looks at it."""
    read, docs = read_edition(edition, site.paths.status / "gate.json"), model_docs(site)
    return sum(_render_for(site, read, edition.name, audience, docs) for audience in reversed(AUDIENCES))


def _render_for(site: Site, read: Edition, name: str, audience: Audience, docs: Path | None) -> int:
    folder = folder_of(site.paths, audience)
    folder.mkdir(parents=True, exist_ok=True)
    out, current = folder / f"{name}-{time.time_ns()}", folder / "current"
    house = audience == "confidential"
    urls = (addresses(site) if house else {}) | ({"docs": NAME} if house and docs else {})
    result = render_read(read, out, urls, audience, current.resolve() if current.exists() else None)
    if house and docs is not None:
        os.link(docs, out / NAME)
    link = folder / f".current-{os.getpid()}"
    link.unlink(missing_ok=True)
    link.symlink_to(out.name)
    link.replace(current)
    _sweep(folder, out)
    return result.pages


def has_pages(paths: SitePaths) -> bool:
    """Whether a complete set of pages can be read."""
    return (paths.pages / "current").exists()


def addresses(site: Site) -> dict[str, str]:
    """Where the other pages are, for links from the scorecards."""
    settings = site.settings
    return {"live": "/live/", "live_en": "/live/en/", "airflow": f"http://{settings.host}:{settings.airflow_port}/"}


def _sweep(folder: Path, newest: Path) -> None:
    sets = sorted((p for p in folder.iterdir() if p.is_dir() and not p.is_symlink()), key=_made)
    for old in sets[:-_KEPT]:
        if old != newest:
            shutil.rmtree(old)


def _made(folder: Path) -> int:
    return int(folder.name.rpartition("-")[2]) if folder.name.rpartition("-")[2].isdecimal() else 0
