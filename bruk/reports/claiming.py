"""Writes the values of a claim from an edition, in both languages."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from scorecards.pack.writing import write_claim
from scorecards.reader import read_edition
from scorecards.records import LANGS
from scorecards.voice import Voice


def write_claims(folder: Path, first: date, last: date, out: Path) -> list[str]:
    """Writes `sv/` and `en/` into `out`, for whole months; returns the files below it.

    Raises UsageError for another period, StateError when the edition cannot be read.
    """
    edition = read_edition(folder, folder / "no-gate")
    files: list[str] = []
    for lang in LANGS:
        (out / lang).mkdir(parents=True, exist_ok=True)
        written = write_claim(edition, Voice(lang, edition.manifest.time_zone), first, last, out / lang)
        files += [file.path for file in written]
    return files
