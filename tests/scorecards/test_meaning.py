"""What pages say of a definition, of what is hidden, of bands, and of the maturity of a testbed."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from scorecards.edition import PROGRAMME, Edition
from scorecards.figures import figure
from scorecards.links import Page
from scorecards.reader import read_edition
from scorecards.records import Indicator
from scorecards.sheets import classification, sheets_needed
from scorecards.views.breakdowns import of_programme, of_region, of_subproject
from scorecards.views.maturity import maturity
from scorecards.views.meaning import codes_of, measured_as, protection
from scorecards.views.months import block
from scorecards.voice import Voice

SV = Voice("sv", ZoneInfo("Europe/Stockholm"))
FRONT = Page("sv", "programme")


@pytest.fixture(scope="module")
def read(edition: Path) -> Edition:
    return read_edition(edition, edition / "no-gate.json")


def indicator(read: Edition, name: str) -> Indicator:
    return next(item for item in read.indicators if item.indicator_id == name)


def test_every_measure_and_window_of_the_product_is_said_in_words(read):
    for lang in ("sv", "en"):
        said = [measured_as(read, Voice(lang, SV.zone), item) for item in read.indicators]
        assert not any("{" in words or words.isupper() for words in said)
    assert measured_as(read, SV, indicator(read, "G1.2b")) == "antal olika registrerade ärenden sedan programstart"
    share = measured_as(read, SV, indicator(read, "G2.1b"))
    assert share.startswith("andelen kvinnor bland deltagarna av ")
    assert share.endswith(" under de senaste 12 månaderna")


def test_whom_a_threshold_protects_is_said_with_the_threshold(read):
    assert protection(SV, indicator(read, "G2.1b")) == "Visas inte för färre än 10 personer"
    assert protection(SV, indicator(read, "G1.4b")) == "Visas inte för färre än 5 företag"


def test_codes_stand_with_list_relation_and_what_is_not_verified(read):
    new, old = codes_of(read, SV, indicator(read, "G1.5a"))
    assert (new.code, new.list, new.relation, new.remark) == ("RCO02", "2021–2027", "Rapporteras som koden.", "")
    assert (old.code, old.relation) == ("CO02", "Närmaste motsvarighet.")
    assert old.remark == "Inte kontrollerat mot beslutet om stöd."


def test_what_shall_stay_in_a_band_shows_the_band_and_no_way_to_it(read):
    item = indicator(read, "G2.1b")
    shown = figure(read, SV, FRONT, item, PROGRAMME)
    plain = shown.target.replace("\u00a0", " ")
    assert (plain, shown.milestone, shown.expected) == ("40,0 % till 60,0 %", "–", "–")
    drawing = block(SV, read.facts(item.indicator_id, PROGRAMME), "").chart().replace("\u00a0", " ")
    assert "Ska ligga mellan 40,0 % och 60,0 %" in drawing
    assert 'stroke-dasharray="5 4"' not in drawing, "there is no plan"


def test_context_is_followed_and_judged_by_nobody(read):
    shown = figure(read, SV, FRONT, indicator(read, "G3.1d"), PROGRAMME)
    assert (shown.status.code, shown.target) == ("followed", "–")


def test_a_negative_value_is_told_and_drawn_below_zero(read):
    item = indicator(read, "G3.4f")
    shown = figure(read, SV, FRONT, item, PROGRAMME)
    assert (shown.value, shown.unit) == ("\u22122", "nivåer")
    assert block(SV, read.facts(item.indicator_id, PROGRAMME), "").chart()


def test_a_hidden_cell_says_so_with_its_sentence_and_no_number(read):
    table = of_programme(read, SV)[0]
    cells = [cell for line in table.lines for cell in line.cells]
    hidden = [cell for cell in cells if cell.state == "hidden"]
    assert hidden
    assert {(cell.text, cell.last) for cell in hidden} == {("döljs", "")}
    assert "Döljs: färre än 5 företag, eller så skyddar det en sådan uppgift." in table.notes
    assert table.lines[-1].name == "Alla"


def test_a_table_that_may_not_be_told_yet_says_why_and_shows_no_cell(read):
    table = next(item for item in of_programme(read, SV) if item.id == "support_hours_by_subproject")
    assert table.lines == []
    assert table.notes[0].startswith("Tabellen redovisas inte ännu")


def test_a_subproject_and_a_county_show_their_own_part_of_the_breakdowns(read):
    of = {item.id: item for item in of_subproject(read, SV, "innovation")}
    assert set(of) == {"supported_by_region", "supported_by_size"}
    assert of["supported_by_size"].corner == "Storlek / Företagets län"
    assert "supported_by_size" in {item.id for item in of_region(read, SV, "dalarna")}


def test_what_a_testbed_says_of_itself_and_what_data_shows_stand_side_by_side(read):
    found = maturity(read, SV, "testbed-dal")
    assert found.month == "oktober 2026", "the newest month that is over"
    assert [item.level for item in found.assessed] == ["2", "3"]
    assert [item.share.replace("\u00a0", " ") for item in found.shown] == ["100,0 %", "93,0 %", "Kan inte bedömas"]
    assert maturity(read, SV, "testbed-var").assessed == []


def test_a_column_of_the_voluntary_sheet_leads_to_that_sheet_and_closes_the_number():
    needed = sheets_needed(["skills"], ["skills.born_abroad"])
    assert [(item.name, bool(item.columns)) for item in needed] == [
        ("kompetensregister", False), ("bakgrund", True),
    ]  # fmt: skip
    assert classification(["skills"], ["skills.born_abroad"]) == "company-confidential"
    assert classification(["skills"], ["skills.gender"]) == ""
