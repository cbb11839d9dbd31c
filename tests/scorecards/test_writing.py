"""A set of pages takes over from the set before what is made from the same things, and nothing else."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import timedelta

import pytest

from scorecards import writing
from scorecards.reader import read_edition
from scorecards.render import render_read
from scorecards.writing import MADE_OF
from tests.editions_fixture import write_gate
from tests.scorecards.conftest import URLS


@pytest.fixture(scope="module")
def read(rich_edition, tmp_path_factory):
    return read_edition(rich_edition, write_gate(tmp_path_factory.mktemp("status")))


@pytest.fixture(scope="module")
def first(read, tmp_path_factory):
    folder = tmp_path_factory.mktemp("first")
    render_read(read, folder, URLS, "programme")
    return folder


def after(edition, hours=1):
    """The same edition, published again later."""
    manifest = edition.manifest
    later = {"id": "20261124T214000Z-413", "published_at": manifest.published_at + timedelta(hours=hours)}
    return replace(edition, manifest=replace(manifest, **later), made={})


def with_a_pilot_changed(edition):
    """Every value of one pilot is one more than before."""
    changed = {
        key: [row._replace(value=None if row.value is None else row.value + 1) for row in rows]
        if key[1:] == ("pilot", "stable-line")
        else rows
        for key, rows in edition.values.items()
    }
    return replace(edition, values=changed, made={})


def pages_of(folder):
    return {file.relative_to(folder): file.read_bytes() for file in folder.rglob("*.html")}


def test_the_same_edition_again_is_the_same_files(read, first, tmp_path):
    done = render_read(replace(read, made={}), tmp_path / "next", URLS, "programme", first)
    assert done.made == 0
    for file in (tmp_path / "next").rglob("*.html"):
        assert file.stat().st_ino == (first / file.relative_to(tmp_path / "next")).stat().st_ino


def test_a_newer_edition_that_says_the_same_gets_new_footers_around_old_pages(read, first, tmp_path):
    done = render_read(after(read), tmp_path / "next", URLS, "programme", first)
    render_read(after(read), tmp_path / "anew", URLS, "programme")
    assert done.made == 0
    assert pages_of(tmp_path / "next") == pages_of(tmp_path / "anew")
    assert b"20261124T214000Z-413" in (tmp_path / "next/index.html").read_bytes()


def test_when_one_pilot_changed_only_what_shows_it_is_made_and_all_is_as_if_made_anew(read, first, tmp_path):
    changed = with_a_pilot_changed(after(read))
    done = render_read(changed, tmp_path / "next", URLS, "programme", first)
    render_read(replace(changed, made={}), tmp_path / "anew", URLS, "programme")
    assert pages_of(tmp_path / "next") == pages_of(tmp_path / "anew")
    assert 0 < done.made < done.pages / 2
    old, new = (json.loads((folder / MADE_OF).read_text(encoding="utf-8")) for folder in (first, tmp_path / "next"))
    remade = {path for path in new if new[path][0] != old[path][0]}
    assert "pilot/stable-line/index.html" in remade
    assert "manad-for-manad/pilot-stable-line/index.html" in remade
    assert {path for path in remade if "pilot-" in path or "pilot/" in path} == {
        f"{lang}{place}/index.html"
        for lang, place in (
            ("", "pilot/stable-line"), ("en/", "pilot/stable-line"),
            ("", "manad-for-manad/pilot-stable-line"), ("en/", "month-by-month/pilot-stable-line"),
        )
    }  # fmt: skip


def test_another_version_of_the_code_takes_nothing_over(read, first, tmp_path, monkeypatch):
    monkeypatch.setattr(writing, "code", lambda: "another")
    assert render_read(after(read), tmp_path / "next", URLS, "programme", first).made == len(pages_of(first))


def test_a_page_that_was_changed_by_hand_is_made_anew(read, first, tmp_path):
    touched = tmp_path / "first"
    shutil.copytree(first, touched)
    file = touched / "index.html"
    file.write_text(file.read_text(encoding="utf-8").replace("Risk", "Bra"), encoding="utf-8")
    assert render_read(after(read), tmp_path / "next", URLS, "programme", touched).made == 1
    assert "Risk" in (tmp_path / "next/index.html").read_text(encoding="utf-8")
