"""Opens a metric's number: definition, elements with what is missing, the days and runs behind them, how to go on."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from bruk.edition_reader import edition_rows
from bruk.editions import current_edition
from bruk.trace import plain_types
from contracts.errors import UsageError
from contracts.indicators import PROGRAMME
from contracts.site import Site

Row = dict[str, Any]


@dataclass(frozen=True)
class ElementTrace:
    """An element of a number: its sum in the scope, and the days of machines that it is the sum of, the newest first.

    `told` is False where no machine of the scope has it; `parts` are before a pilot's share is taken.
    """

    element: str
    name: str
    unit: str
    told: bool
    value: float | None
    n: int
    missing: int
    machines: int
    parts: list[Row]


@dataclass(frozen=True)
class MetricTrace:
    """A number of the current edition, opened. `value`, `definition` and `runs` are rows of the edition."""

    edition: str
    metric: str
    scope_type: str
    scope_id: str
    period_start: date
    value: Row
    definition: Row
    elements: list[ElementTrace]
    runs: list[Row]
    go_on: list[str]

    def to_dict(self) -> dict[str, Any]:
        """As JSON types: dates and times in ISO 8601, decimals as numbers."""
        plain: dict[str, Any] = plain_types(asdict(self))
        return plain


def trace_metric(
    site: Site, metric: str, scope_type: str, scope_id: str | None, period: str | None, limit: int | None = None
) -> MetricTrace:
    """Opens the number of a metric in a scope for a month, `2026-11` (local calendar; None: the newest that is told).

    At most `limit` days of each element and runs are listed (None: all). Raises UsageError when the edition has none.
    """
    scope_id = scope_id or (PROGRAMME if scope_type == "programme" else "")
    edition = current_edition(site.paths)
    if edition is None:
        raise UsageError("there is no published edition yet: run a refresh")
    value = _value(edition, metric, {"scope_type": scope_type, "scope_id": scope_id}, period)
    definition = edition_rows(edition, "dim_metric", metric_id=metric, version=value["metric_version"])[0]
    machines = _machines(edition, scope_type, scope_id)
    elements = _elements(edition, definition, value, machines, limit)
    runs = _runs(edition, value, machines)[:limit]
    return MetricTrace(
        edition.name, metric, scope_type, scope_id, value["period_start"], value, definition, elements, runs,
        _go_on(value, runs),
    )  # fmt: skip


def _value(edition: Path, metric: str, scope: dict[str, str], period: str | None) -> Row:
    rows = edition_rows(edition, "met_kpi_period", metric_id=metric, **scope)
    if not rows:
        known = edition_rows(edition, "met_kpi_period", metric_id=metric)
        scopes = sorted({f"{row['scope_type']}:{row['scope_id']}" for row in known})
        hint = f"it has the scopes: {', '.join(scopes)}" if scopes else "it has no number in this edition"
        raise UsageError(f"{metric} for {scope['scope_type']} {scope['scope_id']}: {hint}")
    rows.sort(key=lambda row: row["period_start"])
    months = {f"{row['period_start']:%Y-%m}": row for row in rows}
    found = ([row for row in rows if row["assessable"]] or rows)[-1] if period is None else months.get(period)
    if found is None:
        raise UsageError(f"{metric} has no number for {period}; it has {min(months)} to {max(months)}")
    return found


def _machines(edition: Path, scope_type: str, scope_id: str) -> list[Row]:
    """The machines of the scope, each with its days: `equipment_id`, `valid_from`, `valid_to`."""
    if scope_type == "pilot":
        return edition_rows(edition, "fct_allocation", pilot_id=scope_id)
    column = {"testbed": "testbed_id", "equipment": "equipment_id"}.get(scope_type)
    held = edition_rows(edition, "dim_equipment", **({column: scope_id} if column else {}))
    return held if scope_type == "testbed" else [row | {"valid_from": date.min, "valid_to": date.max} for row in held]


def _holds(machines: list[Row], equipment: str, day: date) -> bool:
    return any(row["equipment_id"] == equipment and row["valid_from"] <= day <= row["valid_to"] for row in machines)


def _elements(edition: Path, definition: Row, value: Row, machines: list[Row], limit: int | None) -> list[ElementTrace]:
    """Each element of the definition, in its order."""
    scope = {key: value[key] for key in ("scope_type", "scope_id", "period_start")}
    sums = {row["element"]: row for row in edition_rows(edition, "met_element_period", **scope)}
    names = {row["element"]: row for row in edition_rows(edition, "dim_element")}
    days: dict[str, list[Row]] = defaultdict(list)
    for row in edition_rows(edition, "met_element_day"):
        inside = value["period_start"] <= row["day"] <= value["period_end"] and (row["n"] or row["missing"])
        if row["element"] in definition["elements"] and inside and _holds(machines, row["equipment_id"], row["day"]):
            days[row["element"]].append(row)
    found = []
    for name in definition["elements"]:
        total, said = sums.get(name), names[name]
        parts = sorted(days[name], key=lambda row: (-row["day"].toordinal(), row["equipment_id"]))[:limit]
        known = total or {"value": None, "n": 0, "missing": 0, "machines": 0}
        listed = [{key: part[key] for key in ("day", "equipment_id", "value", "n", "missing")} for part in parts]
        found.append(
            ElementTrace(
                name, said["name_en"], said["unit"], total is not None, known["value"], known["n"], known["missing"],
                known["machines"], listed,
            )
        )  # fmt: skip
    return found


def _runs(edition: Path, value: Row, machines: list[Row]) -> list[Row]:
    """The runs that ended in the month on the machines of the scope, the newest first; days by UTC."""
    wanted = [
        row
        for row in edition_rows(edition, "fct_run")
        if row["ended_at"] is not None
        and value["period_start"] <= row["ended_at"].date() <= value["period_end"]
        and _holds(machines, row["equipment_id"], row["ended_at"].date())
    ]
    return sorted(wanted, key=lambda row: (row["ended_at"], row["run_id"]), reverse=True)


def _go_on(value: Row, runs: list[Row]) -> list[str]:
    """Questions that lead on: the elements of the days, those of the newest run, and what landed of it."""
    month = f"'{value['period_start']}' and '{value['period_end']}'"
    asked = [f'bruk sql "from met_element_day where day between {month} order by all"']
    if runs:
        asked.append(f"bruk sql --warehouse \"from metrics.met_element_run where run_id = '{runs[0]['run_id']}'\"")
        events = ", ".join(f"'{runs[0][key]}'" for key in ("start_event_id", "end_event_id") if runs[0][key])
        asked.append(f'bruk sql --landing "from run where event_id in ({events})"')
    return asked
