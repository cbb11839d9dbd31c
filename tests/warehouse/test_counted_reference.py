"""Two programs agree: the SQL of what the office's records count, and a plain-Python reference, on random sheets."""

from __future__ import annotations

import csv
import io
import os
import random
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from bruk.refresh import build_core, build_marts, check_streams, plan_refresh
from bruk.warehouse import query
from contracts.paths import STANDARD
from contracts.site import Site, load_site
from ingestion.landing.sealer import land_pending
from tests.ingestion.spooling import drop
from tests.sites import GOVERNANCE, NOON, clock_at, emit, make_site, source, text
from tests.warehouse.reference.counting import Office
from tests.warehouse.reference.measures import MEASURES, MONTHLY, Value, values
from tests.warehouse.reference.office import PILOTS, REGIONS, START, SUBPROJECTS, TESTBEDS, Row, Sheet, random_sheets

pytestmark = pytest.mark.slow

#: Other sheets: BRUK_TEST_SEED=7 .venv/bin/python -m pytest tests/warehouse/test_counted_reference.py
SEED = int(os.environ.get("BRUK_TEST_SEED", "20261126"))
_MINUTE = 60_000_000_000
_KEY = "indicator_id, scope_type, scope_id, period_start"


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Office]:
    """The warehouse of a site that got all sheets as files, and what the reference makes of them."""
    print(f"BRUK_TEST_SEED={SEED}")
    sheets = random_sheets(random.Random(SEED))
    site = _site(tmp_path_factory.mktemp("counted") / "site", sheets)
    sent: list[tuple[str, Row]] = []
    for number, sheet in enumerate(sheets):
        received = NOON - (len(sheets) - 1 - number) * _MINUTE
        name = drop(site, f"office-{sheet.stream}", _file(sheet), received_ns=received)
        sent += [
            (sheet.stream, row | {"id": f"{name}:{place}", "received": number})
            for place, row in enumerate(sheet.rows, 1)
        ]
    land_pending(site, clock_at())
    plan = plan_refresh(site)
    assert plan is not None
    build_core(site, plan)
    check_streams(site, plan)
    build_marts(site, plan)
    return site.paths.warehouse, Office(sent)


@pytest.fixture(scope="module")
def expected(said: tuple[Path, Office]) -> dict[tuple[Any, ...], Value]:
    return {
        (name, *key): value
        for name in MEASURES
        for key, value in values(said[1], _definitions()[name])
        if name in MEASURES
    }


def test_every_row_of_the_sheets_has_landed(said: tuple[Path, Office]) -> None:
    for stream, rows in said[1].rows.items():
        kept = (
            {row[0] for row in query(said[0], f"select event_id from core.{_fact(stream)}")} if _fact(stream) else set()
        )
        assert not _fact(stream) or kept == {row["id"] for row in rows}, stream


def test_every_value_is_that_of_the_definition(
    said: tuple[Path, Office], expected: dict[tuple[Any, ...], Value]
) -> None:
    columns = "value, numerator, denominator, n, reason"
    found = {
        row[:4]: (_rounded(row[4]), _exact(row[5]), _exact(row[6]), row[7], row[8])
        for row in query(said[0], f"select {_KEY}, {columns} from indicators.fct_indicator_value")
        if row[0] in MEASURES
    }
    wanted = {key: (_rounded(v.value), v.numerator, v.denominator, v.n, v.reason) for key, v in expected.items()}
    assert _first_differences(found, wanted) == []
    _assert_varied(expected)


def test_every_value_names_its_inputs_unless_it_is_hidden(
    said: tuple[Path, Office], expected: dict[tuple[Any, ...], Value]
) -> None:
    found: dict[tuple[Any, ...], set[str]] = {}
    for row in query(said[0], f"select {_KEY}, input_id, numerator, denominator from indicators.fct_indicator_input"):
        if row[0] in MEASURES:
            found.setdefault(row[:4], set()).add(row[4])
            assert expected[row[:4]].n is not None or row[5:] == (None, None)
    wanted = {key: set(value.inputs) for key, value in expected.items() if value.inputs}
    assert _first_differences(found, wanted) == []


def test_it_is_known_since_when_an_element_could_be_told(said: tuple[Path, Office]) -> None:
    found: dict[str, Any] = dict(query(said[0], "select element, first_day from indicators.int_counted_first"))
    for name, parts in MEASURES.items():
        for element, (_, stream, column) in zip(_definitions()[name]["measure"]["of"], parts, strict=True):
            assert found[element] == said[1].first_said(stream, column), element


def _assert_varied(expected: dict[tuple[Any, ...], Value]) -> None:
    """That the sheets ask every question: each way of measuring and window has values, and each reason occurs."""
    measures = {key[0] for key, value in expected.items() if value.value}
    asked = {(one["how"], one["over"]) for one in (_definitions()[name]["measure"] for name in measures)}
    assert {how for how, _ in asked} == {
        "distinct", "sum", "share", "ratio", "median", "median_per_subject", "latest", "gap",
    }  # fmt: skip
    assert {over for _, over in asked} == {"month", "12_months", "since_start", "as_at"}
    assert {value.reason for value in expected.values()} >= {None, "no_data", "no_denominator", "too_few"}
    assert len(measures) > 50


@cache
def _definitions() -> dict[str, dict[str, Any]]:
    """The definitions of the registry, and some of them over a month."""
    found: dict[str, dict[str, Any]] = {}
    for file in sorted((STANDARD / "indicators").glob("*.yaml")):
        found |= {one["id"]: one for one in yaml.safe_load(file.read_text("utf-8"))["indicators"]}
    for name, of in MONTHLY.items():
        found[name] = found[of] | {"id": name, "measure": found[of]["measure"] | {"over": "month"}}
    return found


def _site(folder: Path, sheets: list[Sheet]) -> Site:
    """A site with the programme's places and the definitions, and a source for each kind of sheet."""
    lists = {
        "regions": [{"id": name, "name": text(word), "nuts3": "SE312"} for name, word in _WORDS.items()],
        "subprojects": [{"id": name, "name": text(name)} for name in SUBPROJECTS],
        "testbeds": [
            {"id": name, "name": text(name), "region": region, "municipality": "Orten", "kind": "process_line"}
            for name, region in TESTBEDS.items()
        ],
        "pilots": [
            {"id": name, "name": text(name), "subproject": subproject, "regions": ["dalarna"], "summary": text(name),
             "valid_from": str(begins), "valid_to": str(ends)}
            for name, (subproject, begins, ends) in PILOTS.items()
        ],
        "equipment": [], "channels": [], "planned_time": [], "allocations": [],
        "indicators": list(_definitions().values()),
    }  # fmt: skip
    sources = {sheet.stream: _source(sheet) for sheet in sheets}
    site = make_site(folder, lists, {f"office-{name}": one for name, one in sources.items()})
    for name in ("uns", "octoprint", "production", "participation"):
        (folder / "sources" / f"{name}.yaml").unlink()
    file = folder / "site.toml"
    file.write_text(file.read_text("utf-8").replace("2026-01-01", str(START)), "utf-8")
    return load_site(site.paths.site)


_WORDS = dict(zip(REGIONS, ("Dalarna", "Gävleborg", "Värmland"), strict=True))


def _source(sheet: Sheet) -> dict[str, Any]:
    columns = list(sheet.rows[0])
    return source(
        f"office-{sheet.stream}",
        transport={"kind": "file", "pattern": "*.csv"},
        time={"zone": "Europe/Stockholm", "oldest": "1990-01-01", "max_future_s": 5 * 366 * 86_400},
        governance=GOVERNANCE | {"personal_data": "pseudonymised", "legal_basis": "public_interest"},
        format={
            "adapter": "csv", "encoding": "utf-8", "dialect": {"delimiter": ";", "quote": '"', "decimal": ","},
            "columns": columns, "emit": [emit(sheet.stream, **{name: {"column": name} for name in columns})],
        },
    )  # fmt: skip


def _file(sheet: Sheet) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    writer.writerow(sheet.rows[0])
    writer.writerows([_cell(value) for value in row.values()] for row in sheet.rows)
    return out.getvalue().encode()


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value).replace(".", ",") if isinstance(value, float) else str(value)


def _fact(stream: str) -> str | None:
    return None if stream == "skills_background" else f"fct_{stream}"


def _exact(value: Decimal | None) -> Fraction | None:
    return None if value is None else Fraction(value)


def _rounded(value: Any) -> float | None:
    return None if value is None else round(float(value), 9)


def _first_differences(found: dict[Any, Any], expected: dict[Any, Any]) -> list[str]:
    keys = sorted(found.keys() | expected.keys(), key=str)
    differing = [key for key in keys if found.get(key) != expected.get(key)]
    some = {key[0]: key for key in reversed(differing)}
    return [f"{key}: the SQL says {found.get(key)}, the reference {expected.get(key)}" for key in some.values()][:12]
