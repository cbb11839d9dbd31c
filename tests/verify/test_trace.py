"""A number opens down to what was received: definition, inputs, left-out inputs, landing files, messages, records."""

import hashlib
import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bruk.trace import trace
from contracts.errors import UsageError
from ingestion.landing.sealer import land_pending
from ingestion.ledger import Ledger
from tests.ingestion.spooling import OIL, ORDER, drop, envelope, orders, reading, spool
from tests.sites import clock_at, make_site

PARTICIPATION = (
    "org_nr;activity_id;activity_date;activity_kind;actor_kind;subproject;hours\r\n"
    "559900-0017;A-1;2026-11-02;knowledge;company;am;3,5\r\n"
)
START, END = 1_795_510_000.5, 1_795_510_337.77
MONTH = {"period_start": date(2026, 11, 1), "period_end": date(2026, 11, 30)}
RUN = {
    "equipment_id": "dal-printer-1", "testbed_id": "testbed-dal", "run_ref": None, "outcome": "finished",
    "started_at": datetime.fromtimestamp(START, UTC), "ended_at": datetime.fromtimestamp(END, UTC),
}  # fmt: skip


@pytest.fixture
def site(tmp_path):
    """One print, one order in a file, one participation, readings of the press; and an edition that uses them."""
    site = make_site(tmp_path)
    name = '"name": "part.gcode"'
    spool(
        site,
        envelope("octoPrint/event/PrintStarted", f'{{"_timestamp": {START}, {name}}}'.encode()),
        envelope("octoPrint/event/PrintDone", f'{{"_timestamp": {END}, {name}, "time": 337.27}}'.encode()),
        envelope(OIL, reading(40.0, "2026-11-24T11:00:00Z")),
        envelope(OIL, reading(41.0, "2026-11-24T11:30:00Z")),
        envelope(OIL, reading(39.0, "2026-11-23T11:30:00Z")),
    )
    sha = drop(site, "production", orders(ORDER), name="order vecka 48.csv")
    people = drop(site, "participation", PARTICIPATION.encode(), name="deltagande.csv")
    land_pending(site, clock_at())
    assert {count.outcome for count in Ledger(site.paths.ledger).counts()} == {"accepted"}
    rows = sorted(landed(site, "run"), key=lambda row: row["observed_at"])
    printed = [row["event_id"] for row in rows if row["source"] == "octoprint"]
    order = {"equipment_id": "dal-press-1", "run_ref": "PO-1", "run_id": "dal-press-1:PO-1"}
    made = {"start_event_id": f"{sha}:1", "end_event_id": f"{sha}:1"}
    print_ids = {"start_event_id": printed[0], "end_event_id": printed[1]}
    edition(
        site,
        fct_run=[RUN | {"run_id": "print"} | print_ids, RUN | order | made | {
            "started_at": datetime(2026, 11, 23, 6, tzinfo=UTC), "ended_at": datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
        }],
        fct_indicator_input=[
            given("G3.4e", "run", "print", numerator=0.5, denominator=1.0),
            given("G3.4e", "run", "dal-press-1:PO-1", numerator=0.6, denominator=1.0),
            given("G3.4e", "run", "cut-off", included=False, reason="interrupted"),
            given("G1.1a", "participation", f"{people}:1", numerator=1.0),
            given("G1.4g", "equipment", "dal-press-1", numerator=1.0),
            given("G3.4b", "calendar", "dal-press-1", denominator=3600.0),
            given("G5.2a", "pilot", "pilot-1", numerator=1.0, denominator=1.0),
        ],
    )  # fmt: skip
    return site


def landed(site, stream):
    files = [file for file in Ledger(site.paths.ledger).landed_files() if file.stream == stream]
    return [row for file in files for row in pq.ParquetFile(site.paths.landing / file.path).read().to_pylist()]


def given(indicator, kind, name, included=True, reason=None, numerator=None, denominator=None):
    return {
        "indicator_id": indicator, "scope_type": "programme", "scope_id": "nms", **MONTH, "input_kind": kind,
        "input_id": name, "numerator": numerator, "denominator": denominator, "included": included, "reason": reason,
    }  # fmt: skip


def edition(site, **tables):
    """A small edition by hand: every indicator that has inputs gets a value, a definition, and a target."""
    folder = site.paths.editions / "e1"
    folder.mkdir(parents=True)
    (site.paths.editions / "current").symlink_to("e1")
    ids = sorted({row["indicator_id"] for row in tables["fct_indicator_input"]})
    scope = {"scope_type": "programme", "scope_id": "nms"}
    earlier = {"period_start": date(2026, 10, 1), "period_end": date(2026, 10, 31), "is_latest": False}
    values = [
        {"indicator_id": name, "indicator_version": "1.0.0", **scope, **MONTH, "value": 55.0, "is_latest": True,
         "numerator": Decimal("1.1"), "n": 7, "reason": None} | change
        for name in ids for change in ({}, earlier)
    ]  # fmt: skip
    tables |= {
        "fct_indicator_value": values,
        "dim_indicator": [{"indicator_id": name, "version": "1.0.0", "formula_sv": "Σ/Σ"} for name in ids],
        "fct_indicator_progress": [{"indicator_id": "G3.4e", **scope, "target": 60.0, "status": "on_track"}],
        "fct_allocation": [
            {"pilot_id": "pilot-1", "equipment_id": "dal-press-1", "valid_from": date(2026, 1, 1),
             "valid_to": date(9999, 12, 31), "share": 1.0}
        ],
    }  # fmt: skip
    for name, rows in tables.items():
        pq.write_table(pa.Table.from_pylist(rows), folder / f"{name}.parquet")


def test_a_run_of_a_machine_opens_down_to_its_messages(site):
    found = trace(site, "G3.4e")
    assert (found.value["value"], found.definition["formula_sv"], found.target["target"]) == (55.0, "Σ/Σ", 60.0)
    made, printed = sorted(found.inputs, key=lambda item: item.id)
    assert (printed.numerator, printed.run["outcome"]) == (0.5, "finished")
    assert [(event.topic, event.row["phase"]) for event in printed.events] == [
        ("octoPrint/event/PrintStarted", "start"), ("octoPrint/event/PrintDone", "end"),
    ]  # fmt: skip
    end = printed.events[1]
    assert json.loads(end.payload)["time"] == 337.27
    assert (end.segment, end.event_id) == ("mqtt/000000000000", f"{end.segment}:{end.offset}")
    file = site.paths.landing / end.landing_file
    assert hashlib.sha256(file.read_bytes()).hexdigest() == end.landing_sha256
    assert made.id == "dal-press-1:PO-1"


def test_a_value_on_too_few_says_so_instead_of_its_parts(site):
    folder = site.paths.editions / "current"
    values = pq.read_table(folder / "fct_indicator_value.parquet").to_pylist()
    definitions = pq.read_table(folder / "dim_indicator.parquet").to_pylist()
    reasons = {"G5.2a": "withheld"}
    hidden = [
        row | {"n": None, "value": None, "numerator": None, "reason": reasons.get(row["indicator_id"], "too_few")}
        for row in values
    ]
    known = [row | {"n_min": 5, "n_unit_en": "companies"} for row in definitions]
    try:
        pq.write_table(pa.Table.from_pylist(hidden), folder / "fct_indicator_value.parquet")
        pq.write_table(pa.Table.from_pylist(known), folder / "dim_indicator.parquet")
        found, withheld = trace(site, "G1.1a"), trace(site, "G5.2a")
    finally:
        pq.write_table(pa.Table.from_pylist(values), folder / "fct_indicator_value.parquet")
        pq.write_table(pa.Table.from_pylist(definitions), folder / "dim_indicator.parquet")
    assert found.suppressed == "fewer than 5 companies: the edition keeps no parts of this value"
    assert "withheld: it, or what others tell of it" in withheld.suppressed
    assert trace(site, "G1.1a").suppressed is None


def test_a_run_of_a_file_opens_down_to_the_record_and_what_it_produced(site):
    made = next(item for item in trace(site, "G3.4e").inputs if item.id.endswith("PO-1"))
    assert [(event.stream, event.part) for event in made.events] == [("run", 0), ("run", 1), ("output", 2)]
    for event in made.events:
        assert (event.file_name, event.record, event.topic) == ("order vecka 48.csv", 1, None)
        assert "Antal: 1 200,5; Godkända: 1 180" in event.payload
    assert made.events[2].row["produced_quantity"] == 1200.5


def test_what_was_left_out_stands_with_its_reason(site):
    (left,) = trace(site, "G3.4e").excluded
    assert (left.id, left.included, left.reason, left.events) == ("cut-off", False, "interrupted", [])


def test_a_participation_opens_down_to_its_record(site):
    (one,) = trace(site, "G1.1a").inputs
    (event,) = one.events
    assert (event.file_name, event.row["activity_id"]) == ("deltagande.csv", "A-1")
    assert "org_nr: 559900-0017" in event.payload


@pytest.mark.parametrize("indicator", ["G1.4g", "G3.4b", "G5.2a"])
def test_a_machine_opens_down_to_its_newest_messages_and_its_landing_files(site, indicator):
    (one,) = trace(site, indicator).inputs
    newest = next(event for event in one.events if event.stream == "measurement")
    assert (newest.topic, json.loads(newest.payload)["v"]) == (OIL, 41.0)
    rows = {part["path"].split("/")[0]: 0 for part in one.landing}
    for part in one.landing:
        rows[part["path"].split("/")[0]] += part["rows"]
    assert rows == {"measurement": 3, "run": 2, "output": 1}


def test_planned_time_comes_from_the_registry(site):
    (calendar,) = trace(site, "G3.4b").inputs
    assert calendar.plan[0]["opens"] == "07:00:00"


def test_a_month_is_asked_for_by_its_name(site):
    assert trace(site, "G1.1a", period="2026-10").inputs == []
    assert trace(site, "G1.1a", "programme", "nms", "2026-11").value["period_start"] == date(2026, 11, 1)
    with pytest.raises(UsageError, match="2026-10 to 2026-11"):
        trace(site, "G1.1a", period="2025-01")


def test_a_limit_leaves_the_others_closed(site):
    opened = trace(site, "G3.4e", limit=1).inputs
    assert [bool(item.events) for item in opened] == [True, False]


def test_what_does_not_exist_is_said_with_what_does(site, tmp_path):
    with pytest.raises(UsageError, match="programme nms"):
        trace(site, "G3.4e", "pilot", "p9")
    with pytest.raises(UsageError, match="no such indicator"):
        trace(site, "G9.9z")
    with pytest.raises(UsageError, match="no published edition"):
        trace(make_site(tmp_path / "other"), "G3.4e")


def test_a_spool_that_is_not_kept_any_more_is_said_and_no_error(site):
    (site.paths.spool / "mqtt" / "000000000000.seg").unlink()
    printed = next(item for item in trace(site, "G3.4e").inputs if item.id == "print")
    assert "no longer kept" in printed.events[0].note
    assert printed.events[0].landing_file


def test_a_trace_is_plain_data(site):
    found = trace(site, "G3.4e").to_dict()
    assert json.loads(json.dumps(found)) == found
