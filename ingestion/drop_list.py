"""Applies a source's drop list to what is shown: what nobody may keep is on no page, trace or terminal either."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import orjson

from contracts.sources import MqttTransport, Source
from contracts.streams import Stream
from ingestion.validation.personal import holds_personal_number, personal_fields

#: Shown instead of a payload that cannot be taken apart and may hold such a field.
WITHHELD = "(…)".encode()
_EMPTY = {str: "", int: 0, float: 0, dict: {}, list: []}


def showable(payload: bytes, source: Source, streams: dict[str, Stream]) -> bytes:
    """The payload of a source's message without what its drop list names, and without a sole trader's number.

    Of a file the door has taken both before it was kept.

    A payload that is no JSON and may hold a personal number cannot be blanked: WITHHELD stands for it.
    """
    drop = source.governance.drop if isinstance(source.transport, MqttTransport) else []
    personal = personal_fields(source, streams)
    if not personal or not holds_personal_number(payload.decode(errors="replace")):
        return blanked(payload, drop)
    try:
        value = orjson.loads(payload)
    except orjson.JSONDecodeError:
        return WITHHELD
    return blanked(orjson.dumps(_without_persons(value, personal)), drop)


def _without_persons(value: Any, fields: Collection[str]) -> Any:
    if isinstance(value, dict):
        return {
            name: "" if name in fields and holds_personal_number(item) else _without_persons(item, fields)
            for name, item in value.items()
        }
    return [_without_persons(item, fields) for item in value] if isinstance(value, list) else value


def blanked(payload: bytes, drop: Collection[str]) -> bytes:
    """The payload as it is without a drop list; else as JSON in which the listed fields, at any depth, are empty.

    A payload that is no JSON and names one of the fields cannot be blanked: WITHHELD stands for it.
    """
    if not drop:
        return payload
    try:
        value = orjson.loads(payload)
    except orjson.JSONDecodeError:
        return WITHHELD if any(name.encode() in payload for name in drop) else payload
    shown = _blanked(value, drop)
    return payload if shown == value else orjson.dumps(shown)


def _blanked(value: Any, drop: Collection[str]) -> Any:
    if isinstance(value, dict):
        return {name: _EMPTY.get(type(item)) if name in drop else _blanked(item, drop) for name, item in value.items()}
    if isinstance(value, list):
        return [_blanked(item, drop) for item in value]
    return value
