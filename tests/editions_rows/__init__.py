"""The rows of a synthetic edition, one module per group of tables."""

from __future__ import annotations

from tests.editions_rows import breakdowns, checks, control, indicators, machines, registry
from tests.editions_rows.site import AS_OF, PILOTS, SMALL, Invented, PilotRow, Row, large

__all__ = ["AS_OF", "PILOTS", "SMALL", "Invented", "PilotRow", "Row", "checks", "history", "large", "registry"]


def history(site: Invented) -> dict[str, list[Row]]:
    """What an edition has beside its registry, by table."""
    values = indicators.values(site)
    progress = indicators.progress(site, values)
    return {
        "fct_indicator_value": values,
        "fct_indicator_progress": progress,
        "fct_goal_progress": indicators.goal_progress(site, progress),
        "fct_indicator_input": indicators.inputs(site),
        "fct_run": machines.runs(site),
        "met_testbed_month": [
            machines.month("testbed_id", row[0], index, start)
            for row in site.testbeds
            for index, start in enumerate(site.months)
        ],
        "met_pilot_month": [
            machines.month("pilot_id", row[0], index, start)
            for row in site.pilots
            for index, start in enumerate(site.months)
        ],
        "met_kpi_period": machines.kpis(site),
        "met_element_period": machines.elements(site),
        "met_pilot_outcome": [
            {"pilot_id": pilot, "outcome": outcome, "runs": runs}
            for pilot, *_ in site.pilots
            for outcome, runs in (("finished", 1094), ("failed", 31), ("cancelled", 12), ("open", 1))
        ],
        **control.controls(),
        **breakdowns.breakdowns(),
        **breakdowns.maturity(site),
        "met_coverage_day": machines.coverage(site),
    }
