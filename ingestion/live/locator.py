"""Which machine a message or file came from, by the same routing as landing."""

from __future__ import annotations

from datetime import datetime

from contracts.clock import utc
from contracts.registry import Equipment
from contracts.site import Site
from ingestion.adapters.outcome import Ignored, Recorded, Row
from ingestion.adapters.router import ROUTED, NoRoute, Router
from ingestion.drop_list import showable
from ingestion.files.door import bytes_file
from ingestion.landing.decoder import Decoder
from ingestion.rejection import Rejection, explain, shown
from ingestion.spool.frames import FILE
from ingestion.spool.reader import SpooledMessage

_DAY_NS = 86_400_000_000_000
_REMEMBERED = 50_000


class Locator:
    """The sources and the registry of a site, asked the way an operator asks: which machine was that?"""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._sources = {source.id: source for source in site.sources.values() if source.status in ROUTED}
        self._router = Router(self._sources.values())
        self._decoder = Decoder(site)
        self._known: dict[tuple[str, int], str | None] = {}

    def machines(self, message: SpooledMessage) -> dict[str, datetime | None]:
        """The equipment that a message or a dropped file speaks of; empty when it can be placed nowhere.

        With each machine of a file the newest event time (UTC) of its rows: a file that comes today may be old.
        """
        if message.kind == FILE:
            return self._in_file(message)
        found = self.of_topic(message.topic or "", message.received_ns)
        return {found: None} if found else {}

    def of_topic(self, topic: str, received_ns: int) -> str | None:
        """The equipment that a topic leads to at a receive time (ns since 1970 UTC), or None."""
        key = (topic, received_ns // _DAY_NS)
        if key not in self._known:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[key] = self._find(topic, received_ns)
        return self._known[key]

    def shown(self, message: SpooledMessage) -> bytes:
        """The payload as it may be shown: without what the source's drop list names."""
        source = self._sources.get(self._router.route(message.topic or "").source)
        return showable(message.payload, source, self._site.streams) if source else message.payload

    def words(self, message: SpooledMessage) -> list[str]:
        """What a message was understood as: one line per row, or one that says why there is none."""
        if message.kind == FILE:
            return [(message.topic or "").partition("/")[2]]
        decoded = self._decoder.open(message).decoded
        if isinstance(decoded, Rejection):
            return [f"{decoded.code}: {explain(decoded.code, decoded.facts).en}"]
        if isinstance(decoded, Ignored):
            return ["–"]
        return [_row(row) for row in decoded]

    def _find(self, topic: str, received_ns: int) -> str | None:
        route = self._router.route(topic)
        if isinstance(route, NoRoute):
            return None
        declared, received = self._sources[route.source].equipment, utc(received_ns)
        if declared is None:
            return None
        places = self._decoder.places
        if declared.topic_path:
            found = places.at(route.levels, received)
        else:
            found = places.named(declared.fixed or "", places.day(received))
        return found.id if isinstance(found, Equipment) else None

    def _in_file(self, message: SpooledMessage) -> dict[str, datetime | None]:
        """Every machine named in a dropped file; what landing refuses as a whole names none."""
        adapter = self._decoder.table((message.topic or "").partition("/")[0])
        file = bytes_file(self._site.paths, message.payload.hex())
        if adapter is None or not file.is_file():
            return {}
        table = adapter.read(file.read_bytes())
        if isinstance(table, Rejection):
            return {}
        found: dict[str, datetime | None] = {}
        received = utc(message.received_ns)
        for record in table.records:
            machine = adapter.machine(record)
            if isinstance(machine, str):
                moments = self._moments(adapter.rows(record, received, machine))
                found[machine] = max(filter(None, (found.get(machine), *moments)), default=None)
        return found

    def _moments(self, decoded: Recorded) -> list[datetime]:
        """The event times of accepted rows."""
        rows = decoded if isinstance(decoded, list) else []
        found = (row.values.get(self._site.streams[row.stream].event_time) for row in rows)
        return [moment for moment in found if isinstance(moment, datetime)]


def _row(row: Row) -> str:
    parts = [f"{name} {shown(value)}" for name, value in row.values.items() if value is not None]
    return f"{row.stream}: {' · '.join(parts)}"
