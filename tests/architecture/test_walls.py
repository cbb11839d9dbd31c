"""The walls that import-linter cannot see: every library has a door, and no slow library is loaded by a short visit."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from contracts.paths import PRODUCT
from tests.architecture.tree import ROOMS, modules, text

#: Used where they are needed: they hold nothing of ours and could be replaced line by line.
EVERYWHERE = {"orjson", "structlog"}
SLOW = ("airflow", "dbt", "duckdb", "great_expectations", "pandas", "pyarrow")


def test_every_library_has_a_door_or_is_said_to_be_everywhere() -> None:
    contracts = tomllib.loads(text(PRODUCT / "pyproject.toml"))["tool"]["importlinter"]["contracts"]
    doors = next(set(one["forbidden_modules"]) for one in contracts if one["name"] == "One door per library")

    used = {name for file in modules(*ROOMS) for name in imported(file)}
    assert used - sys.stdlib_module_names - {*ROOMS} == doors | EVERYWHERE


@pytest.mark.parametrize(
    ("visit", "may"),
    [
        ("ingestion.mqtt.receiver", ()),  # the process that must not stumble
        ("bruk.cli", ()),  # `bruk --help`, and every command before it knows what it needs
        ("bruk.airflow_steps", ()),  # parsed with the DAG files, again and again
        ("bruk.doorbell", ("airflow",)),
    ],
)
def test_a_short_visit_loads_no_slow_library(visit: str, may: tuple[str, ...]) -> None:
    code = f"import sys, {visit}; print(*(name for name in {SLOW} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=PRODUCT, capture_output=True, text=True, check=True)

    assert set(done.stdout.split()) <= set(may)


def imported(file: Path) -> set[str]:
    """The top names of everything that a module imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(text(file))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return found
