"""The page that links every file of the report pack: sheets to print, tables, values of the claim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scorecards.edition import PROGRAMME, Edition
from scorecards.figures import anchor_of
from scorecards.links import Page
from scorecards.pack.files import FOLDER, PackFile
from scorecards.voice import Voice


@dataclass(frozen=True)
class FileLink:
    """A file of the pack: `anchor` is its place on this page, which the page of a pilot leads to."""

    name: str
    kind: str
    href: str
    anchor: str = ""


@dataclass(frozen=True)
class Part:
    """The files of one kind of use."""

    code: str
    title: str
    hint: str
    files: list[FileLink]


@dataclass(frozen=True)
class PackPage:
    """Without parts while the files are being made: then there is nothing to link."""

    parts: list[Part]


def pack_page(_: Edition, voice: Voice, page: Page, pack: Sequence[PackFile] | None) -> PackPage:
    """The files of this language."""
    own = [file for file in pack or () if file.lang == voice.lang]
    sheets = [_link(page, file, _anchor(file)) for file in own if file.kind == "pdf"]
    claim = [_link(page, file) for file in own if file.kind != "pdf" and file.is_claim]
    tables = [_link(page, file) for file in own if file.kind != "pdf" and not file.is_claim]
    tables.sort(key=lambda link: link.kind != "XLSX")
    found = {"sheets": sheets, "claim": claim, "tables": tables}
    parts = [Part(code, voice(f"pack.{code}"), voice(f"pack.{code}.hint"), files) for code, files in found.items()]
    return PackPage(parts if pack is not None else [])


def _link(page: Page, file: PackFile, anchor: str = "") -> FileLink:
    return FileLink(file.name, file.kind.upper(), page.to_file(f"{FOLDER}/{file.path}"), anchor)


def _anchor(file: PackFile) -> str:
    return "" if file.scope is None or file.scope == PROGRAMME else anchor_of(file.scope)
