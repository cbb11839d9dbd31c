"""Persons in dropped files: pseudonyms are kept, and nothing else of them anywhere (bad inputs 115 and 116)."""

import csv
import json
import os
import re
import signal
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import ContractError, UsageError
from contracts.paths import PRODUCT
from contracts.source_loading import problems
from ingestion.files.door import bytes_file, drop_file
from ingestion.files.guard import Cleared, Guard
from ingestion.files.pseudonyms import PseudonymKey, make_key
from ingestion.files.watcher import DropWatcher, door_status_file
from ingestion.landing.sealer import land_pending
from ingestion.ledger import Ledger
from ingestion.quarantine import list_entries, show
from ingestion.rejection import Rejection
from ingestion.spool.reader import messages, sealed_segments
from ingestion.try_source import try_sample
from ingestion.validation.personal import is_pseudonym
from tests.ingestion.files.persons import (
    COLUMNS,
    DIGITS,
    FIRM,
    NAME,
    PERSON,
    ROW,
    about_persons,
    participation,
    put,
    site_with_key,
    table,
    traces,
)
from tests.ingestion.files.test_guard import persons
from tests.ingestion.landing.test_landing import outcomes, rows
from tests.sites import NOON, UNS, clock_at, emit, make_site

CLOCK = clock_at()


@pytest.fixture
def site(tmp_path):
    return site_with_key(tmp_path)


@pytest.fixture(scope="module")
def guard(tmp_path_factory):
    return Guard(site_with_key(tmp_path_factory.mktemp("guard")), "participation")


def cells(data: bytes) -> list[list[str]]:
    return list(csv.reader(data.decode().splitlines(keepends=True), delimiter=";", strict=True))


def refusal(site, data: bytes, name: str = "lista.csv") -> Rejection:
    found = drop_file(site, put(site, data, name), "participation", CLOCK)
    assert isinstance(found, Rejection)
    return found


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_sole_trader_is_taken_as_a_pseudonym_and_a_legal_person_as_it_is(tmp_path, encoding, capsys):
    site = site_with_key(tmp_path, participation("cp1252" if encoding == "cp1252" else "utf-8"))
    path = put(site, table(ROW, FIRM).encode(encoding))
    sha256 = drop_file(site, path, "participation", CLOCK)
    land_pending(site, CLOCK)

    trader, firm = sorted(rows(site, "participation"), key=lambda row: row["record"])
    assert is_pseudonym(trader["org_nr"])
    assert is_pseudonym(trader["name"])
    assert trader["role"] == ROW["role"]
    assert (firm["org_nr"], firm["name"]) == (FIRM["org_nr"], FIRM["name"])
    assert cells(bytes_file(site.paths, sha256).read_bytes())[2] == list(FIRM.values())
    assert not path.exists(), "the original is not kept"
    assert list(path.parent.rglob("*.csv")) == []
    assert traces(site) == []
    assert PERSON not in "".join(capsys.readouterr())


def test_what_is_searched_for_would_be_found(site):
    for number, data in enumerate((PERSON, DIGITS, NAME)):
        (site.paths.var / f"{number}").parent.mkdir(parents=True, exist_ok=True)
        (site.paths.var / f"{number}").write_text(data, encoding="utf-8")
    assert {trace.partition(":")[0][-1] for trace in traces(site)} == {"0", "1", "2"}


def test_every_way_of_looking_shows_pseudonyms_only(site, capsys):
    wrong = ROW | {"activity_date": "den andra"}
    watched = DropWatcher(site, iter(range(NOON, NOON + 10**15, 10**12)).__next__)
    put(site, table(ROW, wrong).encode())
    watched.scan()
    watched.scan()
    land_pending(site, CLOCK)
    assert outcomes(site) == {"accepted": 1, "E_TIME": 1}
    (entry,) = list_entries(site)
    told = json.dumps([show(site, entry.id).to_dict(), *map(str, Ledger(site.paths.ledger).drop_files())])
    assert not [sign for sign in (PERSON, DIGITS, PERSON[:6], NAME) if sign in told + "".join(capsys.readouterr())]
    assert traces(site) == []


def test_the_same_file_twice_is_a_duplicate_whatever_its_encoding(tmp_path):
    site = site_with_key(tmp_path, participation("cp1252"))
    for name, encoding in (("a.csv", "utf-8"), ("b.csv", "utf-8"), ("c.csv", "cp1252"), ("d.csv", "utf-8-sig")):
        drop_file(site, put(site, table(ROW, FIRM).encode(encoding), name), "participation", CLOCK)
    land_pending(site, CLOCK)
    assert [file.outcome for file in Ledger(site.paths.ledger).drop_files()] == ["accepted"] + ["duplicate"] * 3
    assert len(rows(site, "participation")) == 2


@pytest.mark.parametrize("point", ["door.kept", "door.spooled"])
def test_a_door_that_is_killed_has_kept_nothing_of_a_person_and_takes_the_file_once(site, point):
    path = put(site, table(ROW, FIRM).encode())
    command = [sys.executable, "-m", "bruk.cli", "drop", str(path), "--source", "participation"]
    environment = os.environ | {"BRUK_FAULT": point, "BRUK_SITE": str(site.paths.site)}
    assert subprocess.run(command, env=environment, cwd=PRODUCT, timeout=120, check=False).returncode == -signal.SIGKILL
    assert traces(site, but=path) == []
    assert isinstance(drop_file(site, path, "participation", CLOCK), str)
    land_pending(site, CLOCK)
    assert len(rows(site, "participation")) == 2
    assert not path.exists()
    assert traces(site) == []


def test_a_file_in_which_nothing_has_to_change_keeps_its_bytes(site):
    data = table(FIRM | {"role": ""}).encode()
    assert Guard(site, "participation").clear(data) == Cleared(data)


@given(persons, st.sampled_from(["", " ", "\t"]))
def test_the_same_person_is_the_same_pseudonym_however_the_number_is_written(guard, number, around):
    digits = re.sub(r"\D", "", number)[-10:]
    plain = guard.clear(table(ROW | {"org_nr": digits}).encode())
    assert guard.clear(table(ROW | {"org_nr": around + number + around}).encode()) == plain
    assert guard.clear(table(ROW | {"org_nr": f"SE{digits}01"}).encode()) == plain


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_other_keys_give_other_pseudonyms_and_fingerprints(one, other):
    a, b = PseudonymKey(one), PseudonymKey(other)
    assert (a.pseudonym(PERSON) == b.pseudonym(PERSON)) == (a.fingerprint == b.fingerprint) == (one == other)


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12) | st.text('";,\r\n ab', max_size=8)


@given(st.lists(st.tuples(texts, texts, st.booleans(), st.integers(0, 2)), min_size=1, max_size=5))
def test_all_other_cells_are_the_same_text_and_each_row_begins_on_its_line(guard, given_rows):
    lines = [table()]
    for first, second, trader, gap in given_rows:
        row = (ROW if trader else FIRM) | {"role": first, "activity_id": second}
        lines.append("\n" * gap + table(row).removeprefix(table()))
    text = "".join(lines)
    cleared = guard.clear(text.encode())
    assert isinstance(cleared, Cleared)
    assert cleared == guard.clear(text.encode())
    before = list(csv.reader(iter_lines(text), delimiter=";"))
    after = list(csv.reader(iter_lines(cleared.data.decode()), delimiter=";"))
    assert len(before) == len(after)
    changing = {COLUMNS.index(name) for name in ("org_nr", "name", "mail")}
    for old, new in zip(before, after, strict=True):
        trader = bool(old) and old[0] == PERSON
        assert [c for at, c in enumerate(old) if at not in changing] == [
            c for at, c in enumerate(new) if at not in changing
        ]
        assert not trader or (is_pseudonym(new[0]) and is_pseudonym(new[1]) and new[-1] == "")
        assert trader or old == new


def iter_lines(text):
    return re.findall(r"[^\r\n]*(?:\r\n|\r|\n)", text)


def test_a_person_is_always_a_pseudonym_where_the_stream_says_so(site):
    site = about_persons(site)
    drop_file(site, put(site, table(FIRM, FIRM | {"name": " PROVBOLAGET  ab"}).encode()), "participation", CLOCK)
    land_pending(site, CLOCK)
    names = {row["name"] for row in rows(site, "participation")}
    assert len(names) == 1, "large letters and spaces make no other person"
    assert is_pseudonym(names.pop())
    assert not [file for file in site.paths.var.rglob("*") if file.is_file() and b"info@prov" in file.read_bytes()]


@pytest.mark.parametrize(
    ("data", "code", "line"),
    [
        (table(ROW).encode("cp1252"), "E_ENCODING", None),
        (table(ROW).encode("utf-16"), "E_ENCODING", None),
        (table(ROW).encode() + b'"' + NAME.encode() + b"\n", "E_CSV", "3"),
        (table(ROW, columns=COLUMNS[:-1]).encode(), "E_REQUIRED", None),
        (table(ROW).encode()[:-1], "E_TORN", None),
        (b"PK\x03\x04" + table(ROW).encode(), "E_TYPE", None),
        (table(ROW).replace('"mail"', f'"mail";"{NAME}"').encode(), "E_SCHEMA", None),
        (table(ROW).replace('"mail"', '"mail";"mail"').encode(), "E_SCHEMA", None),
        ((table(FIRM) + f'"kurs";"{PERSON}"\n').encode(), "E_PERSONAL", "3"),
        (table(FIRM, ROW | {"role": f"som {DIGITS}"}).encode(), "E_PERSONAL", "3"),
    ],
    ids=["encoding", "utf-16", "quote", "missing", "torn", "xlsx", "unknown", "doubled", "short-row", "twice-in-a-row"],
)
def test_a_file_that_cannot_be_cleared_is_refused_and_no_byte_of_it_is_kept(site, data, code, line, capsys):
    path = put(site, data)
    watcher = DropWatcher(site, iter(range(NOON, NOON + 10**15, 10**12)).__next__)
    watcher.scan()
    watcher.scan()
    (told,) = json.loads(door_status_file(site).read_bytes())["refused"]
    assert (told["source"], told["code"], told["facts"].get("line")) == ("participation", code, line)
    land_pending(site, CLOCK)
    assert Ledger(site.paths.ledger).drop_files() == []
    assert traces(site, but=path) == []
    assert not [sign for sign in (PERSON, DIGITS, NAME) if sign in "".join(capsys.readouterr())]


def test_a_torn_row_refuses_the_whole_file_where_any_column_may_hold_a_person(site):
    torn = (table(FIRM) + '"kurs";"Anna"\n').encode()
    assert isinstance(Guard(site, "participation").clear(torn), Cleared), "its rows are about organisations"
    refused = Guard(about_persons(site), "participation").clear(torn)
    assert isinstance(refused, Rejection)
    assert (refused.code, refused.facts["line"]) == ("E_CSV", "3")


def test_columns_of_the_drop_list_are_emptied_before_anything_is_kept(tmp_path):
    site = site_with_key(tmp_path, participation(personal_data="none", drop=["mail"]))
    assert isinstance(drop_file(site, put(site, table(FIRM, FIRM).encode()), "participation", CLOCK), str)
    land_pending(site, CLOCK)
    assert outcomes(site) == {"accepted": 2}
    assert not [file for file in site.paths.var.rglob("*") if file.is_file() and b"info@prov" in file.read_bytes()]


def test_the_key_is_noted_with_each_file_and_another_one_is_noticed(site):
    drop_file(site, put(site, table(ROW).encode()), "participation", CLOCK)
    (segment,) = sealed_segments(site.paths.spool / "files")
    ((name, fingerprint),) = next(iter(messages(segment))).user_properties
    assert (name, len(fingerprint)) == ("pseudonym-key", 8)
    key = site.paths.site / "secret" / "key"
    right = key.read_bytes()
    key.unlink()
    make_key(key)
    refused = refusal(site, table(ROW, FIRM).encode())
    assert refused.code == "E_KEY"
    assert "earlier files" in refused.words().en
    key.unlink()
    key.write_bytes(right)
    key.chmod(0o400)
    assert isinstance(drop_file(site, put(site, table(ROW, FIRM).encode()), "participation", CLOCK), str)


@pytest.mark.parametrize("harm", ["open", "short", "no-hex", "gone", "in-var"])
def test_a_key_that_cannot_be_trusted_is_not_used(site, harm):
    key = site.paths.site / "secret" / "key"
    text = key.read_text()
    key.unlink()
    if harm == "in-var":
        key.symlink_to(site.paths.var / "key")
        key = site.paths.var / "key"
        key.parent.mkdir(exist_ok=True)
    if harm != "gone":
        key.write_text({"short": text[:62], "no-hex": "x" * 64}.get(harm, text))
        key.chmod(0o440 if harm == "open" else 0o400)
    refused = refusal(site, table(ROW).encode())
    assert (refused.code, refused.facts["line"]) == ("E_KEY", "2")
    assert text.strip() not in str(refused) + str(refused.words())


def test_the_gate_takes_a_whole_pseudonym_for_an_organisation_number(site):
    key = make_key(site.paths.site / "other")
    for stream, field in (("participation", "org_nr"), ("run", "organisation")):
        pattern = site.streams[stream].by_name[field].logicalTypeOptions.pattern
        assert re.fullmatch(pattern, key.pseudonym(PERSON))
        assert re.fullmatch(pattern, "559900-0017")
        assert not re.fullmatch(pattern, key.pseudonym(PERSON)[:-1])


def test_a_new_key_is_its_owners_alone_and_never_written_over(tmp_path):
    key = make_key(tmp_path / "secret" / "key")
    assert (tmp_path / "secret" / "key").stat().st_mode & 0o777 == 0o400
    assert key.fingerprint not in (tmp_path / "secret" / "key").read_text()
    with pytest.raises(UsageError):
        make_key(tmp_path / "secret" / "key")


def test_a_sample_is_tried_as_the_door_would_take_it_and_nothing_is_written(site, tmp_path):
    sample = tmp_path / "sample.csv"
    sample.write_bytes(table(ROW).encode())
    (row,) = try_sample(site, "participation", sample, CLOCK).rows
    assert is_pseudonym(row.values["org_nr"])
    assert not site.paths.spool.exists()


def test_a_source_about_persons_must_say_so_and_may_not_be_mqtt(site):
    site = about_persons(site)
    source = site.sources["participation"]
    quiet = source.model_copy(update={"governance": source.governance.model_copy(update={"personal_data": "none"})})
    assert problems(source, site.streams) == []
    assert any("about a person" in problem for problem in problems(quiet, site.streams))
    named = {"name": {"path": "who"}, "activity_date": {"path": "day"}, "org_nr": {"path": "nr"}}
    message = {"topic": "event_v1/x", "emit": [emit("participation", **named)]}
    by_mqtt = type(source).model_validate(UNS | {"messages": [message]})
    assert any("about a person" in problem for problem in problems(by_mqtt, site.streams))


@pytest.mark.parametrize("governance", [{"drop": ["nothing"]}, {"legal_basis": None}, {"drop": ["org_nr"]}])
def test_a_source_whose_words_about_persons_do_not_hold_is_left_out(tmp_path, governance):
    site = make_site(tmp_path, sources={"participation": participation(**governance)})
    (problem,) = site.wrong_sources
    assert isinstance(problem, ContractError)
    assert problem.file == "participation.yaml"
