"""A workbook is opened only when it is one, small, and without programs; nothing of it stays but its cells."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment

from bruk.erasure import erase_by_identifier
from bruk.office.workbook import write_workbook
from bruk.verify import verify
from contracts.office import FOLDER
from contracts.site import Site
from ingestion.files.door import bytes_file, drop_files
from ingestion.files.pseudonyms import site_key
from ingestion.landing.rebuild import rebuild_landing
from ingestion.landing.sealer import land_pending
from ingestion.rejection import Rejection
from ingestion.spool.reader import SpooledMessage, messages, sealed_segments
from ingestion.validation.personal import is_pseudonym
from tests.ingestion.files.persons import MAIL, NAME, PERSON, site_with_key, traces
from tests.ingestion.landing.test_landing import outcomes, rows
from tests.ingestion.office.filled import TEMPLATES, filled, workbook
from tests.ingestion.office.reading import Reading, named, read
from tests.sites import clock_at, make_site

CLOCK = clock_at()
LIST, SKILLS = TEMPLATES["participation"], TEMPLATES["skills"]


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Reading:
    return Reading(tmp_path_factory.mktemp("office"))


def repacked(data: bytes, **parts: bytes) -> bytes:
    """The package with parts added or replaced; a double underscore is a slash."""
    named = {name.replace("__", "/").replace("_dot_", "."): text for name, text in parts.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in named:
                new.writestr(name, old.read(name))
        for name, text in named.items():
            new.writestr(name, text)
    return out.getvalue()


GOOD = workbook(LIST, filled(LIST))
ODS = io.BytesIO()
with zipfile.ZipFile(ODS, "w") as _ods:
    _ods.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    _ods.writestr("content.xml", "<x/>")
ENTITY = b'<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY a "aaaa">]><sst>&a;</sst>'


@pytest.mark.parametrize(
    ("data", "cure"),
    [
        (repacked(GOOD, xl__vbaProject_dot_bin=b"x"), "inte .xlsm"),
        (repacked(GOOD, xl__media__bild_dot_png=bytes(65_000_000)), "utan bilder"),
        (repacked(GOOD, xl__sharedStrings_dot_xml=ENTITY), "spara den på nytt"),
        (repacked(GOOD, xl__workbook_dot_xml=b"<x"), "spara den på nytt"),
        (GOOD[:2000], "spara den på nytt"),
        (b"PK\x03\x04 no package at all", "spara den på nytt"),
        (ODS.getvalue(), "Spara den som .xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "utan lösenord"),
    ],
    ids=["macros", "bomb", "entity", "no XML", "cut off", "no zip", "ODS", "old or locked"],
)  # fmt: skip
def test_what_is_no_plain_workbook_is_refused_with_its_cure(reading: Reading, data: bytes, cure: str) -> None:
    (refused,) = read(reading, data, "lista.xlsx")[1]

    assert refused.code == "E_WORKBOOK"
    assert cure in refused.words().cure_sv


@pytest.mark.parametrize("tag", ["mergeCells><mergeCell", "hyperlinks><hyperlink"])
def test_a_range_as_large_as_the_sheet_is_not_filled_with_cells(reading: Reading, tag: str) -> None:
    with zipfile.ZipFile(io.BytesIO(GOOD)) as package:
        part = package.read("xl/worksheets/sheet1.xml")
    outer = tag.partition(">")[0]
    bomb = f'<{tag} ref="A9:XFD1048576"/></{outer}>'.encode()
    data = repacked(GOOD, xl__worksheets__sheet1_dot_xml=part.replace(b"</sheetData>", b"</sheetData>" + bomb))
    (refused,) = read(reading, data, "lista.xlsx")[1]

    assert refused.code == "E_WORKBOOK"
    assert refused.words().cure_sv.startswith("Dela de sammanfogade cellerna")


def test_a_mistake_of_ours_refuses_the_file_and_says_nothing_of_it(
    reading: Reading, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def mistaken(data: bytes) -> None:
        raise LookupError(PERSON)

    monkeypatch.setattr("ingestion.files.sheets.read_workbook", mistaken)
    assert read(reading, GOOD, "lista.xlsx") == (0, [Rejection("E_INTERNAL", {"problem": "LookupError"})])
    assert PERSON not in "".join(capsys.readouterr())


def test_a_sheet_of_blanks_is_an_empty_one(reading: Reading) -> None:
    book = openpyxl.Workbook()
    book.active.append([" ", "\n"])

    assert read(reading, saved(book), "tom.xlsx")[1] == [Rejection("E_EMPTY")]


def test_a_cell_far_away_is_not_a_million_rows_to_walk_through(reading: Reading) -> None:
    book = openpyxl.load_workbook(io.BytesIO(GOOD))
    sheet = book[LIST.template.sheet]
    sheet.cell(1_048_576, 3).number_format = "0.00"  # a format and nothing in it: nothing
    assert read(reading, saved(book), "lista.xlsx") == (3, [])

    sheet.cell(1_048_576, 3, "x")
    (refused,) = read(reading, saved(book), "lista.xlsx")[1]
    assert refused.code == "E_WORKBOOK"
    assert refused.facts["sheet"] == "Deltagare"


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_persons() -> bytes:
    """A list with a sole trader, and a person in every corner where nobody looks."""
    cells = filled(LIST)
    cells[0][0], cells[0][1] = PERSON, NAME
    book = openpyxl.load_workbook(io.BytesIO(workbook(LIST, cells)))
    book.properties.creator = book.properties.lastModifiedBy = NAME
    book.properties.modified = datetime(2026, 5, 3, tzinfo=UTC).replace(tzinfo=None)
    sheet = book[LIST.template.sheet]
    sheet["B3"].comment = Comment(f"{NAME}: {MAIL}", NAME)
    sheet["B3"].hyperlink = f"mailto:{MAIL}"
    sheet.oddHeader.center.text = PERSON
    hidden = book.create_sheet("Kontakter")
    hidden.sheet_state = "veryHidden"
    hidden.append([NAME, PERSON, MAIL])
    book.create_sheet("Mina anteckningar").append([f"Ring {NAME} på {PERSON}"])
    return saved(book)


def put(site: Site, data: bytes, name: str = "lista.xlsx") -> Path:
    path = site.paths.drop / FOLDER / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_nothing_of_a_person_is_kept_of_a_workbook_but_pseudonyms_in_its_cells(tmp_path: Path) -> None:
    site = site_with_key(tmp_path, registry=named())
    path = put(site, with_persons())
    (dropped,) = drop_files(site, [(path, FOLDER)], CLOCK)
    land_pending(site, CLOCK)

    trader, *firms = sorted(rows(site, "participation"), key=lambda row: row["record"])
    assert is_pseudonym(trader["org_nr"])
    assert is_pseudonym(trader["name"])
    assert [row["org_nr"] for row in firms] == ["559900-0241", "559900-0316"]
    kept = bytes_file(site.paths, dropped.sha256 or "").read_bytes()
    assert kept.decode().splitlines()[0] == ";".join(column.heading for column in LIST.columns)
    assert not path.exists(), "the original is not kept"
    assert traces(site) == []


def test_equal_cells_give_equal_bytes_whoever_saved_them_and_name_their_key(tmp_path: Path) -> None:
    site = site_with_key(tmp_path, registry=named())
    book = openpyxl.load_workbook(io.BytesIO(with_persons()))
    book.properties.creator = "En annan"
    files = [(put(site, with_persons()), FOLDER), (put(site, saved(book), "igen.xlsx"), FOLDER)]
    one, other = drop_files(site, files, CLOCK)

    assert one.sha256 == other.sha256
    (segment,) = sealed_segments(site.paths.spool / "files")
    told = [dict(item.user_properties) for item in messages(segment) if isinstance(item, SpooledMessage)]
    assert [(set(one), one["sheet"]) for one in told] == [({"pseudonym-key", "sheet"}, "Deltagare")] * 2


def test_without_a_key_a_list_with_a_person_stays_outside_and_one_of_firms_is_taken(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    path = put(site, with_persons())
    (refused,) = drop_files(site, [(path, FOLDER)], CLOCK)
    (taken,) = drop_files(site, [(put(site, GOOD, "firmor.xlsx"), FOLDER)], CLOCK)
    (template,) = drop_files(site, [(put(site, write_workbook(SKILLS), "mall.xlsx"), FOLDER)], CLOCK)

    assert refused.rejection is not None
    assert (refused.rejection.code, refused.rejection.facts) == ("E_PERSONAL", {"sheet": "Deltagare", "row": "3"})
    assert taken.rejection is template.rejection is None, "firms, and the example, are nobody"
    assert traces(site, but=path) == []


def test_a_personal_number_whose_zeros_are_lost_keeps_the_list_outside(reading: Reading) -> None:
    cells = filled(LIST)
    cells[1][0] = int("00" + "0203" + "1234")  # as a program for tables makes of it: 2031234
    (refused,) = read(reading, workbook(LIST, cells), "lista.xlsx")[1]

    assert refused == Rejection("E_CELL_ZEROS", {"sheet": "Deltagare", "row": "4", "column": "A (Organisationsnummer)"})


def test_everybody_in_a_list_of_persons_is_a_pseudonym(tmp_path: Path) -> None:
    site = site_with_key(tmp_path, registry=named())
    cells = filled(SKILLS)
    cells[0][0], cells[1][0] = PERSON, MAIL
    drop_files(site, [(put(site, workbook(SKILLS, cells)), FOLDER)], CLOCK)
    land_pending(site, CLOCK)

    found = rows(site, "skills")
    assert len(found) == 3
    assert all(is_pseudonym(row["person"]) for row in found)
    assert traces(site) == []


def test_one_person_of_a_list_can_be_erased_and_all_others_stay_counted_where_they_were(tmp_path: Path) -> None:
    site = site_with_key(tmp_path, registry=named())
    cells = filled(SKILLS)
    cells[1][0] = PERSON
    drop_files(site, [(put(site, workbook(SKILLS, cells)), FOLDER)], CLOCK)
    land_pending(site, CLOCK)
    before = {row["event_id"]: row["person"] for row in rows(site, "skills")}
    sign = site_key(site.settings, site.paths).pseudonym(PERSON)
    erase_by_identifier(site, PERSON, CLOCK)

    assert {row["event_id"]: row["person"] for row in rows(site, "skills")} == {
        event: person for event, person in before.items() if person != sign
    }
    assert len(before) == 3
    assert outcomes(site) == {"accepted": 2, "example": 1, "erased": 1}
    assert [line.check_id for line in verify(site).lines if not line.ok] == []
    assert rebuild_landing(site, CLOCK).same


def test_a_workbook_written_by_us_has_equal_bytes_each_time() -> None:
    assert write_workbook(LIST) == write_workbook(LIST)
