"""Templates are made of the contracts: equal bytes each time, an example, and lists of words to choose from."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from bruk.cli import app
from bruk.office.guide import guide
from bruk.office.template import TemplateSheet, template_of
from bruk.office.workbook import write_workbook
from bruk.office.writing import TEMPLATES, template_bytes, write_templates
from contracts.errors import UsageError
from contracts.office import EXPLANATION, WORDS
from contracts.streams import load_streams
from tests.ingestion.office.filled import TEMPLATES as SHEETS

STREAMS = load_streams()
EACH = pytest.mark.parametrize("template", SHEETS.values(), ids=SHEETS)


@EACH
def test_a_workbook_has_headings_one_example_and_an_explanation_of_each_column(template: TemplateSheet) -> None:
    book = openpyxl.load_workbook(io.BytesIO(write_workbook(template)))
    sheet, explained = book[template.template.sheet], book[EXPLANATION]
    headings = [column.heading for column in template.columns]

    assert book.sheetnames == [template.template.sheet, EXPLANATION, WORDS]
    assert [cell.value for cell in sheet[1]] == headings
    assert sheet.max_row == 2
    assert sheet.freeze_panes == "A2"
    assert [row[0] for row in explained.iter_rows(values_only=True)][-len(headings) :] == headings
    assert {bool(cell.font.bold) for cell in sheet[1]} == {True}


@EACH
def test_every_column_of_words_has_a_list_to_choose_from(template: TemplateSheet) -> None:
    book = openpyxl.load_workbook(io.BytesIO(write_workbook(template)))
    rules = {
        str(rule.sqref).split("2:")[0]: rule.formula1
        for rule in book[template.template.sheet].data_validations.dataValidation
    }
    for place, column in enumerate(template.columns, 1):
        letter = openpyxl.utils.get_column_letter(place)
        assert (letter in rules) == bool(column.words)
        if column.words:
            cells = book[WORDS][rules[letter].split("!")[1].replace("$", "")]
            assert [cell.value for (cell,) in cells] == column.words


@EACH
def test_a_text_template_can_be_opened_in_sweden(template: TemplateSheet) -> None:
    data = template_bytes(template, "csv")
    head, example, *rest = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";")

    assert data.decode("utf-8-sig").encode("cp1252")
    assert data.endswith(b"\r\n")
    assert rest == []
    assert len(head) == len(example) == len(template.columns)


def test_templates_are_the_same_bytes_each_time_and_lie_beside_the_pages(tmp_path: Path) -> None:
    for name in ("one", "other"):
        write_templates(STREAMS, tmp_path / name / TEMPLATES)
    folders = (tmp_path / "one" / TEMPLATES, tmp_path / "other" / TEMPLATES)
    one, other = ({file.name: file.read_bytes() for file in folder.iterdir()} for folder in folders)

    assert one == other
    assert len(one) == 2 * len(SHEETS)
    assert "deltagarlista.xlsx" in one


def test_the_command_lists_and_writes_them(tmp_path: Path) -> None:
    listed = json.loads(CliRunner().invoke(app, ["template", "list", "--json"]).stdout)
    assert [one["stream"] for one in listed] == list(SHEETS)

    done = CliRunner().invoke(app, ["template", "write", "funding", "--out", str(tmp_path / "ut"), "--format", "csv"])
    assert done.exit_code == 0
    assert [file.name for file in (tmp_path / "ut").iterdir()] == ["finansiering.csv"]


@pytest.mark.parametrize(
    ("words", "said"), [([], "say which"), (["nothing"], "no stream"), (["measurement"], "machines send it")]
)
def test_what_has_no_template_is_said(tmp_path: Path, words: list[str], said: str) -> None:
    found = CliRunner().invoke(app, ["template", "write", *words, "--out", str(tmp_path)])

    assert isinstance(found.exception, UsageError)
    assert said in str(found.exception)
    with pytest.raises(UsageError, match="machines send it"):
        template_of(STREAMS["measurement"])


def test_the_guide_names_every_heading() -> None:
    text = guide(STREAMS)

    for sheet in SHEETS.values():
        assert f"## {sheet.template.title.sv}\n" in text
        assert all(f"| {column.heading} |" in text for column in sheet.columns)
