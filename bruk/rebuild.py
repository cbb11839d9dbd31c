"""Builds the warehouse whole again from landing, and says of every table whether its rows are the same as before."""

from __future__ import annotations

from dataclasses import dataclass

from bruk.refresh import Report, refresh
from bruk.warehouse import query
from contracts.clock import Clock, system_clock
from contracts.errors import StateError
from contracts.site import Site
from ingestion.landing.sealer import landing_lock

Print = tuple[int, int]  # rows, and a sum of their hashes that no order changes


@dataclass(frozen=True)
class ComparedTable:
    """One table of the warehouse before and after; None: it was not there."""

    table: str
    before: Print | None
    after: Print | None

    @property
    def same(self) -> bool:
        return self.before is None or self.before == self.after


def rebuild_warehouse(
    site: Site, clock: Clock = system_clock, report: Report = lambda step: None
) -> list[ComparedTable]:  # fmt: skip
    """Brings the warehouse up to date, notes its rows, builds it whole from landing, and compares. Landing waits.

    A crash in between costs nothing: the next refresh begins the whole build again, and the last edition stays.
    """
    with landing_lock(site):
        refresh(site, clock=clock, report=report)
        before = table_prints(site)
        refresh(site, full=True, clock=clock, report=report)
        after = table_prints(site)
    names = sorted(before.keys() | after.keys())
    return [ComparedTable(name, before.get(name), after.get(name)) for name in names]


def table_prints(site: Site) -> dict[str, Print]:
    """Rows and sum of row hashes of every table of core, metrics and indicators; empty without a warehouse."""
    try:
        tables = query(
            site.paths.warehouse,
            "select table_schema || '.' || table_name from information_schema.tables"
            " where table_schema in ('core', 'metrics', 'indicators') order by 1",
        )
    except StateError:
        return {}
    found = {}
    for (table,) in tables:
        sql = f"select count(*), ifnull(sum((hash(one) >> 8)::hugeint), 0) from {table} as one"
        rows, total = query(site.paths.warehouse, sql)[0]
        found[table] = (int(rows), int(total))
    return found
