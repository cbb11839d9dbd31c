"""Writes the report pack of an edition: A4 sheets, a workbook and CSV of every table, values of the claim."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

from scorecards.audience import Audience
from scorecards.edition import PROGRAMME, Edition
from scorecards.facts import Scope
from scorecards.pack.claim import claim
from scorecards.pack.codes import Code, codes
from scorecards.pack.csv_file import write_csv
from scorecards.pack.files import PackFile, sheet_path
from scorecards.pack.pdf import write_pdf
from scorecards.pack.sheet import ROOMS, end_of_month, sheet
from scorecards.pack.tables import Table, tables
from scorecards.pack.workbook import Cell, SheetOfCells, write_workbook
from scorecards.reader import read_edition
from scorecards.records import LANGS
from scorecards.rendering import template
from scorecards.voice import Voice

#: Told how many of how many files are written.
Report = Callable[[int, int], None]


def write_pack(
    folder: Path,
    out: Path,
    report: Report = lambda done, of: None,
    audience: Audience = "confidential",
    drawn: dict[str, Path] | None = None,
) -> list[PackFile]:
    """Writes the pack of the edition in `folder` for an audience into `out`, `sv/` and `en/`; returns its files.

    The same edition gives the same bytes. `drawn` remembers the sheets that were drawn: one that another audience has
    just so is linked, not drawn again. Raises StateError when the edition cannot be read.
    """
    edition = read_edition(folder, folder / "no-gate").for_audience(audience)
    drawn = {} if drawn is None else drawn
    files: list[PackFile] = []
    scopes: list[Scope] = [PROGRAMME, *(("pilot", pilot.pilot_id) for pilot in edition.pilots)]
    listed = codes(folder, edition.manifest.as_of_day or edition.manifest.published_at.date())
    of = len(LANGS) * len(scopes)
    for lang in LANGS:
        voice = Voice(lang, edition.manifest.time_zone)
        (out / lang).mkdir(parents=True, exist_ok=True)
        files += _tables(folder, edition, voice, out)
        files += _claim(folder, edition, voice, out)
        for scope in scopes:
            files.append(_sheet(edition, listed, voice, scope, out, drawn))
            report(sum(file.kind == "pdf" for file in files), of)
    return files


def _sheet(
    edition: Edition, listed: Sequence[Code], voice: Voice, scope: Scope, out: Path, drawn: dict[str, Path]
) -> PackFile:
    path = sheet_path(voice.lang, scope)
    for room in ROOMS:
        shown = sheet(edition, listed, voice, scope, room)
        html = template("sheet.html", voice).render(sheet=shown, frame=None)
        if html in drawn:
            (out / path).unlink(missing_ok=True)  # of a room that was too large
            os.link(drawn[html], out / path)
            break
        if write_pdf(html, out / path, edition.manifest.published_at) == 1:
            drawn[html] = out / path
            break
    return PackFile(voice.lang, path, shown.title, "pdf", scope)


def _tables(folder: Path, edition: Edition, voice: Voice, out: Path) -> Iterator[PackFile]:
    """A CSV of each table, and one workbook of all with a sheet in front that explains them."""
    listed = [(table, list(table.rows)) for table in tables(folder, edition, voice)]
    for table, rows in listed:
        path = f"{voice.lang}/{table.stem}.csv"
        write_csv([item.heading for item in table.columns], rows, out / path, voice.lang)
        yield PackFile(voice.lang, path, table.title, "csv")
    sheets = [SheetOfCells(table.title, [item.heading for item in table.columns], rows) for table, rows in listed]
    path = f"{voice.lang}/{voice('pack.workbook.file')}.xlsx"
    explained = _explained(edition, voice, [table for table, _ in listed])
    _workbook(edition, voice, [explained, *sheets], out / path)
    yield PackFile(voice.lang, path, voice("pack.workbook"), "xlsx")


def _workbook(edition: Edition, voice: Voice, sheets: list[SheetOfCells], out: Path) -> None:
    title = f"{voice.of(edition.manifest.site)} · {edition.manifest.id}"
    write_workbook(sheets, out, title, edition.manifest.published_at, voice("pack.beyond"))


def _explained(edition: Edition, voice: Voice, listed: list[Table]) -> SheetOfCells:
    """What the edition is, and every column of every sheet with its unit."""
    headings = [voice(f"pack.explain.{word}") for word in ("sheet", "column", "unit", "meaning")]
    rows: list[list[Cell]] = [[voice(f"footer.{key}"), value, "", ""] for key, value in _about(edition, voice)]
    if edition.manifest.profile == "demonstration":
        rows.insert(0, [voice("demonstration.word"), voice("demonstration.text"), "", ""])
    for table in listed:
        rows += [[], [table.title, "", "", table.says]]
        for item in table.columns:
            unit = voice("pack.explain.own_unit") if item.unit == "=" else item.unit
            rows.append([table.title, item.heading, unit, item.says])
    return SheetOfCells(voice("pack.explain"), headings, rows, (26, 36, 18, 90))


def _about(edition: Edition, voice: Voice) -> list[tuple[str, str]]:
    manifest = edition.manifest
    return [
        ("edition", manifest.id),
        ("as_of", voice.instant(manifest.as_of)),
        ("published", voice.instant(manifest.published_at)),
        ("code", manifest.code_version),
    ]


def _claim(folder: Path, edition: Edition, voice: Voice, out: Path) -> list[PackFile]:
    """The values of this year so far."""
    today = edition.manifest.as_of_day
    if today is None:
        return []
    return write_claim(folder, edition, voice, date(today.year, 1, 1), end_of_month(today), out / voice.lang)


def write_claim(folder: Path, edition: Edition, voice: Voice, first: date, last: date, out: Path) -> list[PackFile]:
    """Writes the values of a claim for the months from `first` to `last` as XLSX and CSV into the folder `out`."""
    columns = ("code", "list", "name", "unit", "target", "outcome", "cumulative", "comment")
    rows: list[list[Cell]] = [
        [getattr(row, column) for column in columns] for row in claim(edition, codes(folder, last), voice, first, last)
    ]
    headings = [voice(f"claim.{column}") for column in columns]
    stem = f"{voice('pack.claim.file')}-{first:%Y-%m}-{last:%Y-%m}"
    write_csv(headings, rows, out / f"{stem}.csv", voice.lang)
    sheets = [
        SheetOfCells(voice("pack.claim.sheet"), headings, rows, (12, 18, 40, 16, 20, 20, 20, 100)),
        _explained_claim(edition, voice, first, last),
    ]
    _workbook(edition, voice, sheets, out / f"{stem}.xlsx")
    name = voice("pack.claim.named", first=voice.month(first), last=voice.month(last))
    return [PackFile(voice.lang, f"{out.name}/{stem}.{kind}", name, kind, is_claim=True) for kind in ("xlsx", "csv")]


def _explained_claim(edition: Edition, voice: Voice, first: date, last: date) -> SheetOfCells:
    rows: list[list[Cell]] = [[voice(f"footer.{key}"), value] for key, value in _about(edition, voice)]
    rows += [[voice("claim.period"), f"{voice.day(first)} – {voice.day(last)}"]]
    rows += [[voice(f"claim.{key}"), voice(f"claim.{key}.says")] for key in ("target", "outcome", "cumulative")]
    return SheetOfCells(voice("pack.explain"), [voice("pack.explain.sheet"), ""], rows, (30, 110))
