"""Reads the first or last day of a year, quarter or month from the ways in which tables of statistics name it."""

from __future__ import annotations

import re
from datetime import date, timedelta

from contracts.sources import Period
from ingestion.rejection import Rejection, shown

#: Year, and in it the number of the period: 2011; 201104, 2011-4 or 2011K4; 201112, 2011-12 or 2011M12.
_FORMS = {
    "year": re.compile(r"(\d{4})", re.ASCII),
    "quarter": re.compile(r"(\d{4})(?:[KkQq-]?0?([1-4]))", re.ASCII),
    "month": re.compile(r"(\d{4})[Mm-]?(0[1-9]|1[0-2])", re.ASCII),
}
_MONTHS = {"year": 12, "quarter": 3, "month": 1}


def read_period(raw: object, period: Period, last: bool) -> date | Rejection:
    """The first day of the period, or the last one."""
    found = _FORMS[period].fullmatch(str(raw))
    wrong = Rejection("E_TIME", {"value": shown(raw)})
    if not found or not 1 <= int(found[1]) <= 9998:
        return wrong
    months, number = _MONTHS[period], int(found[2]) if found.re.groups > 1 else 1
    first = int(found[1]) * 12 + (number - 1) * months
    return _first_of(first + months) - timedelta(days=1) if last else _first_of(first)


def _first_of(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)
