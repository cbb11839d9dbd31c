"""Recordings of a device: one JSON object per line, played to a broker or made from one."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from contracts.clock import Clock, system_clock
from contracts.errors import UsageError
from ingestion.mqtt.client import Publisher, listen


@dataclass(frozen=True)
class Line:
    """One published message of a recording; `received` in Unix seconds."""

    topic: str
    payload: bytes
    qos: int
    retain: bool
    received: float


def read_recording(file: Path) -> Iterator[Line]:
    """The lines in order. Raises UsageError naming the line that cannot be read."""
    with file.open(encoding="utf-8") as lines:
        for number, text in enumerate(lines, 1):
            if text.strip():
                try:
                    yield _line(json.loads(text))
                except (ValueError, KeyError, TypeError) as error:
                    raise UsageError(f"{file.name}:{number}: not a recording line ({error})") from error


def _line(item: dict[str, object]) -> Line:
    if "payload_b64" in item:
        payload = base64.b64decode(str(item["payload_b64"]), validate=True)
    else:
        raw = item["payload"]
        payload = (raw if isinstance(raw, str) else json.dumps(raw, ensure_ascii=False)).encode()
    received = item.get("received", 0.0)
    if not isinstance(received, int | float):
        raise TypeError("received is not a number")
    return Line(str(item["topic"]), payload, int(str(item.get("qos", 0))), bool(item.get("retain", False)), received)


def send(
    recording: Path, host: str, port: int, speed: float = 0.0, progress: Callable[[int], None] = lambda sent: None
) -> int:
    """Publishes each line once as the device did, `speed` times as fast (0: at once); returns how many.

    Returns when the broker has taken everything. Raises BrokerAway, UsageError.
    """
    publisher = Publisher(host, port)
    sent, begin, first = 0, time.monotonic(), None
    for line in read_recording(recording):
        first = line.received if first is None else first
        if speed > 0:
            time.sleep(max(0.0, begin + (line.received - first) / speed - time.monotonic()))
        publisher.publish(line.topic, line.payload, line.qos, line.retain)
        sent += 1
        progress(sent)
    publisher.close()
    return sent


def record(
    host: str, port: int, topic_filter: str, out: Path, stop: threading.Event, clock: Clock = system_clock
) -> int:
    """Writes what arrives under the filter until `stop` is set; returns how many messages."""
    count = 0
    with out.open("w", encoding="utf-8") as file:
        for topic, payload, qos, retain in listen(host, port, topic_filter, stop):
            item: dict[str, object] = {"received": clock() / 1e9, "topic": topic, "qos": qos, "retain": retain}
            try:
                item["payload"] = payload.decode()
            except UnicodeDecodeError:
                item["payload_b64"] = base64.b64encode(payload).decode()
            file.write(json.dumps(item, ensure_ascii=False) + "\n")
            count += 1
    return count
