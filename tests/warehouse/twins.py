"""A site of demo/ that gets its messages without a broker, and all rows of its warehouse to compare with another's."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from bruk.inputs import Plan
from bruk.refresh import build_core, build_marts, check_streams, plan_refresh
from bruk.warehouse import ask, query
from contracts.paths import PRODUCT
from contracts.site import load_site
from ingestion.landing.sealer import land_pending
from ingestion.spool.frames import Envelope
from tests.ingestion.spooling import drop, spool_many
from tests.sites import clock_at

#: Where a message lies in the spool; two sites never share it.
PLACES = frozenset({"segment", "spool_offset", "record"})
#: The names of messages that carry no number, which are their places.
NAMES = frozenset({"event_id", "start_event_id", "end_event_id"})

Tables = dict[str, list[str]]


class Twin:
    """A site in `folder` whose messages all came at the same moment, so that `as_of` says nothing about their order."""

    def __init__(self, folder: Path) -> None:
        for name in ("registry", "sources"):
            shutil.copytree(PRODUCT / "demo" / name, folder / name)
        shutil.copy(PRODUCT / "demo" / "site.toml", folder / "site.toml")
        equipment = folder / "registry" / "equipment.yaml"
        text = equipment.read_text("utf-8")
        for others in ("octoprint-gav-printer-1,", "production-records, state-log"):  # every machine may speak UNS
            text = text.replace(f"sources: [{others}", f"sources: [uns, {others}")
        equipment.write_text(text, "utf-8")
        self.site = load_site(folder)

    def receive(self, messages: Sequence[Envelope], files: Iterable[bytes] = ()) -> None:
        """Spools the messages in this order, and dropped participation files; lands them."""
        spool_many(self.site, list(messages))
        for data in files:
            drop(self.site, "office-participation", data)
        land_pending(self.site, clock_at())

    def drop(self, source: str, data: bytes, received_ns: int) -> None:
        """Spools a dropped file that was received at that moment."""
        drop(self.site, source, data, received_ns=received_ns)

    def refresh(self, full: bool = False) -> Plan:
        """Steps 1 to 4 of a refresh: what is pending, core, verdicts on the streams, metrics and indicators."""
        plan = plan_refresh(self.site, full=full)
        assert plan is not None
        build_core(self.site, plan)
        check_streams(self.site, plan)
        build_marts(self.site, plan)
        return plan

    def tables(self, without: frozenset[str] = frozenset()) -> Tables:
        """Every row of every table of core, metrics and indicators as sorted lines, less the columns `without`."""
        found = query(
            self.site.paths.warehouse,
            "select table_schema || '.' || table_name from information_schema.tables "
            "where table_schema in ('core', 'metrics', 'indicators') order by 1",
        )
        return {name: self._lines(name, without) for (name,) in found}

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Asks the warehouse."""
        return list(query(self.site.paths.warehouse, sql))

    def _lines(self, table: str, without: frozenset[str]) -> list[str]:
        columns, rows = ask(self.site.paths.warehouse, f"from {table}")
        kept = [place for place, column in enumerate(columns) if column not in without]
        return sorted(str([row[place] for place in kept]) for row in rows)


def assert_same(one: Tables, other: Tables) -> None:
    """Fails with the tables that differ, and of each the first rows that only one of the two has."""
    assert one.keys() == other.keys()
    found = {name: _difference(one[name], other[name]) for name in one if one[name] != other[name]}
    assert not found, "\n".join(f"{name}: {rows}" for name, rows in found.items())


def _difference(one: list[str], other: list[str]) -> dict[str, list[str]]:
    only = {"only here": sorted(set(one) - set(other))[:4], "only there": sorted(set(other) - set(one))[:4]}
    return only if any(only.values()) else {"counts": [str(len(one)), str(len(other))]}
