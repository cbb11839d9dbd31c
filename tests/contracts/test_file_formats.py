"""What a source may say about the format of its files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from contracts.paths import PRODUCT, STREAMS
from contracts.source_loading import load_sources
from contracts.streams import load_streams

LOG = yaml.safe_load((PRODUCT / "demo" / "sources" / "mtconnect-log.yaml").read_text("utf-8"))
AGENT = yaml.safe_load((PRODUCT / "demo" / "sources" / "mtconnect-agent.yaml").read_text("utf-8"))
TABLE = yaml.safe_load((PRODUCT / "demo" / "sources" / "state-log.yaml").read_text("utf-8"))


def said(folder: Path, source: dict[str, Any]) -> str:
    """What is wrong with a source; empty when nothing is."""
    (folder / f"{source['id']}.yaml").write_text(yaml.safe_dump(source, allow_unicode=True), "utf-8")
    return " ".join(map(str, load_sources(folder, load_streams(STREAMS))[1]))


@pytest.mark.parametrize("source", [LOG, AGENT, TABLE], ids=lambda source: source["id"])
def test_the_examples_are_right(tmp_path: Path, source: dict[str, Any]) -> None:
    assert said(tmp_path, source) == ""


@pytest.mark.parametrize(
    ("source", "change", "problem"),
    [
        (
            LOG,
            {"columns": ["a"], "dialect": TABLE["format"]["dialect"]},
            "a table (csv) states its dialect and columns",
        ),
        (TABLE, {"columns": []}, "a table (csv) states its dialect and columns"),
        (TABLE, {"initial_state": {"gap_s": 60}}, "only a log (shdr) begins with an initial_state"),
        (AGENT, {"initial_state": {"gap_s": 60}}, "only a log (shdr) begins with an initial_state"),
        (LOG, {"initial_state": {"gap_s": 0}}, "greater than 0"),
        (AGENT, {"adapter": "json"}, "has format.adapter csv, sheet, xlsx, json_records, shdr or mtconnect_xml"),
        (LOG, {"adapter": "mtconnect_xml", "initial_state": None}, "state.when reads the column 'key'"),
    ],
)
def test_a_format_is_declared_whole_and_reads_columns_that_exist(
    tmp_path: Path, source: dict[str, Any], change: dict[str, Any], problem: str
) -> None:
    wrong = source | {"format": source["format"] | change}
    assert problem in said(tmp_path, wrong)


def test_a_drop_list_is_refused_where_the_door_could_not_empty_anything(tmp_path: Path) -> None:
    wrong = LOG | {"governance": LOG["governance"] | {"drop": ["OperatorId"]}}
    assert "in tables (csv, sheet, xlsx) only" in said(tmp_path, wrong)
