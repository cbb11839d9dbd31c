"""The lists of the invented office: the same bytes each time, none refused but the one on purpose, and nobody real."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml

from contracts.office import FOLDER, office_streams
from contracts.paths import PRODUCT
from contracts.site import Site, load_site
from ingestion.files.door import drop_files
from ingestion.files.pseudonyms import make_key
from ingestion.landing.sealer import land_pending
from ingestion.ledger import Ledger
from ingestion.quarantine import list_entries
from tests.architecture.test_committed import PERSONAL, luhn
from tests.ingestion.landing.test_landing import rows
from tests.sites import clock_at

WRITER = """
import sys, datetime, pathlib
from office.files import write
write(pathlib.Path(sys.argv[1]), datetime.date(2026, 11, 25))
"""
#: Noon of the day after the last that is told.
CLOCK = clock_at(1_795_690_800_000_000_000)
ORGANISATION = re.compile(r"(?<![\w-])\d{6}-\d{4}(?![\w-])")


def written(out: Path) -> Path:
    """The lists, by the same program as in the demonstration."""
    command = [sys.executable, "-c", WRITER, str(out)]
    subprocess.run(command, cwd=PRODUCT / "demo", env={"PYTHONPATH": str(PRODUCT)}, check=True)
    return out / FOLDER


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, lists: Path) -> Iterator[Site]:
    """The demonstration's site with the lists landed, and nothing else."""
    folder = tmp_path_factory.mktemp("demo") / "site"
    for name in ("registry", "sources"):
        shutil.copytree(PRODUCT / "demo" / name, folder / name)
    shutil.copy(PRODUCT / "demo" / "site.toml", folder / "site.toml")
    made = load_site(folder)
    make_key(folder / made.settings.pseudonym_key_file)
    for dropped in drop_files(made, [(file, FOLDER) for file in sorted(lists.iterdir())], CLOCK):
        assert dropped.rejection is None, dropped
    land_pending(made, CLOCK)
    return made


def test_the_same_day_gives_the_same_bytes(lists: Path, tmp_path: Path) -> None:
    again = written(tmp_path)

    assert sorted(file.name for file in again.iterdir()) == sorted(file.name for file in lists.iterdir())
    assert [file.name for file in lists.iterdir() if (again / file.name).read_bytes() != file.read_bytes()] == []


def test_every_list_lands_whole_but_the_one_that_is_wrong_on_purpose(site: Site) -> None:
    refused = {file.name for file in Ledger(site.paths.ledger).drop_files() if file.outcome != "accepted"}

    assert refused == {"2026-11 deltagarlista med fel.xlsx"}
    codes = Counter(entry.code for entry in list_entries(site))
    assert codes == {"E_CELL_DATE": 1, "E_CELL_WORD": 1, "E_CELL_NUMBER": 1, "E_CELL_EMPTY": 1, "E_CELL_FORM": 1}


def test_every_stream_of_the_office_is_shown(site: Site) -> None:
    assert [stream.id for stream in office_streams(site.streams) if not rows(site, stream.id)] == []


def test_workbooks_and_text_are_mixed_and_the_text_is_as_sweden_saves_it(lists: Path) -> None:
    endings = Counter(file.suffix for file in lists.iterdir())
    assert min(endings[".xlsx"], endings[".csv"]) >= 20
    for file in lists.glob("*.csv"):
        assert ";" in file.read_text("cp1252").splitlines()[0]


def test_no_organisation_is_real_and_every_company_stands_in_the_registry(site: Site) -> None:
    organisations = yaml.safe_load((PRODUCT / "demo" / "registry" / "organisations.yaml").read_text("utf-8"))
    known = {row["org_nr"] for row in organisations["organisations"]}
    told = {number for text in landed(site) for number in ORGANISATION.findall(text)}

    assert told <= known
    assert len(told) >= 35
    assert [number for number in told if luhn(number)] == []


def test_no_person_of_the_lists_can_be_one_and_none_is_kept(site: Site) -> None:
    people = subprocess.run(
        [sys.executable, "-c", "from office.learning import person; print(*map(person, range(1, 300)))"],
        cwd=PRODUCT / "demo", env={"PYTHONPATH": str(PRODUCT)}, check=True, capture_output=True, text=True,
    ).stdout.split()  # fmt: skip

    assert len(set(people)) == 299
    assert all(number.startswith("1900") and PERSONAL.fullmatch(number) and not luhn(number) for number in people)
    kept = "".join(landed(site))
    assert [number for number in people if number in kept] == []


def landed(site: Site) -> Iterator[str]:
    """What landing holds, as text."""
    for file in site.paths.landing.rglob("*.parquet"):
        yield str(pq.read_table(file, partitioning=None).to_pylist())
