"""The drop list: what it names is not mapped and not shown."""

from __future__ import annotations

import json

import pytest

from contracts.source_loading import problems
from ingestion.drop_list import WITHHELD, blanked
from tests.sites import make_site

DROP = ["user", "owner"]


def test_the_listed_fields_are_empty_at_any_depth_and_all_others_as_they_were():
    said = {"user": "anna", "size": 3, "job": [{"owner": {"name": "anna"}, "file": "kub"}]}
    assert json.loads(blanked(json.dumps(said).encode(), DROP)) == {
        "user": "",
        "size": 3,
        "job": [{"owner": {}, "file": "kub"}],
    }


def test_a_field_whose_name_is_written_with_escapes_is_found():
    assert b"anna" not in blanked(b'{"\\u0075ser": "anna"}', DROP)


@pytest.mark.parametrize("payload", [b'{"size":  3}', b"connected", b"\xff\x00", b""])
def test_a_payload_without_such_a_field_stays_byte_for_byte(payload):
    assert blanked(payload, DROP) == payload
    assert blanked(b'{"user": "anna"}', []) == b'{"user": "anna"}'


def test_a_torn_payload_that_names_one_is_not_shown_at_all():
    assert blanked(b'{"user": "an', DROP) == WITHHELD


def test_a_source_may_not_map_a_field_of_its_drop_list(tmp_path):
    site = make_site(tmp_path)
    source = next(source for source in site.sources.values() if source.transport.kind == "mqtt")
    path = next(field.path for emit in source.emits for field in emit.fields.values() if field.path)
    governed = source.model_copy(update={"governance": source.governance.model_copy(update={"drop": [path]})})
    assert problems(source, site.streams) == []
    assert any("drop list" in problem for problem in problems(governed, site.streams))
