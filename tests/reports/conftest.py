"""A real site of one month with inspections, frozen for a meeting, and what then came late."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bruk.dropping import drop_files
from bruk.reports.freezing import freeze
from bruk.reports.kept import Report
from tests.e2e.test_one_reading import october
from tests.e2e.whole import Whole

MEETING = date(2026, 12, 3)
HEADINGS = "Protokoll;Skrivare;Bygge;Datum;Kontrollerade;Godkända;Kasserade;Omarbetas;Omkontroll;Godkänd massa kg\r\n"
NAME = "inspection__inspections__2026-10-01_2026-10-31__{:03d}.csv"


def protocol(run: int, accepted: int, made: int = 2000) -> str:
    """All parts of an order of the press were inspected two days later."""
    return f"K-{run};Press 1;PO-{run};2026-10-{12 + run} 12:00:00;{made};{accepted};{made - accepted};0;Nej;\r\n"


class Office:
    """A site, and the files that somebody drops there."""

    def __init__(self, folder: Path) -> None:
        self.whole = Whole(folder / "site")
        self._folder = folder
        source = self.whole.folder / "sources" / "inspections.yaml"
        text = source.read_text(encoding="utf-8")
        source.write_text(
            text.replace("    Skrivare 1:", "    Press 1: dal-press-1\n    Skrivare 1:"), encoding="utf-8"
        )

    def inspect(self, name: str, *protocols: str) -> str:
        """Drops and lands protocols; returns the sha256 of the file."""
        file = self._folder / name
        file.write_text(HEADINGS + "".join(protocols), encoding="utf-8")
        (outcome,) = drop_files(self.whole.site, [file], "inspections")
        assert outcome.outcome in ("accepted", "superseding"), outcome
        return str(outcome.sha256)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """October of the press with a month of inspections, refreshed."""
    made = Office(tmp_path_factory.mktemp("office"))
    made.whole.spool(october())
    made.inspect(NAME.format(1), protocol(1, 1900), protocol(2, 2000))
    made.whole.refresh()
    return made


@pytest.fixture(scope="module")
def frozen(office: Office) -> Report:
    """The report of the meeting of December."""
    report, made = freeze(office.whole.site, MEETING, "Styrgrupp december", approved_by="Ordförande")
    assert made
    return report
