"""Recordings of a device: one JSON object per line, played to a broker or made from one."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contracts.clock import Clock, system_clock
from contracts.errors import BrukError, UsageError
from ingestion.mqtt.address import Broker
from ingestion.mqtt.client import Heard, Publisher, listen


@dataclass(frozen=True, slots=True)
class Line:
    """One published message of a recording; `received` in Unix seconds."""

    topic: str
    payload: bytes
    qos: int
    retain: bool
    received: float
    properties: tuple[tuple[str, str], ...] = ()


def read_recording(file: Path) -> Iterator[Line]:
    """The lines in order. Raises UsageError naming the line that cannot be read."""
    try:
        lines = file.open("rb")
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from error
    with lines:
        for number, raw in enumerate(lines, 1):
            if raw.strip():
                try:
                    yield _line(json.loads(raw))
                except (ValueError, KeyError, TypeError) as error:
                    raise UsageError(f"{file.name}:{number}: not a recording line ({error!r})") from error


def _line(item: dict[str, Any]) -> Line:
    if "payload_b64" in item:
        payload = base64.b64decode(item["payload_b64"], validate=True)
    else:
        raw = item["payload"]
        payload = (raw if isinstance(raw, str) else json.dumps(raw, ensure_ascii=False)).encode()
    topic, qos, retain, received = item["topic"], item.get("qos", 0), item.get("retain", False), item.get("received", 0)
    if not isinstance(topic, str) or not topic or set("+#") & set(topic):
        raise ValueError("topic")
    if qos not in (0, 1, 2) or not isinstance(retain, bool):
        raise ValueError("qos or retain")
    if isinstance(received, bool) or not isinstance(received, int | float):
        raise ValueError("received")
    pairs = tuple((str(key), str(value)) for key, value in item.get("properties", ()))
    return Line(topic, payload, qos, retain, float(received), pairs)


def send(
    recording: Path, broker: Broker, speed: float = 0.0, progress: Callable[[int], None] = lambda sent: None
) -> int:
    """Publishes each line once as the device did, `speed` times as fast (0: at once); returns how many.

    Reads the whole recording first, so that a broken line stops it before anything is sent, and returns when the broker
    has taken everything. Raises BrokerAway, UsageError.
    """
    for _ in read_recording(recording):
        pass
    sent, begin, first = 0, time.monotonic(), None
    with Publisher(broker) as publisher:
        for line in read_recording(recording):
            first = line.received if first is None else first
            if speed > 0:
                time.sleep(max(0.0, begin + (line.received - first) / speed - time.monotonic()))
            publisher.publish(line.topic, line.payload, line.qos, line.retain, line.properties)
            sent += 1
            progress(sent)
    return sent


def record(
    broker: Broker, topic_filter: str, out: Path, stop: threading.Event, clock: Clock = system_clock,
    ready: threading.Event | None = None,
) -> int:  # fmt: skip
    """Writes what arrives under the filter until `stop` is set; returns how many. Raises BrokerAway, UsageError.

    `ready` is set when the subscription stands. An existing file is not overwritten (UsageError).
    """
    count = 0
    try:
        file = out.open("x", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{out}: {error.strerror}") from error
    try:
        with file:
            for heard in listen(broker, topic_filter, stop, ready):
                file.write(json.dumps(_item(heard, clock() / 1e9), ensure_ascii=False) + "\n")
                file.flush()
                count += 1
    except BrukError:  # no broker, or no filter: nothing was recorded
        out.unlink()
        raise
    return count


def _item(heard: Heard, received: float) -> dict[str, Any]:
    item: dict[str, Any] = {
        "received": round(received, 6), "topic": heard.topic, "qos": heard.qos, "retain": heard.retain,
    }  # fmt: skip
    try:
        item["payload"] = heard.payload.decode()
    except UnicodeDecodeError:
        item["payload_b64"] = base64.b64encode(heard.payload).decode()
    if heard.user_properties:
        item["properties"] = [list(pair) for pair in heard.user_properties]
    return item
