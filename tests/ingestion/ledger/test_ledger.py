"""The ledger as its readers see it: touched days, coverage, refreshes, one state for everybody."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from contracts.errors import StateError, UsageError
from ingestion.ledger import LandedFile, Landing, Ledger, read_pending

DAY = date(2026, 11, 24)


def landing(number: int, *days: date, stream: str = "measurement") -> Landing:
    """A segment that gave one file for each of the days."""
    files = [
        LandedFile(stream, "v1.0", day, f"{stream}/v1.0/event_date={day}/mqtt-{number}.parquet", 1, "0" * 64)
        for day in days
    ]
    found = Landing(f"mqtt/{number:012d}", "0" * 64, received=1, newest_ns=number, files=files)
    found.accounts["uns", "gw-dal", "accepted", ""] += 1
    return found


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger" / "ledger.sqlite")


def test_a_ledger_that_does_not_exist_has_nothing_pending_and_is_not_made_by_asking(ledger: Ledger) -> None:
    assert read_pending(ledger.path) == (0, 0)
    assert not ledger.path.exists()
    assert ledger.pending().days == {}
    assert ledger.snapshot().as_of is None
    assert ledger.last_refresh() is None


def test_what_arrives_during_a_refresh_stays_pending(ledger: Ledger) -> None:
    other = date(2026, 9, 1)
    ledger.commit(landing(1, DAY, other), 1)
    pending = ledger.pending()
    assert pending.days == {"measurement": [other, DAY]}
    ledger.commit(landing(2, DAY), 2)
    ledger.cover(pending.snapshot)
    assert ledger.pending().days == {"measurement": [DAY]}
    assert read_pending(ledger.path) == (1, 2)
    ledger.cover(ledger.pending().snapshot)
    assert read_pending(ledger.path) == (0, 2)
    assert ledger.snapshot().days == {"measurement": [other, DAY]}


def test_a_segment_is_committed_once_and_a_second_commit_changes_nothing(ledger: Ledger) -> None:
    ledger.commit(landing(1, DAY), 1)
    with pytest.raises(sqlite3.IntegrityError):
        ledger.commit(landing(1, DAY), 2)
    assert [count.n for count in ledger.counts()] == [1]
    assert ledger.received() == 1
    assert len(ledger.landed_files()) == 1


def test_the_files_are_listed_in_one_order_whoever_asks(ledger: Ledger) -> None:
    for number in (3, 1, 2):
        ledger.commit(landing(number, DAY), number)
    assert [file.path[-9] for file in ledger.landed_files()] == ["1", "2", "3"]


def test_a_refresh_is_one_row_that_changes_its_state(ledger: Ledger) -> None:
    began = datetime(2026, 11, 24, 12, tzinfo=UTC)
    ledger.record_refresh("r1", 1, began, began, "building")
    ledger.record_refresh("r1", 1, began, began, "published", finished_at=began, edition="e1")
    ledger.record_refresh("r0", 1, None, datetime(2026, 11, 23, tzinfo=UTC), "broken", note="dbt")
    last = ledger.last_refresh()
    assert last is not None
    assert (last.id, last.state, last.edition, last.as_of) == ("r1", "published", "e1", began)


def test_ten_that_come_first_at_once_make_one_ledger(ledger: Ledger) -> None:
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda number: ledger.commit(landing(number, DAY), number), range(10)))
    assert ledger.received() == 10
    assert ledger.pending().snapshot == 10


def test_a_ledger_of_another_version_is_refused(ledger: Ledger) -> None:
    ledger.commit(landing(1, DAY), 1)
    with sqlite3.connect(ledger.path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StateError):
        ledger.pending()


def test_the_quarantine_is_filtered_by_known_columns_only(ledger: Ledger) -> None:
    with pytest.raises(UsageError):
        ledger.quarantined(**{"1=1; drop table quarantine; --": 1})
