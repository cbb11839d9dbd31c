"""Our own clients through TLS, against the real broker: the lane under load and a dying broker, and recordings."""

from __future__ import annotations

import json
import threading
from collections import Counter
from contextlib import contextmanager

import pytest

from ingestion.mqtt.client import Publisher, listen
from ingestion.mqtt.recordings import send
from tests.ingestion.mqtt.receiving import Receiving, once, receiving
from tests.security.secured import FALUN, SecuredBroker, wait_until

TOPIC = f"{FALUN}/printer-1/measurement_v1/t"
FILTERS = ("nms/v1/+/+/+/+/+/#",)


@contextmanager
def receiver_of(secured: SecuredBroker):
    """The receiving service as a process with its own certificate, on the site of the broker."""
    with receiving(Receiving(secured.site.paths.site, secured.address("ingest"), FILTERS)) as receiver:
        yield receiver


def publish(secured: SecuredBroker, numbers: range, size: int = 0) -> None:
    with Publisher(secured.address("printer-1"), "printer-1") as publisher:
        for number in numbers:
            publisher.publish(TOPIC, f"{number} ".encode() + b"x" * size)


def numbers(receiver: Receiving) -> Counter[int]:
    return Counter(int(message.payload.split()[0]) for message in once(receiver.spooled()))


def test_a_backlog_comes_through_tls_whole_and_once(secured):
    with receiver_of(secured) as receiver:
        receiver.start_connected()
        wait_until(lambda: receiver.status()["subscribed"])
        assert receiver.stop() == 0
        publish(secured, range(10_000), 200)
        receiver.start_connected()
        wait_until(lambda: len(numbers(receiver)) == 10_000)
        assert numbers(receiver) == Counter(range(10_000))
        assert "session_lost" not in receiver.log


def test_messages_of_the_largest_size_come_through_tls(secured):
    """Each is four TLS records, and a read of the lane holds sixteen messages."""
    with receiver_of(secured) as receiver:
        receiver.start_connected()
        wait_until(lambda: receiver.status()["subscribed"])
        publish(secured, range(100), 65_000)
        wait_until(lambda: len(numbers(receiver)) == 100)
        assert {len(message.payload) for message in receiver.spooled()} <= {65_002, 65_003}


def test_a_broker_that_is_killed_comes_back_and_nothing_that_it_kept_is_lost(secured):
    with receiver_of(secured) as receiver:
        receiver.start_connected()
        wait_until(lambda: receiver.status()["subscribed"])
        publish(secured, range(2_000))
        wait_until(lambda: len(numbers(receiver)) == 2_000)
        for lot in range(1, 4):
            secured.kill()
            wait_until(lambda: receiver.status()["connected_ns"] is None)
            secured.start()
            wait_until(lambda: bool(receiver.status()["subscribed"]))
            publish(secured, range(2_000 * lot, 2_000 * (lot + 1)))
            wait_until(lambda lot=lot: len(numbers(receiver)) == 2_000 * (lot + 1))  # type: ignore[misc]
        assert receiver.stop() == 0
        assert set(numbers(receiver)) == set(range(8_000))


def test_a_receiver_that_is_killed_under_tls_loses_nothing(secured):
    with receiver_of(secured) as receiver:
        receiver.start_connected()
        wait_until(lambda: receiver.status()["subscribed"])
        sender = threading.Thread(target=publish, args=(secured, range(10_000)))
        sender.start()
        for _ in range(3):
            held = len(receiver.spooled())
            wait_until(lambda held=held: len(receiver.spooled()) > held or not sender.is_alive())  # type: ignore[misc]
            receiver.kill()
            receiver.start_connected()
        sender.join()
        wait_until(lambda: len(numbers(receiver)) == 10_000)


def test_a_receiver_whose_certificate_is_refused_says_so_at_each_try_and_receives_with_a_good_one(secured):
    own = secured.site.paths.credentials / "ingest.crt"
    good = own.read_bytes(), own.with_suffix(".key").read_bytes()
    secured.authority.issue("ingest", days=-1)
    with receiver_of(secured) as receiver:
        receiver.start()
        wait_until(lambda: receiver.log.count("disconnected") >= 2)
        own.write_bytes(good[0])
        own.with_suffix(".key").write_bytes(good[1])
        receiver.kill()
        receiver.start_connected()


def test_a_recording_is_played_as_a_device_and_heard_by_the_operator(secured, tmp_path):
    file = tmp_path / "r.jsonl"
    line = {"topic": "octoPrint/temperature/tool0", "payload": {"actual": 1}, "qos": 0, "retain": False, "received": 1}
    file.write_text(json.dumps(line) + "\n", encoding="utf-8")
    stop, ready, heard = threading.Event(), threading.Event(), []

    def collect() -> None:
        heard.extend(one.topic for one in listen(secured.address("operator"), "octoPrint/#", stop, ready))

    listener = threading.Thread(target=collect)
    listener.start()
    assert ready.wait(20)
    assert send(file, secured.address("octo-1")) == 1
    wait_until(lambda: bool(stop.set()) or not listener.is_alive())
    assert heard == ["octoPrint/temperature/tool0"]


@pytest.mark.parametrize("identity", ["ingest", "operator", "octo-1"])
def test_what_we_present_is_checked_and_what_the_broker_presents_too(secured, identity):
    context = secured.address(identity).tls()
    assert context is not None
    assert context.check_hostname
    assert context.verify_mode.name == "CERT_REQUIRED"
    assert context.minimum_version.name == "TLSv1_2"
