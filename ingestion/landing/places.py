"""Finds the equipment of the registry by path or id on a day, indexed once instead of searched per message."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from contracts.clock import utc
from contracts.registry import Equipment
from contracts.site import Site
from ingestion.rejection import Rejection, as_ascii, shown
from ingestion.validation.names import is_name

PATH = ("region", "testbed", "area", "work_centre", "work_unit")


class Places:
    """The registry's equipment and the units of its channels, as ingestion asks for them."""

    def __init__(self, site: Site) -> None:
        self._zone = ZoneInfo(site.file.time_zone)
        self._named: dict[str, list[Equipment]] = {}
        self._at: dict[tuple[str, ...], list[Equipment]] = {}
        self._day: tuple[datetime, date] | None = None
        self._reading, self._day_of = -1, date.min
        self.units = {(item.equipment, item.channel): item.unit for item in site.registry.channels}
        region = {item.id: item.region for item in site.registry.testbeds}
        for item in site.registry.equipment:
            path = (region[item.testbed], item.testbed, item.area, item.work_centre, item.work_unit)
            self._at.setdefault(path, []).append(item)
            self._named.setdefault(item.id, []).append(item)

    def day(self, received: datetime) -> date:
        """The calendar day of the site at a UTC instant: validity in the registry is in such days."""
        if self._day is None or self._day[0] != received:  # a run of messages has one receive time
            self._day = received, received.astimezone(self._zone).date()
        return self._day[1]

    def day_of(self, received_ns: int) -> date:
        """The same of a clock reading."""
        if received_ns != self._reading:
            self._reading, self._day_of = received_ns, self.day(utc(received_ns))
        return self._day_of

    def at(self, levels: dict[str, str], received: datetime) -> Equipment | Rejection:
        """The equipment at the ISA-95 levels of a topic: E_NAME for what is no name, E_DEVICE for an unknown one."""
        path = tuple(levels.get(name, "") for name in PATH)
        found = self._valid(self._at.get(path), self.day(received))
        if found:
            return found
        wrong = next((level for level in path if not is_name(level)), None)
        return Rejection("E_NAME", {"value": as_ascii(wrong)}) if wrong is not None else _unknown("/".join(path))

    def named(self, name: str, *days: date) -> Equipment | Rejection:
        """The equipment with that id, valid on one of the days."""
        for day in days:
            if found := self._valid(self._named.get(name), day):
                return found
        return _unknown(name)

    @staticmethod
    def _valid(candidates: list[Equipment] | None, day: date) -> Equipment | None:
        return next((item for item in candidates or () if item.holds(day)), None)


def _unknown(name: str) -> Rejection:
    return Rejection("E_DEVICE", {"value": shown(name, 120)})
