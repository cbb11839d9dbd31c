"""Reads a file as the door and the landing would, in memory: how many rows it gives and what of it is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from contracts.office import FOLDER
from contracts.paths import STANDARD
from contracts.site import Site
from ingestion.adapters.outcome import Recorded, Row
from ingestion.files.sheets import Piece, SheetIntake
from ingestion.landing.decoder import Decoder
from ingestion.landing.tables import Drop, decode_record
from ingestion.rejection import Rejection
from ingestion.spool.frames import FILE, SHEET
from ingestion.spool.reader import SpooledMessage
from tests.ingestion.files.persons import site_with_key
from tests.sites import REGISTRY, clock_at, text

CLOCK = clock_at()
INDICATORS = sorted((STANDARD / "indicators").glob("*.yaml"))


def named() -> dict[str, Any]:
    """The lists of a registry that has everything the filled templates name."""
    names = ["pilot-1", *(f"{name}{n}" for name in ("am-spare-parts", "nms") for n in ("", 2, 3, 4))]
    (testbed,), (pilot,) = REGISTRY["testbeds"], REGISTRY["pilots"]
    return {
        "pilots": [pilot | {"id": name, "name": text(f"Pilot {name}")} for name in names],
        "testbeds": [
            testbed,
            *(testbed | {"id": f"gav-am-lab{n}", "name": text(f"AM-labb{n}")} for n in ("", 2, 3, 4)),
        ],
        "indicators": [item for file in INDICATORS for item in yaml.safe_load(file.read_text("utf-8"))["indicators"]],
    }


class Reading:
    """A site with a key whose files are read and not kept."""

    def __init__(self, folder: Path) -> None:
        self.site: Site = site_with_key(folder, registry=named())
        self.intake = SheetIntake(self.site, FOLDER)
        self.decoder = Decoder(self.site)


def read_rows(reading: Reading, data: bytes, name: str) -> tuple[list[Row], list[Rejection]]:
    """The rows of all sheets of a file, and the refusals."""
    pieces = reading.intake.take(name, data)
    if isinstance(pieces, Rejection):
        return [], [pieces]
    found = [outcome for piece in pieces for outcome in _outcomes(reading.decoder, piece, name)]
    rows = [row for outcome in found if isinstance(outcome, list) for row in outcome]
    return rows, [outcome for outcome in found if isinstance(outcome, Rejection)]


def _outcomes(decoder: Decoder, piece: Piece, name: str) -> Iterator[Recorded]:
    topic = f"{piece.source}/{name}".encode()
    message = SpooledMessage("", "", 0, FILE, topic, b"", 0, False, False, 0, 0, 0, CLOCK(), ((SHEET, piece.sheet),), 0)
    adapter = decoder.table(piece.source)
    table = adapter.read(piece.cleared.data)
    assert not isinstance(table, Rejection)
    for record in table.records:
        outcome = decode_record(adapter, decoder.places, Drop.of(message), record)
        yield outcome.in_sheet(piece.sheet) if isinstance(outcome, Rejection) else outcome


def read(reading: Reading, data: bytes, name: str) -> tuple[int, list[Rejection]]:
    """How many rows, and the refusals."""
    rows, refused = read_rows(reading, data, name)
    return len(rows), refused
