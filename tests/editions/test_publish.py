"""An edition becomes visible whole or not at all; a blocked one leaves the last good edition and says since when."""

import hashlib
import json
from datetime import UTC, datetime, timedelta

import pyarrow.parquet as pq
import pytest

from bruk.editions import current_edition, gate_status, list_editions, prune, publish
from bruk.inputs import Plan
from contracts.editions import EDITION_TABLES, MADE_TABLES, PROTECTED_TABLES
from contracts.errors import StateError
from expectations.verdicts import Verdict, keep
from ingestion.ledger import Landing, Ledger
from tests.expectations.small_warehouse import make_warehouse, small_site
from tests.sites import NOON, clock_at

AS_OF = datetime(2026, 11, 1, 10, 0, tzinfo=UTC)
MINUTE = 60_000_000_000


@pytest.fixture
def site(tmp_path):
    site = small_site(tmp_path)
    make_warehouse(site)
    return site


def mart(state="passed", check="met_pilot_month.ratios"):
    return Verdict(check, "mart", "met_pilot_month", state, "Kvoter.", "Ratios.", "0", observed=1.0, note="p1")


def published(site, refresh, *verdicts, at=0):
    """One publication, `at` minutes after noon."""
    verdicts = list(verdicts or [mart()])
    keep(site.paths.verdicts, refresh, "mart", verdicts)
    plan = Plan(refresh, 7, AS_OF, {}, False, AS_OF)
    return publish(site, plan, verdicts, clock_at(NOON + at * MINUTE))


def at(minutes):
    return datetime(2026, 11, 24, 12, 0, tzinfo=UTC) + timedelta(minutes=minutes)


def test_an_edition_holds_every_table_and_a_manifest_that_is_true(site):
    landing = Landing("mqtt/000000000000", "x", received=3)
    landing.accounts.update({("uns", "gw", "accepted", ""): 2, ("uns", "gw", "quarantined", "E_JSON"): 1})
    Ledger(site.paths.ledger).commit(landing, NOON)
    edition = published(site, "r1")
    assert (edition.state, edition.id, edition.reasons) == ("published", "20261101T100000Z-7", [])
    assert edition.path == current_edition(site.paths)
    manifest = json.loads((edition.path / "manifest.json").read_text())
    tables = {f"{table.name}.parquet" for table in (*EDITION_TABLES, *PROTECTED_TABLES, *MADE_TABLES)}
    assert set(manifest["files"]) == tables | {"verdicts.json"}
    assert manifest["since"] is None  # no meeting yet
    for name, promised in manifest["files"].items():
        assert hashlib.sha256((edition.path / name).read_bytes()).hexdigest() == promised["sha256"]
    assert manifest["files"]["fct_allocation.parquet"]["rows"] == 2
    assert manifest["accounting"] == {"received": 3, "accepted": 2, "ignored": 0, "quarantined": 1, "duplicate": 0}
    assert (manifest["as_of"], manifest["refresh_id"]) == (AS_OF.isoformat(), "r1")
    assert (manifest["profile"], manifest["time_zone"]) == ("demonstration", "Europe/Stockholm")
    assert len(manifest["dbt_project_sha256"]) == 64


def test_the_same_warehouse_published_twice_gives_two_editions_with_equal_tables(site):
    first, second = published(site, "r1"), published(site, "r2", at=1)
    assert (first.id, second.id) == ("20261101T100000Z-7", "20261101T100000Z-7-2")
    assert current_edition(site.paths) == second.path
    for table in EDITION_TABLES:
        name = f"{table.name}.parquet"
        assert (first.path / name).read_bytes() == (second.path / name).read_bytes()
    assert [found["id"] for found in list_editions(site.paths)] == [second.id, first.id]


def test_a_blocked_refresh_leaves_the_last_good_edition_and_says_since_when(site):
    good = published(site, "r1")
    blocked = published(site, "r2", mart("failed"), at=10)
    assert (blocked.state, blocked.id, blocked.path) == ("blocked", good.id, good.path)
    assert blocked.reasons == ["met_pilot_month.ratios: Ratios. (p1)"]
    again = published(site, "r3", mart("failed"), mart("failed", "other"), at=20)
    assert (again.since, len(again.reasons)) == (at(10), 2)
    status = gate_status(site.paths)
    assert (status.state, status.since, status.refresh_id, status.edition) == ("blocked", at(10), "r3", good.id)
    assert status.reasons[0].description_sv == "Kvoter."
    assert len(list_editions(site.paths)) == 1

    mended = published(site, "r4", at=30)
    assert (mended.state, mended.since, mended.reasons) == ("published", at(30), [])
    assert published(site, "r5", mart("failed"), at=40).since == at(40)


def test_a_broken_check_blocks_and_never_reads_as_bad_data(site):
    edition = published(site, "r1", mart("broken"))
    assert (edition.state, edition.id, edition.path) == ("broken", None, None)
    assert gate_status(site.paths).reasons[0].description_sv == "Kontrollen kunde inte göras: Kvoter."
    assert published(site, "r2", mart("broken"), mart("failed", "other")).state == "blocked"


def test_a_stream_that_failed_blocks_nothing(site):
    stream = Verdict("measurement.channel_range", "stream", "measurement", "failed", "x", "x", "0")
    assert published(site, "r1", mart(), stream).state == "published"


def test_a_publication_that_breaks_off_leaves_what_readers_see(site):
    good = published(site, "r1")
    make_warehouse(site, "drop table metrics.met_pilot_month")
    with pytest.raises(StateError):
        published(site, "r2", at=1)
    assert current_edition(site.paths) == good.path
    assert [found["id"] for found in list_editions(site.paths)] == [good.id]
    make_warehouse(site)
    assert published(site, "r3", at=2).id == "20261101T100000Z-7-2"
    assert not [path for path in site.paths.editions.iterdir() if path.name.startswith(".")]


def test_old_editions_are_pruned_and_the_current_one_never(site):
    ids = [published(site, f"r{n}", at=n).id for n in range(5)]
    kept = [found["id"] for found in list_editions(site.paths)]
    assert len(set(ids)) == 5
    assert kept == ids[:-4:-1]  # the demonstration of this test keeps three
    (site.paths.editions / "current").unlink()
    (site.paths.editions / "current").symlink_to(ids[2])
    assert prune(site.paths, 1) == [ids[3]]
    assert current_edition(site.paths).name == ids[2]


def test_before_the_first_refresh_there_is_nothing_to_show(tmp_path):
    site = small_site(tmp_path)
    assert current_edition(site.paths) is None
    assert gate_status(site.paths) is None
    assert list_editions(site.paths) == []


def test_an_edition_holds_the_columns_that_it_names_and_no_other(site):
    make_warehouse(site, "alter table metrics.met_run add column organisation varchar default '559900-0017'")
    edition = published(site, "r1")
    for table in EDITION_TABLES:
        assert pq.read_schema(edition.path / f"{table.name}.parquet").names == list(table.columns)
        assert not {"organisation", "org_nr"} & set(table.columns)
