"""A set of pages takes over from the set before what is made from the same things, and nothing else."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scorecards import writing
from scorecards.audience import AUDIENCES
from scorecards.made_of import MadeOf
from scorecards.reader import read_edition
from scorecards.render import render_read
from tests.editions_fixture import write_gate
from tests.scorecards.changes import changed
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


def body(page):
    return page.split(b"<main", 1)[1].rpartition(b"</main>")[0]


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
    before = pages_of(first)
    remade = {str(path) for path, page in pages_of(tmp_path / "next").items() if body(page) != body(before[path])}
    assert "pilot/stable-line/index.html" in remade
    assert "manad-for-manad/pilot-stable-line/index.html" in remade
    assert {path for path in remade if "pilot-" in path or "pilot/" in path} == {
        f"{lang}{place}/index.html"
        for lang, place in (
            ("", "pilot/stable-line"), ("en/", "pilot/stable-line"),
            ("", "manad-for-manad/pilot-stable-line"), ("en/", "month-by-month/pilot-stable-line"),
        )
    }  # fmt: skip


@pytest.fixture(scope="module")
def small(edition, tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    read = read_edition(edition, write_gate(folder / "status"))
    for audience in AUDIENCES:
        render_read(read, folder / audience, URLS, audience)
    return read, folder


def outcome(edition, folder, audience, previous=None):
    """The pages, or why there are none: a word of the edition that nobody knows stops both ways of making them."""
    try:
        render_read(edition, folder, URLS, audience, previous)
    except Exception as error:
        return type(error)
    return pages_of(folder)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data(), st.sampled_from(AUDIENCES))
def test_whatever_one_thing_of_an_edition_changes_its_pages_are_as_if_all_were_made_anew(small, data, audience):
    read, folder = small
    other = data.draw(changed(read))
    with tempfile.TemporaryDirectory() as made:
        anew = outcome(other, Path(made) / "anew", audience)
        assert outcome(replace(other, made={}), Path(made) / "next", audience, folder / audience) == anew


def test_what_a_page_asked_is_kept_with_the_answers(first):
    kept = MadeOf.of(first)
    asked = kept.pages["pilot/stable-line/index.html"].questions
    assert '["facts", "G3.4e", ["pilot", "stable-line"]]' in asked
    assert '["facts", "G3.4e", ["pilot", "packing-flow"]]' not in asked
    assert set(asked) <= kept.answers.keys()


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


def test_a_set_that_an_older_version_of_the_software_wrote_is_made_anew(read, first, tmp_path):
    old = tmp_path / "old"
    shutil.copytree(first, old)
    (old / ".made-of.json").write_text('{"index.html": ["a", "b"]}', encoding="utf-8")
    assert render_read(read, tmp_path / "new", URLS, "programme", old).made > 0
    assert (tmp_path / "new/index.html").read_bytes() == (first / "index.html").read_bytes()


def test_a_page_that_somebody_took_away_is_made_anew(read, first, tmp_path):
    old = tmp_path / "old"
    shutil.copytree(first, old)
    (old / "index.html").unlink()
    render_read(read, tmp_path / "new", URLS, "programme", old)
    assert (tmp_path / "new/index.html").read_bytes() == (first / "index.html").read_bytes()
