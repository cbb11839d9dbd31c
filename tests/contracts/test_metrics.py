"""A definition that cannot be computed, understood or trusted is refused with file, line and cure."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bruk.contract_check import check_metrics
from contracts.expressions import Element, Node, Number, Operation, elements_of, evaluate, parse, sql_of
from contracts.metrics import elements, metrics
from contracts.paths import METRICS

NAMES = ["APT", "PBT", "PRI_GQ"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the product's definitions, to be spoiled."""
    return Path(shutil.copytree(METRICS, tmp_path / "metrics"))


def spoil(folder: Path, old: str, new: str) -> str:
    """The one problem that the change makes, as a person reads it."""
    file = folder / "iso22400.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    (problem,) = check_metrics(folder)
    line = text[: text.index(old)].count("\n") + 1
    assert problem.line is not None
    assert abs(problem.line - line) <= 20, problem
    return str(problem)


def test_the_definitions_of_the_product_hold():
    assert check_metrics() == []
    assert {"availability", "availability_smrp", "oee", "nee", "teep", "first_pass_yield"} <= metrics().keys()


def test_an_element_that_nobody_knows_is_refused_with_its_line(folder):
    said = spoil(folder, "numerator: APT\n", "numerator: APPT\n")
    assert said.startswith("iso22400.yaml:")
    assert "the element 'APPT' is not known; add it to elements.yaml" in said


def test_a_missing_translation_is_refused(folder):
    assert "name.en: Field required" in spoil(
        folder, "name: {sv: Prestanda, en: Effectiveness}", "name: {sv: Prestanda}"
    )


def test_a_formula_of_another_grammar_is_refused_at_its_character(folder):
    said = spoil(folder, "denominator: PBT\n", "denominator: PBT / 2\n")
    assert "'/' at character 5 is not of this language" in said


def test_a_metric_of_what_nobody_makes_says_what_it_needs(folder):
    said = spoil(folder, "numerator: APT\n    denominator: PBT", "numerator: APT\n    denominator: CM")
    assert "no room makes CM; say in `needs` what must be collected" in said


def test_what_is_counted_whole_is_not_divided_by_what_is_taken_by_share(folder):
    said = spoil(folder, "numerator: APT\n    denominator: PBT", "numerator: APT\n    denominator: RUNS_CLOSED")
    assert "do not divide" in said


def test_a_metric_stands_once(folder):
    shutil.copy(folder / "process.yaml", folder / "z.yaml")
    (problem,) = check_metrics(folder)
    assert "'unplanned_stops' is defined twice" in str(problem)


@pytest.mark.parametrize("text", ["", "APT +", "(APT", "APT PBT", "apt", "APT ^ 2", "* APT", "()", "1..2"])
def test_what_is_not_of_the_grammar_is_refused(text):
    with pytest.raises(ValueError, match="character"):
        parse(text)


def test_every_element_with_a_room_can_be_asked_for_and_every_formula_reads_as_it_is_written():
    for metric in metrics().values():
        for text in (metric.numerator, metric.denominator):
            if text is not None:
                assert set(elements_of(parse(text))) <= elements().keys()


NODES = st.recursive(
    st.sampled_from(NAMES).map(Element) | st.integers(0, 999).map(lambda n: Number(Decimal(n))),
    lambda inner: st.builds(Operation, st.sampled_from("+-*"), inner, inner),
    max_leaves=8,
)


def written(node: Node) -> str:
    """The expression with every parenthesis."""
    if isinstance(node, Element):
        return node.name
    if isinstance(node, Number):
        return str(node.value)
    return f"({written(node.left)} {node.sign} {written(node.right)})"


@given(NODES)
def test_an_expression_that_is_written_reads_as_the_same_tree(node):
    assert parse(written(node)) == node


@given(NODES, st.lists(st.integers(0, 5_000), min_size=3, max_size=3))
def test_the_sql_of_an_expression_gives_what_the_expression_gives(node, values):
    sums = dict(zip(NAMES, (Decimal(value) for value in values), strict=True))
    columns = ", ".join(f"{value}::decimal(38, 6) as {name.lower()}" for name, value in sums.items())
    row = duckdb.execute(f"select ({sql_of(node)})::double from (select {columns})").fetchone()
    assert row is not None
    assert row[0] == pytest.approx(float(evaluate(node, sums)), rel=1e-12, abs=1e-6)


def test_products_bind_before_sums_and_parentheses_before_both():
    sums = {"APT": Decimal(2), "PBT": Decimal(3), "PRI_GQ": Decimal(5)}
    assert evaluate(parse("APT + PBT * PRI_GQ"), sums) == 17
    assert evaluate(parse("(APT + PBT) * PRI_GQ"), sums) == 25
    assert evaluate(parse("PRI_GQ - PBT - APT"), sums) == 0


def test_n_is_of_an_element_or_of_a_sum_of_some(folder):
    assert metrics()["setup_ratio"].n_elements == ["AUST", "APT"]
    assert "n_element: String should match pattern" in spoil(
        folder, "n_element: AUST + APT\n", "n_element: AUST * APT\n"
    )


def test_a_statistic_that_no_model_makes_says_what_it_needs(folder):
    assert not metrics()["cm"].is_summed
    said = spoil(folder, "aggregation: statistic\n", "aggregation: per_run\n")
    assert "made_by or what a statistic needs" in said
