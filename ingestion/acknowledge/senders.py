"""Which device sent a message, by its topic alone: the registry gives every topic prefix to one certificate."""

from __future__ import annotations

from contracts.clock import utc
from contracts.registry import Equipment
from contracts.site import Site
from contracts.sources import MqttTransport, Source
from ingestion.adapters.patterns import compile_pattern
from ingestion.adapters.router import ROUTED, Route, Router
from ingestion.landing.places import Places

_HOUR_NS = 3_600_000_000_000  # validity is in calendar days of the site, and those begin at full hours of UTC
_REMEMBERED = 50_000


class Senders:
    """The sources and the registry of a site, asked for the owner of a topic.

    A topic below a source's prefix that no rule claims has a sender too: landing will quarantine the message, and its
    number must not be waited for in vain.
    """

    def __init__(self, site: Site) -> None:
        self._sources = {source.id: source for source in site.sources.values() if source.status in ROUTED}
        self._router = Router(self._sources.values())
        self._places = Places(site)
        self._prefixes = sorted(
            (
                (compile_pattern(source.transport.prefix + "/{rest...}"), source)
                for source in self._sources.values()
                if isinstance(source.transport, MqttTransport)
            ),
            key=lambda item: item[0].specificity,
        )
        self._known: dict[tuple[bytes, int], str] = {}

    def device(self, topic: bytes, received_ns: int) -> str:
        """The device that owns the topic at a receive time (ns since 1970 UTC); empty when nobody does."""
        key = (topic, received_ns // _HOUR_NS)
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= _REMEMBERED:  # topics of an attacker must not fill the memory
                self._known.clear()
            try:
                found = self._find(topic, received_ns)
            except (ValueError, OverflowError):  # a receive time that is none: one message must not stop the next
                found = ""
            self._known[key] = found
        return found

    def _find(self, raw: bytes, received_ns: int) -> str:
        try:
            topic = raw.decode()
        except UnicodeDecodeError:
            return ""
        route = self._router.route(topic)
        if isinstance(route, Route) and route.rule is not None:
            return self._owner(self._sources[route.source], route.levels, received_ns)
        levels = topic.split("/")
        for pattern, source in self._prefixes:
            if (named := pattern.match(levels)) is not None:
                return self._owner(source, named, received_ns)
        return self._owner(self._sources[route.source], {}, received_ns) if route.source else ""

    def _owner(self, source: Source, levels: dict[str, str], received_ns: int) -> str:
        received, declared = utc(received_ns), source.equipment
        if declared is None:
            return ""
        if declared.topic_path:
            found = self._places.at(levels, received)
        else:
            found = self._places.named(declared.fixed or "", self._places.day(received))
        return found.device if isinstance(found, Equipment) else ""
