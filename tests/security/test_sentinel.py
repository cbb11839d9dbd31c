"""What our own watchers do, they do with their own certificates: watch the broker, test it, and send a canary."""

from __future__ import annotations

import threading
import time

from ingestion import canary
from ingestion.mqtt.address import RECEIVER, SELFTEST, WATCHER
from ingestion.mqtt.selftest import send_canary, try_broker
from ingestion.mqtt.watch import BrokerWatch
from tests.ingestion.mqtt.receiving import Receiving, receiving, wait_until


def test_the_broker_of_a_real_site_passes_its_test_and_is_watched(secured):
    stop = threading.Event()
    watch = BrokerWatch(secured.address(WATCHER), time.time_ns)
    thread = threading.Thread(target=watch.run, args=(stop,))
    thread.start()
    try:
        assert try_broker(secured.address(SELFTEST), time.time_ns).ok
        wait_until(lambda: watch.view.version.startswith("mosquitto") and watch.view.seen_ns > 0, 30)
    finally:
        stop.set()
        thread.join(20)


def test_a_canary_reaches_the_receiver_of_a_real_site(secured):
    site = secured.site
    filters = (*site.subscriptions, canary.TOPIC)
    with receiving(Receiving(site.paths.site, secured.address(RECEIVER), filters)) as receiver:
        receiver.start_connected()
        wait_until(lambda: receiver.status()["subscribed"])
        sent = send_canary(secured.address(SELFTEST), time.time_ns)
        wait_until(lambda: len(receiver.spooled()) > 0)

        assert [canary.decode(message.payload) for message in receiver.spooled()] == [sent]
        assert "subscription_refused" not in receiver.log
