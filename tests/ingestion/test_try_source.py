"""Trying a source on a sample: what it would give, and nothing written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from contracts.errors import UsageError
from contracts.site import Site
from ingestion.try_source import try_sample
from tests.ingestion.spooling import OIL, ORDER, orders
from tests.sites import PRESS, UNS, clock_at, make_site

CLOCK = clock_at()


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return make_site(tmp_path, sources={"uns": UNS | {"status": "draft"}})


def test_a_recording_shows_rows_ignored_topics_and_rejections_with_their_line(site: Site, tmp_path: Path) -> None:
    sample = tmp_path / "sample.jsonl"
    lines = [
        {"topic": OIL, "payload": {"ts": "2026-11-24T11:59:00Z", "v": 1}},
        {"topic": f"{PRESS}/debug_v1/x", "payload": "?"},
        {"topic": OIL, "payload": {"ts": "2026-11-24T11:59:00Z", "v": "1"}},
    ]
    sample.write_text("".join(json.dumps(line) + "\n" for line in lines))
    found = try_sample(site, "uns", sample, CLOCK)
    assert [(row.stream, row.values["value"]) for row in found.rows] == [("measurement", 1.0)]
    assert found.ignored == {f"{PRESS}/debug_v1/x": 1}
    assert [(item.code, item.where) for item in found.rejections] == [("E_TYPE", f"3: {OIL}")]
    assert "”v”" in found.rejections[0].words().sv
    assert json.loads(json.dumps(found.to_dict()))["rows"][0]["event_date"] == "2026-11-24"
    assert not site.paths.var.exists()


def test_a_table_shows_rows_and_refused_lines(site: Site, tmp_path: Path) -> None:
    sample = tmp_path / "order.csv"
    sample.write_bytes(orders(ORDER, "kort rad"))
    found = try_sample(site, "production", sample, CLOCK)
    assert [row.stream for row in found.rows] == ["run", "run", "output"]
    assert [(item.code, item.where) for item in found.rejections] == [("E_CSV", "3")]


def test_a_table_that_is_refused_whole_says_so_once(site: Site, tmp_path: Path) -> None:
    sample = tmp_path / "order.csv"
    sample.write_bytes(orders(ORDER)[:-9])
    (rejection,) = try_sample(site, "production", sample, CLOCK).rejections
    assert (rejection.code, rejection.where) == ("E_TORN", "order.csv")


def test_an_unknown_source_or_a_missing_sample_is_told_plainly(site: Site, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="uns"):
        try_sample(site, "unknown", tmp_path / "x", CLOCK)
    with pytest.raises(UsageError):
        try_sample(site, "production", tmp_path / "missing.csv", CLOCK)
