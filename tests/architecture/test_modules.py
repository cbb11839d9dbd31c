"""Modules and functions stay small, are named after what they do, and say it in one sentence."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from statistics import median

import pytest

from contracts.paths import PRODUCT
from tests.architecture.tree import ROOMS, modules, text

PRODUCT_CODE = modules(*ROOMS, "demo")
ALL_CODE = [*PRODUCT_CODE, *modules("tests", "benchmarks")]
HIDING_NAMES = {"utils", "util", "helpers", "helper", "common", "shared", "misc", "base"}


def lines(file: Path) -> int:
    return text(file).count("\n")


def functions(file: Path) -> list[int]:
    tree = ast.parse(text(file))
    return [node.end_lineno - node.lineno + 1 for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def test_no_module_is_longer_than_400_lines_and_the_median_stays_under_250() -> None:
    sizes = {str(file.relative_to(PRODUCT)): lines(file) for file in PRODUCT_CODE}

    assert {name: size for name, size in sizes.items() if size > 400} == {}
    assert median(sizes.values()) < 250


def test_the_median_function_stays_under_25_lines() -> None:
    assert median(size for file in PRODUCT_CODE for size in functions(file)) < 25


def test_no_function_is_longer_than_a_screen() -> None:
    long = {str(file.relative_to(PRODUCT)): size for file in PRODUCT_CODE for size in functions(file) if size > 60}

    assert long == {}


def test_every_module_says_its_one_job_in_one_sentence() -> None:
    wrong = []
    for file in (file for file in ALL_CODE if file.name != "__init__.py"):  # a room's says what it may not do, too
        said = (ast.get_docstring(ast.parse(text(file))) or "").split("\n\n")[0].replace("\n", " ")
        bare = re.sub(r"`[^`]*`|\be\.g\.", "", said).rstrip()
        if not said.endswith((".", "?")) or re.search(r"[.?!] [A-Z]", bare):
            wrong.append(f"{file.relative_to(PRODUCT)}: {said}")
    assert "\n".join(wrong) == ""


@pytest.mark.parametrize("room", [room for room in ROOMS if room != "dags"])
def test_every_room_says_what_it_may_not_do(room: str) -> None:
    assert "May not" in (ast.get_docstring(ast.parse(text(PRODUCT / room / "__init__.py"))) or "")


def test_no_module_hides_behind_a_name_that_says_nothing() -> None:
    assert [file for file in ALL_CODE if {file.stem, *file.parent.parts[-2:]} & HIDING_NAMES] == []
