"""Writes the office's reports as an office does: a list a month and stream, as a workbook or as text."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from bruk.office.template import TemplateSheet, template_of
from bruk.office.workbook import write_workbook
from contracts.office import FOLDER
from contracts.streams import Property, Stream, load_streams
from office import abroad, cases, learning, maturity, mistakes, money, participation, steering
from office.actors import Report

#: The streams that this office sends as text: semicolons, cp1252.
_AS_TEXT = (
    "course", "funding", "intl_collab", "maturity_assessment", "procurement", "skill_demand", "skills_background",
    "statistic", "stop_reason", "target",
)  # fmt: skip
Rows = list[dict[str, Any]]


def write(out: Path, until: date) -> int:
    """Every list up to a day, below `out/programme`, in the order of the months by name; returns how many."""
    folder = out / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    streams = load_streams()
    known = (report for report in _reports(until) if report.on <= until)
    written = 0
    for stream, month, rows in _lists(known, streams):
        template, items = template_of(streams[stream]), streams[stream].properties
        name = f"{month} {template.template.file}"
        _write(folder / name, template, items, rows, text=stream in _AS_TEXT)
        written += 1
    if until >= mistakes.ON:
        stream = streams["participation"]
        _write(folder / mistakes.NAME, template_of(stream), stream.properties, mistakes.rows(), text=False)
        written += 1
    return written


def _reports(until: date) -> Iterator[Report]:
    yield from participation.reports(until)
    for module in (maturity, cases, learning, money, abroad, steering):
        yield from module.reports()


def _lists(reports: Iterable[Report], streams: dict[str, Stream]) -> Iterator[tuple[str, str, Rows]]:
    """The reports of a stream and month; of a record that was reported twice in the month what was said last."""
    found: dict[tuple[str, str], dict[tuple[Any, ...], dict[str, Any]]] = defaultdict(dict)
    for report in sorted(reports, key=lambda report: report.on):
        key = tuple(report.row.get(name) for name in streams[report.stream].natural_key)
        found[report.stream, f"{report.on:%Y-%m}"][key] = report.row
    for (stream, month), rows in found.items():
        yield stream, month, list(rows.values())


def _write(file: Path, template: TemplateSheet, items: list[Property], rows: Rows, *, text: bool) -> None:
    """The columns that somebody has filled in, and those that must stand there."""
    if not text:
        cells = [[_cell(item, row.get(item.name)) for item in items] for row in rows]
        file.with_name(f"{file.name}.xlsx").write_bytes(write_workbook(template, cells))
        return
    kept = [item for item in items if item.required or any(row.get(item.name) is not None for row in rows)]
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([item.heading for item in kept])
    writer.writerows([[_text(_cell(item, row.get(item.name))) for item in kept] for row in rows])
    file.with_name(f"{file.name}.csv").write_bytes(out.getvalue().encode("cp1252"))


def _cell(item: Property, value: Any) -> Any:
    """As a person types it: the word of a code, Ja or Nej, a date, a number."""
    if isinstance(value, bool):
        return "Ja" if value else "Nej"
    return next((word for word, code in item.words.items() if code == value), value)


def _text(value: Any) -> str:
    return str(value).replace(".", ",") if isinstance(value, float) else "" if value is None else str(value)
