"""`bruk drop`: one outcome per file, and which file stands in the place of which."""

from __future__ import annotations

from pathlib import Path

import pytest

from bruk.dropping import drop_files
from bruk.verify import verify
from contracts.errors import UsageError
from contracts.site import Site
from ingestion.ledger import Ledger
from tests.ingestion.spooling import ORDER, orders
from tests.sites import clock_at, make_site

OTHER = ORDER.replace("1 180", "1 100")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return make_site(tmp_path / "site")


def write(site: Site, name: str, *rows: str) -> Path:
    file = site.paths.site / name
    file.write_bytes(orders(*rows))
    return file


def test_a_later_file_of_a_range_is_superseding_and_both_files_days_are_pending(site: Site) -> None:
    first = write(site, "output__production__2026-11-01_2026-11-30__001.csv", ORDER)
    second = write(
        site, "output__production__2026-11-01_2026-11-30__002.csv", OTHER.replace("2026-11-23", "2026-11-22")
    )
    (old,) = drop_files(site, [first], "production", clock_at())
    ledger = Ledger(site.paths.ledger)
    ledger.cover(ledger.pending().snapshot)
    (new,) = drop_files(site, [second], "production", clock_at())
    assert (old.outcome, new.outcome, new.supersedes) == ("accepted", "superseding", [first.name])
    touched = {str(day) for days in ledger.pending().days.values() for day in days}
    assert touched == {"2026-11-22", "2026-11-23"}
    assert {one.sha256 for one in ledger.superseded()} == {old.sha256}
    assert [line.check_id for line in verify(site).lines if not line.ok] == []
    (again,) = drop_files(site, [first], "production", clock_at())
    assert again.outcome == "duplicate"
    assert {one.sha256 for one in ledger.superseded()} == {old.sha256}


def test_a_person_says_whose_place_a_file_takes(site: Site) -> None:
    first, second = write(site, "export.csv", ORDER), write(site, "export (2).csv", OTHER)
    drop_files(site, [first], "production", clock_at())
    (new,) = drop_files(site, [second], "production", clock_at(), supersedes="export.csv")
    assert (new.outcome, new.supersedes) == ("superseding", ["export.csv"])


def test_a_refused_file_supersedes_nothing(site: Site) -> None:
    first, broken = write(site, "export.csv", ORDER), write(site, "trasig.csv", ORDER.replace("Press 1", "Press 9"))
    drop_files(site, [first], "production", clock_at())
    (new,) = drop_files(site, [broken], "production", clock_at(), supersedes="export.csv")
    assert (new.outcome, new.supersedes) == ("quarantined", [])
    assert Ledger(site.paths.ledger).superseded() == []


@pytest.mark.parametrize("name", ["saknas.csv", "broken.csv"])
def test_what_does_not_stand_cannot_be_superseded(site: Site, name: str) -> None:
    drop_files(site, [write(site, "broken.csv", ORDER.replace("Press 1", "Press 9"))], "production", clock_at())
    with pytest.raises(UsageError, match="stands"):
        drop_files(site, [write(site, "ny.csv", OTHER)], "production", clock_at(), supersedes=name)
