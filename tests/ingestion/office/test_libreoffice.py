"""A template that was filled in and saved by LibreOffice lands without a word of configuration, cell by cell."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest

from bruk.office.template import TemplateSheet
from tests.ingestion.office.filled import TEMPLATES, filled, text_file
from tests.ingestion.office.libreoffice import SAVED, SOFFICE, save_all
from tests.ingestion.office.reading import Reading, read_rows

EACH = pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Reading:
    return Reading(tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="module")
def anew(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if SOFFICE is None:
        pytest.skip("LibreOffice is not installed (libreoffice-calc-nogui)")
    folder = tmp_path_factory.mktemp("saved")
    save_all(folder)
    return folder


def holds_what_was_filled_in(reading: Reading, template: TemplateSheet, folder: Path) -> None:
    typed = read_rows(reading, text_file(template, filled(template), "utf-8"), "typed.csv")[0]
    assert len(typed) == 3
    for ending in ("xlsx", "csv"):
        name = template.file_name(ending)
        rows, refused = read_rows(reading, (folder / name).read_bytes(), name)
        assert refused == []
        assert rows == typed


@EACH
def test_what_libreoffice_saved_lands_as_it_was_typed(reading: Reading, template: TemplateSheet) -> None:
    holds_what_was_filled_in(reading, template, SAVED)


@EACH
def test_what_the_libreoffice_of_today_saves_does_too(reading: Reading, template: TemplateSheet, anew: Path) -> None:
    holds_what_was_filled_in(reading, template, anew)


def test_the_saved_files_name_neither_a_person_nor_a_machine() -> None:
    for file in SAVED.glob("*.xlsx"):
        with zipfile.ZipFile(file) as package:
            said = b"".join(package.read(part) for part in package.namelist() if part.startswith("docProps/"))
        assert set(re.findall(rb"<(?:dc:creator|cp:lastModifiedBy|Company|Manager)>([^<]*)<", said)) <= {b"Bruk", b""}


def test_the_saved_text_files_are_of_a_swedish_office() -> None:
    text = (SAVED / "finansiering.csv").read_bytes()

    assert b";1,5;" in text
    assert "Tillväxtverket".encode("cp1252") in text
