"""Judges the marts: structure from the catalogue, then every promise that SQL can count; Great Expectations decides."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from contracts.editions import EDITION_TABLES
from contracts.site import Site
from expectations.engine import Finding, Limit, judge
from expectations.frames import Frames
from expectations.mart_checks import (
    MartCheck,
    allocation_checks,
    indicator_checks,
    key_checks,
    metric_checks,
    month_checks,
    progress_checks,
)
from expectations.reconciliation import core_checks, landed_rows, landing_checks, output_checks, sum_checks, time_checks
from expectations.verdicts import Verdict


@dataclass(frozen=True)
class Counted:
    """What SQL found for one check: violations (None: it could not be counted), rows looked at, an example or error."""

    check: MartCheck
    violations: float | None
    elements: int
    note: str


def judge_tables(site: Site, frames: Frames) -> list[Verdict]:
    """A verdict for every promise of the marts. A query that cannot run, or counts nothing, is `broken`."""
    import pandas as pd

    columns = frames.columns()
    counted = list(_structure(columns)) + [_count(check, frames) for check in _checks(site)]
    countable = [item for item in counted if item.violations is not None]
    frame = pd.DataFrame([{item.check.check_id: item.violations for item in countable}])
    limits = [Limit(item.check.check_id, item.check.check_id, 0, 0, "critical") for item in countable]
    findings = judge(frame, limits)
    return [_verdict(item, findings.get(item.check.check_id)) for item in counted]


def _checks(site: Site) -> Iterable[MartCheck]:
    return chain(
        key_checks(),
        landing_checks(landed_rows(site.paths.inputs)),
        core_checks(),
        output_checks(),
        sum_checks(),
        time_checks(),
        month_checks(),
        metric_checks(),
        indicator_checks(site.registry),
        progress_checks(),
        allocation_checks(),
    )


def _structure(columns: dict[str, set[str]]) -> Iterator[Counted]:
    """Every table of an edition exists in the warehouse with the columns that readers rely on."""
    for table in EDITION_TABLES:
        there = columns.get(table.model)
        missing = [] if there is None else sorted(set(table.columns) - there)
        check = MartCheck(
            f"{table.name}.structure",
            table.name,
            "Tabellen finns med alla kolumner som läsare räknar med.",
            "The table exists with every column that readers rely on.",
            "",
        )
        note = "the table does not exist" if there is None else ", ".join(missing)
        yield Counted(check, float(len(missing) if there is not None else 1), len(table.columns), note)


def _count(check: MartCheck, frames: Frames) -> Counted:
    sql = re.sub(r"\{(\w+)\}", lambda found: frames.qualified(found[1]), check.sql)
    row, error = frames.row(sql)
    if row is None or row[0] is None:
        return Counted(check, None, 0, error or "the query counted nothing")
    violations, elements, example = row
    note = "" if not violations or example is None else str(example)
    return Counted(check, float(violations), int(elements or 0), note)


def _verdict(counted: Counted, finding: Finding | None) -> Verdict:
    check = counted.check
    state = "broken" if finding is None else finding.state
    return Verdict(
        check.check_id,
        "mart",
        check.mart,
        state,
        check.description_sv,
        check.description_en,
        "0",
        observed=counted.violations,
        element_count=counted.elements,
        note=counted.note or (finding.note if finding else ""),
    )
