"""Late, corrected and superseded records: what is touched is rebuilt, what depends on it changes, and nothing else."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from bruk.evidence import Archive
from bruk.verify import verify
from bruk.warehouse import query
from ingestion.landing.rebuild import rebuild_landing
from ingestion.landing.sealer import land_pending
from ingestion.ledger import Ledger
from tests.ingestion.spooling import drop
from tests.sites import NOON, clock_at
from tests.warehouse.twins import Tables, Twin, assert_same

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]  # five refreshes and a rebuild, on a busy machine

SECOND = 1_000_000_000
BUILDS = (
    "Bygge;Skrivare;Modell;Kund;Start;Slut;Resultat;Delar;Godkända;Kasserade;Anmärkning;Beställd;Beräknad tid h;"
    "Beräknad massa kg;Behörig;Part\r\n"
    "B-1;Skrivare 2;KPA-7;;2026-08-03 08:00:00;2026-08-03 12:00:00;Klar;10;;;;2026-07-30 09:00:00;4,000;2,400;Ja;\r\n"
    "B-2;Skrivare 2;KPA-7;;2026-10-05 08:00:00;2026-10-05 12:00:00;Klar;10;;;;2026-10-01 09:00:00;4,000;2,400;Ja;\r\n"
    "B-3;Skrivare 2;KPA-7;;2026-10-06 08:00:00;2026-10-06 12:00:00;Klar;10;;;;2026-10-01 09:00:00;4,000;2,400;Ja;\r\n"
)
PROTOCOLS = "Protokoll;Skrivare;Bygge;Datum;Kontrollerade;Godkända;Kasserade;Omarbetas;Omkontroll;Godkänd massa kg\r\n"
OCTOBER = "inspection__inspections__2026-10-01_2026-10-31__{:03d}.csv"


def protocol(name: str, build: str, day: str, accepted: int, printer: str = "Skrivare 2") -> str:
    """Ten parts of a build were inspected at noon, local time."""
    return f"{name};{printer};{build};{day} 12:00:00;10;{accepted};{10 - accepted};0;Nej;\r\n"


B2, B3 = protocol("K-2", "B-2", "2026-10-12", 9), protocol("K-3", "B-3", "2026-10-13", 8)


class Lab:
    """A site that gets the lab's files one after the other, a second between them."""

    def __init__(self, folder: Path) -> None:
        self.twin, self.now = Twin(folder), NOON
        self.send("build-log", BUILDS, "build-log.csv")

    def send(self, source: str, text: str, name: str) -> str:
        """Drops and lands a file; returns its sha256."""
        self.now += SECOND
        sha256 = drop(self.twin.site, source, text.encode("utf-8"), name, self.now)
        land_pending(self.twin.site, clock_at())
        return sha256

    def inspect(self, *protocols: str, name: str = "protokoll.csv") -> str:
        return self.send("inspections", PROTOCOLS + "".join(protocols), name)

    def refresh(self) -> dict[str, list[str]]:
        """The event days that one refresh, which comes to its end, rebuilds."""
        plan = self.twin.refresh()
        Ledger(self.twin.site.paths.ledger).record_refresh(
            plan.refresh_id, plan.snapshot, plan.as_of, plan.started_at, "published", plan.started_at
        )
        return {stream: [str(day) for day in listed] for stream, listed in plan.days.items()}

    def good(self) -> list[tuple[str, Decimal | None]]:
        return [(build, good) for build, good in self.twin.rows("select run_ref, good from metrics.met_run order by 1")]

    def check(self) -> None:
        """Everything equals a rebuild, and the accounts are exact."""
        before = self.twin.tables()
        self.twin.refresh(full=True)
        assert_same(before, self.twin.tables())
        assert [line.check_id for line in verify(self.twin.site).lines if not line.ok] == []


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """October is inspected; August is not."""
    lab = Lab(tmp_path_factory.mktemp("lab"))
    lab.inspect(B2, B3, name=OCTOBER.format(1))
    lab.refresh()
    return lab


def by_day(lab: Lab, table: str) -> dict[str, list[str]]:
    """The rows of each day, the days as DuckDB has them one after the other: what is written anew lies last."""
    rows = query(lab.twin.site.paths.warehouse, f"select event_date, one from core.{table} as one order by rowid")
    found: dict[str, list[str]] = {}
    for day, row in rows:
        found.setdefault(str(day), []).append(str(row))
    return found


def changed(before: Tables, after: Tables) -> set[str]:
    return {name for name in before if before[name] != after[name]}


def months(lab: Lab) -> list[tuple[object, ...]]:
    return lab.twin.rows(
        "select strftime(period_start, '%m'), pq, gq, quality_ratio from metrics.met_equipment_month "
        "where equipment_id = 'gav-printer-2' and pq > 0 order by 1"
    )


def test_late_corrected_and_superseding_records_change_what_stands_on_them_and_nothing_else(lab: Lab) -> None:
    assert lab.good() == [("B-1", None), ("B-2", Decimal(9)), ("B-3", Decimal(8))]
    assert months(lab) == [("08", Decimal(10), Decimal(0), None), ("10", Decimal(20), Decimal(17), 0.85)]

    # An inspection of the build of 3 August that comes 60 days after the inspection itself.
    facts, before = by_day(lab, "fct_inspection"), lab.twin.tables()
    lab.inspect(protocol("K-1", "B-1", "2026-08-10", 7))
    assert lab.refresh() == {"inspection": ["2026-08-10"]}
    after = by_day(lab, "fct_inspection")
    assert list(after.items())[:-1] == list(facts.items()), "no other day was written anew"
    assert months(lab)[0] == ("08", Decimal(10), Decimal(7), 0.7)
    assert months(lab)[1] == ("10", Decimal(20), Decimal(17), 0.85)
    untouched = {"core.fct_run", "core.int_run_event", "core.fct_output", "core.fct_state_interval", "core.fct_layer"}
    assert not changed(before, lab.twin.tables()) & untouched
    assert "metrics.int_element_inspections" in changed(before, lab.twin.tables())

    # The protocol of B-2 is corrected: 6 accepted, inspected a day earlier.
    facts = by_day(lab, "fct_inspection")
    lab.inspect(protocol("K-2", "B-2", "2026-10-11", 6), name="rättat.csv")
    assert lab.refresh() == {"inspection": ["2026-10-11"]}
    after = by_day(lab, "fct_inspection")
    assert list(after.items())[:-1] == list(facts.items())
    assert lab.good() == [("B-1", Decimal(7)), ("B-2", Decimal(6)), ("B-3", Decimal(8))]

    # October's file is superseded, whole: B-3 had 5 accepted, and K-2 of the first file never was.
    facts = by_day(lab, "fct_inspection")
    lab.inspect(protocol("K-3", "B-3", "2026-10-14", 5), name=OCTOBER.format(2))
    assert lab.refresh() == {"inspection": ["2026-10-12", "2026-10-13", "2026-10-14"]}
    after = by_day(lab, "fct_inspection")
    assert list(after) == ["2026-08-10", "2026-10-11", "2026-10-14"]
    assert all(after[day] == facts[day] for day in ("2026-08-10", "2026-10-11"))
    assert lab.good() == [("B-1", Decimal(7)), ("B-2", Decimal(6)), ("B-3", Decimal(5))]
    lab.check()

    # Who opens a number sees the records that hold, and not those that they took the place of.
    held = Archive(lab.twin.site).current("inspection", [("equipment", "==", "gav-printer-2")])
    assert sorted((one.row["record_ref"], one.row["accepted_quantity"]) for one in held) == [
        ("K-1", 7), ("K-2", 6), ("K-3", 5),
    ]  # fmt: skip


def test_the_highest_number_of_a_range_stands_whatever_came_first_and_after_a_rebuild_from_the_spool(
    tmp_path: Path,
) -> None:
    lab = Lab(tmp_path)
    for number in (1, 3, 2, 1):  # the first is dropped again: a duplicate, and it does not come back
        lab.inspect(protocol("K-3", "B-3", f"2026-10-1{number}", 3 + number), name=OCTOBER.format(number))
    lab.refresh()
    stands = "select event_date::varchar, accepted_quantity from core.fct_inspection"
    assert lab.twin.rows(stands) == [("2026-10-13", Decimal(6))]
    listed = [(file.name[-7:-4], file.outcome) for file in Ledger(lab.twin.site.paths.ledger).drop_files()[1:]]
    assert listed == [("001", "accepted"), ("003", "superseding"), ("002", "accepted"), ("001", "duplicate")]
    assert rebuild_landing(lab.twin.site, clock_at()).swapped
    lab.check()
    assert lab.twin.rows(stands) == [("2026-10-13", Decimal(6))]


def test_a_file_that_is_refused_supersedes_nothing_and_a_correction_may_name_another_machine(tmp_path: Path) -> None:
    lab = Lab(tmp_path)
    lab.inspect(B2, B3, name=OCTOBER.format(1))
    lab.send("inspections", "Protokoll;Skrivare\r\nK-2;Skrivare 2\r\n", OCTOBER.format(2))
    lab.inspect(protocol("K-3", "B-3", "2026-10-13", 4, printer="Skrivare 1"), name="annan maskin.csv")
    lab.refresh()
    assert lab.good() == [("B-1", None), ("B-2", Decimal(9)), ("B-3", None)]
    held = lab.twin.rows("select equipment_id, accepted_quantity from core.int_inspection_current order by all")
    assert held == [("gav-printer-1", Decimal(4)), ("gav-printer-2", Decimal(9))]
    lab.check()
