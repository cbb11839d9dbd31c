"""Renders the pages of the current edition and swaps them in at once."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

from bruk.editions import current_edition
from bruk.model_docs import NAME, model_docs, renew_model_docs
from contracts.paths import SitePaths
from contracts.site import Site
from scorecards.render import render

_KEPT = 2  # complete sets that stay: the one that is read, and the one a reader may still be in


def render_pages(site: Site) -> int:
    """Pages of the current edition with the banner as it is now; returns how many, 0 before the first edition.

    A complete set is written beside the old one, then a link is swapped: a reader never sees half of each. The
    documentation of the warehouse is made when the project has changed; nobody waits for it to see the pages.
    """
    edition = current_edition(site.paths)
    if edition is None:
        return 0
    pages = _render(site, edition)
    return _render(site, edition) if renew_model_docs(site) else pages


def _render(site: Site, edition: Path) -> int:
    folder = site.paths.pages
    folder.mkdir(parents=True, exist_ok=True)
    out = folder / f"{edition.name}-{time.time_ns()}"
    docs = model_docs(site)
    result = render(edition, site.paths.status / "gate.json", out, addresses(site) | ({"docs": NAME} if docs else {}))
    if docs is not None:
        os.link(docs, out / NAME)
    link = folder / f".current-{os.getpid()}"
    link.unlink(missing_ok=True)
    link.symlink_to(out.name)
    link.replace(folder / "current")
    _sweep(site.paths, out)
    return int(result.pages)


def has_pages(paths: SitePaths) -> bool:
    """Whether a complete set of pages can be read."""
    return (paths.pages / "current").exists()


def addresses(site: Site) -> dict[str, str]:
    """Where the other pages are, for links from the scorecards."""
    settings = site.settings
    return {"live": "/live/", "live_en": "/live/en/", "airflow": f"http://{settings.host}:{settings.airflow_port}/"}


def _sweep(paths: SitePaths, newest: Path) -> None:
    sets = sorted((p for p in paths.pages.iterdir() if p.is_dir() and not p.is_symlink()), key=_made)
    for old in sets[:-_KEPT]:
        if old != newest:
            shutil.rmtree(old)


def _made(folder: Path) -> int:
    return int(folder.name.rpartition("-")[2]) if folder.name.rpartition("-")[2].isdecimal() else 0
