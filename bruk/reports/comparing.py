"""Compares two editions: every number that the older one reported and the newer one tells otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

from bruk.reports.arrivals import quoted
from bruk.warehouse import Rows, ask_files

_KEY = "indicator_id, scope_type, scope_id, period_start"
_PLAN = ("baseline", "milestone", "target")


class Change(NamedTuple):
    """One restated number. `what`: value, or baseline, milestone, target, whose days are the old and the new one.

    Values are in the indicator's unit, None where it was, or is, not assessable; a version is None where the edition
    has no such number.
    """

    what: str
    indicator_id: str
    scope_type: str
    scope_id: str
    period_start: date
    period_end: date
    unit: str
    old_value: float | None
    new_value: float | None
    old_assessable: bool | None = None
    new_assessable: bool | None = None
    old_version: str | None = None
    new_version: str | None = None

    @property
    def key(self) -> tuple[str, str, str, date]:
        """Of which value: indicator, scope, first day of the period."""
        return self.indicator_id, self.scope_type, self.scope_id, self.period_start


class InputChange(NamedTuple):
    """An input of a restated value that is new, is gone, or gives something else."""

    indicator_id: str
    scope_type: str
    scope_id: str
    period_start: date
    kind: str
    id: str
    gone: bool

    @property
    def key(self) -> tuple[str, str, str, date]:
        """Of which value."""
        return self.indicator_id, self.scope_type, self.scope_id, self.period_start


@dataclass(frozen=True)
class Comparison:
    """What two editions tell of the same periods. `new`: values of periods or scopes that the older one had not;
    `continued`: those of months that were not over then, which a later day must change."""

    changes: list[Change]
    new: int
    continued: int
    equal: int


def compare(older: Path, newer: Path) -> Comparison:
    """The restated values in order of their keys, then the targets; and how many are new, went on, or are equal.

    A value of a month that was still open is restated only when its definition is another one. Raises StateError or
    UsageError when an edition lacks a table.
    """
    changes, counts = _values(older, newer)
    return Comparison([*changes, *_plans(older, newer)], *counts)


def changed_inputs(older: Path, newer: Path, changes: Sequence[Change]) -> list[InputChange]:
    """The inputs by which the values differ, in order; an input that is the same on both sides is none."""
    keys = {change.key for change in changes if change.what == "value"}
    if not keys:
        return []
    wanted = ", ".join(f"({quoted(i)}, {quoted(t)}, {quoted(s)}, date '{d}')" for i, t, s, d in sorted(keys))
    sql = f"""
        with wanted({_KEY.replace(" ", "")}) as (values {wanted}),
        before as (select b.* from old_input as b semi join wanted using ({_KEY})),
        after as (select a.* from new_input as a semi join wanted using ({_KEY}))
        select {_KEY}, input_kind, input_id, bool_or(after.included is null) as gone
        from before full join after using ({_KEY}, input_kind, input_id)
        where (before.numerator, before.denominator, before.included, before.reason)
            is distinct from (after.numerator, after.denominator, after.included, after.reason)
        group by all order by all"""
    return [InputChange(*row) for row in _ask(older, newer, "fct_indicator_input", "input", sql)]


def _values(older: Path, newer: Path) -> tuple[list[Change], tuple[int, int, int]]:
    sql = f"""
        select
            case
                when before.unit is null then 'new'
                when before.indicator_version is distinct from after.indicator_version then 'restated'
                when (before.value, before.assessable) is not distinct from (after.value, after.assessable) then 'equal'
                when before.is_open then 'continued'
                else 'restated'
            end as state,
            {_KEY}, coalesce(before.period_end, after.period_end), coalesce(after.unit, before.unit),
            before.value, after.value, before.assessable, after.assessable,
            before.indicator_version, after.indicator_version
        from old_value as before full join new_value as after using ({_KEY})
        order by {_KEY}"""
    rows = _ask(older, newer, "fct_indicator_value", "value", sql)
    states = [row[0] for row in rows]
    changes = [Change("value", *row[1:]) for row in rows if row[0] == "restated"]
    return changes, (states.count("new"), states.count("continued"), states.count("equal"))


def _plans(older: Path, newer: Path) -> list[Change]:
    """Baselines, milestones and targets that were decided anew; one that nobody had decided before is none."""
    found = []
    for what in _PLAN:
        sql = f"""
            select
                indicator_id, scope_type, scope_id, before.{what}_date,
                coalesce(after.{what}_date, before.{what}_date), '', before.{what}, after.{what}
            from old_plan as before left join new_plan as after using (indicator_id, scope_type, scope_id)
            where (before.{what}, before.{what}_date) is distinct from (after.{what}, after.{what}_date)
                and before.{what} is not null
            order by all"""
        rows = _ask(older, newer, "fct_indicator_progress", "plan", sql)
        found += [Change(what, *row) for row in rows]
    return found


def _ask(older: Path, newer: Path, table: str, name: str, sql: str) -> Rows:
    """The answer to a question to one table of both editions, called `old_<name>` and `new_<name>`."""
    files = {"old": older / f"{table}.parquet", "new": newer / f"{table}.parquet"}
    return ask_files([(f"{side}_{name}", [file]) for side, file in files.items()], sql)[1]
