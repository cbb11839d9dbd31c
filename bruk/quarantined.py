"""Says of which machine what was refused is: counts by hour of arrival for the ledger of what is not known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from contracts.site import Site
from contracts.sources import MqttTransport
from ingestion.ledger import RefusedHour

#: Levels of a topic of the programme's convention before its place, and of the place: nms/v1/<region>/…/<work unit>/…
_BEFORE, _PLACE = ("nms", "v1"), 5


def quarantined(site: Site, refused: Iterable[RefusedHour]) -> list[dict[str, Any]]:
    """One row per machine, source, sender, hour of arrival (UTC) and code: how many messages and records were refused.

    A machine is named where the message can only be from it. Rows of files have none: when they arrived says nothing
    about the time they are of.
    """
    counts: Counter[tuple[str | None, str, str, datetime, str]] = Counter()
    for item in refused:
        counts[_machine(site, item), item.source, item.device, item.hour, item.code] += item.n
    return [
        {"equipment_id": machine, "source": source, "device": device, "received_hour": hour, "code": code, "n": n}
        for (machine, source, device, hour, code), n in sorted(counts.items(), key=str)
    ]


def _machine(site: Site, item: RefusedHour) -> str | None:
    """By the place in the topic, else the only machine of its source or of its sender; never another sender's."""
    source = site.sources.get(item.source)
    if source is not None and not isinstance(source.transport, MqttTransport):
        return None
    levels, day = tuple(item.topic.split("/")), item.hour.date()
    registry = site.registry
    if levels[:2] == _BEFORE:
        placed = registry.equipment_at(levels[2 : 2 + _PLACE], day)
        return placed.id if placed is not None and item.device in ("", placed.device) else None
    senders = [one for one in registry.equipment if one.holds(day) and item.device in ("", one.device)]
    of_source = [one.id for one in senders if item.source in one.sources]
    of_device = [one.id for one in senders if item.device]
    return next((found[0] for found in (of_source, of_device) if len(found) == 1), None)
