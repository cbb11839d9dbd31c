"""The gate end to end: a bad sensor marks its own numbers only, a bad mart blocks, a broken check is called broken."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest

from bruk import refresh as steps
from bruk.dropping import drop_files
from bruk.gate_status import read_status
from bruk.pages import render_pages
from bruk.turns import warehouse_turn
from contracts.editions import EDITION_TABLES
from expectations.verdicts import Verdict, read, verdict_file
from tests.e2e import octoprint
from tests.e2e.test_one_reading import LINE, october
from tests.e2e.whole import Whole
from tests.sites import clock_at

pytestmark = pytest.mark.slow

RECEIVED = int(datetime(2026, 11, 24, 6, tzinfo=UTC).timestamp()) * 1_000_000_000
PARTICIPATION = (
    "Organisationsnummer;Namn;Aktörstyp;Storleksklass;Län;Kommun;Aktivitet;Datum;Slag;Delprojekt;Pilot;Stödform;Roll;"
    "Timmar\r\n"
    "559900-0241;Provbolaget AB;Företag;Litet;Dalarna;Borlänge;A-1;2026-10-07;Stöd;Processmognad;stable-line;"
    "Icke-finansiellt;Deltagare;2,5\r\n"
)


def oil(day: int, value: float) -> dict[str, Any]:
    """The oil of the press on a day of October; 5–95 °C is its physical range."""
    payload = json.dumps({"ts": f"2026-10-{day:02d}T10:00:00Z", "v": value})
    return {"topic": f"{LINE}/press-1/measurement_v1/oil_temp", "qos": 1, "payload": payload}


def fed(folder: Path, oil_of_the_14th: float) -> Whole:
    """A month of a press, its neighbour, a printer of another testbed and people; one value of the press is given."""
    whole = Whole(folder)
    file = folder / "deltagare.csv"
    file.write_bytes(PARTICIPATION.encode())
    drop_files(whole.site, [file], None, clock_at(RECEIVED))
    press = [oil(13, 41.5), oil(14, oil_of_the_14th), oil(30, 41.5)]
    whole.spool([*october(), *press, *octoprint.good()], RECEIVED)
    whole.refresh()
    return whole


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """The site in which every sensor is within its range."""
    return fed(tmp_path_factory.mktemp("good") / "site", 42.5)


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """The same with one value beyond the range: as many bytes, at the same place of the same segment."""
    return fed(tmp_path_factory.mktemp("bad") / "site", 99.5)


Cell = tuple[str, tuple[Any, ...], str]


def differences(one: Whole, other: Whole) -> dict[Cell, tuple[Any, Any]]:
    """(table, key, column) → the two values, for every cell of the two editions that is not equal."""
    found: dict[Cell, tuple[Any, Any]] = {}
    for table in EDITION_TABLES:
        ours, theirs = ({_key(table.key, row): row for row in whole.rows(table.name)} for whole in (one, other))
        assert ours.keys() == theirs.keys(), table.name
        for key, row in ours.items():
            found |= {(table.name, key, c): (row[c], theirs[key][c]) for c in row if row[c] != theirs[key][c]}
    return found


def _key(names: tuple[str, ...], row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in names) if names else tuple(sorted(map(str, row.items())))


#: Indicators that stand on machines. G1.4g is cumulative: what happened in October is in November too.
OF_MACHINES = {"G1.4g": (10, 11), "G3.4b": (10,), "G3.4e": (10,), "G4.3b": (10,)}
SCOPES = (("programme", "nms"), ("pilot", "stable-line"), ("testbed", "testbed-dal"))
#: G5.2a is the share of pilots that can be assessed: a fallen check of the press is, by its definition, one pilot less.
OF_PILOTS = ("G5.2a", "programme", "nms")
OCTOBER = date(2026, 10, 1)
AROUND = (*SCOPES, ("subproject", "process-maturity"), ("region", "dalarna"))


def test_a_sensor_out_of_range_changes_the_quality_state_of_its_machines_numbers_and_nothing_else(
    good: Whole, bad: Whole
) -> None:
    found = differences(good, bad)
    marked = {
        ("fct_indicator_value", (indicator, *scope, date(2026, month, 1)), "quality_state"): ("passed", "warned")
        for indicator, months in OF_MACHINES.items()
        for month in months
        for scope in SCOPES
    }
    marked[("fct_indicator_value", (*OF_PILOTS, OCTOBER), "quality_state")] = ("passed", "warned")
    assert {cell: found.pop(cell, None) for cell in marked} == marked
    on_machines = {row["indicator_id"] for row in good.rows("dim_indicator") if row["stands_on"] != "records"}
    others = {cell: both for cell, both in found.items() if _is_quality_of(cell, on_machines)}
    assert set(others.values()) <= {("passed", "warned")}
    found = {cell: both for cell, both in found.items() if cell not in others}
    pilot = ("fct_indicator_input", (*OF_PILOTS, OCTOBER, "pilot", "stable-line"))
    assert found.pop((*pilot, "reason")) == (None, "failed_check")
    assert found.pop((*pilot, "numerator")) == (1, 0)
    assert found.pop(("fct_indicator_value", (*OF_PILOTS, OCTOBER), "numerator")) == (1, 0)
    before, after = found.pop(("fct_indicator_value", (*OF_PILOTS, OCTOBER), "value"))
    assert (before > 0, after) == (True, 0)
    assert {cell[:2] for cell in found} <= {("fct_indicator_progress", OF_PILOTS)}
    assert {cell[2] for cell in found} <= {"value", "progress", "status"}


def _is_quality_of(cell: Cell, indicators: set[str]) -> bool:
    """Whether a cell is the quality of an indicator of machines, in a scope that the press is in."""
    table, key, column = cell
    return (table, column) == ("fct_indicator_value", "quality_state") and key[0] in indicators and key[1:3] in AROUND


def test_the_verdict_names_the_machine_the_day_and_the_check(bad: Whole) -> None:
    failed = [verdict for verdict in verdicts(bad) if verdict.state != "passed"]
    assert {(v.check_id, v.state, v.equipment, v.event_date) for v in failed} == {
        ("measurement.channel_range", "failed", None, None),
        ("measurement.channel_range", "failed", "dal-press-1", date(2026, 10, 14)),
    }


def verdicts(whole: Whole) -> list[Verdict]:
    """What the gate wrote at the last refresh."""
    status = read_status(whole.site.paths)
    assert status is not None
    return read(verdict_file(whole.site.paths.verdicts, status.refresh_id))


def refresh_with(whole: Whole, after: str, sql: str) -> None:
    """A refresh of one new reading, in which somebody changes the warehouse after the named step."""
    whole.spool([oil(16, 41.5)], RECEIVED)
    with warehouse_turn(whole.site.paths):
        plan = steps.plan_refresh(whole.site)
        assert plan is not None
        for step in (steps.build_core, steps.check_streams, steps.build_marts):
            step(whole.site, plan)
            if step.__name__ == after:
                with duckdb.connect(str(whole.site.paths.warehouse)) as warehouse:
                    warehouse.execute(sql)
        steps.gate_and_publish(whole.site, plan)
    render_pages(whole.site)


def front_pages(whole: Whole) -> tuple[str, str]:
    """The programme's page in Swedish and in English."""
    pages = whole.site.paths.pages / "current"
    return (pages / "index.html").read_text("utf-8"), (pages / "en" / "index.html").read_text("utf-8")


def content(edition: Path) -> dict[str, bytes]:
    """Every file of an edition."""
    return {file.name: file.read_bytes() for file in edition.iterdir()}


@pytest.fixture(scope="module")
def site(good: Whole, tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """A copy of the good site, to be broken and mended in the order of the tests below."""
    return good.copy(tmp_path_factory.mktemp("broken") / "site")


POT_SUM = "met_testbed_month.pot_s_from_met_equipment_month"


def test_a_broken_mart_blocks_and_the_last_good_edition_stays_byte_for_byte(site: Whole) -> None:
    edition, before = site.edition, content(site.edition)
    refresh_with(
        site, "build_marts",
        "update metrics.met_testbed_month set pot_s = pot_s + 3600"
        " where testbed_id = 'testbed-dal' and period_start = date '2026-10-01'",
    )  # fmt: skip
    assert (site.edition, content(site.edition)) == (edition, before)
    status = read_status(site.site.paths)
    assert status is not None
    assert (status.state, status.edition) == ("blocked", edition.name)
    assert [reason.check_id for reason in status.reasons] == [POT_SUM]
    assert {v.state for v in verdicts(site) if v.check_id == POT_SUM} == {"failed"}


def test_the_banner_says_since_when_and_why_in_both_languages(site: Whole) -> None:
    status = read_status(site.site.paths)
    assert status is not None
    since = status.since.astimezone(ZoneInfo("Europe/Stockholm"))
    for page, words in zip(
        front_pages(site),
        (
            ("data har stoppats i kontrollen", "Summan av planerad drifttid i met_testbed_month är densamma"),
            ("New data was stopped at the gate", "The sum of planned operation time in met_testbed_month is that of"),
        ),
        strict=True,
    ):
        for word in (*words, f"{since:%H:%M}", str(status.edition)):
            assert word in page


def test_the_next_good_refresh_publishes_without_new_data_and_the_banner_is_gone(site: Whole) -> None:
    edition = site.edition
    site.refresh()
    assert site.edition != edition
    assert all('class="banner"' not in page for page in front_pages(site))


def test_a_check_of_a_mart_that_cannot_be_made_is_broken_and_blocks(site: Whole) -> None:
    edition, before = site.edition, content(site.edition)
    refresh_with(
        site, "build_marts", "alter table metrics.met_testbed_month alter column apt_s type varchar using 'many'"
    )
    assert (site.edition, content(site.edition)) == (edition, before)
    status = read_status(site.site.paths)
    assert status is not None
    assert status.state == "broken"
    states = {verdict.check_id: verdict.state for verdict in verdicts(site)}
    assert states["met_testbed_month.apt_s_from_met_equipment_month"] == "broken"
    assert "failed" not in states.values()
    swedish, english = front_pages(site)
    assert "Kontrollen kunde inte göras" in swedish
    assert "The check could not be made" in english


def test_a_check_of_a_stream_that_cannot_be_made_is_broken_and_blocks_nothing(site: Whole) -> None:
    edition = site.edition
    refresh_with(
        site, "build_core",
        "alter table core.sum_stream_quality alter column out_of_range_count type varchar using 'many'",
    )  # fmt: skip
    assert site.edition != edition
    states = {(v.check_id, v.state) for v in verdicts(site) if v.state != "passed"}
    assert states == {("measurement.channel_range", "broken")}


def test_numbers_whose_checks_could_not_be_made_are_called_unjudged(site: Whole) -> None:
    for _, scope in SCOPES:
        (row,) = site.rows("fct_indicator_value", indicator_id="G3.4e", scope_id=scope, period_start=OCTOBER)
        assert row["quality_state"] == "unjudged"
    (people,) = site.rows("fct_indicator_value", indicator_id="G1.4d", scope_id="nms", period_start=OCTOBER)
    assert people["quality_state"] == "passed"
