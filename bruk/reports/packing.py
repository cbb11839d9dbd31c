"""Makes the report pack of the edition that readers see, and puts it beside the pages of that edition."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from bruk.turns import turn
from contracts.paths import SitePaths
from contracts.site import Site
from scorecards.pack.files import FOLDER, PackFile

_INDEX = "pack.json"


def make_pack(site: Site, edition: Path, report: Callable[[int, int], None] = lambda done, of: None) -> bool:
    """Makes the pack of an edition unless it is there; whether it was made now. Packs of other editions go.

    It takes a quarter of a second a sheet: no refresh waits for it.
    """
    from scorecards.pack.writing import write_pack  # loads WeasyPrint

    folder = site.paths.packs / edition.name
    with turn(site.paths.packs / ".turn", patience=600.0):
        if folder.exists():
            return False
        building = site.paths.packs / ".building"
        shutil.rmtree(building, ignore_errors=True)
        building.mkdir()
        files = write_pack(edition, building / FOLDER, report)
        (building / _INDEX).write_text(json.dumps([asdict(file) for file in files], ensure_ascii=False), "utf-8")
        building.rename(folder)
        for old in site.paths.packs.iterdir():
            if old.is_dir() and old != folder:
                shutil.rmtree(old)
    return True


def pack_of(paths: SitePaths, edition: Path) -> list[PackFile] | None:
    """The files of the pack of an edition; None while it is not made."""
    index = paths.packs / edition.name / _INDEX
    if not index.exists():
        return None
    listed = json.loads(index.read_text(encoding="utf-8"))
    return [PackFile(**item | {"scope": tuple(item["scope"]) if item["scope"] else None}) for item in listed]


def link_pack(paths: SitePaths, edition: Path, pages: Path) -> None:
    """Puts the files of the pack below the pages; they share their bytes."""
    target = pages / FOLDER
    if target.exists():
        return
    building = pages / f".{FOLDER}"
    shutil.rmtree(building, ignore_errors=True)
    shutil.copytree(paths.packs / edition.name / FOLDER, building, copy_function=os.link)
    building.rename(target)
