"""Finds the initial state at the head of a log: what every data item said last, before the log began, sent again.

Who records an MTConnect agent begins each log with its current state: every data item once, stamped when it last
changed, days or months ago. That is no news, and landed it would claim that the machine stood so on days that nobody
watched. It can be told from news by the bytes of the log alone, and only where all three hold:

1. the log begins with records in which no data item stands twice, and they name every data item that the log ever names
   (an agent knows all of them from its start, UNAVAILABLE until it hears more: ANSI/MTC1.4 part 1);
2. what follows with the very stamp of the last of them (the connection that went down with it) belongs to them;
3. the next record is later by at least the pause that the source declares.

Without the pause the state is that of the log's own beginning, and news (Mazak01-20190402 in NIST's testbed); without a
record after it nobody can tell (Mazak01-20180728: all UNAVAILABLE, which lands as that).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import chain

from ingestion.adapters.records import Found


def initial_records(found: Iterable[Found], gap_s: float) -> int:
    """How many of the records at the head, whatever became of them, are initial state; 0 where none is."""
    records = ((number, cells) for number, cells in enumerate(found, 1) if isinstance(cells, dict))
    head: set[tuple[str, str, str]] = set()
    state, last = 0, ""
    for first in records:
        item = (*_item(first[1]), first[1].get("native_code", ""))  # a condition may be active in several ways
        if item in head:
            break
        head.add(item)
        state, last = first[0], first[1]["timestamp"]
    else:
        return 0
    named, paused = {item[:2] for item in head}, False
    for number, cells in chain([first], records):
        if _item(cells) not in named:
            return 0
        if not paused and cells["timestamp"] == last:
            state = number
        elif not paused:
            paused = (_instant(cells["timestamp"]) - _instant(last)).total_seconds() >= gap_s
            if not paused:
                return 0
    return state if paused else 0


def _item(cells: dict[str, str]) -> tuple[str, str]:
    return cells.get("device", ""), cells["key"]


def _instant(stamp: str) -> datetime:
    """The instant; a stamp without zone is UTC, as an agent reads it."""
    found = datetime.fromisoformat(stamp)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
