"""kill -9 at every step of the keeper: afterwards old or new, never a mixture, and the accounting is exact at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from contracts.paths import PRODUCT
from contracts.site import Site, load_site
from ingestion.landing.parquet import clean_orphans, clean_temporary
from ingestion.landing.sealer import land_pending
from ingestion.ledger import Ledger, compactions
from ingestion.spool.segments import has_segment, read_segment, segment_path
from tests.ingestion.keeping.places import NAME, keep_at, keeping_site, stored, wrong
from tests.ingestion.landing.test_landing import rows
from tests.ingestion.spooling import ORDER, drop, envelope, orders, reading, spool
from tests.sites import clock_at

CLOCK = clock_at()
PRINTED = "octoPrint/event/PrintStarted"
LONG_AGO = "2026-11-02T01:00:00Z"


def keep_and_die(site: Site, fault: str) -> int:
    """`bruk ingest keep --once` in a process of its own, told to die at a point; its return code."""
    command = [sys.executable, "-m", "bruk.cli", "ingest", "keep", "--once", "--site", str(site.paths.site)]
    environment = os.environ | {"BRUK_FAULT": fault}
    return subprocess.run(command, cwd=PRODUCT, env=environment, capture_output=True, timeout=300).returncode


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Three landed segments with a person's name in them, one dropped file, and a closed day of three files.

    The press's and the files' retention of a day has ended since.
    """
    keeping_site(tmp_path, uns=1, production=1, octoprint=3650)
    (tmp_path / "site.toml").write_text((tmp_path / "site.toml").read_text() + "compact_at_files = 3\n")
    site = load_site(tmp_path)
    for n in range(3):
        printed = f'{{"name":"{n}.gcode","user":"{NAME}","_timestamp":1795521{600 + n}}}'.encode()
        spool(site, envelope(payload=reading(n, ts=LONG_AGO)), envelope(PRINTED, printed))
    spool(site, envelope(payload=b"none"))
    spool(site, envelope(PRINTED, b'{"name":"x","_timestamp":1795521700}'))
    drop(site, "production", orders(ORDER))
    land_pending(site, CLOCK)
    return site


POINTS = [
    "keep.written", "keep.written:2", "keep.renamed", "keep.renamed:3", "keep.committed", "keep.committed:4",
    "keep.files-committed", "compact.written", "compact.renamed", "compact.committed",
]  # fmt: skip


@pytest.mark.parametrize("fault", POINTS)
def test_after_kill_9_at_any_step_everything_is_old_or_new_and_adds_up(site: Site, fault: str) -> None:
    places = [(m.segment, m.offset, m.topic_bytes, len(m.payload)) for m in stored(site)]
    landed = {stream: rows(site, stream) for stream in ("measurement", "run", "output")}
    assert keep_and_die(site, fault) == -signal.SIGKILL

    assert [(m.segment, m.offset, m.topic_bytes, len(m.payload)) for m in stored(site)] == places
    assert wrong(site) == {}
    clean_temporary(site.paths.landing)  # as a sealer that starts does
    known = [file.path for file in Ledger(site.paths.ledger).landed_files()]
    clean_orphans(site.paths.landing, known + compactions.replaced_files(site.paths.ledger))
    assert wrong(site) == {}

    keep_at(site, days=2)
    keep_at(site, days=2)
    assert wrong(site) == {}
    assert {stream: sorted(map(str, rows(site, stream))) for stream in landed} == {
        stream: sorted(map(str, found)) for stream, found in landed.items()
    }
    data = b"".join(read_segment(segment_path(site.paths.spool, f"mqtt/{n:012d}")).data for n in (0, 1, 2))
    assert NAME.encode() not in data
    assert reading(0, ts=LONG_AGO) not in data
    assert list((site.paths.spool / "files" / "bytes").iterdir()) == []
    assert not list(site.paths.spool.glob("*/archive/.*"))
    assert len(list(site.paths.spool.glob("mqtt/*.seg"))) == 1
    assert [f.path.rpartition("/")[2] for f in Ledger(site.paths.ledger).landed_files() if "11-02" in f.path] == [
        "compact-1.parquet"
    ]


def test_a_segment_is_deleted_after_its_row_and_what_a_crash_left_of_it_goes_at_the_next_start(site: Site) -> None:
    keep_at(site)
    path = segment_path(site.paths.spool, "mqtt/000000000003")
    assert keep_and_die(site, "keep.committed:4") == -signal.SIGKILL  # three with an erased payload, then this one
    assert has_segment(path)
    assert wrong(site) == {}
    assert keep_and_die(site, "none") == 0
    assert not has_segment(path)
    assert wrong(site) == {}
