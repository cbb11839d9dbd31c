"""Freeze, correct an old inspection, refresh: the report stays the same, and the diff names value and file."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bruk.cli import app
from bruk.edition_reader import edition_rows
from bruk.pages import add_pack, folder_of, render_pages
from bruk.reports.freezing import draw_again, freeze
from bruk.reports.kept import Report, find, newest, reports
from bruk.reports.restating import restatements
from bruk.reports.told import meetings
from contracts.errors import StateError, UsageError
from tests.reports.conftest import MEETING, NAME, Office, protocol

pytestmark = pytest.mark.slow
TESTBED = {"indicator_id": "G3.4e", "scope_type": "testbed", "scope_id": "testbed-dal"}


@pytest.fixture(scope="module")
def corrected(office: Office, frozen: Report) -> str:
    """The whole month again with another result of PO-1; the sha256 of that file."""
    sha256 = office.inspect(NAME.format(2), protocol(1, 1700), protocol(2, 2000))
    office.whole.refresh()
    return sha256


def test_a_frozen_edition_is_drawn_with_equal_bytes_after_a_correction(
    office: Office, frozen: Report, corrected: str, tmp_path: Path
) -> None:
    report, differ = draw_again(office.whole.site, "2026-12-03", tmp_path / "again")
    assert report == frozen
    assert differ == []
    assert (tmp_path / "again/pages/index.html").read_bytes() == (
        frozen.folder(office.whole.site.paths) / "pages/index.html"
    ).read_bytes()


def test_the_diff_names_the_indicator_both_values_and_the_file_that_caused_it(
    office: Office, frozen: Report, corrected: str
) -> None:
    site = office.whole.site
    found = restatements(site, frozen.edition_folder(site.paths), office.whole.edition)
    rows = [row for row in found.rows if all(row[name] == value for name, value in TESTBED.items())]
    assert len(rows) == 1
    (old,) = edition_rows(frozen.edition_folder(site.paths), "fct_indicator_value", **TESTBED, is_latest=True)
    (new,) = office.whole.rows("fct_indicator_value", **TESTBED, is_latest=True)
    assert (rows[0]["old_value"], rows[0]["new_value"]) == (old["value"], new["value"])
    assert new["value"] < old["value"]
    assert (rows[0]["cause"], rows[0]["source"]) == ("data", "inspections")
    assert (rows[0]["file_name"], rows[0]["detail"]) == (NAME.format(2), NAME.format(1))
    assert rows[0]["sha256"] == corrected
    assert {row["file_name"] for row in found.rows} == {NAME.format(2)}
    assert found.equal > 0


def test_the_edition_itself_says_what_changed_since_the_meeting(office: Office, frozen: Report, corrected: str) -> None:
    site = office.whole.site
    found = restatements(site, frozen.edition_folder(site.paths), office.whole.edition)
    assert office.whole.rows("restatement") == found.rows
    manifest = json.loads((office.whole.edition / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["since"]["report"] == frozen.id
    assert manifest["since"]["restated"] == found.restated > 0


def test_the_next_refresh_is_told_how_much_of_the_meeting_is_told_otherwise(
    office: Office, frozen: Report, corrected: str
) -> None:
    (row,) = meetings(office.whole.site.paths).to_pylist()
    found = restatements(office.whole.site, frozen.edition_folder(office.whole.site.paths), office.whole.edition)
    assert (row["meeting_id"], row["meeting_day"], row["restated"]) == (frozen.id, MEETING, found.restated)
    assert row["reported"] == found.restated + found.continued + found.equal > found.restated > 0


def test_the_programme_reads_its_own_frozen_pages_and_its_own_pack(
    office: Office, frozen: Report, corrected: str
) -> None:
    site = office.whole.site
    render_pages(site)
    assert add_pack(site)
    programme = folder_of(site.paths, "programme") / "current"
    kept = frozen.folder(site.paths) / "sites/programme"
    assert (programme / "moten" / frozen.id).resolve() == kept.resolve()
    assert f'href="{frozen.id}/index.html"' in (programme / "moten/index.html").read_text(encoding="utf-8")
    assert NAME.format(2) in (programme / "andrat/index.html").read_text(encoding="utf-8")
    assert (programme / "paket/sv/styrkort-programmet.pdf").exists()
    assert not (programme / "paket/sv/korningar.csv").exists()
    assert (folder_of(site.paths, "confidential") / "current/paket/sv/korningar.csv").exists()
    assert not (kept / "maskin").exists()
    assert not (folder_of(site.paths, "open") / "current/moten").exists()


def test_freezing_the_same_edition_again_changes_nothing_and_another_one_is_refused(
    office: Office, frozen: Report, corrected: str
) -> None:
    site = office.whole.site
    assert freeze(site, MEETING, "Styrgrupp december", edition=frozen.edition) == (frozen, False)
    with pytest.raises(UsageError, match="--again"):
        freeze(site, MEETING, "Styrgrupp december")
    second, made = freeze(site, MEETING, "Styrgrupp december", again=True)
    try:
        assert (made, second.version, second.supersedes) == (True, 2, frozen.id)
        assert [report.id for report in reports(site.paths)] == [second.id, frozen.id]
        assert find(site.paths, "2026-12-03") == second
        assert [one["id"] for one in second.earlier] == [frozen.id]
    finally:
        shutil.rmtree(second.folder(site.paths))


def test_a_frozen_report_outlives_the_loss_of_every_edition(office: Office, frozen: Report, tmp_path: Path) -> None:
    copy = office.whole.copy(tmp_path / "site")
    shutil.rmtree(copy.site.paths.editions)
    report = newest(copy.site.paths)
    assert report is not None
    assert draw_again(copy.site, report.id, tmp_path / "out")[1] == []


def test_what_a_crash_left_of_a_freeze_is_no_report_and_is_swept(
    office: Office, frozen: Report, tmp_path: Path
) -> None:
    copy = office.whole.copy(tmp_path / "site")
    rubbish = copy.site.paths.reports / ".building-2026-12-04-x"
    rubbish.mkdir()
    (rubbish / "report.json").write_text("{", encoding="utf-8")
    assert [report.id for report in reports(copy.site.paths)] == [frozen.id]
    freeze(copy.site, MEETING.replace(day=4), "Nästa")
    assert not rubbish.exists()


def test_a_kept_page_that_somebody_changed_is_told(office: Office, frozen: Report, tmp_path: Path) -> None:
    copy = office.whole.copy(tmp_path / "site")
    page = frozen.folder(copy.site.paths) / "pages/index.html"
    page.write_text(page.read_text(encoding="utf-8") + " ", encoding="utf-8")
    with pytest.raises(StateError, match=r"pages/index\.html"):
        draw_again(copy.site, frozen.id, tmp_path / "out")


def test_the_commands_say_the_same(office: Office, frozen: Report, corrected: str, tmp_path: Path) -> None:
    def run(*words: str) -> object:
        done = CliRunner().invoke(app, ["report", *words, "--site", str(office.whole.folder), "--json"])
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    assert run("list")[0]["id"] == frozen.id  # type: ignore[index]
    told = run("diff")
    assert any(row["indicator_id"] == "G3.4e" and row["sha256"] == corrected for row in told["rows"])  # type: ignore[index]
    drawn = run("render", "2026-12-03", "--out", str(tmp_path / "again"))
    assert (drawn["equal"], drawn["same_renderer"]) == (True, True)  # type: ignore[index]
