"""Two editions of a site are published; whoever has the files of both learns of no small group."""

import random
import shutil
from datetime import UTC, datetime
from decimal import Decimal

import pyarrow.parquet as pq
import pytest

from bruk.disclosure.cells import CellId
from bruk.editions import current_edition, earlier_editions, publish
from bruk.inputs import Plan
from bruk.protected_tables import read_layer, write_protected
from bruk.unprotected import unprotected_cells
from contracts.disclosure import table_list
from expectations.verdicts import Verdict, keep
from tests.bruk.disclosure.attacker import Attacker, Shape
from tests.expectations.small_warehouse import make_warehouse, small_site
from tests.sites import NOON, clock_at

pytestmark = pytest.mark.slow
AS_OF = datetime(2026, 11, 1, 10, 0, tzinfo=UTC)
SUPPORTED = [table for table in table_list().tables if table.measure == "supported_enterprises"]


@pytest.fixture
def site(tmp_path):
    return small_site(tmp_path)


def edition_of(site, enterprises, minute):
    """The folder of an edition that was published when these enterprises had been supported."""
    draw = random.Random(5)
    rows = []
    for number in range(enterprises):
        firm = (f"559900-{number:04}", draw.choice(["micro", "micro", "small", "medium"]), draw.choice("xxyz"))
        for record in range(draw.choice([1, 1, 2])):
            place = draw.choice(["additive", "additive", "skills"]), draw.choice(["dalarna", "gavleborg"])
            municipality = f"m{draw.randrange(6)}" if record == 0 else municipality  # noqa: F821
            rows.append((f"e{number}-{record}", firm[0], *place, *firm[1:], municipality, draw.randrange(1, 40)))
    values = ", ".join(str(row) for row in rows)
    participations = "select event_id, org_nr, 'support', 'company' from core.fct_enterprise_support"
    make_warehouse(
        site,
        f"insert into core.fct_enterprise_support values {values}",
        f"insert into core.fct_participation {participations}",
    )
    verdicts = [Verdict("c", "mart", "met_pilot_month", "passed", "x", "x", "0", observed=1.0, note="")]
    keep(site.paths.verdicts, f"r{minute}", "mart", verdicts)
    plan = Plan(f"r{minute}", minute, AS_OF, {}, False, AS_OF)
    return publish(site, plan, verdicts, clock_at(NOON + minute * 60_000_000_000)).path


def cells(edition, *tables):
    """The cells of some tables as a reader finds them: coordinates without totals → row."""
    columns = {row["table_id"]: row["columns"] for row in pq.read_table(edition / "tab_table.parquet").to_pylist()}
    found = {}
    for row in pq.read_table(edition / "tab_cell.parquet").to_pylist():
        if row["table_id"] in tables:
            at = zip(columns[row["table_id"]], (row["d1"], row["d2"], row["d3"]), strict=False)
            found[frozenset((column, value) for column, value in at if value != "*")] = row
    return found


def states(edition):
    rows = cells(edition, *(table.id for table in SUPPORTED))
    return {at: row["state"] for at, row in rows.items()}


def told(edition):
    rows = cells(edition, *(table.id for table in SUPPORTED))
    return {at: None if row["value"] is None else int(row["value"]) for at, row in rows.items()}


def test_an_attacker_with_both_editions_finds_three_values_for_every_hidden_cell(site):
    editions = edition_of(site, 30, 1), edition_of(site, 44, 2)
    first, second = map(told, editions)
    shapes = [Shape(t.columns, frozenset(d.column for d in t.dimensions if d.overlapping)) for t in SUPPORTED]
    both = {(n, at): value for n, edition in enumerate((first, second)) for at, value in edition.items()}
    attacker = Attacker(shapes, both)

    hidden = [(n, at) for n, edition in enumerate(editions) for at, s in states(edition).items() if s == "hidden"]
    assert len(hidden) > 20
    assert [name for name in hidden if len(attacker.feasible(name)) < 3] == []
    small = [at for at, value in second.items() if value and first.get(at) is not None and 0 < value - first[at] < 5]
    assert {frozenset(column for column, _ in at) for at in small} <= {frozenset(), frozenset({"subproject"})}


def test_no_file_of_an_edition_names_an_enterprise_or_says_why_a_cell_is_hidden(site):
    edition = edition_of(site, 30, 1)
    for file in edition.glob("*.parquet"):
        assert "559900-" not in str(pq.read_table(file).to_pylist()), file.name
    assert set(pq.read_schema(edition / "tab_cell.parquet").names) & {"why", "reason", "largest", "second"} == set()
    assert all(
        row["value"] is None and row["contributors"] is None
        for row in pq.read_table(edition / "tab_cell.parquet").to_pylist()
        if row["state"] != "shown"
    )


def test_a_hidden_cell_says_which_value_was_shown_last(site):
    first, second = (cells(edition_of(site, n, minute), "supported_by_size") for n, minute in ((40, 1), (42, 2)))
    again = [at for at, row in second.items() if row["state"] != "shown" and first[at]["state"] == "shown"]
    assert again
    assert all(second[at]["last_value"] == first[at]["value"] for at in again)
    assert {second[at]["last_edition"] for at in again} == {"20261101T100000Z-1"}
    assert current_edition(site.paths).name == "20261101T100000Z-2"


def test_equal_warehouses_give_equal_files(site, tmp_path):
    edition_of(site, 30, 1)
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write_protected(site, table_list(), [], tmp_path / name, "id")
    for name in ("tab_table.parquet", "tab_cell.parquet"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_a_sum_of_hours_that_is_shown_has_five_enterprises_and_none_that_dominates(site):
    edition = edition_of(site, 30, 1)
    unprotected = unprotected_cells(site.paths.warehouse, table_list().tables)
    shown = 0
    for at, row in cells(edition, "support_hours_by_subproject").items():
        cell = unprotected[CellId("support_hours", tuple(sorted(at)))]
        if row["state"] == "shown":
            shown += 1
            assert row["value"] == cell.value
            assert cell.contributors >= 5
            assert cell.largest + cell.second <= Decimal("0.85") * cell.value
    assert shown


def test_a_frozen_edition_is_remembered_though_readers_see_a_newer_one(site):
    frozen, _ = edition_of(site, 40, 1), edition_of(site, 41, 2)
    shutil.copytree(frozen, site.paths.reports / "2026-11-24-styrgrupp" / "edition")
    shutil.copytree(frozen, site.paths.reports / ".building" / "edition")
    earlier = earlier_editions(site.paths)
    assert [read_layer(folder).edition for folder in earlier] == ["20261101T100000Z-1", "20261101T100000Z-2"]
    assert earlier[0] == site.paths.reports / "2026-11-24-styrgrupp" / "edition"
