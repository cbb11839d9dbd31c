"""Renders the pages of the current edition for every audience, and swaps each site in at once."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

from bruk.editions import current_edition
from bruk.model_docs import NAME, model_docs, renew_model_docs
from bruk.office.writing import TEMPLATES, write_templates
from bruk.reports.kept import pages_of, reports
from bruk.reports.packing import HAVING, link_pack, make_pack, pack_of
from contracts.paths import SitePaths
from contracts.site import Site
from scorecards.audience import AUDIENCES, Audience, has_page
from scorecards.edition import Edition
from scorecards.meeting import Beside, Meeting
from scorecards.reader import read_edition
from scorecards.render import render_pack_page, render_read

_KEPT = 2  # complete sets that stay: the one that is read, and the one a reader may still be in


def render_pages(site: Site) -> int:
    """Pages of the current edition with the banner as it is now; returns how many, 0 before the first edition.

    A complete set is written beside the old one, then a link is swapped: a reader never sees half of each. The
    documentation of the warehouse is made when the project has changed; nobody waits for it to see the pages. What did
    not change is taken from the old set.
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
    read = read_edition(edition, site.paths.status / "gate.json")
    return sum(_render_for(site, read, edition, audience) for audience in reversed(AUDIENCES))


def _render_for(site: Site, read: Edition, edition: Path, audience: Audience) -> int:
    folder, beside = folder_of(site.paths, audience), _beside(site, edition, audience)
    folder.mkdir(parents=True, exist_ok=True)
    out, current = folder / f"{edition.name}-{time.time_ns()}", folder / "current"
    house = audience == "confidential"
    previous = current.resolve() if current.exists() else None
    result = render_read(read, out, _urls(site) if house else {}, audience, previous, beside)
    write_templates(site.streams, out / TEMPLATES)
    if house and (docs := model_docs(site)) is not None:
        os.link(docs, out / NAME)
    if beside.pack is not None:
        link_pack(site.paths, edition, audience, out)
    _link_meetings(site, audience, beside, out)
    link = folder / f".current-{os.getpid()}"
    link.unlink(missing_ok=True)
    link.symlink_to(out.name)
    link.replace(current)
    _sweep(folder, out)
    return result.pages


def _link_meetings(site: Site, audience: Audience, beside: Beside, out: Path) -> None:
    """So that a link leads to a frozen report from a file share, too; the web door serves it itself."""
    for meeting in (one for one in beside.meetings if one.linked):
        kept = site.paths.reports / meeting.id / pages_of(audience)
        (out / "moten" / meeting.id).symlink_to(os.path.relpath(kept, out / "moten"))


def add_pack(site: Site) -> bool:
    """Makes the report pack of the current edition unless it is there, and links it; whether it was made now.

    Until then the page of the pack says that it is being made. False before the first edition.
    """
    edition = current_edition(site.paths)
    if edition is None:
        return False
    made = make_pack(site, edition)
    for audience in HAVING:
        current = folder_of(site.paths, audience) / "current"
        if current.exists() and (pages := current.resolve()).name.rpartition("-")[0] == edition.name:
            link_pack(site.paths, edition, audience, pages)
            urls = _urls(site) if audience == "confidential" else {}
            beside = _beside(site, edition, audience)
            render_pack_page(edition, site.paths.status / "gate.json", pages, urls, beside, audience)
    return made


def _beside(site: Site, edition: Path, audience: Audience) -> Beside:
    """Its meetings are those whose report has pages for the audience: none where it has no page of meetings."""
    kept = reports(site.paths) if has_page(audience, "meetings") else []
    replaced = {report.supersedes for report in kept}
    listed = [
        Meeting(
            one.id, one.day, one.title, one.edition, one.id in replaced,
            linked=(one.folder(site.paths) / pages_of(audience)).exists(),
        )
        for one in kept
    ]  # fmt: skip
    return Beside(listed, pack_of(site.paths, edition, audience))


def _urls(site: Site) -> dict[str, str]:
    return addresses(site) | ({"docs": NAME} if model_docs(site) else {})


def shown_edition(paths: SitePaths) -> str | None:
    """The id of the edition whose complete set of pages can be read; None before the first."""
    current = paths.pages / "current"
    return current.resolve().name.rpartition("-")[0] if current.exists() else None


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
