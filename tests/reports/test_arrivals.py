"""What came after an edition: corrections by key, superseding files, messages; nothing that was there before."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from bruk.asking import ask
from bruk.dropping import drop_files
from bruk.reports.arrivals import Arrivals
from contracts.paths import SitePaths
from ingestion.ledger import Ledger
from tests.e2e.test_one_reading import LINE, october
from tests.e2e.whole import Whole

HEADINGS = (
    "Organisationsnummer;Namn;Aktörstyp;Storleksklass;Län;Kommun;Aktivitet;Datum;Slag;Delprojekt;Pilot;Stödform;Roll;"
    "Timmar\r\n"
)
MAY = "participation__office-participation__2026-05-01_2026-05-31__{:03d}.csv"


def took_part(activity: str, support: str) -> str:
    """The invented enterprise took part in an activity on 12 May."""
    who = "559900-0175;Påhittade Plåt AB;Företag;Litet;Dalarna;Borlänge"
    return f"{who};{activity};2026-05-12;Stöd;Innovation;;{support};;\r\n"


class Landed:
    """A site in which things land one after the other, without a refresh; `mark` is what an edition made now knows."""

    def __init__(self, folder: Path) -> None:
        self.whole, self._folder = Whole(folder / "site"), folder

    @property
    def paths(self) -> SitePaths:
        return self.whole.site.paths

    def drop(self, name: str, *rows: str) -> str:
        file = self._folder / name
        file.write_text(HEADINGS + "".join(rows), encoding="utf-8")
        (outcome,) = drop_files(self.whole.site, [file], "office-participation")
        assert outcome.accepted, outcome
        return str(outcome.sha256)

    def mark(self) -> dict[str, Any]:
        found = Ledger(self.paths.ledger).snapshot()
        as_of = found.as_of.isoformat() if found.as_of else None
        return {"segments": found.segments, "as_of": as_of, "published_at": datetime.now(UTC).isoformat()}

    def since(self, mark: dict[str, Any]) -> Arrivals:
        return Arrivals(self.whole.site, mark)


@pytest.fixture
def landed(tmp_path: Path) -> Landed:
    return Landed(tmp_path)


def test_a_later_record_of_the_same_key_explains_the_one_that_it_corrects_and_no_other(landed: Landed) -> None:
    old = landed.drop("maj.csv", took_part("AM-1", "Icke-finansiellt"), took_part("AM-2", "Icke-finansiellt"))
    before = landed.mark()
    new = landed.drop("rättad.csv", took_part("AM-1", "Bidrag"))
    events = [
        event for (event,) in ask(landed.whole.site, "landing", "select event_id from participation order by 1")[1]
    ]
    (first,) = [event for event in events if event.startswith(new)]
    corrected, other = sorted(event for event in events if event.startswith(old))
    found = landed.since(before).of_events([corrected, other, first])
    assert {arrival.name for arrival in found.pop(corrected)} == {"rättad.csv"}
    assert {(arrival.sha256, arrival.replaces) for arrival in found.pop(first)} == {(new, "")}
    assert found == {}
    assert landed.since(landed.mark()).of_events(events) == {}


def test_a_row_of_a_superseded_file_is_explained_by_the_file_that_took_its_place(landed: Landed) -> None:
    old = landed.drop(MAY.format(1), took_part("AM-1", "Bidrag"), took_part("AM-2", "Bidrag"))
    before = landed.mark()
    new = landed.drop(MAY.format(2), took_part("AM-1", "Bidrag"))
    (gone,) = [
        event
        for (event,) in ask(
            landed.whole.site, "landing", "select event_id from participation where activity_id = 'AM-2'"
        )[1]
    ]
    assert gone.startswith(old)
    (arrival,) = landed.since(before).of_events([gone])[gone]
    assert (arrival.name, arrival.sha256, arrival.replaces) == (MAY.format(2), new, MAY.format(1))


def test_messages_are_named_by_their_segment_and_only_those_of_the_days_asked_for(landed: Landed) -> None:
    landed.whole.spool(october())
    before = landed.mark()
    assert landed.since(before).of_machines(["dal-press-1"], date(2026, 10, 1), date(2026, 10, 31)) == {}
    late = {
        "topic": f"{LINE}/press-1/state_v1/main",
        "qos": 1,
        "payload": '{"ts": "2026-10-20T08:00:00Z", "v": "down"}',
    }
    landed.whole.spool([late])
    found = landed.since(before)
    (arrival,) = found.of_machines(["dal-press-1", "dal-assembly-1"], date(2026, 10, 1), date(2026, 10, 31))[
        "dal-press-1"
    ]
    assert (arrival.source, arrival.name) == ("uns", max(landed.mark()["segments"].values()))
    assert len(arrival.sha256) == 64
    assert found.of_machines(["dal-press-1"], date(2026, 9, 1), date(2026, 9, 30)) == {}
