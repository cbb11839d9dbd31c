"""Names the cause of every restated number: definition, decision, registry, files that came, protection, software."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple

from bruk.edition_reader import edition_rows
from bruk.manifest import read_manifest
from bruk.reports.arrivals import Arrival, Arrivals
from bruk.reports.comparing import Change, InputChange, changed_inputs
from contracts.indicators import PROGRAMME
from contracts.site import Site

Kind = Literal["definition", "decision", "data", "registry", "protection", "software", "unknown"]
Row = dict[str, Any]

#: Inputs that stand on the registry alone: what a calendar plans.
_OF_REGISTRY = ("calendar",)
_OF_MACHINES = ("run", "equipment", "calendar", "pilot", "metric")
_VALUES = "fct_indicator_value"
_EDGES = ("start_event_id", "end_event_id")
#: At most so many files of one number are named; `detail` says how many more there are.
FILES = 20


class Cause(NamedTuple):
    """Why a number is another one. `detail`: versions, names of registry files, the name of a replaced file."""

    kind: Kind
    detail: str = ""
    source: str | None = None
    file_name: str | None = None
    received_at: datetime | None = None
    sha256: str | None = None


@dataclass(frozen=True)
class _Editions:
    older: Path
    newer: Path
    before: Row
    after: Row

    def differ(self, *names: str) -> bool:
        return any(self.before.get(name) != self.after.get(name) for name in names)


def causes(site: Site, older: Path, newer: Path, changes: Sequence[Change], after: Row) -> list[list[Cause]]:
    """The causes of each change, in the order of `changes`; never none: what nobody can tell is `unknown`.

    `after`: the manifest of the newer edition, which may not lie in its folder yet.

    Data is told by the inputs that differ: what landed of them after the older edition was made. Where none of that
    explains an input, the registry or the software must, if it is another one.
    """
    editions = _Editions(older, newer, read_manifest(older), after)
    inputs: dict[Any, list[InputChange]] = defaultdict(list)
    for item in changed_inputs(older, newer, changes):
        inputs[item.key].append(item)
    explained = _Explained(Arrivals(site, editions.before), editions, [item for row in inputs.values() for item in row])
    return [_of(change, inputs[change.key], explained, editions) for change in changes]


def _of(change: Change, inputs: Sequence[InputChange], explained: _Explained, editions: _Editions) -> list[Cause]:
    if change.what != "value":
        return [_decision(change, editions)]
    found: list[Cause] = []
    if change.new_version is not None and change.old_version != change.new_version:
        found.append(Cause("definition", f"{change.old_version} → {change.new_version}"))
    arrived = {arrival for item in inputs for arrival in explained.by(item)}
    open_ends = [item for item in inputs if not explained.by(item)]
    registry = _registry(editions)
    if not arrived and not (registry and inputs and all(item.kind in _OF_REGISTRY for item in inputs)):
        arrived = explained.of_scope(change)  # what makes a value assessable need not be among its inputs
    found += _named(arrived)
    if registry and (not arrived or open_ends):
        found.append(registry)
    if change.old_assessable != change.new_assessable and _is_withheld(change, editions):
        found.append(Cause("protection"))
    if not found and editions.differ("dbt_project_sha256", "code_version"):
        found.append(Cause("software", f"{editions.before['code_version']} → {editions.after['code_version']}"))
    return found or [Cause("unknown")]


def _is_withheld(change: Change, editions: _Editions) -> bool:
    """Whether disclosure control kept one of the two back: what changed may be nothing but whom the other protects."""
    keys = {name: getattr(change, name) for name in ("indicator_id", "scope_type", "scope_id", "period_start")}
    rows = [row for edition in (editions.older, editions.newer) for row in edition_rows(edition, _VALUES, **keys)]
    return any(row["reason"] == "withheld" for row in rows)


def _named(arrived: Iterable[Arrival]) -> list[Cause]:
    """Files in order of arrival, the newest first where there are too many."""
    listed = sorted(arrived, reverse=True)
    kept = [
        Cause("data", one.replaces, one.source, one.name, one.received_at, one.sha256)
        for one in reversed(listed[:FILES])
    ]
    return [*kept, Cause("data", f"+{len(listed) - FILES}")] if len(listed) > FILES else kept


def _registry(editions: _Editions) -> Cause | None:
    """Which files of the registry are others; None where none is, or an edition does not say."""
    before, after = editions.before.get("registry"), editions.after.get("registry")
    if not before or not after:
        return None
    changed = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    return Cause("registry", ", ".join(changed)) if changed else None


def _decision(change: Change, editions: _Editions) -> Cause:
    keys = {name: getattr(change, name) for name in ("indicator_id", "scope_type", "scope_id")}
    rows = edition_rows(editions.newer, "fct_indicator_progress", **keys)
    return Cause("decision", rows[0]["decided_by_sv"] if rows else "")


class _Explained:
    """What came of every changed input, looked up for all of them at once."""

    def __init__(self, arrivals: Arrivals, editions: _Editions, inputs: Sequence[InputChange]) -> None:
        self._arrivals, self._editions = arrivals, editions
        self._runs = _runs(editions, {item.id for item in inputs if item.kind == "run"})
        self._by_run = self._of_runs()
        others = {item.id for item in inputs if item.kind not in _OF_MACHINES}
        edges = {row[edge] for run in self._runs.values() for row in run for edge in _EDGES if row[edge]}
        self._by_event = arrivals.of_events(others | edges)
        self._by_span: dict[tuple[date, date], dict[str, set[Arrival]]] = {}

    def by(self, item: InputChange) -> set[Arrival]:
        """What came of one input after the older edition."""
        if item.kind == "run":
            rows = self._runs.get(item.id, [])
            edges = [self._by_event.get(row[edge], set()) for row in rows for edge in _EDGES if row[edge]]
            return self._by_run.get(item.id, set()).union(*edges)
        if item.kind in ("equipment", "pilot", "metric"):
            return set()  # by the whole period of its machines: `of_scope`
        return self._by_event.get(item.id, set())

    def of_scope(self, change: Change) -> set[Arrival]:
        """What came of the machines of a scope with days in the period; of a value that stands on none, nothing."""
        if not self._stands_on_machines(change):
            return set()
        span = (change.period_start, change.period_end)
        if span not in self._by_span:
            self._by_span[span] = self._arrivals.of_machines(self._machines("programme", PROGRAMME), *span)
        machines = self._machines(change.scope_type, change.scope_id)
        return set().union(*(self._by_span[span].get(machine, set()) for machine in machines))

    def _stands_on_machines(self, change: Change) -> bool:
        keys = {name: getattr(change, name) for name in ("indicator_id", "scope_type", "scope_id", "period_start")}
        editions = (self._editions.older, self._editions.newer)
        rows = [row for edition in editions for row in edition_rows(edition, "fct_indicator_input", **keys)]
        return any(row["input_kind"] in _OF_MACHINES for row in rows)

    def _of_runs(self) -> dict[str, set[Arrival]]:
        names = {
            run: {(row["equipment_id"], row["run_ref"]) for row in rows if row["run_ref"]}
            for run, rows in self._runs.items()
        }
        begun = [row["started_at"].date() for rows in self._runs.values() for row in rows if row["started_at"]]
        found = self._arrivals.of_runs(
            {name for listed in names.values() for name in listed}, min(begun, default=date.min)
        )
        return {run: set().union(*(found.get(name, set()) for name in listed)) for run, listed in names.items()}

    def _machines(self, scope_type: str, scope_id: str) -> set[str]:
        """The machines of a scope in either edition."""
        found: set[str] = set()
        for edition in (self._editions.older, self._editions.newer):
            if scope_type == "pilot":
                found |= {row["equipment_id"] for row in edition_rows(edition, "fct_allocation", pilot_id=scope_id)}
            else:
                of = {"testbed_id": scope_id} if scope_type == "testbed" else {}
                found |= {row["equipment_id"] for row in edition_rows(edition, "dim_equipment", **of)}
        return found


def _runs(editions: _Editions, wanted: set[str]) -> dict[str, list[Row]]:
    """The rows of the runs in either edition: a corrected run may have other edges."""
    found: dict[str, list[Row]] = defaultdict(list)
    for edition in (editions.older, editions.newer) if wanted else ():
        for row in edition_rows(edition, "fct_run"):
            if row["run_id"] in wanted:
                found[row["run_id"]].append(row)
    return found
