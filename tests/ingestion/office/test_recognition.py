"""A file of the office is known by its headings, whatever it is called, however it is written, and in which order."""

from __future__ import annotations

import io

import openpyxl
import pytest

from bruk.office.template import TemplateSheet
from bruk.office.workbook import write_workbook
from ingestion.rejection import Rejection
from tests.ingestion.office.filled import TEMPLATES, filled, text_file, workbook
from tests.ingestion.office.reading import Reading, read, read_rows

EACH = pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
LIST = TEMPLATES["participation"]


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Reading:
    return Reading(tmp_path_factory.mktemp("office"))


def changed(data: bytes, change) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(data))
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@EACH
def test_headings_in_any_order_case_and_spacing_are_those_of_one_template(
    reading: Reading, template: TemplateSheet
) -> None:
    def shuffled(book: openpyxl.Workbook) -> None:
        written, sheet = book[template.template.sheet], book.create_sheet("Blad1")
        for number, row in enumerate(written.iter_rows(values_only=True)):
            sheet.append([f" {value.upper()}\n".replace(" ", "  ") if number == 0 else value for value in row[::-1]])
        book.remove(written)

    rows, refused = read_rows(reading, changed(workbook(template, filled(template)), shuffled), "utan namn.xlsx")
    assert refused == []
    assert rows == read_rows(reading, workbook(template, filled(template)), "x.xlsx")[0]
    assert {row.stream for row in rows} == {template.stream}


@EACH
def test_columns_that_need_not_be_filled_in_may_be_absent(reading: Reading, template: TemplateSheet) -> None:
    bare = TemplateSheet(template.stream, template.template, [one for one in template.columns if one.required])
    cells = [
        [value for value, one in zip(row, template.columns, strict=True) if one.required] for row in filled(template)
    ]

    rows, refused = read_rows(reading, text_file(bare, cells), "lista.csv")
    assert refused == []
    assert len(rows) == 3
    assert {row.stream for row in rows} == {template.stream}


def test_no_headings_could_be_of_two_templates() -> None:
    """No set of headings holds what two templates require, and nothing beyond either."""
    for one in TEMPLATES.values():
        for other in TEMPLATES.values():
            both = {c.heading for c in one.columns} & {c.heading for c in other.columns}
            required = {c.heading for sheet in (one, other) for c in sheet.columns if c.required}
            assert one is other or not required <= both, (one.stream, other.stream)


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig"])
@EACH
def test_a_text_file_may_be_written_in_the_usual_ways(
    reading: Reading, template: TemplateSheet, encoding: str, delimiter: str
) -> None:
    data = text_file(template, filled(template), encoding, delimiter)

    assert read(reading, data, "lista.csv") == (3, [])


def test_excels_line_that_tells_the_delimiter_is_no_row(reading: Reading) -> None:
    data = b"sep=,\r\n" + text_file(LIST, filled(LIST), delimiter=",")

    assert read(reading, data, "lista.csv") == (3, [])


def test_one_workbook_may_hold_several_templates_and_sheets_of_ones_own(reading: Reading) -> None:
    funding = TEMPLATES["funding"]

    def with_more(book: openpyxl.Workbook) -> None:
        sheet = book.create_sheet("Medel")
        sheet.append([column.heading for column in funding.columns])
        for row in filled(funding):
            sheet.append(row)
        book.create_sheet("Anteckningar").append(["Ring", "om", "mötet"])

    rows, refused = read_rows(reading, changed(workbook(LIST, filled(LIST)), with_more), "allt.xlsx")
    assert refused == []
    assert [row.stream for row in rows] == ["participation"] * 3 + ["funding"] * 3


def test_a_sheet_that_is_nearly_a_template_keeps_the_whole_file_out_rather_than_being_left_behind(
    reading: Reading,
) -> None:
    funding = TEMPLATES["funding"]

    def with_a_wrong_one(book: openpyxl.Workbook) -> None:
        sheet = book.create_sheet("Medel")
        sheet.append([column.heading.replace("Sökande", "Söknade") for column in funding.columns])
        sheet.append(filled(funding)[0])

    (refused,) = read(reading, changed(workbook(LIST, filled(LIST)), with_a_wrong_one), "allt.xlsx")[1]
    assert refused.code == "E_SHEET_COLUMNS"
    assert refused.facts["sheet"] == "Medel"
    assert "Sökandes organisationsnummer" in refused.words().cure_sv


def test_a_hidden_sheet_with_rows_is_not_read_behind_anybodys_back(reading: Reading) -> None:
    def hide(book: openpyxl.Workbook) -> None:
        book[LIST.template.sheet].sheet_state = "hidden"

    (refused,) = read(reading, changed(workbook(LIST, filled(LIST)), hide), "dold.xlsx")[1]
    assert refused.code == "E_WORKBOOK"
    assert refused.words().cure_sv == "Visa bladet, eller ta bort det."


def test_empty_columns_and_rows_are_nothing(reading: Reading) -> None:
    def spread(book: openpyxl.Workbook) -> None:
        sheet = book[LIST.template.sheet]
        sheet.insert_cols(2, 2)
        sheet.cell(1, 3, "Egen kolumn")  # a heading and nothing below it
        sheet.insert_rows(4)
        sheet.merge_cells("A40:D40")

    assert read(reading, changed(workbook(LIST, filled(LIST)), spread), "glest.xlsx") == (3, [])


@EACH
def test_the_example_row_is_ignored_until_somebody_changes_it(reading: Reading, template: TemplateSheet) -> None:
    assert read(reading, write_workbook(template), "mall.xlsx") == (0, [])

    typed = filled(template)[1]
    at = next(at for at, column in enumerate(template.columns) if typed[at] != column.example)

    def change(book: openpyxl.Workbook) -> None:
        book[template.template.sheet].cell(2, at + 1, typed[at])

    assert read(reading, changed(write_workbook(template), change), "mall.xlsx") == (1, [])


def test_an_empty_list_is_said_to_be_empty(reading: Reading) -> None:
    (refused,) = read(reading, text_file(LIST, [], example=False), "tom.csv")[1]

    assert refused == Rejection("E_EMPTY", {"sheet": "tom"})
