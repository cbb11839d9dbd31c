"""How long a machine was planned to run between two instants: a machine at rest by plan is not late."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from contracts.registry import PlannedTime, Registry


def planned_seconds(
    registry: Registry, zone: ZoneInfo, equipment: str, begin: datetime, end: datetime, enough: float
) -> float | None:
    """Planned seconds between two UTC instants, counted until `enough`; None for a machine without a calendar.

    Working hours are local time (a day with a clock change is an hour shorter or longer) and closures of the testbed
    are no working days.
    """
    rules = [rule for rule in registry.planned_time if rule.equipment == equipment]
    if not rules:
        return None
    testbed = next((item.testbed for item in registry.equipment if item.id == equipment), "")
    closed = {closure.day for closure in registry.closures if closure.testbed == testbed}
    total, day, last = 0.0, begin.astimezone(zone).date(), end.astimezone(zone).date()
    while day <= last and total < enough:
        if day not in closed:
            total += sum(_overlap(rule, day, zone, begin, end) for rule in rules if _works(rule, day))
        day += timedelta(days=1)
    return total


def _works(rule: PlannedTime, day: date) -> bool:
    return rule.holds(day) and day.isoweekday() in rule.weekdays


def _overlap(rule: PlannedTime, day: date, zone: ZoneInfo, begin: datetime, end: datetime) -> float:
    midnight = datetime.combine(day, time(0), zone)  # what is added to it is wall-clock time
    opens = (midnight + timedelta(seconds=rule.opens_s)).astimezone(UTC)
    closes = (midnight + timedelta(seconds=rule.closes_s)).astimezone(UTC)
    return max(0.0, (min(closes, end) - max(opens, begin)).total_seconds())
