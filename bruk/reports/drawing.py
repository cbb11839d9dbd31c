"""Draws pages and report pack of a frozen edition: the same bytes each time, as long as the renderer is the same."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from importlib import metadata
from pathlib import Path

from bruk.manifest import sha256_of
from bruk.office.writing import TEMPLATES, write_templates
from bruk.reports.kept import pages_of
from bruk.reports.packing import HAVING, write_packs
from contracts.paths import PRODUCT, STREAMS
from contracts.streams import load_streams
from scorecards.meeting import Beside, Meeting
from scorecards.pack.files import FOLDER
from scorecards.reader import read_edition
from scorecards.render import render_read

_LIBRARIES = ("babel", "jinja2", "openpyxl", "weasyprint")


def draw(edition: Path, out: Path, earlier: Sequence[Mapping[str, str]]) -> None:
    """Pages and pack of the house into `out/pages`, of the programme into `out/sites/programme`.

    Nothing in them depends on the clock, the gate, or addresses of this site. `earlier`: the meetings that the pages
    list, each with id, meeting, title and edition. They are not linked: the folder of a report is whole without the
    others.
    """
    folders = {audience: out / pages_of(audience) for audience in HAVING}
    packs = write_packs(edition, {audience: folder / FOLDER for audience, folder in folders.items()})
    listed = [
        Meeting(one["id"], date.fromisoformat(one["meeting"]), one["title"], one["edition"], linked=False)
        for one in earlier
    ]
    read = read_edition(edition, out / "no-gate.json")
    for audience, folder in folders.items():
        render_read(read, folder, {}, audience, beside=Beside(listed, packs[audience]))
        write_templates(load_streams(), folder / TEMPLATES)


def renderer() -> str:
    """A hash of all that decides how an edition is drawn: pages, pack and templates, and their libraries."""
    whole = hashlib.sha256()
    rooms = (PRODUCT / "scorecards", PRODUCT / "bruk" / "office", STREAMS)
    for file in sorted(path for room in rooms for path in room.rglob("*") if path.is_file() and path.suffix != ".pyc"):
        whole.update(f"{file.relative_to(PRODUCT).as_posix()}\0{sha256_of(file)}\n".encode())
    for library in _LIBRARIES:
        whole.update(f"{library}\0{metadata.version(library)}\n".encode())
    return whole.hexdigest()
