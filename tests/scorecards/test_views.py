"""What the view models choose to show."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from contracts.editions import EDITION_TABLES
from scorecards.edition import PROGRAMME, Edition
from scorecards.figures import figure, months_with_gaps
from scorecards.links import Page
from scorecards.reader import read_edition
from scorecards.views.goal import goal_page
from scorecards.views.pilot import pilot_page
from scorecards.views.programme import programme_page
from scorecards.views.quality import quality_page
from scorecards.views.testbed import testbed_page as the_page_of_a_testbed
from scorecards.voice import Voice

SV = Voice("sv", ZoneInfo("Europe/Stockholm"))
FRONT = Page("sv", "programme")


@pytest.fixture(scope="module")
def read(edition: Path) -> Edition:
    return read_edition(edition, edition / "no-gate.json")


@pytest.fixture(scope="module")
def rich(rich_edition: Path) -> Edition:
    return read_edition(rich_edition, rich_edition / "no-gate.json")


def indicator(read: Edition, name: str):
    return next(item for item in read.indicators if item.indicator_id == name)


def test_a_cell_of_the_map_shows_the_most_urgent_status_and_how_many_follow_the_plan(rich):
    groups = programme_page(rich, SV, FRONT).map
    assert groups[0].whole.name == "Additiv tillverkning"
    cell = groups[0].whole.cells[0]
    assert (cell.code, cell.word) == ("behind", "Efter plan")
    assert re.fullmatch(r"\d+ av \d+ följer planen", cell.kept)


def test_pilots_stand_by_subproject_and_name_and_are_never_ranked(rich):
    for group in programme_page(rich, SV, FRONT).map:
        assert [row.name for row in group.pilots] == sorted(row.name for row in group.pilots)


def test_a_goal_counts_its_indicators_by_status_with_outputs_results_and_context_apart(rich):
    goals = programme_page(rich, SV, FRONT).goals
    for goal in goals:
        kinds = [item.kind for item in goal.standings]
        assert kinds == [kind for kind in ("output", "result", "context") if kind in kinds]
        for item in goal.standings:
            assert item.n == sum(count.n for count in item.counts)
    assert sum(item.n for goal in goals for item in goal.standings) == len(rich.heads) == 102


def test_the_level_of_a_goal_is_told_with_its_interval_and_only_where_enough_can_be_assessed(rich):
    first, second = (goal.level for goal in programme_page(rich, SV, FRONT).goals[:2])
    assert first.told.replace("\u00a0", " ") == "47 % av vägen till målet"
    assert first.planned.replace("\u00a0", " ") == "planen nu 26 %"
    assert first.between.replace("\u00a0", " ").startswith("mellan 45 % och 49 %")
    assert (second.told, second.why[:45]) == ("", "Målets nivå visas inte: 11 av 20 indikatorer ")


def test_an_indicator_that_nobody_has_reported_names_the_file_that_would_bring_it(rich):
    shown = figure(rich, SV, FRONT, indicator(rich, "G2.5a"), PROGRAMME)
    assert (shown.status.code, shown.value) == ("not_measured", "Mäts inte ännu")
    assert shown.reason == "Mäts inte ännu: behöver mallen ”Initiativregister”"


def test_a_ratio_shows_its_latest_closed_month_and_a_count_the_current_one(read):
    assert read.facts("G1.1c", PROGRAMME).shown.period_start == date(2026, 10, 1)
    assert read.facts("G1.4g", PROGRAMME).shown.period_start == date(2026, 11, 1)


def test_a_trend_ends_with_the_month_whose_value_stands_beside_it(read):
    shown = figure(read, SV, FRONT, indicator(read, "G1.1c"), PROGRAMME)
    assert f"till {shown.value} i oktober 2026" in shown.spark()


def test_the_value_shown_is_the_one_that_the_status_judges(read):
    shown = read.facts("G3.4e", ("pilot", "stable-line")).shown
    progress = read.progress_of("G3.4e", ("pilot", "stable-line"))
    assert shown.value == progress.value


def test_the_plan_now_is_said_in_the_unit_of_the_indicator(read):
    shown = figure(read, SV, FRONT, indicator(read, "G3.4e"), PROGRAMME)
    assert shown.expected.replace("\u00a0", " ") == "48,5 %"


def test_a_missing_month_is_a_gap_and_not_skipped(read):
    series = read.series("G3.4e", PROGRAMME)
    found = months_with_gaps([series[0], series[2]])
    assert [row is None for _, row in found] == [False, True, False]


def test_the_runs_of_a_pilot_are_those_that_the_edition_counts_and_are_not_joined_again(read):
    pilot = next(item for item in read.pilots if item.pilot_id == "am-spare-parts")
    page = pilot_page(read, SV, Page("sv", "pilot", "am-spare-parts"), pilot)
    counted = {item.code: item.runs.replace("\u00a0", " ") for item in page.outcomes}
    assert counted == {"finished": "1 094", "failed": "31", "cancelled": "12", "interrupted": "0", "open": "1"}
    assert page.runs.replace("\u00a0", " ") == "1 138"


def test_the_months_of_a_testbed_stand_newest_first_and_the_open_one_says_so(read):
    page = the_page_of_a_testbed(read, SV, Page("sv", "testbed", "testbed-var"), read.testbeds[2])
    kpis = page.kpis
    assert [month.open for month in kpis.months] == [True] + [False] * 5
    assert kpis.months[0].name == "nov 2026"
    oee = next(item for item in kpis.rows if item.name == "OEE")
    assert (oee.cells[4].value, oee.cells[4].short) == ("–", "låg täckning")
    assert oee.cells[4].why.startswith("Kan inte bedömas: för låg täckning: 21,0"), "an earlier month says why too"


def test_a_goal_counts_the_steps_that_are_measured(read):
    assert goal_page(read, SV, Page("sv", "goal", "1"), read.goals[0]).measured == "5 av 5 steg mäts i dag."


def test_troubled_checks_stand_first_and_broken_is_not_failed(read):
    page = quality_page(read, SV, Page("sv", "quality"))
    assert [group.state for group in page.streams] == ["broken", "failed", "passed"]
    passed = str(len(EDITION_TABLES) + 2)
    assert {tally.state: tally.checks for tally in page.tallies} == {"passed": passed, "failed": "1", "broken": "1"}
    failed = page.streams[1].checks[0]
    assert len(failed.days) == 12
    assert failed.more == "och 2 till"
    assert page.adds_up


def test_the_status_of_the_edition_is_never_computed_again(read):
    for (name, *scope), progress in read.progress.items():
        shown = figure(read, SV, FRONT, indicator(read, name), tuple(scope))
        assert shown.status.code == progress.status


def test_a_key_figure_says_in_words_why_it_is_not_assessable_and_where_its_definition_stands(read):
    page = the_page_of_a_testbed(read, SV, Page("sv", "testbed", "testbed-dal"), read.testbeds[0])
    kpis = page.kpis
    mtbf = next(item for item in kpis.rows if item.name == "Medeltid mellan fel (MTBF)")
    assert mtbf.why == "Kan inte bedömas: uppgift saknas, drifttid mellan fel (omställning och produktion)"
    assert mtbf.href.endswith("definitioner/index.html#mtbf")
    assert (mtbf.coverage.replace("\u00a0", " "), mtbf.freshness) == ("94,0 %", "2 timmar")
    assert kpis.others > 30
