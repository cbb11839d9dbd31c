"""Makes the report pack of the edition that readers see, and puts it beside the pages of that edition."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path

from bruk.turns import turn
from contracts.paths import SitePaths
from contracts.site import Site
from scorecards.audience import AUDIENCES, Audience, has_page
from scorecards.pack.files import FOLDER, PackFile

_INDEX = "pack.json"
#: Whose site has a pack.
HAVING: tuple[Audience, ...] = tuple(name for name in reversed(AUDIENCES) if has_page(name, "pack"))


def make_pack(site: Site, edition: Path, report: Callable[[int, int], None] = lambda done, of: None) -> bool:
    """Makes the packs of an edition unless they are there; whether they were made now. Packs of other editions go.

    It takes a quarter of a second a sheet: no refresh waits for it.
    """
    folder = site.paths.packs / edition.name
    with turn(site.paths.packs / ".turn", patience=600.0):
        if folder.exists():
            return False
        building = site.paths.packs / ".building"
        shutil.rmtree(building, ignore_errors=True)
        building.mkdir()
        for audience, files in write_packs(
            edition, {name: building / name / FOLDER for name in HAVING}, report
        ).items():
            index = json.dumps([asdict(file) for file in files], ensure_ascii=False)
            (building / audience / _INDEX).write_text(index, "utf-8")
        building.rename(folder)
        for old in site.paths.packs.iterdir():
            if old.is_dir() and old != folder:
                shutil.rmtree(old)
    return True


def write_packs(
    edition: Path, out: Mapping[Audience, Path], report: Callable[[int, int], None] = lambda done, of: None
) -> dict[Audience, list[PackFile]]:
    """Writes the pack of each audience into its folder; they share the sheets that are the same."""
    from scorecards.pack.writing import write_pack  # loads WeasyPrint

    drawn: dict[str, Path] = {}
    return {name: write_pack(edition, folder, report, name, drawn) for name, folder in out.items()}


def pack_of(paths: SitePaths, edition: Path, audience: Audience) -> list[PackFile] | None:
    """The files of the pack of an edition for an audience; None while it is not made, or where there is none."""
    index = paths.packs / edition.name / audience / _INDEX
    if not index.exists():
        return None
    listed = json.loads(index.read_text(encoding="utf-8"))
    return [PackFile(**item | {"scope": tuple(item["scope"]) if item["scope"] else None}) for item in listed]


def link_pack(paths: SitePaths, edition: Path, audience: Audience, pages: Path) -> None:
    """Puts the files of the pack of an audience below its pages; they share their bytes."""
    target = pages / FOLDER
    if target.exists():
        return
    building = pages / f".{FOLDER}"
    shutil.rmtree(building, ignore_errors=True)
    shutil.copytree(paths.packs / edition.name / audience / FOLDER, building, copy_function=os.link)
    building.rename(target)
