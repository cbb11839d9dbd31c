"""What the sources say about keeping: by topic, which fields are dropped and how long the bytes are kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import NamedTuple

from contracts.site import Site
from contracts.sources import MqttTransport, Source
from ingestion.adapters.router import ROUTED, Router
from ingestion.spool.blanking import blank_payload
from ingestion.spool.frames import FILE
from ingestion.spool.reader import SpooledMessage

DAY_NS = 86_400_000_000_000
#: How long the bytes are kept of what no source claims, and of what may hold a dropped field and cannot be blanked.
UNCLAIMED_DAYS = 30


class Keeping(NamedTuple):
    """The fields that are blanked, and for how many days the bytes are kept; None: nobody can say today."""

    drop: frozenset[str]
    days: int | None


class Governance:
    """The rules of keeping of one site, as its sources are today. Pure: equal topics give equal rules."""

    def __init__(self, site: Site) -> None:
        self._sources = site.sources
        self._routers = [Router(_sources(site, True)), Router(_sources(site, False))]
        # A source that cannot be read today may claim what nobody claims: its bytes wait until it is mended.
        self._unclaimed = Keeping(frozenset(), None if site.wrong_sources else UNCLAIMED_DAYS)
        self._seen: dict[tuple[bytes, bool], Keeping] = {}
        #: The longest retention of all: what cannot be read may be anybody's.
        self.longest_days = max((s.governance.retention_days for s in site.sources.values()), default=UNCLAIMED_DAYS)
        #: Equal while the rules are: other rules are applied to what was kept under these.
        self.fingerprint = _fingerprint(site)

    def of(self, topic: bytes, kind: int) -> Keeping:
        """The rules for a message's topic, or for a dropped file's `<source>/<name>`."""
        key = (topic, kind == FILE)
        found = self._seen.get(key)
        if found is None:
            if len(self._seen) > 50_000:  # topics of an attacker must not fill the memory
                self._seen.clear()
            source = self._source(topic.decode(errors="replace"), kind)
            found = self._seen[key] = _stated(source) if source else self._unclaimed
        return found

    def as_kept(self, message: SpooledMessage) -> SpooledMessage:
        """The message as its segment will hold it: landing reads, hashes and refuses only that."""
        drop = self.of(message.topic_bytes, message.kind).drop
        blanked = blank_payload(message.payload, drop) if drop else None
        return message if blanked is None or blanked == message.payload else message._replace(payload=blanked)

    def _source(self, topic: str, kind: int) -> Source | None:
        if kind == FILE:
            return self._sources.get(topic.partition("/")[0])
        for router in self._routers:
            if found := router.route(topic).source:
                return self._sources[found]
        return None


def _sources(site: Site, routed: bool) -> Iterable[Source]:
    """Those that messages are routed by; or the others, which may once have let one in."""
    return [source for source in site.sources.values() if (source.status in ROUTED) is routed]


def _stated(source: Source) -> Keeping:
    drop = source.governance.drop if isinstance(source.transport, MqttTransport) else []  # the door cuts those of files
    return Keeping(frozenset(drop), source.governance.retention_days)


def _fingerprint(site: Site) -> str:
    told = [
        [s.id, s.status, sorted(s.governance.drop), s.governance.retention_days, s.transport.model_dump(mode="json"),
         [message.topic for message in s.messages] if isinstance(s.transport, MqttTransport) else [], s.ignore]
        for s in sorted(site.sources.values(), key=lambda s: s.id)
    ]  # fmt: skip
    return hashlib.sha256(json.dumps([told, bool(site.wrong_sources)]).encode()).hexdigest()[:16]
