"""Project lists of Finland, Poland, Latvia and Austria as their sources read them: every row, every amount to the cent.

They name no case and no krona, so that they are read as figures of a project and not as grants.
"""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from ingestion.try_source import TryResult, try_sample
from tests.real.reference_data import shared
from tests.sites import emit, make_site, source

FINLAND = "FI_projektilista_2014_2020.csv"
POLAND = "Poland_ERDF_2014_2020.csv"
LATVIA = "all_funds_Latvia_2014-2020.csv"
AUSTRIA = "Vorhabensliste_IWB_EFRE_AT2014-2020_Download.xlsx"


def read(folder: Path, name: str, **form: Any) -> TryResult:
    """What the file would become."""
    pattern, file = "*" + Path(name).suffix, shared(f"programme_eu/{name}")
    made = source("eu", transport={"kind": "file", "pattern": pattern}, format={"encoding": "utf-8", **form})
    made["time"] = {"zone": "Europe/Stockholm", "oldest": "2010-01-01"}
    return try_sample(make_site(folder, None, {"eu": made}), "eu", file)


def figure(title: str, value: str, day: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """One figure of a project, on its first day or on none in particular."""
    return [emit("statistic", series_id={"const": "amount"}, place={"const": "eu"}, breakdown={"column": title},
                 period_start=day or {"const": "2024-01-01"}, value={"column": value}, unit={"const": "EUR"},
                 publisher={"const": "EU"})]  # fmt: skip


def table(name: str, encoding: str, delimiter: str) -> list[dict[str, str]]:
    with shared(f"programme_eu/{name}").open(encoding=encoding, newline="") as lines:
        return list(csv.DictReader(lines, delimiter=delimiter))


def cents(values: Any) -> Counter[Decimal]:
    return Counter(Decimal(str(value)).quantize(Decimal("0.01")) for value in values)


def test_poland_is_read_in_its_own_encoding_to_the_cent(tmp_path: Path) -> None:
    rows = table(POLAND, "cp1250", ";")
    found = read(tmp_path, POLAND, adapter="csv", encoding="cp1250", columns=list(rows[0]),
                 dialect={"delimiter": ";", "quote": '"', "decimal": ".", "final_newline": False},
                 emit=figure("Tytuł projektu", "Dofinansowanie z EU"))  # fmt: skip
    assert (len(found.rows), found.rejections) == (749, [])
    assert cents(row.values["value"] for row in found.rows) == cents(row["Dofinansowanie z EU"] for row in rows)
    assert found.rows[1].values["breakdown"] == "Międzynarodowe Agendy Badawcze"


def test_latvia_has_decimal_commas_in_quotes(tmp_path: Path) -> None:
    rows = table(LATVIA, "utf-8", ",")
    found = read(tmp_path, LATVIA, adapter="csv", columns=list(rows[0]),
                 dialect={"delimiter": ",", "quote": '"', "decimal": ","},
                 emit=figure("Projekta nosaukums", "ES finansējums"))  # fmt: skip
    assert (len(found.rows), found.rejections) == (134, [])
    told = [row["ES finansējums"].replace(",", ".") for row in rows]
    assert cents(row.values["value"] for row in found.rows) == cents(told)


def test_finland_has_days_without_zeros_and_ten_projects_that_begin_on_no_day(tmp_path: Path) -> None:
    rows = table(FINLAND, "utf-8", ",")
    day = {"column": "Aloituspvm", "unit": "local", "format": "%d.%m.%Y"}
    found = read(tmp_path, FINLAND, adapter="csv", columns=list(rows[0]),
                 dialect={"delimiter": ",", "quote": '"', "decimal": "."},
                 emit=figure("Hankkeen nimi", "Myönnetty EU- ja valtion rahoitus", day))  # fmt: skip
    codes = Counter(one.code for one in found.rejections)
    assert len(found.rows) + codes.total() == len(rows) == 2881
    assert sum(not row["Aloituspvm"] for row in rows) == 9
    assert codes == {"E_TIME": 10}, "the nine, and A70447, which begins on '7560'"


def test_austria_has_headings_of_two_lines_and_midnights_that_leaked(tmp_path: Path) -> None:
    head, *body = openpyxl.load_workbook(shared(f"programme_eu/{AUSTRIA}"))["Tabelle1"].iter_rows(values_only=True)
    names = [" ".join(str(cell).split()) for cell in head if cell]
    found = read(tmp_path, AUSTRIA, adapter="xlsx", columns=names, workbook={"sheet": "Tabelle1"},
                 emit=figure(names[0], names[5], {"column": names[3], "unit": "local"}))  # fmt: skip
    assert names[3] == "Datum des Beginns des Vorhabens/ operation start date"
    assert (len(found.rows), found.rejections) == (49, [])
    assert cents(row.values["value"] for row in found.rows) == cents(row[5] for row in body)
    assert [row.values["period_start"] for row in found.rows] == [row[3].date() for row in body]
    assert found.rows[1].values["period_start"] == date(2015, 1, 1), "01:00 of that day is midnight in UTC"


@pytest.mark.parametrize("name", [FINLAND, POLAND])
def test_a_file_is_no_workbook_because_a_source_says_so(name: str, tmp_path: Path) -> None:
    found = read(tmp_path, name, adapter="xlsx", columns=["a"], workbook={"sheet": "x"}, emit=figure("a", "a"))
    assert [one.code for one in found.rejections] == ["E_TYPE"]
