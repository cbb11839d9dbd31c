"""Tells the doubled hours of an autumn night apart: in a series, the stamp of a row follows that of the row before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from contracts.sources import FieldFrom, Source, TimeRules
from ingestion.rejection import Rejection
from ingestion.validation.times import TimeReader

_NEVER_FUTURE = datetime.max.replace(tzinfo=UTC, year=9990)


@dataclass(frozen=True, slots=True)
class StampOrder:
    """Which cell of a row is the stamp of a series, and which cells tell the series of a table apart."""

    rules: TimeRules
    stamp: FieldFrom
    per: tuple[str, ...]

    @classmethod
    def of(cls, source: Source) -> StampOrder | None:
        """That of a source with a series; None where it has none, or its times carry their zone."""
        stamps = (origin for emit in source.format.emit for origin in emit.fields.values() if origin.edge)
        stamp = next(stamps, None)
        if source.time.series is None or stamp is None or stamp.column is None or stamp.unit != "local":
            return None
        return cls(source.time, stamp, tuple(source.time.series.per))

    def reader(self) -> Callable[[dict[str, str]], bool | None]:
        """A new reading of the rows in their order: for each, whether it is the second of two; None: nobody knows.

        It is the second when the first does not lie after the row before of its series. The first row of a series has
        none before it.
        """
        times, before = TimeReader(self.rules), dict[tuple[str, ...], datetime]()

        def later(cells: dict[str, str]) -> bool | None:
            stamp, series = cells.get(self.stamp.column or "", ""), tuple(cells.get(name, "") for name in self.per)
            first = self._instant(times, stamp, later=False)
            if first is None:
                return None
            previous = before.get(series)
            second = previous is not None and first <= previous
            before[series] = (self._instant(times, stamp, later=True) or first) if second else first
            return None if previous is None else second

        return later

    def _instant(self, times: TimeReader, stamp: str, *, later: bool) -> datetime | None:
        found = times.read(stamp, "local", self.stamp.format, _NEVER_FUTURE, edge=self.stamp.edge, later=later)
        return None if isinstance(found, Rejection) else found[0]
