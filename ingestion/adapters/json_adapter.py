"""Reads one MQTT payload by one rule of a source: bytes → a JSON object (or a bare word) → rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from contracts.sources import Source
from contracts.streams import Stream
from ingestion.adapters.mapping import Arrival, RowMaker, make_rows
from ingestion.adapters.outcome import Decoded, Ignored
from ingestion.rejection import Rejection
from ingestion.validation.strict_json import read_object, read_text
from ingestion.validation.times import TimeReader


class JsonAdapter:
    """The mapping of one MQTT source, compiled once. Knows no vendor: everything stands in the source."""

    def __init__(self, source: Source, streams: dict[str, Stream]) -> None:
        times = TimeReader(source.time)
        self._encoding = source.format.encoding
        self._reads = [read_text if message.payload == "text" else read_object for message in source.messages]
        self.makers = [
            [RowMaker(emit, streams[emit.stream], source, times) for emit in message.emit]
            for message in source.messages
        ]

    def read(self, rule: int, payload: bytes) -> dict[str, Any] | Rejection:
        """The object that the payload holds, judged for form alone."""
        found = self._reads[rule](payload)
        if isinstance(found, Rejection) and found.code == "E_ENCODING" and self._encoding != "utf-8":
            return self._declared(rule, payload) or found
        return found

    def _declared(self, rule: int, payload: bytes) -> dict[str, Any] | Rejection | None:
        """The payload in the encoding that the source declares, tried when it is not UTF-8; None: nor is it that."""
        try:
            payload.decode()
        except UnicodeDecodeError:
            try:
                return self._reads[rule](payload.decode(self._encoding).encode())
            except UnicodeDecodeError:
                return None
        return None

    def rows(
        self, rule: int, data: dict[str, Any], levels: dict[str, str], received: datetime, equipment: str | None,
        *, retained: bool = False,
    ) -> Decoded:  # fmt: skip
        """The rows of one object. What was retained and has no time of its own is a hint of a state, not an event."""
        arrival = Arrival(data, levels, received, equipment)
        rows = make_rows(self.makers[rule], arrival)
        if isinstance(rows, Rejection):
            timeless = rows.code == "E_TIME" and rows.facts.get("value") == "–"
            return Ignored("hint") if retained and timeless else rows
        if retained and arrival.hint:
            return Ignored("hint")
        return rows or Ignored("no_row")
