"""Without a key for pseudonyms the door keeps nothing of a file that holds a personal number."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.files.door import drop_file, spool_folder
from ingestion.files.guard import Cleared, Guard
from ingestion.files.watcher import DropWatcher, door_status_file
from ingestion.rejection import Rejection
from ingestion.validation.personal import holds_personal_number
from tests.sites import NOON, clock_at, make_site

#: Written in two pieces, so that no file of the repository holds a personal number.
PERSON = "850101" + "-" + "1234"
HEAD = "org_nr;activity_id;activity_date;activity_kind;actor_kind;subproject;hours\n"
ROW = "{};kurs-1;2026-11-02;knowledge;company;am;2,5\n"
GOOD = ROW.format("559900-0017")


@pytest.fixture
def site(tmp_path):
    return make_site(tmp_path)


def dropped(site, text, name="lista.csv"):
    path = site.paths.drop / "participation" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def everything(site, leave):
    """Every byte below the site, but for the drop folder."""
    files = [file for file in site.paths.spool.parent.rglob("*") if file.is_file() and leave not in file.parents]
    return b"".join(file.read_bytes() for file in files)


persons = st.builds(
    lambda century, year, month, rest, dash, last: f"{century}{year:02}{month}{rest:03}{dash}{last:04}",
    st.sampled_from(["", "16", "18", "19", "20"]), st.integers(0, 99), st.sampled_from("01"), st.integers(0, 999),
    st.sampled_from(["", "-", "+", " ", " - ", "–", "−", "."]), st.integers(0, 9999),
)  # fmt: skip
companies = st.builds(
    lambda century, kind, rest, dash, last: f"{century}{kind}{rest:03}{dash}{last:04}",
    st.sampled_from(["", "16"]), st.integers(1, 99).map("{:02}".format).flatmap(
        lambda two: st.integers(2, 9).map(lambda third: f"{two}{third}")
    ), st.integers(0, 999), st.sampled_from(["", "-", " "]), st.integers(0, 9999),
)  # fmt: skip


@given(persons)
def test_a_personal_number_is_known_in_every_spelling(number):
    assert holds_personal_number(number)
    assert holds_personal_number(f" Anna AB, {number} ")
    assert holds_personal_number("SE" + re.sub(r"\D", "", number)[-10:] + "01")


@given(companies)
def test_the_number_of_a_legal_person_is_never_taken_for_one(number):
    assert not holds_personal_number(number)


@given(st.lists(st.booleans(), min_size=1, max_size=8), persons)
def test_a_file_with_one_such_row_is_refused_whole_with_its_line(guarded, rows, number):
    text = HEAD + "".join(ROW.format(number) if personal else GOOD for personal in rows)
    found = guarded.clear(text.encode())
    if not any(rows):
        assert found == Cleared(text.encode())
    else:
        assert found == Rejection("E_PERSONAL", {"line": str(rows.index(True) + 2)})


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    return Guard(make_site(tmp_path_factory.mktemp("guarded")), "participation")


def test_nothing_of_the_file_is_kept_and_it_stays_where_it_is(site):
    path = dropped(site, HEAD + GOOD + ROW.format(PERSON))
    refused = drop_file(site, path, "participation", clock_at())
    assert isinstance(refused, Rejection)
    assert (refused.code, refused.facts) == ("E_PERSONAL", {"line": "3"})
    words = refused.words()
    assert words.sv.startswith("Rad 3: ")
    assert words.en.startswith("Line 3: ")
    assert PERSON not in "".join(words)
    assert path.exists()
    assert not spool_folder(site.paths).exists()
    assert PERSON.encode() not in everything(site, path.parent)


def test_a_torn_row_is_searched_whole(site):
    path = dropped(site, HEAD + GOOD + f"kurs-1;{PERSON}\n")
    refused = drop_file(site, path, "participation", clock_at())
    assert isinstance(refused, Rejection)
    assert refused.code == "E_PERSONAL"


def test_a_file_that_nobody_can_read_is_refused_with_what_landing_would_say(site):
    path = dropped(site, HEAD + GOOD + ROW.format(PERSON)[:-1])
    refused = drop_file(site, path, "participation", clock_at())
    assert isinstance(refused, Rejection)
    assert refused.code == "E_TORN"
    assert not spool_folder(site.paths).exists()


def test_a_file_without_one_is_taken(site):
    assert isinstance(drop_file(site, dropped(site, HEAD + GOOD), "participation", clock_at()), str)


def test_a_source_that_reads_no_organisation_numbers_is_not_read_at_the_door(site):
    assert not Guard(site, "production")
    path = site.paths.drop / "production" / "order.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"Station;{PERSON}\n", encoding="utf-8")
    assert isinstance(drop_file(site, path, "production", clock_at()), str)


def test_the_status_of_the_door_names_the_file_the_line_and_no_number(site, capsys):
    dropped(site, HEAD + ROW.format(PERSON))
    hour = 3600 * 10**9
    clock = iter(range(NOON, NOON + 100 * hour, hour))
    watcher = DropWatcher(site, lambda: next(clock))
    watcher.scan()
    watcher.scan()
    told = json.loads(door_status_file(site).read_bytes())["refused"]
    assert [(item["source"], item["name"], item["code"], item["facts"]) for item in told] == [
        ("participation", "lista.csv", "E_PERSONAL", {"line": "2"})
    ]
    assert PERSON not in json.dumps(told) + "".join(capsys.readouterr())
