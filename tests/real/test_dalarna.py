"""The files of Region Dalarna, CSV and XLSX, through the statistics stream: every value accounted for."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from contracts.site import Site
from tests.real.programme import Ask, build, drop, programme_site
from tests.real.reference_data import shared

pytestmark = pytest.mark.slow

WORKBOOK = "AntalNystartadeFöretag.xlsx"
#: Source, file, values of the file, and those of them that say that there is no value.
FILES = [
    ("arbetsloshet", "arbetsloshet.csv", 36, 0),
    ("sysselsatt", "sysselsatt.csv", 36, 0),
    ("bredband", "bredband.csv", 5, 0),
    ("elproduktion", "elproduktion.csv", 60, 3),
    ("effektivitet", "effektivitet.csv", 858, 0),
    ("vaxthusgaser", "vaxthusgaser.csv", 208, 24),
    ("nystartade-lan", WORKBOOK, 1364, 0),
    ("nystartade-kommun", WORKBOOK, 18_042, 763),
]
#: What is no value of a row, but says of what the values are.
KEYS = {"year", "gender", "municipality", "Region", "År", "Kategori", "Ar", "Id", "Geografi", "Län", "Kommun"}
KEYS |= {"Kommunnummer"}
SHEETS = {"nystartade-lan": "Län", "nystartade-kommun": "Kommun"}


@pytest.fixture(scope="module")
def dropped(tmp_path_factory: pytest.TempPathFactory) -> tuple[Site, dict[str, Any]]:
    site = programme_site(tmp_path_factory.mktemp("dalarna"))
    return site, {source: drop(site, source, name) for source, name, _, _ in FILES}


@pytest.fixture(scope="module")
def ask(dropped: tuple[Site, dict[str, Any]]) -> Ask:
    return build(dropped[0], "fct_statistic")


def values(source: str, name: str) -> Counter[str | float]:
    """Every value of a file, by plain Python: numbers as such, and the words that say that there is none."""
    rows: list[dict[str, Any]]
    if source in SHEETS:
        head, *body = openpyxl.load_workbook(shared(f"programme_se/{name}"))[SHEETS[source]].iter_rows(values_only=True)
        rows = [dict(zip(map(str, head), row, strict=True)) for row in body]
    else:
        with shared(f"programme_se/{name}").open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
    return Counter(_value(cell) for row in rows for heading, cell in row.items() if heading not in KEYS)


def _value(cell: Any) -> str | float:
    try:
        return float(cell)
    except (TypeError, ValueError):
        return str(cell)


@pytest.mark.parametrize(("source", "name", "there", "none"), FILES, ids=[file[0] for file in FILES])
def test_every_value_of_the_file_is_landed_ignored_or_refused(
    source: str, name: str, there: int, none: int, dropped: tuple[Site, dict[str, Any]], ask: Ask
) -> None:
    outcome, told = dropped[1][source], values(source, name)
    assert told.total() == there
    assert outcome.records == outcome.accepted + outcome.quarantined + outcome.duplicate == there
    assert (outcome.outcome, outcome.accepted, outcome.reasons) == ("accepted", there, [])
    landed = ask(f"select value from staging.stg_statistic where event_id like '{outcome.sha256}:%'")
    assert Counter(value for (value,) in landed if value is not None) == Counter(
        {value: times for value, times in told.items() if isinstance(value, float)}
    )
    words = {value: times for value, times in told.items() if isinstance(value, str)}
    assert sum(words.values()) == sum(value is None for (value,) in landed) == none
    assert words.keys() <= {"NA", "..", "-", "None"}


def test_one_place_has_one_name_whatever_the_file_calls_it(ask: Ask) -> None:
    places = dict(ask("select series_id, list(distinct place order by place) from core.fct_statistic group by 1"))
    assert {name: places[name] for name in places if name not in ("brp", "brp-per-utslapp", "utslapp-vaxthusgaser")} | {
        "nystartade-foretag-kommun": None, "nystartade-foretag-lan": None,
    } == {
        "langtidsarbetsloshet-25-64": ["dalarna"], "forvarvsarbetande-20-64": ["dalarna"], "bredband": ["dalarna"],
        **{f"elproduktion-{kind}": ["dalarna", "riket"] for kind in ("totalt", "vattenkraft", "vindkraft")},
        **{f"vaxthusgaser-{kind}": ["dalarna", "riket"] for kind in (
            "UtslappPerInv", "TotaltUtslapp", "UppvarmningUtslapp", "TransporterUtslapp", "ArbetsmaskinerUtslapp",
            "ElFjarrvarme", "IndustriUtslapp", "JordbrukUtslapp")},
        "nystartade-foretag-kommun": None, "nystartade-foretag-lan": None,
    }  # fmt: skip
    assert len(places["brp"]) == 21
    assert {"dalarna", "gavleborg", "varmland", "Stockholms län", "Örebro län"} <= set(places["brp"])
    assert {"riket", "dalarna", "gavleborg", "varmland"} <= set(places["nystartade-foretag-lan"])


def test_values_stand_where_and_when_the_file_says(ask: Ask) -> None:
    def value(series: str, place: str, breakdown: str, day: date) -> Any:
        [found] = ask(f"select value, unit, period_end from core.fct_statistic where series_id = '{series}' and "
                      f"place = '{place}' and breakdown = '{breakdown}' and period_start = '{day}'")  # fmt: skip
        return found

    assert value("langtidsarbetsloshet-25-64", "dalarna", "män", date(2017, 1, 1)) == (
        Decimal("4.054986"), "%", date(2017, 12, 31))  # fmt: skip
    assert value("elproduktion-vindkraft", "dalarna", "-", date(2012, 1, 1))[:2] == (Decimal(542_478), "MWh")
    assert value("vaxthusgaser-IndustriUtslapp", "dalarna", "-", date(2008, 1, 1))[0] is None
    assert value("nystartade-foretag-lan", "Stockholms län", "definition", date(2007, 1, 1)) == (
        Decimal(4_912), "antal", date(2007, 3, 31))  # fmt: skip


def test_2010_stands_in_two_definitions_and_neither_hides_the_other(ask: Ask) -> None:
    found = ask("select breakdown, count(*) from core.fct_statistic where series_id = 'nystartade-foretag-lan' "
                "and place = 'dalarna' and year(period_start) = 2010 group by all order by all")  # fmt: skip
    assert found == [("definition*", 4), ("definition**", 4)]


def test_stockholm_twice_word_for_word_is_landed_twice_and_counts_once(ask: Ask) -> None:
    asked = "where series_id = 'brp' and place = 'Stockholms län'"
    assert ask(f"select count(*) from staging.stg_statistic {asked}") == [(26,)]
    assert ask(f"select count(*), count(distinct period_start) from core.fct_statistic {asked}") == [(13, 13)]


def test_a_workbook_that_lists_names_has_no_figures_and_is_refused_whole_with_what_would_help(
    dropped: tuple[Site, dict[str, Any]],
) -> None:
    outcome = drop(dropped[0], "nystartade-lan", "indikatorer.xlsx")
    assert (outcome.outcome, outcome.records) == ("refused", 0)
    assert "indikatorer" in str(outcome.reasons)
