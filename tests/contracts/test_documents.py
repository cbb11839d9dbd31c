"""Strict documents: what nobody enforces is refused, with file, line and cure."""

from __future__ import annotations

import shutil

import pytest

from contracts.documents import read_document
from contracts.errors import ContractError
from contracts.paths import PRODUCT, STREAMS
from contracts.registry_loading import load_registry
from contracts.streams import Stream, load_streams

STATE = STREAMS / "state.odcs.yaml"


def refused(tmp_path, text: str) -> ContractError:
    file = tmp_path / "state.odcs.yaml"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(ContractError) as caught:
        read_document(file, Stream)
    return caught.value


def test_an_unknown_key_is_refused_on_its_line_with_the_word_that_was_meant(tmp_path):
    text = STATE.read_text(encoding="utf-8").replace("required: true", "requierd: true", 1)
    problem = refused(tmp_path, text)
    assert text.splitlines()[(problem.line or 0) - 1].strip().startswith("requierd")
    assert "required" in problem.hint


@pytest.mark.parametrize(
    ("end", "said"),
    [("status: draft\n", "stands twice"), ("\t- x\n", "not YAML"), ("\udcff\n", "not UTF-8")],
)
def test_what_is_no_document_is_said_in_plain_words(tmp_path, end, said):
    assert said in str(refused(tmp_path, STATE.read_text(encoding="utf-8") + end))


def test_a_number_without_a_unit_is_refused(tmp_path):
    text = (STREAMS / "output.odcs.yaml").read_text(encoding="utf-8")
    assert "unit" in text
    problem = refused(tmp_path, text.replace("property: unit", "property: semantics"))
    assert "has no unit" in str(problem)


def test_every_stream_of_the_product_is_read_and_describes_each_field_in_both_languages():
    streams = load_streams()
    assert {"measurement", "state", "event", "run", "output", "participation"} <= set(streams)
    for stream in streams.values():
        for item in stream.properties:
            assert all((item.description, item.custom("sv"))), (stream.id, item.name)


@pytest.fixture
def registry(tmp_path):
    shutil.copytree(PRODUCT / "demo" / "registry", tmp_path / "registry")
    return tmp_path / "registry"


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("equipment", "testbed: testbed-dal", "testbed: testbed-nowhere", "testbed-nowhere"),
        ("pilots", "subproject:", "subprojct:", "subprojct"),
        ("allocations", "pilot: am-spare-parts", "pilot: am-spare-part", "am-spare-part"),
        ("targets", "indicator: G1.1a", "indicator: G9.9z", "indicator"),
    ],
)
def test_a_reference_that_leads_nowhere_is_named_with_its_file(registry, file, old, new, said):
    path = registry / f"{file}.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContractError) as caught:
        load_registry(registry)
    assert caught.value.file == f"{file}.yaml"
    assert said in str(caught.value)
