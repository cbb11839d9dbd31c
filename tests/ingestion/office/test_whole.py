"""From the drop folder to landed rows: every template, the accounting exact, and the same again from the spool."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bruk.dropping import drop_files
from bruk.verify import verify
from contracts.office import FOLDER, office_streams, source_id
from contracts.site import Site, load_site
from ingestion.files.watcher import DropWatcher
from ingestion.landing.rebuild import rebuild_landing
from ingestion.landing.sealer import land_pending
from ingestion.ledger import Ledger
from ingestion.quarantine import list_entries, replay, show
from tests.ingestion.files.persons import site_with_key
from tests.ingestion.landing.test_landing import outcomes, rows
from tests.ingestion.office.filled import TEMPLATES, filled, text_file, workbook
from tests.ingestion.office.libreoffice import SAVED
from tests.ingestion.office.reading import named
from tests.sites import NOON, clock_at

CLOCK = clock_at()
LIST = TEMPLATES["participation"]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return site_with_key(tmp_path, registry=named())


def put(site: Site, name: str, data: bytes) -> Path:
    path = site.paths.drop / FOLDER / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def scanned(site: Site) -> DropWatcher:
    """The door has looked twice: at what there is, and at what stood still."""
    watcher = DropWatcher(site, iter(range(NOON, NOON + 10**15, 10**12)).__next__)
    watcher.scan()
    watcher.scan()
    land_pending(site, CLOCK)
    return watcher


def wrong(site: Site) -> list[str]:
    return [f"{line.check_id}: {line.detail}" for line in verify(site).lines if not line.ok]


def test_every_template_saved_by_libreoffice_lands_from_the_one_folder(site: Site) -> None:
    for file in sorted(SAVED.iterdir()):
        put(site, f"{file.stem} maj{file.suffix}", file.read_bytes())
    watcher = scanned(site)

    assert watcher.report(NOON)["refused"] == []
    assert list((site.paths.drop / FOLDER).iterdir()) == []
    for stream in office_streams(site.streams):
        assert len(rows(site, stream.id)) == 3, stream.id
        assert {row["source"] for row in rows(site, stream.id)} == {source_id(stream)}
    # Each file has an example row, and the text file says the same as the workbook before or after it.
    assert outcomes(site) == {"accepted": 45, "example": 15, "duplicate": 60}
    assert wrong(site) == []
    assert rebuild_landing(site, CLOCK).same
    assert wrong(site) == []


def test_a_wrong_row_waits_with_its_words_and_lands_when_the_source_is_mended(site: Site) -> None:
    cells = filled(LIST)
    cells[1][[column.heading for column in LIST.columns].index("Storleksklass")] = "Jättestort"
    put(site, "lista.xlsx", workbook(LIST, cells))
    scanned(site)

    assert outcomes(site) == {"accepted": 2, "example": 1, "E_CELL_WORD": 1}
    (entry,) = list_entries(site)
    place = "Blad ”Deltagare”, rad 4, kolumn D (Storleksklass)"
    assert entry.words().sv == f"{place}: ”Jättestort” är inget av de ord som kan stå här."
    assert "Jättestort" in (show(site, entry.id).text or "")
    assert wrong(site) == []

    own = site.sources["office-participation"].model_dump(mode="json", exclude_none=True)
    own["format"]["emit"][0]["fields"]["size_class"]["map"]["Jättestort"] = "large"
    (site.paths.sources / "office-participation.yaml").write_text(yaml.safe_dump(own, allow_unicode=True), "utf-8")
    site = load_site(site.paths.site)
    assert site.wrong == ()
    assert replay(site, CLOCK).accepted == 1
    assert wrong(site) == []
    assert {row["size_class"] for row in rows(site, "participation")} == {"micro", "large", "medium"}


def test_a_file_that_is_no_template_stays_in_the_folder_and_is_told(site: Site) -> None:
    path = put(site, "inköp.csv", "Vara;Antal\r\nPenna;12\r\n".encode("cp1252"))
    (refused,) = scanned(site).report(NOON)["refused"]

    assert path.exists()
    assert (refused["source"], refused["name"], refused["code"]) == (FOLDER, "inköp.csv", "E_SHEET_UNKNOWN")
    assert Ledger(site.paths.ledger).drop_files() == []


def test_dropping_by_command_needs_no_source_and_gives_one_outcome_per_sheet(site: Site, tmp_path: Path) -> None:
    file, wrong_file = tmp_path / "lista.xlsx", tmp_path / "fel.csv"
    file.write_bytes(workbook(LIST, filled(LIST)))
    wrong_file.write_bytes(text_file(LIST, filled(LIST)).replace(b"Datum", b"Daum"))

    taken, refused = drop_files(site, [file, wrong_file], None, CLOCK)
    assert (taken.name, taken.outcome, taken.accepted) == ("lista.xlsx [Deltagare]", "accepted", 3)
    assert file.exists()
    assert refused.outcome == "refused"
    assert refused.reasons[0].endswith("Write 'Datum' in column K.")


def test_a_draft_of_a_site_for_one_source_is_asked_for_by_name(site: Site, tmp_path: Path) -> None:
    file = tmp_path / "medel.csv"
    file.write_bytes(text_file(TEMPLATES["funding"], filled(TEMPLATES["funding"])))

    (refused,) = drop_files(site, [file], "office-participation", CLOCK)
    assert refused.outcome == "refused"
    assert "Deltagarlista" in refused.reasons[0]


def test_the_later_list_is_another_file_although_the_template_is_the_same(site: Site) -> None:
    put(site, "lista.csv", text_file(LIST, filled(LIST)))
    scanned(site)
    corrected = filled(LIST)
    corrected[0][[column.heading for column in LIST.columns].index("Timmar")] = 7.5
    put(site, "lista.csv", text_file(LIST, corrected))
    scanned(site)

    assert [file.outcome for file in Ledger(site.paths.ledger).drop_files()] == ["accepted", "accepted"]
    assert wrong(site) == []
