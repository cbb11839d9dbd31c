"""What may not be shown by itself: small groups, amounts that one dominates, small differences to what was shown."""

from __future__ import annotations

import random
from itertools import product

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from pydantic import ValidationError
from scipy.optimize import linprog

from bruk.disclosure.cells import Cell, CellId, Layer, Said
from bruk.disclosure.protection import protect
from bruk.disclosure.rules import sensitive
from contracts.disclosure import TableDefinition, table_list
from contracts.errors import StateError
from tests.bruk.disclosure.micro import RULES, Firm, as_layer, count, firms, table

COUNT = table("size county")
AMOUNT = table("size county", how="sum", of="amount", record="r", id="amounts", measure="amounts")
PERSONS = table("size county", about="persons", id="persons")


def said(*values: int | None) -> list[Said]:
    return [Said(value, value, value or 0) for value in values]


@pytest.mark.parametrize(
    ("cell", "told", "why"),
    [
        (Cell(4, 4), [], "primary"),
        (Cell(5, 5), [], None),
        (Cell(0, 0), [], None),
        (Cell(12, 12), said(8), "increment"),
        (Cell(12, 12), said(7), None),
        (Cell(12, 12), said(12), None),
        (Cell(8, 8), said(12), "increment"),
        (Cell(12, 12), [Said(None, 9, 9)], "increment"),
        (Cell(12, 12), [Said(None, None)], None),
    ],
)
def test_a_count_of_enterprises(cell: Cell, told: list[Said], why: str | None) -> None:
    assert sensitive(COUNT, cell, told, RULES) == why


def test_a_count_of_persons_hides_nobody_too() -> None:
    assert [sensitive(PERSONS, Cell(n, n), [], RULES) for n in (0, 9, 10)] == ["primary", "primary", None]


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        (Cell(100, 6, 30, 20), None),
        (Cell(100, 4, 30, 20), "primary"),
        (Cell(100, 6, 60, 26), "dominance"),  # the largest two have more than 85 %
        (Cell(100, 6, 84, 1), None),
        (Cell(100, 6, 80, 4.5), None),
        (Cell(1000, 6, 800, 130), "dominance"),
        (Cell(0, 7, 0, 0), None),
    ],
)
def test_an_amount_is_hidden_where_few_dominate_it(cell: Cell, why: str | None) -> None:
    assert sensitive(AMOUNT, cell, [], RULES) == why


def test_an_amount_tells_of_its_newcomers_unless_they_are_five() -> None:
    assert sensitive(AMOUNT, Cell(120, 9, 20, 20), [Said(100, 100, 8)], RULES) == "increment"
    assert sensitive(AMOUNT, Cell(120, 13, 20, 20), [Said(100, 100, 8)], RULES) is None


def test_what_a_margin_gives_away_is_hidden_with_it() -> None:
    """One small cell: with its row and its column three others must go, so that each stays open both ways."""
    values = {("a", "k"): 3, ("a", "l"): 20, ("b", "k"): 30, ("b", "l"): 40}
    found = protect([COUNT], crosstab(values), [], RULES)
    assert {one.why for one in found} == {None, "primary", "complementary"}
    assert [one.cell.columns for one in found if one.value is None] == [frozenset({"size", "county"})] * 4


def test_an_empty_table_is_no_table_and_one_that_does_not_add_up_is_an_error() -> None:
    assert protect([COUNT], {}, [], RULES) == []
    wrong = crosstab({("a", "k"): 9, ("b", "l"): 9}) | {CellId("firms", ()): Cell(17, 17)}
    with pytest.raises(StateError, match="do not add up"):
        protect([COUNT], wrong, [], RULES)


def test_an_unchanged_table_is_told_again_as_it_was() -> None:
    cells = crosstab({("a", "k"): 9, ("a", "l"): 7, ("b", "k"): 2, ("b", "l"): 11, ("c", "k"): 8, ("c", "l"): 6})
    first = protect([COUNT], cells, [], RULES)
    second = protect([COUNT], cells, [as_layer("first", first)], RULES)
    assert [(one.cell, one.value) for one in first] == [(one.cell, one.value) for one in second]


def test_a_correction_that_contradicts_growth_stops_nothing() -> None:
    first = protect([COUNT], crosstab({("a", "k"): 30, ("b", "l"): 30}), [], RULES)
    found = protect([COUNT], crosstab({("a", "k"): 12, ("b", "l"): 40}), [as_layer("first", first)], RULES)
    assert {one.cell.at: one.value for one in found if one.cell.columns == {"size"}} == {
        (("size", "a"),): 12,
        (("size", "b"),): 40,
    }


def test_what_an_older_program_told_is_taken_as_it_is_even_where_it_makes_no_sense() -> None:
    told = Layer("old", {CellId("firms", ()): Said(9, 9, 9), CellId("firms", (("size", "a"),)): Said(50, 50, 50)})
    assert protect([COUNT], crosstab({("a", "k"): 30}), [told], RULES)


@settings(
    max_examples=25, deadline=None, derandomize=True, phases=[Phase.generate], suppress_health_check=[*HealthCheck]
)
@given(firms(6, 60))
def test_a_hidden_amount_stays_open_by_ten_percent_both_ways(subjects: list[Firm]) -> None:
    cells = count([AMOUNT], subjects)
    found = protect([AMOUNT], cells, [], RULES)
    told = {one.cell: one.value for one in found}
    for one in found:
        if one.value is None and one.why != "known":
            true = float(cells[one.cell].value) if one.cell in cells else 0.0
            low, high = ends(told, one.cell)
            assert low <= 0.9 * true + 1e-3
            assert high >= 1.1 * true - 1e-3


def test_little_is_hidden_beside_what_must_be() -> None:
    """Of 40 drawn pairs of linked tables with 8 to 200 enterprises."""
    hidden = {"primary": 0, "complementary": 0, "known": 0}
    tables = [table("size county"), table("county region")]
    for seed in range(40):
        draw = random.Random(seed)
        columns = {"size": "aaaaabbc", "county": "kkkklllm", "region": "xxy", "subproject": "p"}
        drawn = [
            Firm({name: (draw.choice(letters),) for name, letters in columns.items()})
            for _ in range(draw.randrange(8, 200))
        ]
        for one in protect(tables, count(tables, drawn), [], RULES):
            if one.why:
                hidden[one.why] += 1
    assert hidden["primary"] > 100
    assert hidden["known"] == 0
    assert hidden["complementary"] <= 1.0 * hidden["primary"]


def test_the_tables_of_the_product_are_whole_and_say_their_words() -> None:
    listed = table_list()
    assert {table.about for table in listed.tables} <= {"persons", "enterprises", "public"}
    words = listed.words.filled("hidden", "enterprises", listed.rules.enterprises.minimum)
    assert words.sv == "Döljs: färre än 5 företag, eller så skyddar det en sådan uppgift."
    assert (listed.rules.persons.minimum, listed.rules.feasible_values) == (10, 3)


@pytest.mark.parametrize(
    "wrong", [{"how": "sum"}, {"how": "records"}, {"about": "persons", "public": [[]]}, {"public": [["nowhere"]]}]
)
def test_a_table_that_cannot_be_counted_so_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        TableDefinition.model_validate(COUNT.model_dump() | wrong)


def crosstab(values: dict[tuple[str, str], int]) -> dict[CellId, Cell]:
    """The cells of a table of two columns from its inner ones."""
    sizes, counties = ({pair[n] for pair in values} for n in (0, 1))
    cells = {}
    for size, county in product([None, *sizes], [None, *counties]):
        n = sum(v for (s, c), v in values.items() if size in (None, s) and county in (None, c))
        cells[CellId.of("firms", {"size": size, "county": county})] = Cell(n, n)
    return cells


def ends(told: dict[CellId, object], cell: CellId) -> tuple[float, float]:
    """The least and the greatest amount that a hidden cell of a table of two columns may be."""
    names = sorted(told)
    at = {name: n for n, name in enumerate(names)}
    rows = []
    for parent in names:
        for column in {"size", "county"} - parent.columns:
            parts = [name for name in names if {*parent.at} < {*name.at} and name.columns - parent.columns == {column}]
            row = np.zeros(len(names))
            row[at[parent]] = -1
            row[[at[part] for part in parts]] = 1
            rows.append(row)
    bounds = [(0, None) if told[name] is None else (float(told[name]),) * 2 for name in names]  # type: ignore[arg-type]
    found = []
    for sign in (1, -1):
        cost = np.zeros(len(names))
        cost[at[cell]] = sign
        result = linprog(cost, A_eq=np.array(rows), b_eq=np.zeros(len(rows)), bounds=bounds)
        found.append(float("inf") if result.status == 3 else sign * result.fun)
    return found[0], found[1]
