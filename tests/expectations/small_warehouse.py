"""A small warehouse by hand: every table of an edition and the summary, with numbers that add up."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from contracts.documents import Text
from contracts.editions import EDITION_TABLES
from contracts.indicators import Indicator, Measure
from contracts.paths import SitePaths
from contracts.registry import Registry
from contracts.settings import Settings
from contracts.site import Site, SiteFile
from contracts.streams import load_streams
from expectations.suites import suites

#: Columns whose type is not double, by the end of their name.
_TYPES = {
    "_id": "varchar", "_sv": "varchar", "_en": "varchar", "_start": "date", "_end": "date", "_date": "date",
    "valid_from": "date", "valid_to": "date", "day": "date", "n": "bigint", "n_min": "bigint", "messages": "bigint",
    "builds_started": "bigint", "builds_accepted": "bigint", "open_runs": "bigint", "assessable": "boolean",
    "is_latest": "boolean", "is_open": "boolean", "included": "boolean", "as_of": "timestamptz", "regions": "varchar[]",
    "newest_input_at": "timestamptz", "started_at": "timestamptz", "ended_at": "timestamptz", "freshness_s": "bigint",
    "_s": "decimal(18,3)", "pq": "decimal(18,3)", "gq": "decimal(18,3)", "sq": "decimal(18,3)",
}  # fmt: skip
_TEXT = {
    "nuts3", "municipality", "kind", "area", "work_centre", "work_unit", "device", "owner", "channel", "unit",
    "version", "direction", "type", "code", "source", "run_ref", "product", "organisation", "organisation_county",
    "metric_version", "metric_group", "element",
    "outcome", "scope_type", "indicator_version", "quality_state", "reason", "status", "input_kind", "how", "over",
    "protects", "stands_on",
}  # fmt: skip


def column_type(name: str) -> str:
    """The DuckDB type of a column of the hand-made warehouse."""
    if name in _TYPES:
        return _TYPES[name]
    if name in _TEXT:
        return "varchar"
    ends = [kind for end, kind in _TYPES.items() if end.startswith("_") and name.endswith(end)]
    return ends[0] if ends else "double"


MONTH = {
    "period_start": date(2026, 10, 1), "period_end": date(2026, 10, 31), "pot_s": 1000, "pbt_s": 900, "apt_s": 600,
    "aust_s": 50, "adet_s": 50, "adot_s": 100, "run_s": 700, "known_s": 900, "pq": 100, "gq": 90, "sq": 10,
    "pri_pq_s": 580, "pri_gq_s": 522, "builds_started": 0, "builds_accepted": 0, "availability": 0.6667,
    "effectiveness": 0.9667, "quality_ratio": 0.9, "oee": 0.58, "nee": 0.6283, "build_success_rate": None,
    "utilisation": 0.7, "coverage": 1.0, "open_runs": 0,
}  # fmt: skip
VALUE = {
    "indicator_id": "G1.1a", "scope_type": "programme", "scope_id": "nms", "period_start": date(2026, 10, 1),
    "indicator_version": "1.0.0", "period_end": date(2026, 10, 31), "value": 12.0, "unit": "n", "numerator": 12,
    "denominator": None, "n": 12, "coverage": 1.0, "newest_input_at": "2026-10-30T00:00:00Z", "freshness_s": 86400,
    "quality_state": "passed", "assessable": True, "reason": None, "as_of": "2026-11-01T00:00:00Z", "is_latest": True,
    "is_open": False,
}  # fmt: skip
ALWAYS = {"valid_from": date(2026, 1, 1), "valid_to": date(9999, 12, 31)}
ROWS: dict[str, list[dict[str, object]]] = {
    "dim_region": [{"region_id": "dalarna"}],
    "dim_testbed": [{"testbed_id": "testbed-dal", "region_id": "dalarna"}],
    "dim_equipment": [{"equipment_id": "press-1", "valid_from": date(2026, 1, 1), "testbed_id": "testbed-dal"}],
    "fct_allocation": [
        {"pilot_id": "p1", "equipment_id": "press-1", **ALWAYS, "share": 0.6},
        {"pilot_id": "p2", "equipment_id": "press-1", **ALWAYS, "share": 0.4},
    ],
    "dim_metric": [{"metric_id": "availability", "version": "1", "minimum": 0}],
    "met_kpi_period": [
        {"metric_id": "availability", "metric_version": "1", "scope_type": "testbed", "scope_id": "testbed-dal",
         "period_start": date(2026, 10, 1), "value": 66.67, "n": 20, "coverage": 1.0, "assessable": True}
    ],
    "met_equipment_month": [{"equipment_id": "press-1", **MONTH}],
    "met_testbed_month": [{"testbed_id": "testbed-dal", **MONTH}],
    "met_pilot_month": [{"pilot_id": "p1", **MONTH}],
    "dim_indicator": [
        {"indicator_id": "G1.1a", "version": "1.0.0", "type": "RAT", "n_min": 5, "how": "share",
         "protects": "enterprises"}
    ],
    "fct_indicator_value": [VALUE],
    "fct_indicator_input": [
        {"indicator_id": "G1.1a", "scope_type": "programme", "scope_id": "nms", "period_start": date(2026, 10, 1),
         "input_kind": "participation", "input_id": f"p{number}", "numerator": 2, "denominator": None,
         "included": number < 6, "reason": None if number < 6 else "repeat"}
        for number in range(7)
    ],
    "fct_indicator_progress": [
        {"indicator_id": "G1.1a", "scope_type": "programme", "scope_id": "nms", "value": 12.0, "status": "on_track",
         "period_start": date(2026, 10, 1), "period_end": date(2026, 10, 31)}
    ],
}  # fmt: skip


def small_site(folder: Path) -> Site:
    """A site in `folder` with one indicator and no machines; streams are the product's."""
    text = Text(sv="x", en="x")
    indicator = Indicator(
        id="G1.1a", version="1.0.0", name=text, formula=text, unit="n", direction="up", type="CUM", source=text,
        scope=["programme"], n_unit=text, value_max=100, n_min=1, coverage_min=0, notes=text, kind="output",
        measure=Measure(how="distinct", of=["ORGANISATIONS_IN_KNOWLEDGE"], over="since_start"), stands_on="records",
        protects="none",
    )  # fmt: skip
    lists = {name: [] for name in Registry.model_fields} | {"indicators": [indicator]}
    file = SiteFile(
        id="small", name=text, profile="demonstration", time_zone="Europe/Stockholm", programme_start=date(2026, 1, 1)
    )
    settings = Settings(site=folder, editions_kept=3)
    return Site(file, SitePaths(folder), settings, load_streams(), {}, Registry.model_construct(**lists))


def summary_columns() -> list[str]:
    """The counts of the summary that the suites of the streams judge."""
    return sorted({check.column for checks in suites(load_streams().values()).values() for check in checks})


def make_warehouse(site: Site, *statements: str, summary: list[dict[str, object]] | None = None) -> None:
    """Writes the warehouse and the list of landing files it was built from; then runs the given SQL to spoil it."""
    day = {"equipment": "press-1", "event_date": date(2026, 10, 5)}
    rows = [{"stream": "measurement", **day, "row_count": 100}, {"stream": "output", **day, "row_count": 3}]
    rows = rows if summary is None else summary
    paths = site.paths
    paths.warehouse.parent.mkdir(parents=True, exist_ok=True)
    paths.warehouse.unlink(missing_ok=True)
    paths.inputs.mkdir(parents=True, exist_ok=True)
    total = sum(int(str(row["row_count"])) for row in rows if row["stream"] == "measurement")
    pq.write_table(pa.table({"stream": ["measurement"], "rows": [total]}), paths.inputs / "landing.parquet")
    with duckdb.connect(str(paths.warehouse)) as connection:
        for schema in ("core", "metrics", "indicators"):
            connection.execute(f"create schema {schema}")
        _edition_tables(connection)
        _summary(connection, rows, total)
        for statement in statements:
            connection.execute(statement)


def _edition_tables(connection: duckdb.DuckDBPyConnection) -> None:
    for table in EDITION_TABLES:
        schema = {"met": "metrics"}.get(table.model[:3], "core")
        schema = "indicators" if "indicator_" in table.model else schema
        declared = ", ".join(f"{name} {column_type(name)}" for name in table.columns)
        connection.execute(f"create table {schema}.{table.model} ({declared})")
        for row in ROWS.get(table.name, []):
            _insert(connection, f"{schema}.{table.model}", row)


def _summary(connection: duckdb.DuckDBPyConnection, rows: list[dict[str, object]], total: int) -> None:
    counts = ", ".join(f"{name} bigint default 0" for name in summary_columns())
    grain = "stream varchar, equipment varchar, event_date date, row_count bigint"
    connection.execute(f"create table core.sum_stream_quality ({grain}, {counts})")
    for row in rows:
        _insert(connection, "core.sum_stream_quality", row)
    connection.execute(f"create table core.fct_measurement as select range as n from range({total})")
    connection.execute("create table core.fct_output (source varchar, device varchar, record_ref varchar)")
    for fact in ("fct_inspection", "fct_layer", "fct_feedstock_movement"):
        connection.execute(f"create table core.{fact} (n int)")
    connection.execute("create table metrics.int_output_run (run_id varchar, produced_quantity decimal(18,3))")
    connection.execute("insert into core.fct_output values ('a', 'a', 'PO-1'), ('a', 'a', 'PO-1'), ('a', 'a', null)")
    connection.execute("insert into metrics.int_output_run values ('a', 100), (null, 7)")
    connection.execute("create table metrics.met_booked_day as select 1 as outputs_without_run")
    connection.execute("alter table metrics.met_equipment_month add outputs_without_run bigint default 1")
    elements = ("apt_s", "aust_s", "adet_s")
    connection.execute("create table metrics.int_run_planned_day as select 700::decimal(18,3) as run_s")
    day = "700::decimal(18,3) as run_s, " + ", ".join(f"30 as {name}, 10 as outside_{name}" for name in elements)
    run = ", ".join(["100::decimal(18,3) as pq", "true as closed", *(f"20 as {name}" for name in elements)])
    connection.execute(f"create table metrics.met_elements_day as select 1000::decimal(18,3) as pot_s, {day}")
    connection.execute(f"create table metrics.met_elements_run as select {run}")
    connection.execute("create table core.fct_state_interval (equipment_id varchar, started_at int, ended_at int)")
    connection.execute("insert into core.fct_state_interval values ('press-1', 0, 5), ('press-1', 5, 9)")

    support = "subproject activity_region size_class county municipality"
    columns = ", ".join(f"{column} varchar" for column in f"event_id org_nr {support}".split())
    connection.execute(f"create table core.fct_enterprise_support ({columns}, hours decimal(18,3))")
    connection.execute(
        "create table core.fct_grant_county (application_id text, county text, granted_sek decimal(28,6))"
    )
    columns = ", ".join(f"{column} varchar" for column in ("event_id", "org_nr", "activity_kind", "actor_kind"))
    connection.execute(f"create table core.fct_participation ({columns})")
    columns = ", ".join(f"{column} varchar" for column in ("event_id", "person", "gender", "age_band", "skill_type"))
    connection.execute(f"create table core.fct_trained_person ({columns})")


def _insert(connection: duckdb.DuckDBPyConnection, table: str, row: dict[str, object]) -> None:
    marks = ", ".join("?" for _ in row)
    connection.execute(f"insert into {table} ({', '.join(row)}) values ({marks})", list(row.values()))
