"""What README and docs tell people to type exists, and every file they name is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.main import get_command

from bruk.cli import app
from contracts.paths import PRODUCT
from tests.architecture.tree import committed, text

PAGES = [file for file in committed() if file.suffix == ".md"]
NAMES = [str(file.relative_to(PRODUCT)) for file in PAGES]
#: A command in backticks or at the beginning of a line of a code block, up to its end.
TYPED = re.compile(r"(?:`|^ *|&& )((?:bruk|make) [a-z][^`#&\n]*)", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
PATH = re.compile(
    r"`((?:contracts|ingestion|expectations|scorecards|bruk|dags|demo|dbt_project|infra|tests|docs)/[\w./-]*)`"
)

#: A table of the warehouse with its schema, which is the folder of its model.
TABLE = re.compile(r"\b(?:from|join) (\w+\.\w+)")


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_command_that_a_page_names_exists_with_its_options(page: Path) -> None:
    typed = TYPED.findall(re.sub(r" \\\n +", " ", text(page)))  # a long line goes on behind a backslash

    assert [line for line in typed if not exists(line.split())] == []


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    missing = [name for name in LINK.findall(text(page)) if not (page.parent / name).exists()]
    missing += [name for name in PATH.findall(text(page)) if "var/" not in name and not (PRODUCT / name).exists()]

    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_table_that_a_page_asks_lies_in_the_schema_that_it_names(page: Path) -> None:
    asked = TABLE.findall(text(page))
    models = PRODUCT / "dbt_project" / "models"

    assert [name for name in asked if not (models / f"{name.replace('.', '/')}.sql").exists()] == []


def test_the_cures_of_refusals_and_errors_name_commands_that_exist() -> None:
    rooms = ("ingestion", "bruk", "contracts", "expectations", "scorecards")
    files = [file for room in rooms for file in committed() if file.relative_to(PRODUCT).parts[0] == room]
    named = {line for file in files for line in re.findall(r"`((?:bruk|make) [a-z][a-z -]*)", text(file))}

    assert len(named) > 5
    assert sorted(line for line in named if not exists(line.split())) == []


def test_a_command_that_does_not_exist_would_be_found() -> None:
    assert not exists(["bruk", "rebuild-everything"])
    assert not exists(["bruk", "refresh", "--never"])
    assert not exists(["make", "believe"])


def exists(words: list[str]) -> bool:
    """Whether the words are a target of the Makefile, or a command with options that it knows."""
    program, *rest = words
    if program == "make":
        targets = set(re.findall(r"^([a-z]+):", text(PRODUCT / "Makefile"), re.MULTILINE))
        return {word for word in rest if re.fullmatch(r"[a-z]+", word)} <= targets
    command = get_command(app)
    while groups := getattr(command, "commands", None):
        if not rest or rest[0] == "…":  # a group as a whole: `bruk quarantine`, `bruk ingest …`
            return True
        if rest[0].startswith("-"):  # a group that is a command too: `bruk edge --device …`
            break
        if rest[0] not in groups:
            return False
        command = groups[rest.pop(0)]
    known = {option for parameter in command.params for option in parameter.opts}
    return {word for word in rest if word.startswith("--")} <= known
