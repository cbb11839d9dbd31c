"""One person is erased: no byte of what is kept has the pseudonym, everybody else stays, and everything is counted."""

import os
import signal
import subprocess
import sys

import pyarrow.parquet as pq
import pytest

from bruk.erasure import erase_by_identifier
from bruk.verify import verify
from contracts.errors import UsageError
from contracts.paths import PRODUCT
from contracts.site import load_site
from ingestion.files.door import drop_file
from ingestion.files.pseudonyms import site_key
from ingestion.keeping.persons import erase_person
from ingestion.landing.rebuild import rebuild_landing
from ingestion.landing.sealer import land_pending
from ingestion.ledger import Ledger
from tests.ingestion.files.persons import FIRM, PERSON, ROW, put, site_with_key, table
from tests.ingestion.landing.test_landing import outcomes, rows
from tests.sites import NOON, clock_at

CLOCK = clock_at()
OTHER = ROW | {"org_nr": PERSON[:-1] + "9", "activity_id": "kurs-2"}
REFUSED = ROW | {"activity_id": "kurs-3", "activity_date": "inte en dag"}


@pytest.fixture
def site(tmp_path):
    """The person stands twice in the first file (once refused) and once in the second; two others with her."""
    site = site_with_key(tmp_path)
    for number, file in enumerate(((ROW, FIRM, REFUSED, OTHER), (FIRM | {"activity_id": "kurs-9"}, ROW))):
        drop_file(site, put(site, table(*file).encode(), f"lista-{number}.csv"), "participation", CLOCK)
    land_pending(site, CLOCK)
    return site


def pseudonym(site):
    return site_key(site.settings, site.paths).pseudonym(PERSON)


def holding(site, text):
    """The files of the site, in any of which this stands."""
    found = []
    for file in sorted(site.paths.var.rglob("*")):
        if file.is_file() and file.suffix == ".parquet":
            if text in str(pq.read_table(file, partitioning=None).to_pylist()):
                found.append(file)
        elif file.is_file() and text.encode() in file.read_bytes():
            found.append(file)
    return found


def wrong(site):
    return [line for line in verify(site).lines if not line.ok]


def test_no_file_has_the_pseudonym_any_more_and_all_others_stay(site):
    sign = pseudonym(site)
    before = rows(site, "participation")
    assert len(holding(site, sign)) >= 3
    erase_by_identifier(site, PERSON, CLOCK)

    assert holding(site, sign) == []
    assert holding(site, PERSON) == []
    assert rows(site, "participation") == [row for row in before if row["org_nr"] != sign]
    assert len(before) - len(rows(site, "participation")) == 2


def test_what_came_stays_counted_the_erased_as_ignored(site):
    assert outcomes(site) == {"accepted": 5, "E_TIME": 1}
    erase_by_identifier(site, PERSON, CLOCK)
    assert outcomes(site) == {"accepted": 3, "erased": 3}
    assert wrong(site) == []
    assert Ledger(site.paths.ledger).quarantined() == []


def test_landing_made_again_from_the_spool_is_the_same_without_the_person(site):
    erase_by_identifier(site, PERSON, CLOCK)
    rebuilt = rebuild_landing(site, CLOCK)
    assert (rebuilt.same, rebuilt.swapped) == (True, True)
    assert holding(site, pseudonym(site)) == []
    assert outcomes(site) == {"accepted": 3, "erased": 3}


def test_the_receipt_says_what_and_not_whom(site):
    receipt = erase_by_identifier(site, f"19{PERSON}", CLOCK)
    files = sorted((file["name"], file["records"]) for file in receipt["files"])
    assert files == [("lista-0.csv", [1, 3]), ("lista-1.csv", [2])]
    assert (receipt["records"], receipt["days"]) == (3, ["participation 2026-11-02"])
    kept = site.paths.erasures.read_text("utf-8")
    assert kept.count("\n") == 1
    assert pseudonym(site) not in kept
    assert PERSON[:6] not in kept
    assert erase_by_identifier(site, PERSON, CLOCK)["records"] == 0


def test_the_same_list_dropped_again_is_known_and_brings_nobody_back(site):
    erase_by_identifier(site, PERSON, CLOCK)
    drop_file(site, put(site, table(ROW, FIRM, REFUSED, OTHER).encode(), "igen.csv"), "participation", CLOCK)
    land_pending(site, CLOCK)
    assert holding(site, pseudonym(site)) == []
    assert outcomes(site)["duplicate"] == 4
    assert wrong(site) == []


def test_a_file_that_was_changed_by_anybody_else_is_still_damage(site):
    erase_by_identifier(site, PERSON, CLOCK)
    file = max((site.paths.spool / "files" / "bytes").iterdir(), key=lambda one: one.stat().st_size)
    file.write_bytes(file.read_bytes().replace(b"kurs-2", b"kurs-7"))
    assert any("gone or changed" in line.detail for line in wrong(site))


def test_a_file_that_no_source_reads_is_erased_whole(site):
    sign = pseudonym(site)
    (site.paths.site / "sources" / "participation.yaml").unlink()
    bare = load_site(site.paths.site)
    done = erase_person(bare, sign, NOON)
    assert sorted(done.files) == [("lista-0.csv", []), ("lista-1.csv", [])]
    assert holding(bare, sign) == []


def test_without_the_key_nobody_can_say_who_it_is(site):
    (site.paths.site / "secret" / "key").unlink()
    with pytest.raises(UsageError, match="key"):
        erase_by_identifier(site, PERSON, CLOCK)


@pytest.mark.parametrize("where", ["erase.files", "erase.committed"])
def test_a_second_run_ends_what_a_crash_began(site, where):
    done = erase(site, BRUK_FAULT=where)
    assert done.returncode == -signal.SIGKILL
    assert erase(site).returncode == 0
    assert holding(site, pseudonym(site)) == []
    assert outcomes(site) == {"accepted": 3, "erased": 3}
    assert wrong(site) == []


def test_the_command_takes_the_identifier_from_stdin_alone_and_prints_it_nowhere(site):
    done = erase(site)
    assert done.returncode == 0
    assert "lista-0.csv" in done.stdout
    assert PERSON not in done.stdout + done.stderr
    assert pseudonym(site) not in done.stdout + done.stderr
    refused = subprocess.run([*_COMMAND, PERSON, "--site", site.paths.site], capture_output=True, check=False)
    assert refused.returncode == 2


_COMMAND = [sys.executable, "-m", "bruk.cli", "person", "erase", "--yes"]


def erase(site, **environment):
    return subprocess.run(
        [*_COMMAND, "--site", site.paths.site], input=PERSON + "\n", text=True, capture_output=True, check=False,
        cwd=PRODUCT, env=os.environ | environment,
    )  # fmt: skip
