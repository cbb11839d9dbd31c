"""The project bank of Tillväxtverket 2014–2020 through a funding source, the real door, landing and dbt."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bruk.disclosure.protection import protect
from bruk.overlaps import excess, overlap_told
from bruk.unprotected import unprotected_cells
from contracts.disclosure import table_list
from contracts.site import Site
from ingestion.files.door import bytes_file
from tests.real.programme import Ask, build, drop, programme_site
from tests.real.reference_data import shared

pytestmark = pytest.mark.slow

FILE = "tillvaxtverket_projektbank_2014_2020_a.json"
COUNTIES = {"Dalarna": "dalarna", "Gävleborg": "gavleborg", "Värmland": "varmland"}
GRANTED = "from core.fct_funding where is_grant"


@pytest.fixture(scope="module")
def dropped(tmp_path_factory: pytest.TempPathFactory) -> tuple[Site, Any]:
    site = programme_site(tmp_path_factory.mktemp("bank"))
    return site, drop(site, "projektbank", FILE)


@pytest.fixture(scope="module")
def ask(dropped: tuple[Site, Any]) -> Ask:
    return build(dropped[0], "fct_grant_county")


def projects() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(shared(f"programme_se/{FILE}").read_text("utf-8"))
    return found


def test_every_project_of_the_bank_lands(dropped: tuple[Site, Any]) -> None:
    outcome = dropped[1]
    assert (outcome.outcome, outcome.records, outcome.accepted, outcome.reasons) == ("accepted", 114, 114, [])


def test_nothing_of_who_led_a_project_is_kept_and_the_rest_is(dropped: tuple[Site, Any]) -> None:
    site, outcome = dropped
    kept = json.loads(bytes_file(site.paths, outcome.sha256).read_bytes())
    empty = {"projektledare": "", "telnr": "", "e-post": ""}
    assert kept == [project | empty for project in projects()]


def test_114_projects_were_granted_1_098_711_538_sek_and_the_40_of_norra_mellansverige_247_463_308(ask: Ask) -> None:
    assert ask(f"select count(*), sum(granted_sek) {GRANTED}") == [(114, Decimal(1_098_711_538))]
    assert ask(f"select count(*), sum(granted_sek) {GRANTED} and call = 'Norra Mellansverige'") == [
        (40, Decimal(247_463_308))
    ]
    assert ask(f"select count(*) {GRANTED} and call = 'Norra Mellansverige' and len(regions) = 0") == [(0,)]


def test_three_projects_of_other_programmes_touch_the_regions_too_so_43_do_with_337_480_607_sek(ask: Ask) -> None:
    """Two of the whole country and one of the north: a place is not the programme that pays."""
    assert ask(f"select count(*), sum(granted_sek) {GRANTED} and len(regions) > 0") == [(43, Decimal(337_480_607))]
    others = ask(f"select call, count(*), sum(granted_sek) {GRANTED} and len(regions) > 0 "
                 "and call <> 'Norra Mellansverige' group by all order by all")  # fmt: skip
    assert others == [
        ("Nationellt regionalfondsprogram", 2, Decimal(83_811_343)),
        ("Övre Norrland", 1, Decimal(6_205_956)),
    ]


def test_the_counties_add_up_to_more_than_the_total_by_exactly_the_projects_of_several(ask: Ask) -> None:
    [(total,)] = ask(f"select sum(granted_sek) {GRANTED} and len(regions) > 0")
    [(parts,)] = ask(f"select sum(granted_sek) from (select unnest(regions) as region, granted_sek {GRANTED})")
    [(several,)] = ask(f"select sum(granted_sek * (len(regions) - 1)) {GRANTED} and len(regions) > 1")
    assert parts - total == several > 0
    told: dict[str, int] = dict.fromkeys(COUNTIES.values(), 0)
    for project in projects():
        for county in {name.strip() for name in project["län"].split(",")} & COUNTIES.keys():
            told[COUNTIES[county]] += project["beviljat_belopp_sek"]
    found = ask("select region, sum(granted_sek)::bigint "
                f"from (select unnest(regions) as region, granted_sek {GRANTED}) group by all")  # fmt: skip
    assert dict(found) == told


def test_the_published_table_by_county_says_why_and_by_how_much_it_is_more_than_its_total(
    dropped: tuple[Site, Any], ask: Ask
) -> None:
    listed = table_list()
    [table] = [table for table in listed.tables if table.id == "grants_by_county"]
    shown = protect([table], unprotected_cells(dropped[0].paths.warehouse, [table]), [], listed.rules)
    cells = {dict(one.cell.at).get("county"): one.value for one in shown}
    assert cells[None] == Decimal(337_480_607)
    [(several,)] = ask(f"select sum(granted_sek * (len(regions) - 1)) {GRANTED} and len(regions) > 1")
    assert excess(table, shown) == (several, cells[None])
    assert sum(cells[county] for county in COUNTIES.values()) == cells[None] + several
    english = overlap_told(table, shown)["overlap_en"]
    assert english is not None
    assert f"{several:,.0f}\N{NO-BREAK SPACE}SEK more than the total of 337,480,607\N{NO-BREAK SPACE}SEK" in english


def test_euros_that_nobody_filled_in_are_no_zeros_and_a_project_begins_and_ends_as_the_bank_says(ask: Ask) -> None:
    assert {project["beviljat_belopp_eur"] for project in projects()} == {0}
    assert ask(f"select count(equipment_eur), count(own_sek) {GRANTED}") == [(0, 0)]
    assert ask(f"select period_from, period_to, status_date {GRANTED} and application_id = '20201071'") == [
        (date(2016, 8, 15), date(2017, 5, 15), date(2016, 8, 15))
    ]
