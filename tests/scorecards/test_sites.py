"""The sites of the three audiences: none holds or leads to what its readers may not see."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from scorecards.audience import AUDIENCES, PAGES, has_page
from scorecards.edition import PROGRAMME
from scorecards.goal_level import goal_levels, heads_of
from scorecards.links import Page, path_of
from scorecards.reader import read_edition
from scorecards.render import render_read
from tests.scorecards.html_reader import read_page


@pytest.fixture(scope="module")
def rich(rich_edition):
    return read_edition(rich_edition, rich_edition / "no-gate.json")


def test_a_site_has_the_kinds_of_pages_of_its_audience_and_no_others(sites):
    for audience in AUDIENCES:
        for kind in PAGES:
            folder = path_of("sv", kind, "").removesuffix("index.html")
            if folder:
                assert (sites[audience] / folder).exists() == has_page(audience, kind), (audience, kind)
    assert len([*sites["open"].rglob("*.html")]) < len([*sites["programme"].rglob("*.html")])


@pytest.mark.parametrize("audience", AUDIENCES)
def test_no_link_leads_out_of_a_site_or_to_a_page_or_place_that_it_does_not_have(sites, audience):
    root = sites[audience]
    read = {file: read_page(file) for file in root.rglob("*.html")}
    for file, page in read.items():
        assert page.problems == [], file
        assert len(page.ids) == len(set(page.ids)), file
        for link in page.links:
            if audience == "confidential" and link.startswith(("/live", "http://localhost", "/data-model")):
                continue
            address, _, place = link.partition("#")
            if address.endswith((".xlsx", ".csv")):
                continue
            target = (file.parent / address).resolve() if address else file
            assert target in read, (file, link)
            assert not place or place in read[target].ids, (file, link)


def test_the_open_site_shows_no_number_of_a_pilot_testbed_or_machine(rich):
    shown = rich.for_audience("open")
    assert {key[1] for key in shown.values} == {"programme", "subproject", "region", "company_region"}
    assert {key[1] for key in shown.progress} <= {"programme", "subproject", "region", "company_region"}
    assert {key[1] for key in shown.kpis} == {"programme"}
    assert (shown.runs, shown.machine_months, shown.verdicts) == ([], {}, [])
    assert shown.controls.points == {}


def test_what_companies_told_in_confidence_is_open_only_in_wholes_and_over_five_enterprises(rich):
    name = "G2.1b3"  # of the voluntary sheet about the background of participants
    few = {
        key: [row._replace(n=4) for row in rows] if key == (name, "region", "dalarna") else rows
        for key, rows in rich.values.items()
    }
    for audience in ("open", "programme"):
        shown = replace(rich, values=few).for_audience(audience)
        assert {key[1] for key in shown.values if key[0] == name} == {"programme", "region"}
        assert shown.series(name, PROGRAMME)[-1].value is not None
        withheld = shown.series(name, ("region", "dalarna"))[-1]
        assert (withheld.value, withheld.n, withheld.assessable, withheld.reason) == (None, None, False, "too_few")


def closed(rich, machines, owners):
    """The edition in which some machines send their runs in confidence, and belong to so many companies."""
    equipment = {
        name: replace(
            item,
            owner=f"559900-{place % owners:04d}",
            confidential_streams=["run"] if name in machines else [],
        )
        for place, (name, item) in enumerate(rich.equipment.items())
    }
    return replace(rich, equipment=equipment, made={})


def test_what_a_machine_sends_in_confidence_is_told_of_no_part_that_it_stands_in(rich):
    machine = next(iter(rich.equipment.values()))
    pilots = {row.pilot_id for row in rich.allocations if row.equipment_id == machine.equipment_id}
    assert pilots
    shown = closed(rich, {machine.equipment_id}, owners=9).for_audience("programme")
    for parts in (pilots, {machine.testbed_id}):
        assert ("G3.4e", "pilot", *parts) not in shown.values  # made of runs and outputs
        assert not [key for key in shown.kpis if key[2] in parts and key[0] == "oee"]
    assert machine.testbed_id not in shown.testbed_months
    assert not pilots & shown.pilot_months.keys()
    assert machine.equipment_id in shown.coverage  # made of its states
    assert ("G3.4e", "pilot", *pilots) in rich.for_audience("programme").values
    others = {item.pilot_id for item in rich.pilots} - pilots
    assert any(("G3.4e", "pilot", name) in shown.values for name in others)


def test_a_whole_is_told_where_five_companies_send_their_part_of_it_in_confidence_and_else_says_why(rich):
    machines = set(rich.equipment)
    told = closed(rich, machines, owners=5).for_audience("open")
    assert told.series("G3.4e", PROGRAMME)[-1].value is not None
    assert closed(rich, machines, owners=4).for_audience("confidential").series("G3.4e", PROGRAMME)[-1].value
    one_of_many = closed(rich, {next(iter(rich.equipment))}, owners=9)  # what the others tell openly can be taken off
    for shown in (closed(rich, machines, owners=4).for_audience("open"), one_of_many.for_audience("open")):
        withheld = shown.series("G3.4e", PROGRAMME)[-1]
        assert (withheld.value, withheld.n, withheld.reason) == (None, None, "in_confidence")
        assert ("G3.4e", *PROGRAMME) not in shown.progress
        assert not [key for key in shown.kpis if key[0] == "oee" and key[1:] == PROGRAMME]
        assert shown.series("G1.4d", PROGRAMME)[-1].value is not None  # of the participation list


def test_the_level_of_a_goal_does_not_tell_what_it_would_be_with_what_is_withheld(rich):
    closed_to_open = closed(rich, {next(iter(rich.equipment))}, owners=4).for_audience("open")
    for shown in (rich.for_audience("programme"), closed_to_open):
        levels = goal_levels(heads_of(shown.indicators), shown.progress.values())
        assert shown.goal_progress == {(row.goal_id, row.scope_type, row.scope_id): row for row in levels}
    judged = [edition.goal_progress_of(3, PROGRAMME).judged for edition in (rich, closed_to_open)]
    assert judged[1] < judged[0]


def test_only_the_house_is_told_commands_services_and_the_checks_that_failed(sites):
    for audience, told in (("open", False), ("programme", False), ("confidential", True)):
        text = read_page(sites[audience] / "indikator/G1.1a/index.html").text
        front = read_page(sites[audience] / "index.html")
        assert ("bruk trace" in text) == told
        assert ("/live/" in front.links) == told
    assert "met_testbed_month.elements" not in read_page(sites["open"] / "index.html").text
    assert "met_testbed_month.elements" in read_page(sites["programme"] / "index.html").text


def test_a_page_that_an_audience_does_not_have_has_no_address():
    assert Page("sv", "pilot", "x", "programme").to("machine", "m") == ""
    assert Page("sv", "region", "x", "open").to("months", "pilot-a") == ""
    assert Page("sv", "region", "x", "open").to("months", "region-dalarna").endswith("region-dalarna/index.html")


def test_every_step_of_the_programme_is_visible_and_says_what_would_bring_its_indicators(sites):
    for step in ("2.5", "3.5", "4.5"):
        text = read_page(sites["open"] / f"steg/{step}/index.html").text
        assert "Mäts inte ännu" in text
        assert "Behöver mallen ”" in text
    assert len([*(sites["open"] / "steg").iterdir()]) == 25


def test_numbers_of_parts_never_stand_without_the_word_that_they_do_not_add_up(sites):
    for path in ("index.html", "steg/1.4/index.html", "lan/dalarna/index.html", "delprojekt/innovation/index.html"):
        assert "Delarna går inte att lägga ihop till helheten" in read_page(sites["open"] / path).text, path
    indicator = read_page(sites["programme"] / "indikator/G1.1a/index.html").text
    assert len(re.findall(r"inte (?:att )?lägga ihop", indicator)) >= 4


def test_a_stream_sent_in_confidence_hides_what_is_made_of_it_and_nothing_else(rich):
    machine = next(iter(rich.equipment))
    equipment = {
        name: replace(item, confidential_streams=["layer"] if name == machine else [])
        for name, item in rich.equipment.items()
    }
    shown = replace(rich, equipment=equipment, made={}).for_audience("programme")
    whole = rich.for_audience("programme")
    layers = {item.metric_id for item in rich.metrics if "layer" in item.streams}
    gone = {key[0] for key in whole.kpis.keys() - shown.kpis.keys()}
    assert gone
    assert gone <= layers
    assert (shown.values, shown.testbed_months, shown.coverage) == (whole.values, whole.testbed_months, whole.coverage)


def test_what_was_made_for_the_house_does_not_leak_into_a_site_that_is_made_after_it(rich_edition, tmp_path):
    together = read_edition(rich_edition, rich_edition / "no-gate")
    for audience in reversed(AUDIENCES):
        render_read(together, tmp_path / "together" / audience, {}, audience)
    for audience in ("open", "programme"):
        alone = read_edition(rich_edition, rich_edition / "no-gate")
        render_read(alone, tmp_path / "alone" / audience, {}, audience)
        for file in (tmp_path / "alone" / audience).rglob("*.html"):
            same = tmp_path / "together" / audience / file.relative_to(tmp_path / "alone" / audience)
            assert same.read_bytes() == file.read_bytes(), file
