"""Recordings: played once each with topic, QoS and retain as recorded; recorded so that they can be played again."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from contracts.errors import UsageError
from ingestion.mqtt.address import Broker as Address
from ingestion.mqtt.client import BrokerAway, Publisher, listen, mqtt_filter_is_valid
from ingestion.mqtt.recordings import read_recording, record, send
from tests.broker import Broker, free_port
from tests.ingestion.mqtt.receiving import wait_until


class Recorder:
    """`record` in a thread, from the subscription on until it has what the test waits for."""

    def __init__(self, broker: Broker, out: Path) -> None:
        self.out, self.count = out, 0
        self._stop, ready = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, args=(broker, ready))
        self._thread.start()
        assert ready.wait(5)

    def _run(self, broker: Broker, ready: threading.Event) -> None:
        self.count = record(broker.address, "#", self.out, self._stop, ready=ready)

    def end(self, lines: int) -> list[dict[str, Any]]:
        try:
            wait_until(lambda: self.out.read_bytes().count(b"\n") >= lines)
        finally:
            self._stop.set()
            self._thread.join(10)
        return [json.loads(line) for line in self.out.read_text(encoding="utf-8").splitlines()]


def write(file: Path, items: list[dict[str, Any]]) -> Path:
    file.write_text("".join(json.dumps(item) + "\n" for item in items), encoding="utf-8")
    return file


NOWHERE = Address("127.0.0.1", free_port())
ITEMS: list[dict[str, Any]] = [
    {"received": 1.0, "topic": "octoPrint/mqtt", "qos": 1, "retain": True, "payload": "connected"},
    {"received": 1.1, "topic": "octoPrint/event/å", "qos": 0, "retain": False, "payload": {"tal": 1.5, "namn": "ö"}},
    {"received": 1.2, "topic": "spBv1.0/g/DDATA/e", "qos": 0, "retain": False, "payload_b64": "/wABAg=="},
    {"received": 1.2, "topic": "a/b", "qos": 2, "retain": False, "payload": "", "properties": [["boot", "7"]]},
]


def test_what_is_sent_is_what_is_recorded(tmp_path: Path, broker: Broker) -> None:
    recorder = Recorder(broker, tmp_path / "out.jsonl")
    assert send(write(tmp_path / "in.jsonl", ITEMS), broker.address) == 4
    lines = recorder.end(4)
    for line in lines:
        assert abs(line.pop("received") - time.time()) < 60
    expected = [{key: value for key, value in item.items() if key != "received"} | {"qos": 1} for item in ITEMS]
    expected[1]["payload"] = '{"tal": 1.5, "namn": "ö"}'
    assert sorted(lines, key=str) == sorted(expected, key=str)
    assert len(list(read_recording(tmp_path / "out.jsonl"))) == recorder.count


def test_twenty_thousand_qos_0_messages_are_all_there_when_send_returns(tmp_path: Path, broker: Broker) -> None:
    items = [{"topic": "a/b", "qos": 0, "retain": False, "received": 0, "payload": str(n)} for n in range(20_000)]
    recording = write(tmp_path / "in.jsonl", items)
    stop, ready = threading.Event(), threading.Event()
    heard: list[bytes] = []

    def collect() -> None:
        heard.extend(message.payload for message in listen(broker.address, "a/b", stop, ready))

    collector = threading.Thread(target=collect)
    collector.start()
    assert ready.wait(5)
    progress: list[int] = []
    assert send(recording, broker.address, progress=progress.append) == 20_000
    wait_until(lambda: len(heard) >= 20_000)
    stop.set()
    collector.join(10)
    assert heard == [str(n).encode() for n in range(20_000)]
    assert progress[-1] == 20_000


def test_speed_follows_the_recorded_times(tmp_path: Path, broker: Broker) -> None:
    items = [{"topic": "a", "qos": 0, "received": 1000 + n, "payload": ""} for n in range(4)]
    began = time.monotonic()
    send(write(tmp_path / "in.jsonl", items), broker.address, speed=10)
    assert 0.3 <= time.monotonic() - began < 3


@pytest.mark.parametrize(
    "line",
    [
        "not json",
        '{"payload": "x"}',
        '{"topic": "a"}',
        '{"topic": "a/#", "payload": "x"}',
        '{"topic": "a", "payload": "x", "qos": 3}',
        '{"topic": "a", "payload": "x", "retain": "yes"}',
        '{"topic": "a", "payload_b64": "?"}',
        '{"topic": "a", "payload": "x", "received": "today"}',
        "[1]",
    ],
)
def test_a_broken_line_is_named_and_nothing_is_sent(tmp_path: Path, line: str) -> None:
    recording = tmp_path / "in.jsonl"
    recording.write_text('{"topic": "a", "payload": "x"}\n\n' + line + "\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"in\.jsonl:3"):
        send(recording, NOWHERE)


def test_no_broker_is_said_in_words(tmp_path: Path) -> None:
    recording = write(tmp_path / "in.jsonl", ITEMS)
    with pytest.raises(BrokerAway, match="no broker on"):
        send(recording, NOWHERE)
    with pytest.raises(BrokerAway, match="no broker on"):
        record(NOWHERE, "#", tmp_path / "out.jsonl", threading.Event())
    assert not (tmp_path / "out.jsonl").exists()


def test_a_recording_is_never_overwritten_and_a_missing_one_is_named(tmp_path: Path) -> None:
    out = write(tmp_path / "out.jsonl", ITEMS)
    with pytest.raises(UsageError, match="exists"):
        record(NOWHERE, "#", out, threading.Event())
    with pytest.raises(UsageError, match="No such file"):
        send(tmp_path / "missing.jsonl", NOWHERE)


def publish_for_long(publisher: Publisher) -> None:
    for _ in range(100_000):
        publisher.publish("a", b"2", qos=0)


def test_a_broker_that_dies_under_a_publisher_is_an_error_and_not_a_silent_loss(broker: Broker) -> None:
    publisher = Publisher(broker.address)
    publisher.publish("a", b"1")
    broker.kill()
    with pytest.raises(BrokerAway):
        publish_for_long(publisher)
    with pytest.raises(BrokerAway):
        publisher.close()


@pytest.mark.parametrize(
    ("text", "valid"),
    [("#", True), ("a/+/b/#", True), ("a", True), ("", False), ("a/#/b", False), ("a+", False), ("a/b#", False)],
)
def test_topic_filters_are_checked_as_the_standard_says(text: str, valid: bool) -> None:
    assert mqtt_filter_is_valid(text) is valid
