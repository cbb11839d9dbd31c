"""The catalogues: every text in both languages, every text used, no text outside it."""

from __future__ import annotations

import io
import re
from datetime import UTC

import pytest
from babel.messages import pofile

from contracts.errors import ContractError, StateError
from contracts.paths import DBT_PROJECT, PRODUCT
from scorecards import texts
from scorecards.voice import Voice

SCORECARDS = PRODUCT / "scorecards"
TEMPLATES = sorted((SCORECARDS / "templates").glob("*.html"))
CODE = sorted(SCORECARDS.rglob("*.py"))
_HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'


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
    asked = r"""[f(]["']([a-z_.]+)\.["{]|code\(["']([a-z_.]+)["']|'([a-z_.]+)\.' ~"""
    families = {one or two or three for one, two, three in re.findall(asked, sources)}
    prefixes = tuple(f"{family}." for family in families)
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


@pytest.mark.parametrize(
    ("lang", "old", "new", "said"),
    [
        ("en", 'msgid "b"\nmsgstr "Two {n}"\n', "", "'b' stands in no other language"),
        ("sv", 'msgid "b"\nmsgstr "Två {n}"\n', "", "'b' stands in no other language"),
        ("en", '"One"', '""', "'a' is not translated"),
        ("en", 'msgid "a"', '#, fuzzy\nmsgid "a"', "'a' is marked as fuzzy"),
        ("en", "Two {n}", "Two {m}", "'b' fills in {m}, {n} in one language only"),
        ("en", "Two {n}", "Two {n", "'b' has braces that do not close"),
        ("sv", 'msgid "b"', 'msgid "a"', "'a' stands 2 times"),
        ("sv", 'msgid "b"', 'message "b"', "cannot be read"),
    ],
)
def test_a_catalogue_that_a_reader_could_not_trust_is_refused_with_its_file(
    tmp_path, monkeypatch, lang, old, new, said
):
    written = {"sv": ("Ett", "Två {n}"), "en": ("One", "Two {n}")}
    monkeypatch.setattr(texts, "LOCALE", tmp_path)
    for name, (first, second) in written.items():
        body = f'msgid "a"\nmsgstr "{first}"\n\nmsgid "b"\nmsgstr "{second}"\n'
        file = texts.file_of(name)
        file.parent.mkdir(parents=True)
        file.write_text(_HEAD + (body.replace(old, new) if name == lang else body), encoding="utf-8")
    texts.catalogue.cache_clear()
    with pytest.raises(ContractError) as caught:
        texts.catalogue()
    texts.catalogue.cache_clear()
    assert said in str(caught.value)
    assert "bruk.po" in str(caught.value)


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_the_catalogues_read_the_same_after_a_translators_tool_has_saved_them(lang):
    found = pofile.read_po(io.BytesIO(texts.file_of(lang).read_bytes()), locale=lang)
    saved = io.BytesIO()
    pofile.write_po(saved, found, width=80)
    again = pofile.read_po(io.BytesIO(saved.getvalue()), locale=lang)
    assert {item.id: item.string for item in again if item.id} == {item.id: item.string for item in found if item.id}


def test_a_text_that_nobody_wrote_stops_the_rendering():
    with pytest.raises(StateError) as caught:
        Voice("sv", UTC)("no.such.text")
    assert "no.such.text" in str(caught.value)
