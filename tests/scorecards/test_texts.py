"""The catalogue: every text in both languages, every text used, no text outside it."""

from __future__ import annotations

import re
from datetime import UTC
from string import Formatter

import pytest

from contracts.errors import ContractError, StateError
from contracts.paths import DBT_PROJECT, PRODUCT
from scorecards import texts
from scorecards.voice import Voice

SCORECARDS = PRODUCT / "scorecards"
TEMPLATES = sorted((SCORECARDS / "templates").glob("*.html"))
CODE = sorted(SCORECARDS.rglob("*.py"))


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_of_a_text_fill_in_the_same_places():
    for key, text in texts.catalogue().items():
        assert text.sv.strip(), key
        assert text.en.strip(), key
        assert places(text.sv) == places(text.en), key


def test_every_text_that_templates_and_code_ask_for_exists():
    asked = set()
    for file in TEMPLATES:
        asked |= set(re.findall(r"\bt\('([\w.]+)'(?! ~)", file.read_text(encoding="utf-8")))
    for file in CODE:
        asked |= set(re.findall(r"""\bvoice\("([\w.]+)\"""", file.read_text(encoding="utf-8")))
    assert len(asked) > 100
    assert asked <= set(texts.catalogue())


def test_no_text_in_the_catalogue_is_forgotten():
    sources = "\n".join(file.read_text(encoding="utf-8") for file in [*TEMPLATES, *CODE])
    families = set(re.findall(r"""[f(]["']([a-z_.]+)\.["{]|code\("([a-z_.]+)\"""", sources))
    prefixes = (*(f"{a or b}." for a, b in families), "coverage.", "age.", "guide.")
    unused = [key for key in texts.catalogue() if f"'{key}'" not in sources and f'"{key}"' not in sources]
    assert [key for key in unused if not key.startswith(prefixes)] == []


def test_templates_hold_no_words_of_their_own():
    for file in TEMPLATES:
        text = re.sub(r"\{[{%#].*?[}%#]\}", " ", file.read_text(encoding="utf-8"), flags=re.DOTALL)
        bare = re.sub(r"<[^>]*>", " ", text)
        assert set(re.findall(r"[^\W\d_]{2,}", bare)) <= {"bruk", "trace"}, file


def test_every_reason_that_the_models_give_has_words():
    found = set()
    for file in (DBT_PROJECT / "models" / "indicators").glob("ind_*.sql"):
        for case in re.findall(
            r"\bcase\b((?:(?!\bcase\b).)*?)\bend as reason", file.read_text(encoding="utf-8"), re.DOTALL
        ):
            found |= set(re.findall(r"then '(\w+)'", case))
    assert found
    assert {f"input.reason.{code}" for code in found} <= set(texts.catalogue())


def test_every_stream_has_a_name_for_readers():
    found = {file.name.split(".")[0] for file in (PRODUCT / "contracts" / "streams").glob("*.odcs.yaml")}
    assert found
    assert {f"stream.{name}" for name in found} <= set(texts.catalogue())


def test_a_text_that_lacks_a_language_is_refused_with_its_line(tmp_path, monkeypatch):
    file = tmp_path / "texts.yaml"
    file.write_text("texts:\n  nav.skip: {sv: Hoppa}\n", encoding="utf-8")
    monkeypatch.setattr(texts, "CATALOGUE", file)
    texts.catalogue.cache_clear()
    with pytest.raises(ContractError) as caught:
        texts.catalogue()
    texts.catalogue.cache_clear()
    assert "en" in str(caught.value)


def test_a_text_that_nobody_wrote_stops_the_rendering():
    with pytest.raises(StateError) as caught:
        Voice("sv", UTC)("no.such.text")
    assert "no.such.text" in str(caught.value)
