"""Every file case of the bad-input catalogue that reading a table judges, by its number."""

from __future__ import annotations

import codecs
from datetime import UTC, date, datetime

import pytest

from contracts.clock import utc
from contracts.site import Site
from ingestion.adapters.csv_adapter import Table
from ingestion.adapters.file_adapter import FileAdapter
from ingestion.adapters.outcome import Decoded
from ingestion.rejection import Rejection
from tests.ingestion.spooling import ORDER, PRODUCTION, orders
from tests.sites import NOON, make_site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return make_site(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def production(site: Site) -> FileAdapter:
    return FileAdapter(site.sources["production"], site.streams)


def outcomes(adapter: FileAdapter, data: bytes) -> list[Decoded]:
    table = adapter.read(data)
    assert isinstance(table, Table), table
    return [adapter.rows(record, utc(NOON), "dal-press-1") for record in table.records]


WHOLE: list[tuple[int, bytes, str]] = [
    (71, b"", "E_EMPTY"),
    (73, orders(ORDER, 'Press 1;"PO-2;2026-11-23 07:00;;;;;'), "E_CSV"),
    (75, PRODUCTION.replace("\r\n", ";Extra\r\n").encode("cp1252"), "E_SCHEMA"),
    (77, PRODUCTION.replace("Order", "Station;Order").encode("cp1252"), "E_SCHEMA"),
    (78, orders(ORDER).replace(b";", b","), "E_DIALECT"),
    (81, orders(ORDER)[:-2], "E_TORN"),
    (81, orders(ORDER)[:-9], "E_TORN"),
    (87, b"PK\x03\x04" + bytes(100), "E_TYPE"),
    (87, b"MZ\x90\x00" + bytes(100), "E_TYPE"),
    (92, (";".join(f"c{i}" for i in range(200_000)) + "\n").encode(), "E_SIZE"),
    (93, b"Station;" + b"a" * 2_000_000 + b"\n", "E_SIZE"),
    (102, PRODUCTION.replace("Start;", "").encode("cp1252"), "E_REQUIRED"),
    (112, codecs.BOM_UTF8 + orders(ORDER), "E_ENCODING"),
    (112, orders(ORDER).decode("cp1252").encode("utf-16"), "E_ENCODING"),
    (112, orders(ORDER) + b"\x81\r\n", "E_ENCODING"),
    (8, orders(ORDER.replace("klar", "kl\0ar")), "E_CONTROL"),
]


@pytest.mark.parametrize(("case", "data", "code"), WHOLE)
def test_a_file_that_cannot_be_trusted_is_refused_whole(
    production: FileAdapter, case: int, data: bytes, code: str
) -> None:
    found = production.read(data)
    assert isinstance(found, Rejection), f"case {case}"
    assert found.code == code, f"case {case}: {found}"
    assert "{" not in found.words().sv


def test_an_unclosed_quote_is_told_with_the_line_where_it_begins(production: FileAdapter) -> None:
    found = production.read(orders(ORDER, 'Press 1;"PO-2;2026-11-23 07:00;;;;;', ORDER))
    assert isinstance(found, Rejection)
    assert found.words().sv.startswith("Rad 3")


ROWS: list[tuple[int, str, str]] = [
    (74, ";".join(ORDER.split(";")[:5]), "E_CSV"),
    (74, ORDER + ";en till", "E_CSV"),
    (78, ORDER.replace("1 200,5", "1200.5"), "E_DIALECT"),
    (79, ORDER.replace("2026-11-23 07:00", "23/11/2026 07:00"), "E_TIME"),
    (103, ORDER.replace("2026-11-23 07:00", ""), "E_TIME"),
    (103, ORDER.replace("1 200,5", ""), "E_REQUIRED"),
    (47, ORDER.replace("2026-11-23 07:00", "2026-03-29 02:30"), "E_TIME_AMBIG"),
    (32, ORDER.replace("1 200,5", "många"), "E_TYPE"),
]


@pytest.mark.parametrize(("case", "row", "code"), ROWS)
def test_a_wrong_row_is_refused_alone_with_its_line(production: FileAdapter, case: int, row: str, code: str) -> None:
    first, wrong, last = outcomes(production, orders(ORDER, row, ORDER))
    assert isinstance(first, list)
    assert isinstance(last, list)
    assert isinstance(wrong, Rejection), f"case {case}"
    assert wrong.code == code
    assert wrong.words().sv.startswith("Rad 3"), wrong.words().sv


def test_a_header_without_rows_is_a_table_of_none(production: FileAdapter) -> None:
    assert outcomes(production, orders()) == []


def test_rows_of_bare_delimiters_at_the_end_are_no_records(production: FileAdapter) -> None:
    assert len(outcomes(production, orders(ORDER, ";;;;;;;", ""))) == 1


def test_swedish_numbers_local_times_and_cp1252_are_read_as_the_source_declares(production: FileAdapter) -> None:
    (rows,) = outcomes(production, orders(ORDER))
    assert isinstance(rows, list)
    start, end, output = rows
    assert start.values["observed_at"] == datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
    assert end.values["detail"] == "klar"
    assert output.values["produced_quantity"] == 1200.5
    assert output.values["good_quantity"] == 1180.0
    assert output.event_date == date(2026, 11, 23)


def test_the_event_day_is_the_utc_day_of_a_local_time(production: FileAdapter) -> None:
    (rows,) = outcomes(production, orders(ORDER.replace("2026-11-23 07:00", "2026-11-23 00:30")))
    assert isinstance(rows, list)
    assert rows[0].event_date == date(2026, 11, 22)


def test_the_doubled_hour_in_autumn_is_read_as_the_first_one_and_flagged(production: FileAdapter) -> None:
    (rows,) = outcomes(production, orders(ORDER.replace("2026-11-23 07:00", "2026-10-25 02:30")))
    assert isinstance(rows, list)
    assert rows[0].values["observed_at"] == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert rows[0].flags == "ambiguous"


def test_columns_in_another_order_and_mixed_line_ends_are_the_same_table(production: FileAdapter) -> None:
    names = PRODUCTION.strip().split(";")
    turned = ";".join(reversed(names)) + "\r" + ";".join(reversed(ORDER.split(";"))) + "\n"
    assert outcomes(production, turned.encode("cp1252")) == outcomes(production, orders(ORDER))


def test_utf_8_is_read_before_the_declared_encoding(production: FileAdapter) -> None:
    as_utf8 = orders(ORDER).decode("cp1252").encode()
    assert outcomes(production, as_utf8) == outcomes(production, orders(ORDER))
    assert outcomes(production, codecs.BOM_UTF8 + as_utf8) == outcomes(production, orders(ORDER))


def test_a_quoted_cell_may_hold_delimiters_and_line_ends(production: FileAdapter) -> None:
    first, second = outcomes(production, orders(ORDER.replace("klar", '"a;b\r\nc ""d"""'), ORDER.replace("PO-1", "")))
    assert isinstance(first, list)
    assert first[1].values["detail"] == 'a;b\r\nc "d"'
    assert isinstance(second, list)


def test_an_unknown_station_is_e_device(production: FileAdapter) -> None:
    table = production.read(orders(ORDER.replace("Press 1", "Press 9")))
    assert isinstance(table, Table)
    found = production.machine(next(table.records))
    assert isinstance(found, Rejection)
    assert found.code == "E_DEVICE"
