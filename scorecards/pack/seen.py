"""Which rows of a table of the edition the audience of a pack may see, and with which of their numbers."""

from __future__ import annotations

from typing import Any

from scorecards.edition import Edition
from scorecards.facts import Scope

_NUMBERS = ("value", "numerator", "denominator", "n")


def seen(edition: Edition, table: str, row: dict[str, Any]) -> dict[str, Any] | None:
    """The row as the audience of `edition` sees it: whole, without its number and with the reason for that, or None.

    What the pages of the audience show is what decides, so that a pack never tells more than its site.
    """
    if edition.audience == "confidential":
        return row
    sight = edition.sight(edition.audience)
    if table == "restatement":
        return row if sight.restated(row["indicator_id"], _scope(row)) else None
    if table == "fct_indicator_progress":
        return row if (row["indicator_id"], *_scope(row)) in edition.progress else None
    if table == "fct_goal_progress":  # formed of what the audience is told, and not of what the house is
        level = edition.goal_progress_of(row["goal_id"], _scope(row))
        return None if level is None else {name: value for name, value in level._asdict().items() if name in row}
    if not sight.row(table, row):
        return None
    return _value(edition, row) if table == "fct_indicator_value" else row


def _scope(row: dict[str, Any]) -> Scope:
    return row["scope_type"], row["scope_id"]


def _value(edition: Edition, row: dict[str, Any]) -> dict[str, Any]:
    sight, name, scope = edition.sight(edition.audience), row["indicator_id"], _scope(row)
    if (row["n"] or 0) >= sight.least(name, scope):
        return row
    return row | dict.fromkeys(_NUMBERS) | {"assessable": False, "reason": sight.reason(name, scope)}
