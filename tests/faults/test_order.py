"""The order in which landing makes things true, and the only list that a reader may use."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from bruk.refresh import plan_refresh
from contracts.site import Site
from ingestion.landing.sealer import land_pending
from ingestion.ledger import Ledger
from tests.ingestion.spooling import envelope, reading, spool
from tests.sites import clock_at, make_site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = make_site(tmp_path / "site")
    spool(made, *(envelope(payload=reading(n, f"2026-11-{20 + n}T10:00:00Z")) for n in range(3)))
    return made


def recorded(site: Site, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Path]]:
    """What landing asks of the disk and of the ledger, in order: fsync and rename with their path, then commit."""
    done: list[tuple[str, Path]] = []
    fsync, replace, commit = os.fsync, os.replace, Ledger.commit_all

    def record_fsync(descriptor: int) -> None:
        done.append(("fsync", Path(os.readlink(f"/proc/self/fd/{descriptor}"))))
        fsync(descriptor)

    def record_replace(old: Any, new: Any) -> None:
        done.append(("rename", Path(new)))
        replace(old, new)

    def record_commit(self: Ledger, *given: Any) -> None:
        done.append(("commit", site.paths.ledger))
        commit(self, *given)

    monkeypatch.setattr(os, "fsync", record_fsync)
    monkeypatch.setattr(os, "replace", record_replace)
    monkeypatch.setattr(Ledger, "commit_all", record_commit)
    land_pending(site, clock_at())
    return done


def test_a_landed_file_is_durable_then_named_then_its_folder_is_durable_and_only_then_it_is_in_the_ledger(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = recorded(site, monkeypatch)
    committed = done.index(("commit", site.paths.ledger))
    files = [site.paths.landing / file.path for file in Ledger(site.paths.ledger).landed_files()]
    assert len(files) == 3
    for file in files:
        named = done.index(("rename", file))
        bytes_synced = [at for at, (what, path) in enumerate(done) if what == "fsync" and file.stem in path.name]
        folder_synced = [at for at, step in enumerate(done) if step == ("fsync", file.parent)]
        assert bytes_synced
        assert min(bytes_synced) < named
        assert any(named < at < committed for at in folder_synced)


def test_no_reader_opens_a_file_that_the_ledger_does_not_list(site: Site) -> None:
    land_pending(site, clock_at())
    listed = [file.path for file in Ledger(site.paths.ledger).landed_files()]
    known = site.paths.landing / listed[0]
    known.with_name("mqtt-000000000099.parquet").write_bytes(known.read_bytes())
    plan = plan_refresh(site)
    assert plan is not None
    handed = pq.read_table(site.paths.inputs / "landing.parquet").column("path").to_pylist()
    assert sorted(path for path in handed if not path.endswith("empty.parquet")) == sorted(listed)
