"""Wide tables made long: a record for every cell, with what its heading says; periods, and words for nothing."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from contracts.formats import Unpivot, Workbook
from contracts.sources import FieldFrom, Period, Source
from ingestion.adapters.csv_adapter import read_table
from ingestion.adapters.unpivot import Long
from ingestion.rejection import Rejection
from ingestion.validation.periods import read_period
from tests.sites import emit, source

QUARTERS = Unpivot(columns=r"(?P<quarter>[0-9]{6})(?P<note>\**)", value="n")


def wide(text: str) -> Any:
    """The long records of a wide CSV, or the code that it is refused with."""
    fields = emit("statistic", series_id={"const": "s"}, place={"column": "place"}, breakdown={"column": "note"},
                  period_start={"column": "quarter", "first_of": "quarter"}, unit={"const": "1"},
                  publisher={"const": "p"}, value={"column": "n"})  # fmt: skip
    made = source("wide", transport={"kind": "file", "pattern": "*.csv"}, format={
        "adapter": "csv", "encoding": "utf-8", "columns": ["place"], "emit": [fields],
        "dialect": {"delimiter": ",", "quote": '"', "decimal": "."}, "unpivot": QUARTERS.model_dump(),
    })  # fmt: skip
    found = read_table(text.encode(), Source.model_validate(made))
    return found.code if isinstance(found, Rejection) else list(Long(found, QUARTERS).records)


@given(
    st.lists(
        st.tuples(st.integers(1990, 2030), st.integers(1, 4), st.integers(0, 3)), unique=True, min_size=1, max_size=8
    ),
    st.lists(st.lists(st.integers(0, 10**9) | st.none(), min_size=8, max_size=8), min_size=1, max_size=6),
)
def test_no_cell_of_a_wide_table_is_lost_or_made_up(
    quarters: list[tuple[int, int, int]], numbers: list[list[int | None]]
) -> None:
    out = io.StringIO()
    writer = csv.writer(out)
    names = [(f"{year}0{quarter}", "*" * stars) for year, quarter, stars in quarters]
    writer.writerow([*("".join(name) for name in names), "place"])
    rows = [[*("" if n is None else str(n) for n in row[: len(names)]), f"p{at}"] for at, row in enumerate(numbers)]
    writer.writerows(rows)
    records = wide(out.getvalue())
    expected = [
        {"place": row[-1], "quarter": name, "note": note, "n": cell}
        for row in rows
        for (name, note), cell in zip(names, row[:-1], strict=True)
    ]
    assert [record.cells for record in records] == expected
    assert [record.number for record in records] == list(range(1, len(expected) + 1))
    assert [record.line for record in records] == [at + 2 for at in range(len(rows)) for _ in names]


def test_a_table_without_figures_or_with_two_that_say_the_same_is_refused() -> None:
    assert wide("place\r\ndalarna\r\n") == "E_REQUIRED"
    assert wide("place,200701,Kommentar\r\nd,1,x\r\n") == "E_SCHEMA"
    assert wide("place,200701,200701\r\nd,1,2\r\n") == "E_SCHEMA"


def test_a_row_that_is_torn_is_one_record_that_is_refused() -> None:
    torn, *whole = wide("place,200701,200702\r\nd,1\r\ne,1,2\r\n")
    assert (torn.cells.code, torn.number, torn.line) == ("E_CSV", 1, 2)
    assert [record.number for record in whole] == [2, 3]


@pytest.mark.parametrize("columns", ["(", "[0-9]{4}"])
def test_an_expression_that_does_not_work_or_names_nothing_is_refused(columns: str) -> None:
    with pytest.raises(ValidationError, match=r"regular expression|no group has a name"):
        Unpivot(columns=columns, value="n")


def test_the_rows_of_headings_follow_each_other() -> None:
    assert Workbook(sheet="s", headings=[2, 3]).headings == [2, 3]
    with pytest.raises(ValidationError, match="follow each other"):
        Workbook(sheet="s", headings=[1, 3])


@pytest.mark.parametrize(
    ("raw", "period", "first", "last"),
    [
        ("2011", "year", date(2011, 1, 1), date(2011, 12, 31)),
        (2012, "year", date(2012, 1, 1), date(2012, 12, 31)),
        ("202104", "quarter", date(2021, 10, 1), date(2021, 12, 31)),
        ("2021K1", "quarter", date(2021, 1, 1), date(2021, 3, 31)),
        ("2020M02", "month", date(2020, 2, 1), date(2020, 2, 29)),
        ("2020-12", "month", date(2020, 12, 1), date(2020, 12, 31)),
    ],
)
def test_a_period_is_read_as_its_first_and_its_last_day(raw: object, period: Period, first: date, last: date) -> None:
    assert (read_period(raw, period, last=False), read_period(raw, period, last=True)) == (first, last)


@pytest.mark.parametrize(
    ("raw", "period"), [("20111", "year"), ("9999", "year"), ("202105", "quarter"), ("202113", "month"), ("", "year")]
)
def test_what_names_no_period_is_no_day(raw: str, period: Period) -> None:
    assert isinstance(read_period(raw, period, last=False), Rejection)


@given(st.integers(1, 9998), st.sampled_from(["quarter", "month"]))
def test_periods_of_a_year_follow_each_other_without_a_gap(year: int, period: Period) -> None:
    names = [f"{year:04}{n:02}" for n in range(1, 5 if period == "quarter" else 13)]
    days = [(read_period(name, period, last=False), read_period(name, period, last=True)) for name in names]
    for (_, ended), (begins, _) in pairwise(days):
        assert isinstance(ended, date)
        assert begins == ended + timedelta(days=1)
    assert (days[0][0], days[-1][1]) == (date(year, 1, 1), date(year, 12, 31))


@pytest.mark.parametrize(
    "wrong",
    [{"unmapped": "keep"}, {"first_of": "year", "last_of": "year"}, {"first_of": "year", "unit": "local"}],
)
def test_a_field_says_one_thing_of_its_words_and_periods(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=r"unmapped is for a map|a day of a period"):
        FieldFrom(column="a", **wrong)
