"""A person is erased on a real site: the warehouse is built without her, and no edition ever had her."""

from __future__ import annotations

import duckdb
import pyarrow.parquet as pq
import pytest

from bruk.erasure import erase_by_identifier
from bruk.refresh import refresh
from bruk.verify import verify
from ingestion.files.door import drop_file
from ingestion.files.pseudonyms import site_key
from ingestion.landing.sealer import land_pending
from tests.ingestion.files.persons import FIRM, PERSON, ROW, put, site_with_key, table
from tests.sites import clock_at

pytestmark = pytest.mark.slow
CLOCK = clock_at()


def test_the_next_refresh_builds_the_warehouse_without_her_and_no_edition_ever_held_her(tmp_path):
    site = site_with_key(tmp_path)
    people = [ROW, *(FIRM | {"org_nr": f"559900-00{n}7"} for n in range(10, 16))]
    drop_file(site, put(site, table(*people).encode()), "participation", CLOCK)
    land_pending(site, CLOCK)
    sign = site_key(site.settings, site.paths).pseudonym(PERSON)

    refresh(site, clock=CLOCK)
    assert "fct_participation" in holders(site, sign)
    erase_by_identifier(site, PERSON, CLOCK)
    refresh(site, clock=CLOCK)

    assert holders(site, sign) == set()
    assert [line for line in verify(site).lines if not line.ok] == []
    tables = [file for folder in site.paths.editions.iterdir() for file in folder.glob("*.parquet")]
    assert len({file.parent.resolve() for file in tables}) == 2
    for file in tables:
        content = str(pq.read_table(file, partitioning=None).to_pylist())
        assert sign not in content
        assert "559900-00107" not in content, file.name


def holders(site, sign):
    """The tables and views of the warehouse in which the pseudonym stands; views of landing not counted."""
    with duckdb.connect(str(site.paths.warehouse), read_only=True) as connection:
        names = connection.execute(
            "select table_schema, table_name from information_schema.tables where table_type = 'BASE TABLE'"
        ).fetchall()
        return {
            name
            for schema, name in names
            if connection.execute(f"select count(*) from {schema}.{name} t where t::text like '%{sign}%'").fetchone()[0]
        }
