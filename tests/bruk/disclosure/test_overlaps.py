"""No table by county adds up to more than its total without saying why, and by how much."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bruk.disclosure.cells import Cell, CellId
from bruk.disclosure.protection import protect
from bruk.overlaps import excess, overlap_told
from contracts.disclosure import TableList, table_list

LISTED = table_list()
[GRANTS] = [table for table in LISTED.tables if table.id == "grants_by_county"]
COUNTIES = ["dalarna", "gavleborg", "varmland"]


def cells(projects: list[tuple[set[str], int]]) -> dict[CellId, Cell]:
    """What the warehouse would give of these projects: counties, and what was granted."""
    found = {}
    for county in (None, *COUNTIES):
        mine = [amount for counties, amount in projects if county is None or county in counties]
        if mine:
            found[CellId.of("grants", {"county": county})] = Cell(Decimal(sum(mine)), len(mine), max(mine))
    return found


@pytest.mark.parametrize("table", LISTED.tables, ids=lambda table: table.id)
def test_every_table_whose_parts_overlap_says_so_in_both_languages(table) -> None:
    overlaps = any(item.overlapping for item in table.dimensions)
    assert bool(table.overlap) == overlaps
    if overlaps and table.about != "public":
        told = overlap_told(table, [])
        assert "fler än totalen" in told["overlap_sv"]
        assert "more than the total" in told["overlap_en"]


@given(st.lists(st.tuples(st.sets(st.sampled_from(COUNTIES), min_size=1), st.integers(0, 10**9)), min_size=1))
def test_the_stated_excess_is_what_the_shown_cells_add_up_to_beyond_the_total(projects) -> None:
    shown = protect([GRANTS], cells(projects), [], LISTED.rules)
    assert all(one.why is None for one in shown), "a grant of public money is public, also a single one"
    [total] = [one.value for one in shown if not one.cell.at]
    parts = sum(one.value for one in shown if one.cell.at)
    assert excess(GRANTS, shown) == (parts - total, total)
    assert parts - total == sum((len(counties) - 1) * amount for counties, amount in projects)
    assert (overlap_told(GRANTS, shown)["overlap_sv"] is None) == (parts == total)


def test_the_sentence_names_the_numbers_as_each_language_writes_them() -> None:
    told = overlap_told(GRANTS, protect([GRANTS], cells([({"dalarna", "varmland"}, 1_234_567)]), [], LISTED.rules))
    assert "1\N{NO-BREAK SPACE}234\N{NO-BREAK SPACE}567\N{NO-BREAK SPACE}SEK mer än totalen" in told["overlap_sv"]
    assert "1,234,567\N{NO-BREAK SPACE}SEK more than the total" in told["overlap_en"]


def test_a_table_whose_parts_overlap_in_silence_is_no_table() -> None:
    silent = GRANTS.model_copy(update={"overlap": None}).model_dump()
    with pytest.raises(ValueError, match="need the sentence `overlap`"):
        TableList(rules=LISTED.rules, words=LISTED.words, tables=[silent])
