"""What the broker says of itself: read from `$SYS`, counted over its restarts, and compared with its limits."""

from __future__ import annotations

import re
import threading
import time

from hypothesis import given
from hypothesis import strategies as st

from contracts.paths import PRODUCT
from ingestion.mqtt.watch import MAX_QUEUED, MAX_QUEUED_BYTES, BrokerView, BrokerWatch, hear
from tests.broker import Broker
from tests.ingestion.mqtt.receiving import wait_until
from tests.sites import NOON


def told(*messages: tuple[str, bytes]) -> BrokerView:
    view = BrokerView()
    for topic, payload in messages:
        view = hear(view, f"$SYS/broker/{topic}", payload, NOON)
    return view


def test_version_uptime_clients_and_store_are_read() -> None:
    view = told(
        ("version", b"mosquitto version 2.0.11"), ("uptime", b"130 seconds"), ("clients/connected", b"4"),
        ("store/messages/count", b"1000000"), ("store/messages/bytes", b"100"),
    )  # fmt: skip

    assert (view.version, view.uptime_s, view.clients) == ("mosquitto version 2.0.11", 130, 4)
    assert view.queue_share == 0.5
    assert view.seen_ns == NOON


def test_drops_are_counted_over_a_restart_of_the_broker() -> None:
    view = told(
        ("uptime", b"500 seconds"), ("publish/messages/dropped", b"7"), ("uptime", b"0 seconds"),
        ("publish/messages/dropped", b"0"), ("publish/messages/dropped", b"2"),
    )  # fmt: skip

    assert (view.restarts, view.dropped_in_all) == (1, 9)


@given(topic=st.text(), payload=st.binary())
def test_nothing_that_a_broker_says_breaks_the_view(topic: str, payload: bytes) -> None:
    view = told((topic, payload), ("uptime", payload), ("publish/messages/dropped", payload))

    assert view.dropped >= 0


def test_the_limits_are_those_of_our_brokers_configuration() -> None:
    text = (PRODUCT / "infra" / "mosquitto.conf.j2").read_text(encoding="utf-8")

    assert re.findall(r"^max_queued_(?:messages|bytes) (\d+)$", text, re.MULTILINE) == [
        str(MAX_QUEUED), str(MAX_QUEUED_BYTES),
    ]  # fmt: skip


def test_a_real_broker_is_watched_also_when_it_comes_back(broker: Broker) -> None:
    stop = threading.Event()
    watch = BrokerWatch(broker.address, time.time_ns)
    thread = threading.Thread(target=watch.run, args=(stop,))
    thread.start()
    try:
        wait_until(lambda: watch.view.version.startswith("mosquitto"), 30)
        wait_until(lambda: watch.view.seen_ns > 0, 30)
        before = watch.view.seen_ns
        broker.kill()
        broker.start()
        wait_until(lambda: watch.view.seen_ns > before, 60)
    finally:
        stop.set()
        thread.join(20)
    assert not thread.is_alive()
