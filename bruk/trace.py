"""Opens a number: definition, target, inputs and what was left out, runs, landing files, messages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from bruk.edition_reader import edition_rows
from bruk.editions import current_edition
from bruk.evidence import Archive, Evidence
from contracts.counted import counted
from contracts.errors import UsageError
from contracts.indicators import PROGRAMME
from contracts.site import Site

Row = dict[str, Any]
#: How many landed files of a machine are named.
FILES = 20
#: Inputs that only the registry, the definitions or meetings decide.
_OF_DEFINITIONS = ("metric", "indicator", "meeting", "region")
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class InputTrace:
    """One input of a value: what it gave to numerator and denominator, or why it was left out, and its evidence."""

    kind: str
    id: str
    numerator: float | None
    denominator: float | None
    included: bool
    reason: str | None
    run: Row | None = None
    plan: list[Row] = field(default_factory=list)
    events: list[Evidence] = field(default_factory=list)
    landing: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class Trace:
    """A value of the current edition, opened. `value`, `definition`, `target` are rows of the edition.

    `suppressed` says why neither the parts of the value nor what its inputs add is in the edition, else None.
    """

    edition: str
    indicator: str
    scope_type: str
    scope_id: str
    period_start: date
    value: Row
    definition: Row
    target: Row | None
    inputs: list[InputTrace]
    excluded: list[InputTrace]
    suppressed: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """As JSON types: dates and times in ISO 8601, decimals as numbers."""
        plain: dict[str, Any] = plain_types(asdict(self))
        return plain


def trace(
    site: Site,
    indicator: str,
    scope_type: str = "programme",
    scope_id: str | None = None,
    period: str | None = None,
    limit: int | None = None,
) -> Trace:
    """Opens the value of an indicator in a scope for a month, `2026-11` (local calendar; None: the latest).

    `scope_id` may be None for the programme. At most `limit` inputs of each sort (included, left out) are followed
    into landing and spool (None: all). Raises UsageError when the current edition has no such value, or there is none.
    """
    scope_id = scope_id or (PROGRAMME if scope_type == "programme" else "")
    edition = current_edition(site.paths)
    if edition is None:
        raise UsageError("there is no published edition yet: run a refresh")
    value = _value(edition, indicator, scope_type, scope_id, period)
    scope = {"indicator_id": indicator, "scope_type": scope_type, "scope_id": scope_id}
    definition = edition_rows(edition, "dim_indicator", indicator_id=indicator, version=value["indicator_version"])
    target = edition_rows(edition, "fct_indicator_progress", **scope)
    rows = edition_rows(edition, "fct_indicator_input", period_start=value["period_start"], **scope)
    opener = _Opener(site, edition, value)
    chosen = {state: [row for row in rows if row["included"] is state] for state in (True, False)}
    return Trace(
        edition.name, indicator, scope_type, scope_id, value["period_start"], value,
        definition[0] if definition else {}, target[0] if target else None,
        opener.open(chosen[True], limit), opener.open(chosen[False], limit), _suppressed(value, definition),
    )  # fmt: skip


def _value(edition: Path, indicator: str, scope_type: str, scope_id: str, period: str | None) -> Row:
    rows = edition_rows(
        edition, "fct_indicator_value", indicator_id=indicator, scope_type=scope_type, scope_id=scope_id
    )
    if not rows:
        known = edition_rows(edition, "fct_indicator_value", indicator_id=indicator)
        scopes = sorted({f"{row['scope_type']} {row['scope_id']}" for row in known})
        hint = f"it has the scopes: {', '.join(scopes)}" if scopes else "no such indicator in this edition"
        raise UsageError(f"{indicator} for {scope_type} {scope_id}: {hint}")
    months = {f"{row['period_start']:%Y-%m}": row for row in rows}
    latest = next((row for row in rows if row["is_latest"]), rows[-1])
    found = latest if period is None else months.get(period)
    if found is None:
        raise UsageError(f"{indicator} has no value for {period}; it has {min(months)} to {max(months)}")
    return found


class _Opener:
    """Follows the inputs of one value into landing and spool."""

    def __init__(self, site: Site, edition: Path, value: Row) -> None:
        self._site, self._edition = site, edition
        self._archive = Archive(site)
        self._first: date = value["period_start"]
        self._last: date = value["period_end"]
        self._machine_streams = [stream.id for stream in site.streams.values() if stream.of_equipment]

    def open(self, rows: list[Row], limit: int | None) -> list[InputTrace]:
        """The inputs with their evidence; those beyond `limit` without."""
        followed, others = (rows, []) if limit is None else (rows[:limit], rows[limit:])
        of_runs = [kind for kind, item in counted().items() if item.stream == "run"]
        runs = self._runs(row["input_id"] for row in followed if row["input_kind"] in ("run", *of_runs))
        opened = [self._input(row, runs) for row in followed]
        return opened + [_bare(row) for row in others]

    def _runs(self, ids: Iterable[str]) -> dict[str, Row]:
        wanted = set(ids)
        if not wanted:
            return {}
        return {row["run_id"]: row for row in edition_rows(self._edition, "fct_run") if row["run_id"] in wanted}

    def _input(self, row: Row, runs: dict[str, Row]) -> InputTrace:
        kind, name = row["input_kind"], row["input_id"]
        bare = _bare(row)
        if kind == "run" or name in runs:
            run = runs.get(name)
            return replace(bare, run=run, events=self._of_run(run) if run else [])
        stream = counted()[kind].stream if kind in counted() else kind  # a model of its own names the stream itself
        if stream in self._site.streams:
            return replace(bare, events=self._archive.events([stream], [name], date.min, date.max))
        if kind in counted() or kind in _OF_DEFINITIONS:
            return bare
        if kind == "pilot":
            machines = self._allocated(name)
            events = [event for machine in machines for event in self._of_equipment(machine)]
            return replace(bare, events=events, landing=self._landing(machines))
        plan = self._plan(name)
        return replace(bare, plan=plan, events=self._of_equipment(name), landing=self._landing([name]))

    def _of_run(self, run: Row) -> list[Evidence]:
        """What began and ended a run, what it produced, and what of it was found good; not what was superseded."""
        begin, end = run["started_at"].date() - _DAY, (run["ended_at"] or run["started_at"]).date() + _DAY
        ids = [event for event in (run["start_event_id"], run["end_event_id"]) if event]
        events = self._archive.events(["run", "state"], ids, begin, end)  # a state may cut a run off
        if run["run_ref"]:
            same = [("equipment", "==", run["equipment_id"]), ("run_ref", "==", run["run_ref"])]
            for stream in ("output", "inspection"):
                events += self._archive.current(stream, same, begin)
        return sorted(events, key=self._order)

    def _order(self, event: Evidence) -> tuple[str, str, int, int, int]:
        """By what the machine said of the time, then in order of arrival."""
        time = str(event.row[self._site.streams[event.stream].event_time])
        return time, event.segment, event.offset, event.record or 0, event.part

    def _of_equipment(self, equipment: str) -> list[Evidence]:
        """The newest row of each stream that the machine sent in or before the period."""
        return self._archive.newest(self._machine_streams, equipment, date.min, self._last)

    def _landing(self, machines: list[str]) -> list[Row]:
        """The newest landed files with rows of the machines in the period."""
        return [
            {"equipment_id": machine, **part._asdict()}
            for machine in machines
            for part in self._archive.files(self._machine_streams, machine, self._first, self._last, FILES)
        ]

    def _allocated(self, pilot: str) -> list[str]:
        rows = edition_rows(self._edition, "fct_allocation", pilot_id=pilot)
        held = [row for row in rows if row["valid_from"] <= self._last and self._first <= row["valid_to"]]
        return sorted({row["equipment_id"] for row in held})

    def _plan(self, equipment: str) -> list[Row]:
        """The planned time of a machine in the registry, where it holds in the period."""
        return [
            rule.model_dump(mode="json")
            for rule in self._site.registry.planned_time
            if rule.equipment == equipment and rule.valid_from <= self._last and self._first <= rule.valid_to
        ]


def _suppressed(value: Row, definition: list[Row]) -> str | None:
    if value["reason"] == "withheld":
        return (
            "withheld: it, or what others tell of it, is about few; the edition keeps neither its parts nor its inputs"
        )
    if value["n"] is not None or not definition:
        return None
    return f"fewer than {definition[0]['n_min']} {definition[0]['n_unit_en']}: the edition keeps no parts of this value"


def _bare(row: Row) -> InputTrace:
    return InputTrace(
        row["input_kind"], row["input_id"], row["numerator"], row["denominator"], row["included"], row["reason"]
    )


def plain_types(value: Any) -> Any:
    """A nested value as JSON types: dates and times in ISO 8601, decimals as numbers."""
    if isinstance(value, dict):
        return {key: plain_types(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain_types(item) for item in value]
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, (date, datetime)) else value
