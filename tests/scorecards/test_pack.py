"""The report pack: one tagged A4 sheet each, tables that run nothing, the same bytes twice, no number of its own."""

from __future__ import annotations

import csv
import math
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from contracts.editions import EDITION_TABLES, MADE_TABLES
from contracts.errors import UsageError
from scorecards.pack import breakdowns
from scorecards.pack.claim import claim
from scorecards.pack.codes import Code, codes
from scorecards.pack.columns import pack_words
from scorecards.pack.csv_file import write_csv, written
from scorecards.pack.files import FOLDER, PackFile
from scorecards.pack.safe import safe
from scorecards.pack.workbook import SheetOfCells, write_workbook
from scorecards.pack.writing import write_pack
from scorecards.reader import read_edition
from scorecards.voice import Voice

Packed = tuple[Path, list[PackFile]]
MADE_AT = datetime(2026, 11, 24, 10, tzinfo=UTC)
LISTED = [
    Code(
        "G1.4d",
        "2021-2027",
        "RCO04",
        {"sv": "Företag med icke-finansiellt stöd", "en": "x"},
        {"sv": "företag", "en": "y"},
    )
]
#: Tables that no reader of the pack has, and why.
NOT_FOR_READERS = {
    "dim_counted": "parts of indicators",
    "dim_channel": "what the gate judges measurements by",
    "dim_equipment": "with devices and owners",
    "dim_metric": "the page of definitions says it better",
    "dim_element": "parts of metrics",
    "fct_allocation": "on the pages of pilots",
    "met_equipment_month": "a single machine may be a single company's",
    "met_element_day": "parts of metrics",
    "met_element_period": "parts of metrics",
    "dim_characteristic": "on the pages of testbeds, with its chart",
    "met_control_limit": "on the pages of testbeds, with its chart",
    "met_control_point": "on the pages of testbeds, with its chart",
    "met_capability": "on the pages of testbeds, with its chart",
    "fct_indicator_input": "evidence, opened by `bruk trace`",
}


def of_kind(packed: Packed, kind: str, lang: str | None = None) -> list[Path]:
    return [packed[0] / FOLDER / f.path for f in packed[1] if f.kind == kind and lang in (None, f.lang)]


def test_every_table_of_an_edition_is_in_the_pack_or_said_not_to_be_for_readers() -> None:
    every = {table.name for table in (*EDITION_TABLES, *MADE_TABLES)}
    assert set(pack_words().tables) - {breakdowns.NAME} | set(NOT_FOR_READERS) == every
    assert set(pack_words().tables) & set(NOT_FOR_READERS) == set()


def test_every_column_of_the_tables_has_a_heading_and_a_meaning_in_both_languages() -> None:
    columns = {c for t in (*EDITION_TABLES, *MADE_TABLES) if t.name in pack_words().tables for c in t.columns}
    assert columns | {"indicator_name", "scope_name", *breakdowns.COLUMNS} == set(pack_words().columns)
    for words in pack_words().columns.values():
        assert all((words.sv.strip(), words.en.strip(), words.says.sv.strip(), words.says.en.strip()))


def test_the_same_edition_gives_the_same_bytes(packed: Packed, edition: Path, tmp_path: Path) -> None:
    files = write_pack(edition, tmp_path / "again")
    assert files == packed[1]
    for file in files:
        assert (tmp_path / "again" / file.path).read_bytes() == (packed[0] / FOLDER / file.path).read_bytes(), file


def test_every_sheet_is_one_a4_page_tagged_and_says_its_language(packed: Packed) -> None:
    for lang in ("sv", "en"):
        sheets = of_kind(packed, "pdf", lang)
        assert len(sheets) == 5
        for file in sheets:
            pdf = PdfReader(file)
            assert len(pdf.pages) == 1, file
            assert abs(pdf.pages[0].mediabox.width - 595) < 1
            root: Any = pdf.trailer["/Root"]
            assert root["/MarkInfo"]["/Marked"]
            assert root["/Lang"] == lang
            assert "/StructTreeRoot" in root
            assert pdf.metadata is not None
            assert pdf.metadata.title
            assert pdf.metadata.creation_date == datetime(2026, 11, 23, 21, 40, 48, tzinfo=UTC)


def test_a_sheet_shows_what_a_steering_group_asks_for(packed: Packed) -> None:
    text = " ".join(PdfReader(packed[0] / FOLDER / "sv/styrkort-programmet.pdf").pages[0].extract_text().split())
    for said in (
        "DEMONSTRATION", "Läge per mål", "Utgångsvärde", "Delmål", "Målvärde", "planen nu 48,5 %", "Täckning",
        "Ändrat sedan mötet 24 september 2026", "38,5 % → 36,2 %", "Nytt beslut: Styrgruppen 2026-10-02",
        "Beslut som behövs", "Värden för Min ansökan", "RCO04", "20261123T214000Z-412",
    ):  # fmt: skip
        assert said in text, said


def test_every_number_printed_on_a_sheet_stands_in_the_edition(packed: Packed, edition: Path) -> None:
    found = read_edition(edition, edition / "no-gate")
    for lang, decimal in (("sv", ","), ("en", ".")):
        told = numbers_of(edition, Voice(lang, found.manifest.time_zone))  # type: ignore[arg-type]
        for file in of_kind(packed, "pdf", lang):
            text = PdfReader(file).pages[0].extract_text().replace("\u00a0", " ")
            for name in re.findall(
                r"(?<![\w.])\S*(?:\.csv|__)\S*|\bG\d\.\d\w+|RCO\d+|\b\d{8}T\d+Z-\d+|v\d+\b|\d+ / \d+", text
            ):
                text = text.replace(name, " ")
            shown = set(re.findall(rf"(?<![\w{decimal}])\d+(?:{re.escape(decimal)}\d+)?", text))
            assert {number for number in shown if number not in told} == set(), file


def numbers_of(edition: Path, voice: Voice) -> set[str]:
    """Every number of the edition as the language writes it: as a value, a share, a count, a day, a clock, an age."""
    told = {str(n) for n in range(10)}  # goals, ranks in a list, and how many indicators stand how
    for table in (*EDITION_TABLES, *MADE_TABLES):
        for row in pq.read_table(edition / f"{table.name}.parquet").to_pylist():
            for value in row.values():
                told |= written_as(value, voice)
    manifest = read_edition(edition, edition / "no-gate").manifest
    for moment in (manifest.as_of, manifest.published_at, date(2026, 9, 24), date(2026, 1, 1), date(2026, 8, 31)):
        told |= written_as(moment, voice)
    return told | {"12", manifest.code_version.partition(".")[2], "0.2", "0"}  # months of the trend


def written_as(value: Any, voice: Voice) -> set[str]:
    if isinstance(value, datetime):
        local = value.astimezone(voice.zone)
        return {str(local.day), str(local.year), f"{local:%H}", f"{local:%M}"}
    if isinstance(value, date):
        return {str(value.day), str(value.year)}
    if isinstance(value, bool) or value is None:
        return set()
    if isinstance(value, str):
        return set(re.findall(r"\d+", value))
    if isinstance(value, list):
        return set()
    number = float(value)
    if math.isnan(number):
        return set()
    forms = {
        voice.count(number),
        voice.measure(number, "%"),
        voice.share(number),
        voice.decimal(number),
        voice.age(number),
    }
    return {part for form in forms for part in re.findall(r"\d+(?:[.,]\d+)?", form.replace("\u00a0", " "))}


def test_every_number_of_a_csv_file_is_the_number_of_the_edition(packed: Packed, edition: Path) -> None:
    for lang, delimiter, decimal in (("sv", ";", ","), ("en", ",", ".")):
        for name, words in pack_words().tables.items():
            if name == breakdowns.NAME:
                continue
            table = pq.read_table(edition / f"{name}.parquet")
            file = packed[0] / FOLDER / lang / f"{getattr(words.file, lang)}.csv"
            with file.open(encoding="utf-8-sig", newline="") as handle:
                heading, *rows = list(csv.reader(handle, delimiter=delimiter))
            assert len(rows) == table.num_rows
            shown = [column for column in heading if column not in added(lang)]
            assert len(shown) == table.num_columns
            places = [place for place, column in enumerate(heading) if column not in added(lang)]
            for row, true in zip(rows, table.to_pylist(), strict=True):
                for place, value in zip(places, true.values(), strict=True):
                    if isinstance(value, int | float) and not isinstance(value, bool):
                        assert float(row[place].replace(decimal, ".")) == float(value)


def test_the_breakdowns_of_the_pack_have_every_cell_and_no_number_of_a_hidden_one(packed, edition) -> None:
    cells = pq.read_table(edition / "tab_cell.parquet").to_pylist()
    withheld = [row for row in pq.read_table(edition / "tab_table.parquet").to_pylist() if row["withheld"]]
    told = [row for row in cells if row["table_id"] not in {table["table_id"] for table in withheld}]
    with (packed[0] / FOLDER / "en/breakdowns.csv").open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert len(rows) == len(told) + len(withheld)
    shown = sorted(float(row["value"]) for row in told if row["state"] == "shown")
    assert sorted(float(row["Number"]) for row in rows if row["Number"]) == shown
    assert {row["Shown"] for row in rows if row["Number"]} == {"shown"}
    assert any(row["Shown"] == "hidden" for row in rows)


def test_the_pack_of_the_programme_tells_no_more_than_its_site(rich_edition: Path, tmp_path: Path) -> None:
    drawn: dict[str, Path] = {}
    house, programme = (
        {name: tmp_path / audience / name for name in files}
        for audience, files in (
            (a, [f.path for f in write_pack(rich_edition, tmp_path / a, audience=a, drawn=drawn)])  # type: ignore[arg-type]
            for a in ("confidential", "programme")
        )
    )
    assert {name.rpartition("/")[2] for name in house.keys() - programme.keys()} == {"korningar.csv", "runs.csv"}
    read = read_edition(rich_edition, rich_edition / "no-gate").for_audience("programme")
    with programme["en/indicator-values.csv"].open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert {(r["Indicator"], r["Scope"], r["Code of the scope"]) for r in rows} == read.values.keys()
    assert sum(r["Value"] != "" for r in rows) == sum(
        v.value is not None for each in read.values.values() for v in each
    )
    with programme["en/metrics.csv"].open(encoding="utf-8-sig", newline="") as handle:
        assert "equipment" not in {row["Scope"] for row in csv.DictReader(handle)}


def added(lang: str) -> set[str]:
    return {getattr(pack_words().columns[name], lang) for name in ("indicator_name", "scope_name")}


@pytest.mark.parametrize("evil", ["=1+1", "+46 70", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1", "\u00a0=1", "＝1"])
def test_a_text_that_begins_a_formula_is_shown_and_never_run(evil: str, tmp_path: Path) -> None:
    write_csv(["a"], [[evil], [-4.5], [-3]], tmp_path / "t.csv", "sv")
    with (tmp_path / "t.csv").open(encoding="utf-8-sig", newline="") as file:
        cells = [row[0] for row in csv.reader(file, delimiter=";")]
    assert cells[1].startswith("'")
    assert cells[2:] == ["-4,5", "-3"]
    write_workbook([SheetOfCells("x", ["a"], [[evil], [-4.5], [-3]])], tmp_path / "t.xlsx", "t", MADE_AT, "")
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx").active
    assert sheet is not None
    assert sheet["A2"].data_type == "s"
    assert str(sheet["A2"].value).startswith("'")
    assert (sheet["A3"].value, sheet["A4"].value) == (-4.5, -3)


@given(st.text())
def test_no_text_begins_a_formula_or_holds_what_a_file_cannot(text: str) -> None:
    made = safe(text)
    assert not made.lstrip().startswith(("=", "+", "-", "@"))
    assert not made.startswith(("\t", "\r"))
    made.encode("utf-8")
    assert safe("Mål 1, en rad") == "Mål 1, en rad"


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_keeps_all_of_its_digits(number: float) -> None:
    assert float(written(number, ",").replace(",", ".")) == number


def test_no_cell_of_the_pack_begins_a_formula_though_a_file_was_named_so(packed: Packed) -> None:
    evil = 0
    for file in of_kind(packed, "csv"):
        delimiter = ";" if file.parent.name == "sv" else ","
        with file.open(encoding="utf-8-sig", newline="") as handle:
            for row in csv.reader(handle, delimiter=delimiter):
                for cell in row:
                    evil += cell.startswith("'=HYPERLINK")
                    assert not cell.startswith(("=", "+", "@", "\t", "\r")), (file, cell)
                    assert not cell.startswith("-") or float(cell.replace(",", ".")) < 0, (file, cell)
    assert evil == 2


def test_the_workbook_explains_every_column_and_names_the_edition(packed: Packed) -> None:
    for file in (packed[0] / FOLDER / "sv/tabeller.xlsx", packed[0] / FOLDER / "en/tables.xlsx"):
        book = openpyxl.load_workbook(file, read_only=True)
        explained, *sheets = book.worksheets
        rows = list(explained.iter_rows(values_only=True))
        assert any("20261123T214000Z-412" in row for row in rows)
        for sheet in sheets:
            headings = next(iter(sheet.iter_rows(max_row=1, values_only=True)))
            known = {row[1] for row in rows if row and row[0] == sheet.title}
            assert set(headings) <= known, sheet.title
        book.close()


def test_a_claim_tells_what_its_months_added_and_the_sum_since_the_start(edition: Path) -> None:
    found = read_edition(edition, edition / "no-gate")
    voice = Voice("sv", found.manifest.time_zone)
    series = {value.period_start.month: value.value for value in found.series("G1.4d", ("programme", "nms"))}
    (row,) = claim(found, LISTED, voice, date(2026, 8, 1), date(2026, 10, 31))
    assert (row.code, row.list, row.unit, row.target) == ("RCO04", "2021-2027", "företag", 90)
    assert row.cumulative == series[10]
    assert row.outcome == (series[10] or 0) - (series[7] or 0)
    parts = [
        claim(found, LISTED, voice, date(2026, m, 1), date(2026, m, 30 if m in (6, 9) else 31))[0].outcome
        for m in range(5, 11)
    ]
    assert sum(part or 0 for part in parts) == row.cumulative
    (now,) = claim(found, LISTED, voice, date(2026, 11, 1), date(2026, 11, 30))
    assert now.comment.startswith("Sista månaden är inte slut; räknat till och med 23 november 2026.")


@pytest.mark.parametrize(
    ("first", "last"), [((2026, 8, 2), (2026, 8, 31)), ((2026, 8, 1), (2026, 8, 30)), ((2026, 9, 1), (2026, 8, 31))]
)
def test_a_claim_of_no_whole_months_is_refused(edition: Path, first: Any, last: Any) -> None:
    found = read_edition(edition, edition / "no-gate")
    with pytest.raises(UsageError, match="whole months"):
        claim(found, LISTED, Voice("sv", found.manifest.time_zone), date(*first), date(*last))


def test_a_code_is_reported_as_its_list_says_on_the_day_and_never_from_what_is_merely_near(tmp_path: Path) -> None:
    official = {
        "code_list": "2021-2027",
        "code": "RCO10",
        "valid_from": date(2021, 7, 1),
        "valid_to": date(2026, 6, 30),
    }
    names = {"name_sv": "Gammalt", "name_en": "Old", "unit_sv": "företag", "unit_en": "enterprises"}
    later = official | {"valid_from": date(2026, 7, 1), "valid_to": None}
    pq.write_table(
        pa.Table.from_pylist([official | names, later | names | {"name_sv": "Nytt"}]),
        tmp_path / "dim_erdf_code.parquet",
    )
    relations = [("G1.1d", "equal"), ("G1.3c", "similar"), ("G1.1e", "nearest")]
    rows = [{"indicator_id": i, "code_list": "2021-2027", "code": "RCO10", "relation": r} for i, r in relations]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "dim_indicator_code.parquet")
    assert [(one.indicator_id, one.name["sv"]) for one in codes(tmp_path, date(2026, 6, 30))] == [("G1.1d", "Gammalt")]
    assert [(one.indicator_id, one.name["sv"]) for one in codes(tmp_path, date(2026, 7, 1))] == [("G1.1d", "Nytt")]
    assert codes(tmp_path / "none", date(2026, 7, 1)) == []
