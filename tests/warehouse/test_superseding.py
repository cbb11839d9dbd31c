"""A corrected export supersedes what it corrects: whatever day it moves, in whatever order the files land."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from contracts.streams import load_streams
from ingestion.landing.sealer import land_pending
from tests.sites import NOON, clock_at
from tests.warehouse.conftest import Built
from tests.warehouse.twins import Twin, assert_same

HEADER = "Order;Maskin;Artikel;Kund;Start;Slut;Utfall;Producerat;Godkänt;Kasserat;Körtid h\r\n"
SECOND = 1_000_000_000


def order(name: str, start: str, end: str, good: int, outcome: str = "Klar") -> str:
    """A row of the order export: 400 parts of one product on the press, October 2026, local time."""
    times = f"2026-10-{start}:00:00;2026-10-{end}:00:00"
    return f"{name};Press 1;BRK-110;559900-1504;{times};{outcome};400;{good};{400 - good};2,000\r\n"


FIRST = [order("A-5", "05 08", "05 10", 390), order("A-6", "06 08", "06 10", 390, "Avbruten")]
#: The next month's export has one order more, and one cell of A-5 is corrected; a third file moves A-6 to other days.
GROWN = [order("A-5", "05 08", "05 10", 380), FIRST[1], order("A-7", "07 08", "07 10", 395)]
MOVED = [order("A-6", "08 20", "09 04", 370)]
FILES = [FIRST, GROWN, MOVED]

RUNS = """
select run_ref, started_at at time zone 'Europe/Stockholm', ended_at at time zone 'Europe/Stockholm', outcome,
       produced, good
from metrics.met_run order by run_ref
"""


def receive(twin: Twin, number: int) -> None:
    """Lands the file of that number, received so many seconds after noon."""
    data = (HEADER + "".join(FILES[number])).encode("cp1252")
    twin.drop("production-records", data, NOON + number * SECOND)
    land_pending(twin.site, clock_at())


@pytest.mark.slow
def test_an_export_dropped_again_grown_and_corrected_counts_each_order_once_by_what_was_received_last(
    tmp_path: Path,
) -> None:
    month_by_month = Twin(tmp_path / "month-by-month")
    for number in range(3):
        receive(month_by_month, number)
        assert month_by_month.refresh().full == (number == 0)
    at = datetime.fromisoformat
    assert month_by_month.rows(RUNS) == [
        ("A-5", at("2026-10-05 08:00"), at("2026-10-05 10:00"), "finished", Decimal(400), Decimal(380)),
        ("A-6", at("2026-10-08 20:00"), at("2026-10-09 04:00"), "finished", Decimal(400), Decimal(370)),
        ("A-7", at("2026-10-07 08:00"), at("2026-10-07 10:00"), "finished", Decimal(400), Decimal(395)),
    ]
    booked = "select sum(pq), sum(gq), sum(closed_runs) from metrics.met_booked_day"
    assert month_by_month.rows(booked) == [(Decimal(1200), Decimal(1145), 3)]
    before = month_by_month.tables()
    month_by_month.refresh(full=True)
    assert_same(before, month_by_month.tables())

    backwards = Twin(tmp_path / "backwards")
    for number in reversed(range(3)):
        receive(backwards, number)
        backwards.refresh()
    places = frozenset({"segment", "spool_offset"})
    assert_same(month_by_month.tables(without=places), backwards.tables(without=places))


def test_the_natural_key_of_every_stream_is_held_by_a_model(built: Built) -> None:
    held = {
        tuple(re.findall(r"\w+", key))
        for model in built.models.values()
        if model["schema"] != "metrics"  # which asks for keys of its own, of what is known by a moment
        for key in re.findall(r"not_superseded\(\[(.*?)\]", model["raw_code"])
    }
    streams = load_streams().values()
    keys = {tuple(name.replace("equipment", "equipment_id") for name in s.natural_key) for s in streams}
    assert held == keys - {()}
