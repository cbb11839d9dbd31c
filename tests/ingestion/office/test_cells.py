"""What a person types comes back as it was meant, by XLSX and by CSV, and what has two meanings does not."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, timedelta
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from ingestion.adapters.grid import letters
from tests.ingestion.office.filled import TEMPLATES, Cells, filled, text_file, workbook
from tests.ingestion.office.reading import Reading, read_rows

LIST = TEMPLATES["participation"]
PLACES = {column.heading: at for at, column in enumerate(LIST.columns)}
NAMES = {"Organisationsnummer": "org_nr", "Namn": "name", "Datum": "activity_date", "Timmar": "hours",
         "Storleksklass": "size_class", "Kommun": "municipality"}  # fmt: skip


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Reading:
    return Reading(tmp_path_factory.mktemp("office"))


def row_with(**cells: Any) -> Cells:
    row = filled(LIST, 1)[0]
    for heading, value in cells.items():
        row[PLACES[heading]] = value
    return row


def read_one(reading: Reading, heading: str, value: Any, *, text: bool = False) -> Any:
    """What a cell becomes, or the code of its refusal."""
    rows = [row_with(**{heading: value})]
    data = text_file(LIST, rows) if text else workbook(LIST, rows)
    found, refused = read_rows(reading, data, "lista.csv" if text else "lista.xlsx")
    return refused[0].code if refused else found[0].values[NAMES[heading]]


typed = st.fixed_dictionaries(
    {
        "Namn": st.text(st.characters(codec="cp1252", categories=["L", "N", "P", "Zs"]), max_size=20).map(str.strip),
        "Timmar": st.integers(0, 10**6).map(lambda n: n / 4) | st.none(),
        "Datum": st.dates(date(2014, 1, 1), date(2026, 11, 24)),
        "Kommun": st.sampled_from(["", "värd", "en; två", 'sa "ja"', "rad ett\nrad två", "=summa", "#1", "Ja"]),
        "Storleksklass": st.sampled_from(["", "Mikro", "STORT", " medelstort "]),
    }
)


@settings(max_examples=25, deadline=None)
@given(rows=st.lists(typed, min_size=1, max_size=4))
def test_rows_come_back_equal_from_a_workbook_and_from_a_text_file(
    reading: Reading, rows: list[dict[str, Any]]
) -> None:
    cells = []
    for number, row in enumerate(rows):
        cells.append(row_with(**row, Aktivitet=f"A-{number}"))
        if str(row["Kommun"]).startswith("="):
            cells[-1][PLACES["Kommun"]] = row["Kommun"][1:]  # a program for tables would take it for a formula

    by_text = read_rows(reading, text_file(LIST, cells), "Deltagare.csv")
    assert read_rows(reading, workbook(LIST, cells), "lista.xlsx") == by_text
    found, refused = by_text
    assert refused == []
    for row, said in zip(rows, found, strict=True):
        assert said.values["activity_date"] == said.event_date == row["Datum"]
        assert said.values["hours"] == row["Timmar"]
        assert (said.values["municipality"] or "") == row["Kommun"].lstrip("=")
        assert (
            said.values["size_class"]
            == {"": None, "mikro": "micro", "stort": "large", "medelstort": "medium"}[
                row["Storleksklass"].strip().casefold()
            ]
        )


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (5599000100, "559900-0100"), ("5599000100", "559900-0100"), ("559900 - 0100", "559900-0100"),
        ("165599000100", "559900-0100"), ("559900–0100", "559900-0100"), (559900010, "E_CELL_FORM"),
    ],
)  # fmt: skip
def test_an_organisation_number_is_one_however_it_is_typed(reading: Reading, typed: object, meant: str) -> None:
    assert read_one(reading, "Organisationsnummer", typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (12.5, 12.5), ("12,5", 12.5), ("1 500,25", 1500.25), ("1\u00a0500", 1500.0), ("−2", "E_CELL_LIMIT"),
        (0.1 + 0.2, 0.3), ("12.5", "E_CELL_NUMBER"), ("1.500,25", "E_CELL_NUMBER"), ("12 h", "E_CELL_NUMBER"),
        (True, "E_CELL_NUMBER"), (timedelta(hours=2, minutes=30), "E_CELL_NUMBER"), ("1e3", "E_CELL_NUMBER"),
        (date(2026, 5, 3), "E_CELL_NUMBER"),
    ],
)  # fmt: skip
def test_a_number_has_a_decimal_comma_and_nothing_beside_it(reading: Reading, typed: object, meant: object) -> None:
    assert read_one(reading, "Timmar", typed) == meant


DAY = date(2026, 5, 3)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (DAY, DAY), (datetime(2026, 5, 3, 14, 30), DAY), ("2026-05-03", DAY), ("20260503", DAY),  # noqa: DTZ001
        (20260503, DAY), ("2026-5-3", DAY), ("2026/05/03", DAY), ("3/5 2026", "E_CELL_DATE"), (2026, "E_CELL_DATE"),
        ("03/05/2026", "E_CELL_DATE"), ("3 maj 2026", "E_CELL_DATE"), (46145, "E_CELL_DATE"), ("260503", "E_CELL_DATE"),
        ("2026-02-30", "E_CELL_DATE"), ("0206-05-03", "E_CELL_DATE"), ("2026-11-25", "E_CELL_DAY"),
    ],
)  # fmt: skip
def test_a_day_is_read_in_one_way_or_not_at_all(reading: Reading, typed: object, meant: object) -> None:
    assert read_one(reading, "Datum", typed) == meant


@pytest.mark.parametrize(
    "fault", ["#REF!", "#N/A", "#DIV/0!", "#NAMN?", "#REFERENS!", "#SAKNAS!", "Err:502", "########"]
)
def test_what_a_broken_formula_shows_is_no_value(reading: Reading, fault: str) -> None:
    assert read_one(reading, "Kommun", fault, text=True) == "E_CELL_FAULT"
    assert read_one(reading, "Organisationsnummer", fault, text=True) == "E_CELL_FAULT"


def test_a_share_that_is_shown_as_percent_is_not_taken_for_a_hundredth_of_it(reading: Reading) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(LIST, [row_with(Timmar=0.45)])))
    book[LIST.template.sheet].cell(3, PLACES["Timmar"] + 1).number_format = "0 %"
    (refused,) = read_rows(reading, saved(book), "procent.xlsx")[1]

    assert refused.words().sv.endswith("”45%” är inget tal.")


def test_the_calendar_of_old_macintoshes_gives_the_same_days(reading: Reading) -> None:
    rows = [row_with(Datum=date(2026, 5, 3))]
    book = openpyxl.load_workbook(io.BytesIO(workbook(LIST, rows)))
    book.epoch = CALENDAR_MAC_1904

    assert read_rows(reading, saved(book), "mac.xlsx")[0][0].event_date == date(2026, 5, 3)


def test_a_formula_that_gives_an_empty_text_is_an_empty_cell(reading: Reading) -> None:
    """As Excel writes it: the text that it worked out stands in the cell, and is empty."""
    book = openpyxl.load_workbook(io.BytesIO(workbook(LIST, [row_with(Kommun='=IF(A1="","","")')])))
    out = io.BytesIO()
    place = f"{letters(PLACES['Kommun'])}3"
    with zipfile.ZipFile(io.BytesIO(saved(book))) as read, zipfile.ZipFile(out, "w") as written:
        for name in read.namelist():
            part = read.read(name)
            if name == "xl/worksheets/sheet1.xml":
                head, tail = part.split(f'<c r="{place}"'.encode())
                tail = b' t="str"' + tail.replace(b"<v />", b"<v></v>", 1).replace(b"<v/>", b"<v></v>", 1)
                part = head + f'<c r="{place}"'.encode() + tail
            written.writestr(name, part)
    (row,), refused = read_rows(reading, out.getvalue(), "formel.xlsx")

    assert refused == []
    assert row.values["municipality"] is None


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@given(st.integers(0, 20_000))
def test_the_letters_of_columns_are_those_of_the_programs_for_tables(column: int) -> None:
    assert letters(column) == openpyxl.utils.get_column_letter(column + 1) if column < 18_278 else letters(column)
