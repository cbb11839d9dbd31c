"""Files of JSON objects: each object a record, numbers as they stand, and nothing guessed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.sources import Source
from ingestion.adapters.json_records import read_records
from ingestion.files.records import clear_records
from ingestion.rejection import Rejection
from tests.sites import GOVERNANCE, emit, source

COLUMNS = ["ärende-id", "belopp", "telnr"]


def projects(drop: tuple[str, ...] = (), **form: Any) -> Source:
    """A source of three keys, with or without a path."""
    fields = emit("funding", application_id={"column": "ärende-id"}, status_date={"const": "2026-01-01"},
                  status={"const": "granted"}, kind={"const": "other"}, funder={"const": "F"},
                  granted_sek={"column": "belopp"})  # fmt: skip
    made = source("projects", transport={"kind": "file", "pattern": "*.json"},
                  format={"adapter": "json_records", "encoding": "utf-8", "columns": COLUMNS, "emit": [fields], **form},
                  governance=GOVERNANCE | {"drop": list(drop)})  # fmt: skip
    return Source.model_validate(made)


def cells(text: str | bytes, **form: Any) -> Any:
    """The records' cells, or the code that the file is refused with."""
    found = read_records(text.encode() if isinstance(text, str) else text, projects(**form))
    return found.code if isinstance(found, Rejection) else [record.cells for record in found.records]


VALUES = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
OBJECTS = st.lists(st.dictionaries(st.sampled_from(COLUMNS), VALUES | st.text(st.characters(exclude_characters="\0",
                   exclude_categories=["Cs"]))), min_size=1)  # fmt: skip


@given(OBJECTS, st.booleans())
def test_what_a_file_says_is_read_word_for_word_and_number_for_number(
    objects: list[dict[str, Any]], plain: bool
) -> None:
    text = json.dumps(objects, ensure_ascii=plain)
    assert cells(text) == objects
    assert cells("\ufeff" + text) == objects
    assert cells(json.dumps({"data": {"items": objects}}), records="data.items") == objects


@given(OBJECTS)
def test_what_is_dropped_is_empty_in_what_is_kept_and_all_else_stands(objects: list[dict[str, Any]]) -> None:
    kept = clear_records(json.dumps(objects).encode(), projects(("telnr",)), [])
    assert isinstance(kept, bytes)
    found = json.loads(kept)
    assert [{k: v for k, v in one.items() if k != "telnr"} for one in found] == [
        {k: v for k, v in one.items() if k != "telnr"} for one in objects
    ]
    assert not any(one.get("telnr") for one in found)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "E_EMPTY"),
        ("[]", "E_EMPTY"),
        ("{}", "E_ARRAY"),
        ("[{", "E_JSON"),
        ('[{"belopp": 1, "belopp": 2}]', "E_DUPKEY"),
        ('[{"belopp": 1e999}]', "E_RANGE"),
        ('[{"belopp": 99999999999999999999}]', "E_RANGE"),
        ('[{"belopp": NaN}]', "E_JSON"),
        ('[{"belopp": ' + "[" * 20 + "]" * 20 + "}]", "E_DEPTH"),
        ('[{"telnr": "\\u0000"}]', "E_CONTROL"),
        ('[{"mobil": "070"}]', "E_SCHEMA"),
        ('[{"belopp": 1}]'.encode("utf-16"), "E_ENCODING"),
        ("[" + '{"belopp": 1},' * 600 + "]", "E_JSON"),
    ],
)
def test_a_file_of_which_anything_would_have_to_be_guessed_is_refused_whole(text: str | bytes, code: str) -> None:
    assert cells(text) == code


def test_an_item_that_is_no_object_is_refused_alone() -> None:
    first, second = cells('[{"belopp": 1}, 2]')
    assert (first, second.code, second.facts) == ({"belopp": 1}, "E_SHAPE", {"line": "2"})


def test_an_array_that_is_not_at_its_path_refuses_the_file() -> None:
    assert cells('{"data": 1}', records="data.items") == "E_REQUIRED"
    assert cells('{"data": {"items": 1}}', records="data.items") == "E_ARRAY"


def test_a_sole_trader_keeps_the_whole_file_outside_for_json_has_no_pseudonyms() -> None:
    refused = clear_records(b'[{"\xc3\xa4rende-id": "811218-' + b'9876"}]', projects(), ["\u00e4rende-id"])
    assert isinstance(refused, Rejection)
    assert (refused.code, refused.facts) == ("E_PERSONAL", {"line": "1"})
