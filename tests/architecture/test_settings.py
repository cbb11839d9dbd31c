"""The settings class, `infra/env.example` and what dbt reads from its environment say the same."""

from __future__ import annotations

import os
import re
from pathlib import Path

from bruk.transform import environment
from contracts.paths import DBT_PROJECT, PRODUCT
from contracts.settings import Settings
from tests.sites import make_site

EXAMPLE = PRODUCT / "infra" / "env.example"
NAME = re.compile(r"^#(BRUK_\w+)=(.*)$", re.MULTILINE)


def test_the_example_names_every_setting_once_with_its_default() -> None:
    stated = NAME.findall(EXAMPLE.read_text(encoding="utf-8"))

    fields = Settings.model_fields.items()
    assert stated == [(f"BRUK_{name}".upper(), str(field.default)) for name, field in fields]


def test_the_example_says_of_every_setting_what_it_is_for() -> None:
    blocks = EXAMPLE.read_text(encoding="utf-8").split("\n\n")[1:]

    assert [block for block in blocks if not re.fullmatch(r"# \S.*[.…]\n#BRUK_\w+=.*\n?", block)] == []


def test_dbt_reads_from_its_environment_what_a_refresh_sets_and_nothing_else(tmp_path: Path, monkeypatch) -> None:
    for name in [name for name in os.environ if name.startswith("BRUK_")]:
        monkeypatch.delenv(name)
    with environment(make_site(tmp_path)):
        given = {name for name in os.environ if name.startswith("BRUK_")}

    read = set()
    for file in [*DBT_PROJECT.rglob("*.sql"), *DBT_PROJECT.rglob("*.yml")]:
        read |= set(re.findall(r"env_var\(\s*['\"](\w+)", file.read_text(encoding="utf-8")))
    assert given == read


def test_every_setting_is_read_by_some_room() -> None:
    rooms = ("bruk", "ingestion", "expectations", "scorecards", "dags")
    code = "".join(file.read_text(encoding="utf-8") for room in rooms for file in (PRODUCT / room).rglob("*.py"))

    assert [name for name in Settings.model_fields if f"settings.{name}" not in code] == []
