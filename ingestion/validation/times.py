"""Reads event times: the unit is what the source says, the zone is never guessed, the clock is never trusted."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from contracts.sources import TimeRules
from ingestion.rejection import Rejection, shown

Unit = Literal["s", "ms", "us", "ns", "rfc3339", "local"]
Edge = Literal["start", "end"]
_SCALE = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)?")
_WALL = re.compile(r"\d{4}-\d\d-\d\d(?:[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?)?", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class TimeReader:
    """Reads times of one source. Returns an aware UTC datetime and a flag ('' or 'future', 'leap', 'ambiguous')."""

    def __init__(self, rules: TimeRules) -> None:
        self._zone = ZoneInfo(rules.zone)
        self._ahead = timedelta(seconds=rules.max_future_s)
        self._oldest = datetime(rules.oldest.year, rules.oldest.month, rules.oldest.day, tzinfo=UTC)
        self._series = rules.series

    def read(
        self, raw: object, unit: Unit, form: str | None, received: datetime, *,
        edge: Edge | None = None, later: bool | None = None,
    ) -> tuple[datetime, str] | Rejection:  # fmt: skip
        """The instant that `raw` says, judged against the receive time (UTC).

        With `edge`, `raw` stamps an interval of the source's series, and the instant is that edge of it. `later` is
        which of two it is, if the clock showed it twice: known from the row before; None: nobody knows.
        """
        if raw is None or raw == "":
            return Rejection("E_TIME", {"value": "–"})
        if unit in _SCALE:
            found = self._epoch(raw, unit, received)
        elif unit == "local":
            found = self._local(raw, form, edge, later)
        else:
            found = _rfc3339(raw)
        if isinstance(found, Rejection):
            return found
        instant, flag = found
        instant += self._to_edge(edge)
        if instant < self._oldest:
            return Rejection("E_TIME_OLD", {"value": shown(raw)})
        if instant > received + self._ahead:
            return Rejection("E_TIME_FUTURE", {"value": shown(raw)})
        return instant, "future" if instant > received else flag

    def _epoch(self, raw: object, unit: str, received: datetime) -> tuple[datetime, str] | Rejection:
        if isinstance(raw, bool) or not isinstance(raw, int | float):
            return Rejection("E_TIME", {"value": shown(raw)})
        instant = _instant(raw, _SCALE[unit])
        if instant is None or not self._oldest <= instant <= received + self._ahead:
            for scale in _SCALE.values():
                other = _instant(raw, scale)
                if scale != _SCALE[unit] and other and self._oldest <= other <= received + self._ahead:
                    return Rejection("E_TIME_UNIT", {"value": shown(raw), "expected": unit})
        if instant is None:
            return Rejection("E_TIME_FUTURE" if raw > 0 else "E_TIME_OLD", {"value": shown(raw)})
        return instant, ""

    def _to_edge(self, edge: Edge | None) -> timedelta:
        """From the stamp of an interval to that edge of it."""
        if edge is None or self._series is None or edge == self._series.stamped:
            return timedelta()
        return timedelta(seconds=self._series.interval_s if edge == "end" else -self._series.interval_s)

    def _local(
        self, raw: object, form: str | None, edge: Edge | None, later: bool | None
    ) -> tuple[datetime, str] | Rejection:
        """A wall-clock time in the source's zone; of the doubled hour in autumn the first, flagged, if nobody knows."""
        if not isinstance(raw, str):
            return Rejection("E_TIME", {"value": shown(raw)})
        try:
            wall = datetime.strptime(raw, form) if form else datetime.fromisoformat(raw)  # noqa: DTZ007
        except ValueError:
            return Rejection("E_TIME", {"value": shown(raw)})
        try:
            if edge and self._series and self._series.midnight == "end_of_day" and wall.time() == time.min:
                wall += timedelta(days=1)
            return self._in_zone(raw, wall, later)
        except OverflowError:  # the first and the last day that a calendar can hold
            return Rejection("E_TIME", {"value": shown(raw)})

    def _in_zone(self, raw: str, wall: datetime, later: bool | None) -> tuple[datetime, str] | Rejection:
        if wall.tzinfo is not None:
            return wall.astimezone(UTC), ""
        first = wall.replace(tzinfo=self._zone).astimezone(UTC)
        if first.astimezone(self._zone).replace(tzinfo=None) != wall:
            return Rejection("E_TIME_AMBIG", {"value": shown(raw)})
        second = wall.replace(tzinfo=self._zone, fold=1).astimezone(UTC)
        if second == first or later is None:
            return first, "ambiguous" if second != first else ""
        return second if later else first, ""

    def judge_day(self, day: date | Rejection, raw: object, received: datetime) -> date | Rejection:
        """The calendar day that `raw` said, if it is not before the source's oldest nor after today in its zone."""
        if isinstance(day, Rejection):
            return day
        if day < self._oldest.date():
            return Rejection("E_TIME_OLD", {"value": shown(raw)})
        if day > (received + self._ahead).astimezone(self._zone).date():
            return Rejection("E_TIME_FUTURE", {"value": shown(raw)})
        return day


def read_date(raw: object, form: str | None) -> date | Rejection:
    """A calendar day, as ISO 8601 where no form is declared."""
    try:
        return datetime.strptime(str(raw), form or "%Y-%m-%d").date()  # noqa: DTZ007
    except ValueError:
        return Rejection("E_TIME", {"value": shown(raw)})


def read_wall_day(raw: object) -> date | Rejection:
    """The day of a date, or of a local date and time: a program for tables writes both in one column."""
    text = str(raw)
    return read_date(text[:10], None) if _WALL.fullmatch(text) else Rejection("E_TIME", {"value": shown(raw)})


def _instant(raw: int | float, scale: int) -> datetime | None:
    try:
        if isinstance(raw, int):
            seconds, rest = divmod(raw, scale)
            return _EPOCH + timedelta(seconds=seconds, microseconds=rest * 1_000_000 // scale)
        return _EPOCH + timedelta(microseconds=round(raw / scale * 1_000_000))
    except (OverflowError, ValueError):
        return None


def _rfc3339(raw: object) -> tuple[datetime, str] | Rejection:
    text = raw if isinstance(raw, str) else ""
    match = _RFC3339.fullmatch(text)
    if not match:
        return Rejection("E_TIME", {"value": shown(raw)})
    if not match[2]:
        return Rejection("E_TIME_ZONE", {"value": shown(raw)})
    leap = text[17:19] == "60"
    if leap:
        text = f"{text[:17]}59{text[19:]}"
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC), "leap" if leap else ""
    except (ValueError, OverflowError):
        return Rejection("E_TIME", {"value": shown(raw)})
