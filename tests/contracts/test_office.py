"""Every list of the programme's office has a source without a word in the site, and a site may say otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from contracts.documents import read_document
from contracts.errors import ContractError
from contracts.office import FOLDER, example, example_text, office_source, office_sources, office_streams, source_id
from contracts.site import load_site
from contracts.source_loading import problems
from contracts.sources import Source
from contracts.streams import load_streams
from tests.sites import PARTICIPATION, make_site

STREAMS = load_streams()
OFFICE = office_streams(STREAMS)


def own(**parts: Any) -> dict[str, Any]:
    """The built-in source of participation as a site would write it, with parts replaced."""
    return office_source(STREAMS["participation"]).model_dump(mode="json", exclude_none=True) | parts


def test_every_stream_with_a_template_has_a_source_of_the_one_folder(tmp_path: Path) -> None:
    site = make_site(tmp_path)

    assert {stream.id for stream in OFFICE} >= {"participation", "skills", "funding", "decision", "statistic", "target"}
    for stream in OFFICE:
        source = site.sources[source_id(stream)]
        assert source.folder == FOLDER
        assert source.governance.classification == stream.template.classification
        assert problems(source, STREAMS) == []
    assert list(site.sources) == sorted(site.sources)


def test_a_file_of_the_same_name_takes_the_place_of_a_built_in_source(tmp_path: Path) -> None:
    changed = own(governance=own()["governance"] | {"retention_days": 400})
    site = make_site(tmp_path, sources={"office-participation": changed})

    assert site.sources["office-participation"].governance.retention_days == 400
    assert site.wrong == ()


def test_where_that_file_is_wrong_nothing_stands_in_for_it(tmp_path: Path) -> None:
    site = make_site(tmp_path, sources={"office-participation": own(status="sometimes")})

    assert "office-participation" not in site.sources
    assert [problem.file for problem in site.wrong] == ["office-participation.yaml"]


def test_a_stream_that_machines_send_has_none() -> None:
    with pytest.raises(ValueError, match="no template"):
        office_source(STREAMS["measurement"])
    assert not [name for name in office_sources(STREAMS) if "measurement" in name]


FORMAT = own()["format"]
FIELDS = FORMAT["emit"][0]["fields"]


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        (own(format=FORMAT | {"columns": []}), "a sheet its columns"),
        (own(format=FORMAT | {"dialect": PARTICIPATION["format"]["dialect"]}), "states its dialect"),
        (own(format=FORMAT | {"emit": FORMAT["emit"] * 2}), "one row of one stream"),
        (own(format=FORMAT | {"emit": [FORMAT["emit"][0] | {"when": {"column": "Datum"}}]}), "one row of one stream"),
        (
            own(format=FORMAT | {"emit": [{"stream": "participation", "fields": FIELDS | {"role": {"const": "x"}}}]}),
            "each field from a column of its own",
        ),
        (PARTICIPATION | {"transport": {"kind": "file", "pattern": "*", "folder": "x"}}, "only sheets share a folder"),
    ],
)
def test_a_sheet_that_could_not_be_told_or_read_is_refused(tmp_path: Path, wrong: dict[str, Any], problem: str) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(yaml.safe_dump(wrong, allow_unicode=True), "utf-8")

    with pytest.raises(ContractError, match=problem):
        read_document(file, Source)


def test_a_sheet_cannot_give_an_instant() -> None:
    fields = {name: {"column": name} for name in ("equipment", "observed_at", "kind")}
    form = {
        "adapter": "sheet",
        "encoding": "cp1252",
        "columns": list(fields),
        "emit": [{"stream": "event", "fields": fields}],
    }
    source = Source.model_validate(PARTICIPATION | {"id": "events", "format": form})

    assert "a sheet holds days, and event.observed_at is an instant" in problems(source, STREAMS)


@pytest.mark.parametrize("stream", OFFICE, ids=lambda stream: stream.id)
def test_every_column_of_a_template_can_be_shown_and_read_in_one_way(stream: Any) -> None:
    for item in stream.properties:
        assert example(item) is not None or not item.required, item.name
        assert (example_text(item) or "").encode("cp1252") or not item.required, item.name
        assert len({word.casefold() for word in item.words}) == len(item.words), item.name
        if item.allowed:
            assert sorted(item.words.values()) == sorted(item.allowed), item.name


def test_site_without_sources_still_takes_the_offices_files(tmp_path: Path) -> None:
    make_site(tmp_path)
    for file in (tmp_path / "sources").iterdir():
        file.unlink()

    assert sorted(load_site(tmp_path).sources) == sorted(office_sources(STREAMS))
