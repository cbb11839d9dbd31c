"""Real meters, through the real door, the real landing and the real dbt, against sums that plain Python makes."""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import yaml

from bruk.dropping import drop_files
from bruk.refresh import plan_refresh
from bruk.transform import run_dbt
from bruk.warehouse import query
from contracts.paths import PRODUCT
from contracts.site import Site, load_site
from ingestion.landing.sealer import land_pending
from tests.ingestion.spooling import envelope, spool_many
from tests.real.reference_data import shared
from tests.sites import emit, make_site, source, text

pytestmark = pytest.mark.slow

Ask = Callable[[str], list[tuple[Any, ...]]]
DAY = timedelta(days=1)


def meter(name: str, equipment: str, **more: Any) -> dict[str, Any]:
    record = {"id": name, "name": text(name), "equipment": equipment, "boundary": "machine", "valid_from": "2017-12-31"}
    return record | more


def steel() -> dict[str, Any]:
    """Ends of quarters of an hour; a day ends at 00:00 of its own date. CO2 is put at the beginning of its quarter."""
    stamp = {"column": "date", "unit": "local", "format": "%d/%m/%Y %H:%M"}
    columns = (
        "date,Usage_kWh,Lagging_Current_Reactive.Power_kVarh,Leading_Current_Reactive_Power_kVarh,CO2(tCO2),"
        "Lagging_Current_Power_Factor,Leading_Current_Power_Factor,NSM,WeekStatus,Day_of_week,Load_Type"
    )
    found = source(
        "steel",
        transport={"kind": "file", "pattern": "*.csv"},
        format={
            "adapter": "csv", "encoding": "utf-8", "columns": columns.split(","),
            "dialect": {"delimiter": ",", "quote": '"', "decimal": ".", "final_newline": False},
            "emit": [
                emit(
                    "energy", meter={"const": "daewoo"}, kind={"const": "interval"}, register={"const": "consumed"},
                    interval_start=stamp | {"edge": "start"}, observed_at=stamp | {"edge": "end"},
                    energy_kwh={"column": "Usage_kWh"},
                ),
                emit(
                    "measurement", channel={"const": "co2_t"}, observed_at=stamp | {"edge": "start"},
                    value={"column": "CO2(tCO2)"},
                ),
            ],
        },
        equipment={"fixed": "dal-press-1"},
    )  # fmt: skip
    series = {"interval_s": 900, "stamped": "end", "midnight": "end_of_day"}
    return found | {"time": {"zone": "Asia/Seoul", "oldest": "2017-01-01", "series": series}}


def ellevio() -> dict[str, Any]:
    """The export of a Swedish grid operator: a comment line, and stamps that begin their hour."""
    stamp = {"column": "date", "unit": "local", "format": "%Y-%m-%d %H:%M"}
    found = source(
        "ellevio",
        transport={"kind": "file", "pattern": "*.csv"},
        format={
            "adapter": "csv", "encoding": "utf-8", "columns": ["date", "TS_735999000000000000.cons"],
            "dialect": {"delimiter": ";", "quote": '"', "decimal": ",", "comment": "#"},
            "emit": [emit(
                "energy", meter={"const": "ellevio"}, kind={"const": "interval"}, register={"const": "consumed"},
                interval_start=stamp | {"edge": "start"}, observed_at=stamp | {"edge": "end"},
                energy_kwh={"column": "TS_735999000000000000.cons"},
            )],
        },
        equipment={"fixed": "dal-press-1"},
    )  # fmt: skip
    found["time"]["series"] = {"interval_s": 3600, "stamped": "start"}
    return found


def example(name: str, prefix: str, equipment: str) -> dict[str, Any]:
    """An example that the product ships, made active as its first lines say."""
    found: dict[str, Any] = yaml.safe_load((PRODUCT / "demo" / "sources" / f"{name}.yaml").read_text("utf-8"))
    transport = found["transport"] | {"prefix": prefix, "subscribe": [f"{prefix}/#"]}
    return found | {"status": "active", "transport": transport, "equipment": {"fixed": equipment}}


def build(site: Site) -> Ask:
    """Lands what waits and builds energy whole; asks the warehouse."""
    land_pending(site)
    assert plan_refresh(site, full=True) is not None
    wanted = ["+int_element_energy", "+int_run_element_energy", "+fct_measurement"]
    flags = ["--full-refresh", "--exclude-resource-type", "unit_test", "--indirect-selection", "cautious"]
    done = run_dbt(site, ["build", *flags, "--select", *wanted])
    assert done.ok, done.failures
    return lambda sql: list(query(site.paths.warehouse, sql))


@pytest.fixture(scope="module")
def korea(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """A year of a steel works, dropped as one file at a site in its own time zone."""
    file, folder = shared("process_tabular/Steel_industry_data.csv"), tmp_path_factory.mktemp("korea")
    make_site(folder, {"meters": [meter("daewoo", "dal-press-1", interval_s=900)]}, {"steel": steel()})
    toml = (folder / "site.toml").read_text("utf-8")
    toml = toml.replace("Europe/Stockholm", "Asia/Seoul").replace("2026-01-01", "2018-01-01")
    (folder / "site.toml").write_text(toml, "utf-8")
    site = load_site(folder)
    [outcome] = drop_files(site, [file], "steel")
    assert (outcome.outcome, outcome.records, outcome.accepted, outcome.reasons) == ("accepted", 35_040, 35_040, [])
    return build(site)


def steel_days(column: str) -> dict[date, Decimal]:
    """Sums by the date that stands in the row: plain Python, which knows nothing of stamps."""
    sums: dict[date, Decimal] = defaultdict(Decimal)
    with shared("process_tabular/Steel_industry_data.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            day, month, year = row["date"][:10].split("/")
            sums[date(int(year), int(month), int(day))] += Decimal(row[column])
    return sums


def test_the_year_of_the_steel_works_is_959_636_71_kwh_each_row_on_the_day_it_belongs_to(korea: Ask) -> None:
    days = korea("select day, value, n, missing from metrics.int_element_energy where element = 'ENERGY' order by day")
    told = [row for row in days if row[2]]
    assert {day: value for day, value, _, _ in told} == steel_days("Usage_kWh")
    assert sum(value for _, value, _, _ in told) == Decimal("959636.71")
    assert {(n, missing) for _, _, n, missing in told} == {(96, 0)}
    assert (told[0][0], told[-1][0], len(told)) == (date(2018, 1, 1), date(2018, 12, 31), 365)
    assert {(value, missing) for day, value, n, missing in days if not n} == {(Decimal(0), 1)}, "2019 and on: untold"
    assert korea("select count(*), min(ended_at - started_at)::varchar, max(ended_at - started_at)::varchar "
                 "from core.fct_energy_interval") == [(35_040, "00:15:00", "00:15:00")]  # fmt: skip


def test_the_year_of_the_steel_works_is_403_81_t_of_co2(korea: Ask) -> None:
    days = korea(
        "select (observed_at at time zone 'Asia/Seoul')::date, sum(value::decimal(18, 6)), count(*) "
        "from core.fct_measurement where channel = 'co2_t' group by all"
    )
    assert {day: value for day, value, _ in days} == steel_days("CO2(tCO2)")
    assert sum(value for _, value, _ in days) == Decimal("403.81")
    assert {n for _, _, n in days} == {96}


@pytest.fixture(scope="module")
def sweden(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """Two days of a Swedish house, and what a Shelly and five Tasmota devices said."""
    grid, folder = shared("energy/ellevio_2025_se.csv"), tmp_path_factory.mktemp("sweden")
    plug = example("tasmota-plug", "tele", "dal-printer-1")
    plug["messages"][0]["topic"] = "{plug}/SENSOR"
    plug["messages"][0]["emit"][0]["fields"]["meter"] = {"topic": "plug"}
    house = "aiida/12345678-1234-1234-1234-123456789abc"
    sources = {
        "ellevio": ellevio(),
        "tasmota-plug": plug,
        "shelly-pro-3em": example("shelly-pro-3em", house, "dal-press-1"),
    }
    meters = [meter("ellevio", "dal-press-1", interval_s=3600), meter("plug", "dal-printer-1"),
              meter("gav-printer-1-shelly", "dal-press-1", boundary="hall", interval_s=60)]  # fmt: skip
    site = make_site(folder, {"meters": meters}, sources)
    [outcome] = drop_files(site, [grid], "ellevio")
    assert (outcome.outcome, outcome.records, outcome.accepted) == ("accepted", 48, 48)
    lines = [
        json.loads(line)
        for name in ("shelly_pro3em_mqtt", "tasmota_sensor_mqtt")
        for line in shared(f"energy/{name}.jsonl").read_text("utf-8").splitlines()
        if line
    ]
    lines += [_later(line) for line in lines if "emdata:0" in line["payload"] or "tele/plug/" in line["topic"]]
    spool_many(site, [envelope(line["topic"], line["payload"].encode()) for line in lines])
    return build(site)


def _later(line: dict[str, str]) -> dict[str, str]:
    """The same device a minute later, with 1 kWh more on its counter: 1000 of a Shelly's Wh, 1 of a plug's kWh."""
    payload = json.loads(line["payload"])
    if "params" in payload:
        payload["params"]["ts"] += 60
        payload["params"]["emdata:0"]["total_act"] += 1000
    else:
        payload["Time"] = "2021-07-26T09:12:00"
        payload["ENERGY"]["Total"] += 1
    return line | {"payload": json.dumps(payload)}


def test_the_hours_of_the_grid_operator_begin_where_they_are_stamped_and_add_up(sweden: Ask) -> None:
    with shared("energy/ellevio_2025_se.csv").open(encoding="utf-8") as lines:
        rows = [line.strip().split(";") for line in lines][2:]
    told = {datetime.fromisoformat(stamp): Decimal(value.replace(",", ".")) for stamp, value in rows}
    found = sweden(
        "select started_at at time zone 'Europe/Stockholm', energy_kwh, (ended_at - started_at)::varchar "
        "from core.fct_energy_interval where meter = 'ellevio'"
    )
    assert {start: value for start, value, _ in found} == told
    assert {length for _, _, length in found} == {"01:00:00"}
    days = Counter[date]()
    for stamp, value in told.items():
        days[stamp.date()] += value  # type: ignore[assignment]  # a Counter of decimals
    element = sweden("select day, value, n from metrics.int_element_energy where element = 'ENERGY' and n > 0 "
                     "and equipment_id = 'dal-press-1'")  # fmt: skip
    assert {day: value for day, value, _ in element} == dict(days)
    assert {n for _, _, n in element} == {24}


def test_a_shelly_counts_watt_hours_in_both_directions_and_what_else_it_says_is_ignored(sweden: Ask) -> None:
    readings = sweden(
        "select register, observed_at, energy_kwh from core.fct_energy_reading "
        "where meter = 'gav-printer-1-shelly' order by register, observed_at"
    )
    at = datetime(2025, 9, 5, 8, 18, 0, 210_000, tzinfo=UTC)
    assert [(register, stamp.astimezone(UTC), value) for register, stamp, value in readings] == [
        ("consumed", at, Decimal("26.289570")),
        ("consumed", at + timedelta(minutes=1), Decimal("27.289570")),
        ("produced", at, Decimal("131.881860")),
        ("produced", at + timedelta(minutes=1), Decimal("131.881860")),
    ]
    used = sweden("select register, energy_kwh, method, remark from core.fct_energy_interval where boundary = 'hall'")
    assert sorted(used) == [("consumed", Decimal(1), "counter", None), ("produced", Decimal(0), "counter", None)]


def test_a_tasmota_counts_kilowatt_hours_at_local_time_and_one_without_a_meter_is_ignored(sweden: Ask) -> None:
    readings = sweden(
        "select meter, observed_at, energy_kwh from core.fct_energy_reading where equipment_id = 'dal-printer-1' "
        "order by observed_at"
    )
    assert [(name, stamp.astimezone(UTC), value) for name, stamp, value in readings] == [
        ("pow-r2", datetime(2018, 6, 9, 14, 29, 19, tzinfo=UTC), Decimal("0.034")),
        ("pow-r2", datetime(2020, 2, 10, 20, 29, 35, tzinfo=UTC), Decimal("1.310")),
        ("plug", datetime(2021, 7, 26, 7, 11, tzinfo=UTC), Decimal("40.543")),
        ("plug", datetime(2021, 7, 26, 7, 12, tzinfo=UTC), Decimal("41.543")),
    ]
    used = sweden("select value, n from metrics.int_element_energy where equipment_id = 'dal-printer-1' and n > 0 "
                  "and element = 'ENERGY'")  # fmt: skip
    assert used == [(Decimal(1), 1)], "the other plug is in no registry"
