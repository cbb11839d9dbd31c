"""Tables with a row for every interval: which edge a stamp is, where a day ends, and the nights of 23 and 25 hours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from contracts.clock import utc
from contracts.documents import read_document
from contracts.errors import ContractError
from contracts.source_loading import load_sources
from contracts.sources import Source
from contracts.streams import Stream, load_streams
from ingestion.adapters.csv_adapter import Table
from ingestion.adapters.file_adapter import FileAdapter
from ingestion.rejection import Rejection
from tests.sites import NOON, emit, source

STOCKHOLM = ZoneInfo("Europe/Stockholm")
HOUR = timedelta(hours=1)
FORM = "%Y-%m-%d %H:%M"


@cache
def streams() -> dict[str, Stream]:
    """Those of the product, read once."""
    return load_streams()


def grid(stamped: str, length: timedelta = HOUR, *, dialect: dict[str, Any] | None = None, **series: Any) -> Any:
    """A source as a grid operator's table is described: local stamps, a comment above the header, decimal comma."""
    stamp = {"column": "Tid", "unit": "local", "format": FORM}
    found = source(
        "grid",
        transport={"kind": "file", "pattern": "*.csv"},
        format={
            "adapter": "csv", "encoding": "utf-8", "columns": ["Tid", "Mätare", "kWh"],
            "dialect": {"delimiter": ";", "quote": '"', "decimal": ",", "comment": "#"} | (dialect or {}),
            "emit": [emit(
                "energy", meter={"column": "Mätare"}, kind={"const": "interval"}, register={"const": "consumed"},
                interval_start=stamp | {"edge": "start"}, observed_at=stamp | {"edge": "end"},
                energy_kwh={"column": "kWh"},
            )],
        },
        equipment={"column": "Mätare"},
    )  # fmt: skip
    found["time"]["series"] = {
        "interval_s": int(length.total_seconds()), "stamped": stamped, "per": ["Mätare"], **series,
    }  # fmt: skip
    return found


def read(described: Any, stamps: list[str], meters: str = "m") -> list[tuple[str, str, str | None] | str]:
    """Of each row the interval (UTC) and its flags, or the code that it is refused with."""
    rows = "".join(f"{stamp};{meters[n % len(meters)]};1,5\n" for n, stamp in enumerate(stamps))
    adapter = FileAdapter(Source.model_validate(described), streams())
    table = adapter.read(f"#Created: 2025-04-01 16:58:01;\n\nTid;Mätare;kWh\n{rows}".encode())
    assert isinstance(table, Table), table
    found: list[tuple[str, str, str | None] | str] = []
    for record in table.records:
        decoded = adapter.rows(record, utc(NOON), "m")
        if isinstance(decoded, Rejection):
            found.append(decoded.code)
            continue
        assert isinstance(decoded, list)
        values = decoded[0].values
        found.append((f"{values['interval_start']:%d %H:%M}", f"{values['observed_at']:%d %H:%M}", decoded[0].flags))
    return found


def test_a_stamp_that_starts_its_interval_and_one_that_ends_it_are_an_hour_apart() -> None:
    assert read(grid("start"), ["2025-03-01 00:00"]) == [("28 23:00", "01 00:00", None)]
    assert read(grid("end"), ["2025-03-01 00:00"]) == [("28 22:00", "28 23:00", None)]


def test_the_night_of_25_hours_has_its_second_hour_where_the_rows_go_on() -> None:
    night = ["2025-10-26 01:00", "2025-10-26 02:00", "2025-10-26 02:00", "2025-10-26 03:00"]
    hours = ["25 23:00", "26 00:00", "26 01:00", "26 02:00", "26 03:00"]
    assert read(grid("start"), night) == [(*pair, None) for pair in pairwise(hours)]
    ends = ["25 22:00", *hours[:-1]]
    assert read(grid("end"), night) == [(*pair, None) for pair in pairwise(ends)]


def test_meters_that_take_turns_in_a_table_are_series_of_their_own() -> None:
    night = [stamp for stamp in ("01:00", "02:00", "02:00", "03:00") for _ in "ab"]
    found = read(grid("start"), [f"2025-10-26 {stamp}" for stamp in night], meters="ab")
    hours = ["25 23:00", "26 00:00", "26 01:00", "26 02:00"]
    assert [row[0] for row in found] == [hour for hour in hours for _ in "ab"]
    assert {row[2] for row in found} == {None}


def test_a_table_that_begins_in_the_doubled_hour_says_that_nobody_knows_which() -> None:
    assert read(grid("start"), ["2025-10-26 02:00"]) == [("26 00:00", "26 01:00", "ambiguous")]


def test_the_night_of_23_hours_has_no_hour_that_was_not() -> None:
    night = ["2025-03-30 01:00", "2025-03-30 03:00", "2025-03-30 02:00"]
    assert read(grid("start"), night) == [
        ("30 00:00", "30 01:00", None),
        ("30 01:00", "30 02:00", None),
        "E_TIME_AMBIG",
    ]


def test_a_midnight_may_be_the_end_of_the_day_that_it_names() -> None:
    quarter = grid("end", HOUR / 4, midnight="end_of_day")
    day = ["2025-06-01 00:15", "2025-06-01 23:45", "2025-06-01 00:00", "2025-06-02 00:15"]
    assert [row[1] for row in read(quarter, day)] == ["31 22:15", "01 21:45", "01 22:00", "01 22:15"]
    assert [row[1] for row in read(grid("end", HOUR / 4), day)] == ["31 22:15", "01 21:45", "31 22:00", "01 22:15"]


@given(
    st.sampled_from(["start", "end"]),
    st.sampled_from([HOUR / 4, HOUR / 2, HOUR]),
    st.sampled_from([datetime(2025, 10, 25, 20, tzinfo=UTC), datetime(2025, 3, 29, 20, tzinfo=UTC)]),
    st.integers(min_value=1, max_value=60),
)
def test_a_regular_series_written_by_the_clock_on_the_wall_is_read_back(
    stamped: str, length: timedelta, begins: datetime, rows: int
) -> None:
    starts = [begins + length * n for n in range(rows)]
    edges = starts if stamped == "start" else [start + length for start in starts]
    found = read(grid(stamped, length), [f"{edge.astimezone(STOCKHOLM):{FORM}}" for edge in edges])
    assert found == [(f"{start:%d %H:%M}", f"{start + length:%d %H:%M}", None) for start in starts]


def test_a_comment_above_the_header_keeps_the_numbers_of_the_lines() -> None:
    adapter = FileAdapter(Source.model_validate(grid("start")), streams())
    table = adapter.read("#a;b\n#c\nTid;Mätare;kWh\n2025-03-01 00:00;m;x\n".encode())
    assert isinstance(table, Table)
    refused = adapter.rows(next(iter(table.records)), utc(NOON), "m")
    assert isinstance(refused, Rejection)
    assert (refused.code, refused.facts["line"]) == ("E_TYPE", "4")
    unstated = FileAdapter(Source.model_validate(grid("start", dialect={"comment": None})), streams())
    assert isinstance(unstated.read("#a;b;c\nTid;Mätare;kWh\n".encode()), Rejection)


def test_a_last_line_without_an_end_is_a_cut_file_unless_its_writer_never_ends_one() -> None:
    data = "Tid;Mätare;kWh\n2025-03-01 00:00;m;1,5".encode()
    torn = FileAdapter(Source.model_validate(grid("start")), streams()).read(data)
    assert isinstance(torn, Rejection)
    assert torn.code == "E_TORN"
    known = FileAdapter(Source.model_validate(grid("start", dialect={"final_newline": False})), streams())
    assert isinstance(known.read(data), Table)


def test_watt_hours_become_kilowatt_hours_by_scale_alone() -> None:
    described = grid("start")
    described["format"]["emit"][0]["fields"]["energy_kwh"]["scale"] = 0.001
    adapter = FileAdapter(Source.model_validate(described), streams())
    table = adapter.read("Tid;Mätare;kWh\n2025-03-01 00:00;m;26289,57\n".encode())
    assert isinstance(table, Table)
    decoded = adapter.rows(next(iter(table.records)), utc(NOON), "m")
    assert isinstance(decoded, list)
    assert round(Decimal(decoded[0].values["energy_kwh"]), 6) == Decimal("26.289570")


WRONG: list[tuple[str, dict[str, Any] | None, str]] = [
    ("an edge without a series", None, "how long an interval is"),
    ("machines that nothing tells apart", {"interval_s": 3600, "stamped": "start"}, "per lacks 'Mätare'"),
    ("a column that is not", {"interval_s": 3600, "stamped": "start", "per": ["Mätare", "X"]}, "'X' is no column"),
]


@pytest.mark.parametrize(("what", "series", "problem"), WRONG)
def test_a_source_whose_series_cannot_be_read_is_refused(
    tmp_path: Path, what: str, series: dict[str, Any] | None, problem: str
) -> None:
    described = grid("start")
    described["time"]["series"] = series
    described["time"] = {name: value for name, value in described["time"].items() if value is not None}
    (tmp_path / "grid.yaml").write_text(yaml.safe_dump(described, allow_unicode=True), "utf-8")
    assert read_document(tmp_path / "grid.yaml", Source)
    sources, wrong = load_sources(tmp_path, streams())
    assert not sources, what
    assert problem in str(wrong[0])
    assert isinstance(wrong[0], ContractError)
