"""Sums that must agree between the layers: landing with core, days with months, machines with testbeds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq

from expectations.mart_checks import MartCheck


def landed_rows(inputs: Path) -> dict[str, int]:
    """Rows by stream in the landing files that this refresh was built from, by the ledger's own counts; less those of
    dropped files in whose place another stands.
    """
    listing = pq.read_table(inputs / "landing.parquet", columns=["stream", "rows"], partitioning=None).to_pydict()
    found: dict[str, int] = {}
    for stream, rows in zip(listing["stream"], listing["rows"], strict=True):
        found[stream] = found.get(stream, 0) + rows
    for stream, rows in superseded_rows(inputs).items():
        found[stream] -= rows
    return found


def superseded_rows(inputs: Path) -> dict[str, int]:
    """Rows by stream that landed with dropped files in whose place another stood when this refresh was planned."""
    file = inputs / "superseded.parquet"
    listing = pq.read_table(file, partitioning=None).to_pylist() if file.exists() else []
    found: dict[str, int] = {}
    for row in listing:
        found[row["stream"]] = found.get(row["stream"], 0) + row["rows"]
    return found


def landing_checks(landed: dict[str, int]) -> Iterator[MartCheck]:
    """Every landed row of a stream is in the warehouse, once."""
    for stream, rows in landed.items():
        yield MartCheck(
            f"landing.{stream}",
            "sum_stream_quality",
            f"Lagret har lika många rader av ”{stream}” som landningen.",
            f"The warehouse has as many rows of '{stream}' as landing.",
            f"""
            select abs({rows} - coalesce(sum(row_count), 0)), coalesce(sum(row_count), 0),
                   '{rows} landed, ' || coalesce(sum(row_count), 0) || ' in the warehouse'
            from {{sum_stream_quality}} where stream = '{stream}'
            """,
        )


def core_checks() -> Iterator[MartCheck]:
    """The facts have the rows that the summary of their stream counted."""
    for stream, fact in (
        ("measurement", "fct_measurement"), ("output", "fct_output"), ("inspection", "fct_inspection"),
        ("layer", "fct_layer"), ("feedstock", "fct_feedstock_movement"),
    ):  # fmt: skip
        yield MartCheck(
            f"{fact}.rows",
            fact,
            f"{fact} har lika många rader som summeringen av strömmen ”{stream}”.",
            f"{fact} has as many rows as the summary of the stream '{stream}'.",
            f"""
            with sums as (
                select (select count(*) from {{{fact}}}) as fact,
                       (select coalesce(sum(row_count), 0) from {{sum_stream_quality}} where stream = '{stream}')
                           as summed
            )
            select abs(fact - summed), fact, fact || ' and ' || summed from sums
            """,
        )


def output_checks() -> Iterator[MartCheck]:
    """Every output record is in a run, counted as without one, or superseded; and runs have the pieces of theirs."""
    yield MartCheck(
        "fct_output.in_runs", "fct_output",
        "Varje utfall hör till en körning, räknas som utan körning eller är ersatt av ett senare.",
        "Every output belongs to a run, is counted as without one, or is superseded by a later one.",
        """
        with sums as (
            select (select count(*) from {fct_output}) as fact,
                   (select count(*) from {int_output_run} where run_id is not null) as in_run,
                   (select coalesce(sum(outputs_without_run), 0) from {met_booked_day}) as without_run,
                   (select count(*) - count(distinct (source, device, record_ref))
                    from {fct_output} where record_ref is not null and device is not null) as superseded
        )
        select abs(fact - in_run - without_run - superseded), fact,
               fact || ' = ' || in_run || ' in runs + ' || without_run || ' without + ' || superseded || ' superseded'
        from sums
        """,
    )  # fmt: skip
    yield MartCheck(
        "met_elements_run.pq_from_int_output_run", "met_elements_run",
        "Körningarna har tillsammans det antal som deras utfall säger.",
        "The runs together have the quantity that their outputs say.",
        """
        with sums as (
            select (select coalesce(sum(produced_quantity), 0) from {int_output_run} where run_id is not null) as fine,
                   (select coalesce(sum(pq), 0) from {met_elements_run}) as coarse
        )
        select abs(fine - coarse), 1, fine || ' and ' || coarse from sums
        """,
    )  # fmt: skip


def sum_checks() -> Iterator[MartCheck]:
    """Elements agree between the grains: nothing is lost or counted twice on the way up."""
    yield _sums("int_run_planned_day", "met_elements_day", "run_s", "körd tid i plan", "run time in plan")
    yield _sums("met_elements_day", "met_equipment_month", "pot_s", "planerad drifttid", "planned operation time")
    yield _sums(
        "met_booked_day", "met_equipment_month", "outputs_without_run", "utfall utan körning", "outputs without a run"
    )
    yield _sums("met_elements_run", "met_equipment_month", "pq", "producerat antal", "produced quantity", "closed")
    for element, sv, en in (
        ("pot_s", "planerad drifttid", "planned operation time"),
        ("apt_s", "produktionstid", "production time"),
        ("pq", "producerat antal", "produced quantity"),
        ("gq", "godkänt antal", "good quantity"),
    ):
        yield _sums("met_equipment_month", "met_testbed_month", element, sv, en)


def time_checks() -> Iterator[MartCheck]:
    """No time of a machine is counted twice: states do not overlap, and runs share what was open as an order."""
    yield MartCheck(
        "fct_state_interval.overlap", "fct_state_interval",
        "En maskin har ett tillstånd i taget.",
        "A machine has one state at a time.",
        """
        with followed as (
            select equipment_id || ' ' || started_at as example,
                   ended_at > lead(started_at) over (partition by equipment_id order by started_at) as too_long
            from {fct_state_interval}
        )
        select count(*) filter (where too_long), count(*), min(example) filter (where too_long) from followed
        """,
    )  # fmt: skip
    for element in ("apt_s", "aust_s", "adet_s"):
        yield MartCheck(
            f"met_elements_run.{element}_from_met_elements_day", "met_elements_run",
            f"Körningarna har tillsammans den tid ({element}) som dagarna har inom körningar.",
            f"The runs together have the time ({element}) that the days have within runs.",
            f"""
            with sums as (
                select (select coalesce(sum({element} - outside_{element}), 0) from {{met_elements_day}}) as fine,
                       (select coalesce(sum({element}), 0) from {{met_elements_run}}) as coarse
            )
            select abs(fine - coarse), 1, fine || ' and ' || coarse from sums
            """,
        )  # fmt: skip


def _sums(fine: str, coarse: str, element: str, sv: str, en: str, where: str = "true") -> MartCheck:
    return MartCheck(
        f"{coarse}.{element}_from_{fine}",
        coarse,
        f"Summan av {sv} i {coarse} är densamma som i {fine}.",
        f"The sum of {en} in {coarse} is that of {fine}.",
        f"""
        with sums as (
            select (select coalesce(sum({element}), 0) from {{{fine}}} where {where}) as fine,
                   (select coalesce(sum({element}), 0) from {{{coarse}}}) as coarse
        )
        select abs(fine - coarse), 1, fine || ' and ' || coarse from sums
        """,
    )
