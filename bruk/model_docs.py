"""Writes dbt's documentation of the warehouse as one file that needs no other, again when the project has changed."""

from __future__ import annotations

import shutil
from pathlib import Path

from bruk.built import definitions
from bruk.transform import run_dbt
from contracts.errors import TerminalError, TransientError
from contracts.paths import PRODUCT
from contracts.site import Site
from ingestion.atomic import replace_file

#: Its name beside the pages, and the address below the root of the site.
NAME = "datamodell.html"
#: What the contracts say of types and columns is enough: the warehouse is not opened, and nothing is compiled.
_COMMAND = ["docs", "generate", "--static", "--no-compile", "--empty-catalog"]


def model_docs(site: Site) -> Path | None:
    """The file as it was made last; None before the first time."""
    file = _folder(site) / NAME
    return file if file.exists() else None


def renew_model_docs(site: Site) -> bool:
    """Makes the file anew where the project is another than when it was made; returns whether it did.

    Documentation stops nothing: when dbt cannot write it, the last one stays. It is made of the manifest of the
    last refresh; what dbt writes on the way lies apart from what a refresh has there.
    """
    folder, today = _folder(site), definitions(site.paths)
    marker = folder / "made_from"
    if model_docs(site) is not None and marker.exists() and marker.read_text(encoding="utf-8") == today:
        return False
    parsed, written = site.paths.warehouse.parent / "dbt" / "manifest.json", folder / "dbt" / "static_index.html"
    if not parsed.exists():
        return False
    written.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(parsed, written.with_name("manifest.json"))
    try:
        made = run_dbt(site, _COMMAND, target=written.parent).ok
    except (TerminalError, TransientError):
        made = False
    if not made or not written.exists():
        return False
    replace_file(folder / NAME, _without_paths(site, written.read_text(encoding="utf-8")).encode())
    replace_file(marker, today.encode())
    shutil.rmtree(folder / "dbt")
    return True


def _folder(site: Site) -> Path:
    return site.paths.warehouse.parent / "docs"


def _without_paths(site: Site, html: str) -> str:
    """Where the product and the site lie on this machine is nobody's business who reads the pages."""
    for root in sorted({str(site.paths.site), str(PRODUCT)}, key=len, reverse=True):
        html = html.replace(root, "")
    return html
