"""Builds what sealing is measured with: segments of numbered messages as the receiver writes them, and their source."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import orjson

from contracts.site import Site
from ingestion.spool.frames import MAGIC, RunHead, frame_head

RUN = 500
#: One message in so many is refused with a code: what is slow about poison belongs to the figure.
POISON = 1_000
NOON_NS = 1_795_521_600_000_000_000
_TOPIC = "nms/v1/dalarna/testbed-dal/hall-1/line-1/press-1/measurement_v1/channel-{}"
#: A source whose messages give four rows each.
FOUR = """
id: benchmark
version: 1.0.0
status: active
name: {sv: Mätning, en: Benchmark}
description: Four values in a message.
owner: {organisation: 559900-0803, contact: lab-1@testbed-dal.example, steward: Benchmark}
transport: {kind: mqtt, prefix: benchmark, subscribe: ['benchmark/#']}
format: {adapter: json, encoding: utf-8}
time: {zone: Europe/Stockholm, max_future_s: 900, oldest: 2026-01-01}
equipment: {fixed: dal-press-1}
governance: {classification: programme, personal_data: none, drop: [], retention_days: 1, licence: Benchmark}
messages:
  - topic: four
    emit:
""" + "".join(
    f"      - stream: measurement\n        fields:\n"
    f"          {{channel: {{const: channel_{name}}}, observed_at: {{path: ts}}, value: {{path: {name}}}}}\n"
    for name in "abcd"
)
Message = Callable[[int], bytes]


def one_value(number: int) -> bytes:
    """A PUBLISH of our own convention: four fields, one row."""
    told = {"ts": _instant(number), "v": number * 0.01, "q": "good", "run": f"PO-{number // 1000}"}
    return _publish(_TOPIC.format(number % 8), number, told)


def clean_value(number: int) -> bytes:
    """As `one_value`, and none of them is refused."""
    told = {"ts": _instant(number), "v": number * 0.01, "q": "good", "run": f"PO-{number // 1000}"}
    return _publish(_TOPIC.format(number % 8), number, told, poison=0)


def four_values(number: int) -> bytes:
    """A PUBLISH of the source `FOUR`: a time and four numbers, four rows."""
    told = {"ts": _instant(number), **{name: (number + place) * 0.01 for place, name in enumerate("abcd")}}
    return _publish("benchmark/four", number, told)


def write_segment(site: Site, turn: int, messages: int, message: Message) -> Path:
    """A segment in runs, the numbers going on from turn to turn, under a name that is not one yet."""
    frames = [MAGIC]
    for begin in range(turn * messages, (turn + 1) * messages, RUN):
        numbers = range(begin, min(begin + RUN, (turn + 1) * messages))
        payload = RunHead(5, 1, NOON_NS + begin * 1_000, 1, len(numbers)).encode() + b"".join(map(message, numbers))
        frames.append(frame_head(payload) + payload)
    folder = site.paths.spool / "mqtt"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{turn:012d}.seg"
    path.with_suffix(".waiting").write_bytes(b"".join(frames))
    return path


def seal(path: Path) -> None:
    """Gives a segment its name, and the next one to come after it."""
    path.with_suffix(".waiting").rename(path)
    path.with_name(f"{int(path.stem) + 1:012d}.seg").write_bytes(MAGIC)


def _instant(number: int) -> str:
    return f"2026-11-24T11:{number // 60 % 60:02}:{number % 60:02}Z"


def _publish(topic: str, number: int, told: dict[str, object], poison: int = POISON) -> bytes:
    """A PUBLISH of MQTT 5 at QoS 1 with boot and seq, as our outbox sends it."""
    refused = poison and number % poison == 0
    payload = orjson.dumps(told) if not refused else b'{"ts": "%b", "v": NaN}' % _instant(number).encode()
    pairs = b"".join(b"\x26" + _text(key) + _text(value) for key, value in (("boot", "7"), ("seq", str(number))))
    body = _text(topic) + (number % 65_535 + 1).to_bytes(2, "big") + bytes([len(pairs)]) + pairs + payload
    length = len(body)
    size = bytes([length]) if length < 128 else bytes([length & 127 | 128, length >> 7])
    return b"\x32" + size + body


def _text(value: str) -> bytes:
    data = value.encode()
    return len(data).to_bytes(2, "big") + data
