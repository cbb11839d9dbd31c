"""One spooled message → its sender, its number, and what it becomes, by sources and registry alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contracts.clock import utc
from contracts.registry import Equipment
from contracts.site import Site
from contracts.sources import Source
from ingestion import canary
from ingestion.adapters.file_adapter import FileAdapter
from ingestion.adapters.governance import Governance
from ingestion.adapters.json_adapter import JsonAdapter
from ingestion.adapters.mapping import RowMaker
from ingestion.adapters.outcome import Decoded, Ignored, Row
from ingestion.adapters.router import ROUTED, NoRoute, Route, Router
from ingestion.landing.places import Places
from ingestion.rejection import Rejection, shown
from ingestion.spool.reader import SpooledMessage
from ingestion.validation.identity import Number, from_payload, from_properties
from ingestion.validation.strict_json import underflows


@dataclass(frozen=True, slots=True)
class Opened:
    """A message with its sender; `decoded` is what it becomes unless an earlier event had its number."""

    source: str
    device: str
    number: Number | None
    decoded: Decoded


class Decoder:
    """The sources and the registry of a site, compiled once. Pure: equal messages give equal results."""

    def __init__(self, site: Site, only: Source | None = None) -> None:
        routed = [only] if only else [source for source in site.sources.values() if source.status in ROUTED]
        self._sources = {source.id: source for source in routed}
        self._router = Router(routed)
        self.places = Places(site)
        self.governance = Governance(site)
        self._json = {s.id: JsonAdapter(s, site.streams) for s in routed if s.transport.kind == "mqtt"}
        self._tables = {s.id: FileAdapter(s, site.streams) for s in routed if s.transport.kind == "file"}

    def sources(self) -> list[Source]:
        """The sources that route."""
        return list(self._sources.values())

    def route(self, topic: str) -> Route | NoRoute:
        """Where a topic leads."""
        return self._router.route(topic)

    def makers(self, route: Route) -> list[RowMaker]:
        """The rows of the rule that a topic leads to."""
        return [] if route.rule is None else self._json[route.source].makers[route.rule]

    def table(self, source: str) -> FileAdapter | None:
        """The adapter of a file source, None when no file source has that id."""
        return self._tables.get(source)

    def open(self, message: SpooledMessage) -> Opened:
        """What one message is. Never raises on bad input."""
        topic = message.topic
        if topic is None:
            return _refused("", "", Rejection("E_TOPIC", {"topic": shown(message.topic_bytes)}))
        if topic == canary.TOPIC:
            return Opened(canary.SOURCE, "", None, Ignored("canary"))
        route = self._router.route(topic)
        if isinstance(route, NoRoute):
            return _refused(route.source, "", route.rejection)
        source, received = self._sources[route.source], utc(message.received_ns)
        found = self.equipment(route, received)
        device = found.device if isinstance(found, Equipment) else ""
        number = from_properties(message.user_properties)
        if route.rule is None:
            return Opened(source.id, device, None if isinstance(number, Rejection) else number, Ignored("rule"))
        if isinstance(found, Rejection):
            return _refused(source.id, "", found)
        if isinstance(number, Rejection):
            return _refused(source.id, device, number)
        if message.erased:
            return Opened(source.id, device, number, Ignored("retention"))
        data = self._json[source.id].read(route.rule, message.payload)
        if isinstance(data, Rejection):
            return Opened(source.id, device, number, data)
        own = source.equipment is not None and source.equipment.topic_path
        if own:
            named = _envelope(data, number, device)
            if isinstance(named, Rejection):
                return Opened(source.id, device, number, named)
            number = named
        rows = self._json[source.id].rows(
            route.rule, data, route.levels, received, found.id if found else None, retained=message.retain
        )
        if own and "u" in data and isinstance(rows, list):
            rows = self._with_units(rows, data["u"])
        if isinstance(rows, list) and b"-" in message.payload and underflows(message.payload):
            rows = [row.flagged("underflow") if 0.0 in row.values.values() else row for row in rows]
        return Opened(source.id, device, number, rows)

    def equipment(self, route: Route, received: datetime) -> Equipment | Rejection | None:
        """The machine that a topic means on the day of arrival; None where its source names none."""
        declared, levels = self._sources[route.source].equipment, route.levels
        if declared is None:
            return None
        if declared.topic_path:
            return self.places.at(levels, received)
        return self.places.named(declared.fixed or "", self.places.day(received))

    def _with_units(self, rows: list[Row], unit: Any) -> Decoded:
        """The rows, or E_UNIT where the stated unit is not the one that the registry has for the channel."""
        for row in rows:
            known = self.places.units.get((row.values.get("equipment", ""), row.values.get("channel", "")))
            if row.stream == "measurement" and known is not None and unit != known:
                return Rejection("E_UNIT", {"value": shown(unit), "expected": known})
        return rows


def _refused(source: str, device: str, rejection: Rejection) -> Opened:
    return Opened(source, device, None, rejection)


def _envelope(data: dict[str, Any], number: Number | None, device: str) -> Number | Rejection | None:
    """The number of a message of our own convention, whose payload may carry it too, and may name its device."""
    claimed = data.get("device")
    if claimed is not None and claimed != device:
        return Rejection("E_SPOOF", {"value": shown(claimed), "expected": device})
    inside = from_payload(data)
    if isinstance(inside, Rejection) or inside is None or number is None:
        return inside or number
    if inside != number:
        return Rejection("E_SEQ", {"value": shown(f"{number.boot}/{number.seq} ≠ {inside.boot}/{inside.seq}")})
    return number
