"""Draws pages and report pack of a frozen edition: the same bytes each time, as long as the renderer is the same."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from importlib import metadata
from pathlib import Path

from bruk.manifest import sha256_of
from contracts.paths import PRODUCT
from scorecards.meeting import Beside, Meeting
from scorecards.pack.files import FOLDER
from scorecards.render import render

_LIBRARIES = ("babel", "jinja2", "openpyxl", "weasyprint")


def draw(edition: Path, out: Path, earlier: Sequence[Mapping[str, str]]) -> None:
    """Pages and pack into `out/pages`; nothing in them depends on the clock, the gate, or addresses of this site.

    `earlier`: the meetings that the pages list, each with id, meeting, title and edition. They are not linked: the
    folder of a report is whole without the others.
    """
    from scorecards.pack.writing import write_pack  # loads WeasyPrint

    pages = out / "pages"
    files = write_pack(edition, pages / FOLDER)
    listed = [
        Meeting(one["id"], date.fromisoformat(one["meeting"]), one["title"], one["edition"], linked=False)
        for one in earlier
    ]
    render(edition, out / "no-gate.json", pages, {}, beside=Beside(listed, files))


def renderer() -> str:
    """A hash of all that decides how an edition is drawn: the room `scorecards`, and its libraries."""
    whole = hashlib.sha256()
    room = PRODUCT / "scorecards"
    for file in sorted(path for path in room.rglob("*") if path.is_file() and path.suffix != ".pyc"):
        whole.update(f"{file.relative_to(room).as_posix()}\0{sha256_of(file)}\n".encode())
    for library in _LIBRARIES:
        whole.update(f"{library}\0{metadata.version(library)}\n".encode())
    return whole.hexdigest()
