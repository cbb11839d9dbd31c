"""The one door to paho-mqtt: the receiving client with its lane, a publisher, and a listener."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from contracts.errors import TransientError
from ingestion.mqtt.lane import Commit, Lane

CONNECTED = 0


class BrokerAway(TransientError):
    """The broker did not answer, or stopped taking messages."""


class LaneClient(mqtt.Client):
    """paho with a Lane. The one private name of paho that it needs is `_create_socket`, pinned by a test."""

    def __init__(self, client_id: str, commit: Commit, new_lane: Callable[[], None], tick: Callable[[], None]) -> None:
        super().__init__(CallbackAPIVersion.VERSION2, client_id=client_id, protocol=mqtt.MQTTv5)
        self.lane: Lane | None = None
        self._lane_commit, self._new_lane, self._tick = commit, new_lane, tick

    def _create_socket(self) -> Any:
        # The connection number rises here and not in on_connect: packets may be read together with the CONNACK.
        self._new_lane()
        self.lane = Lane(super()._create_socket(), self._lane_commit)  # type: ignore[arg-type]
        return self.lane

    def want_write(self) -> bool:
        return super().want_write() or (self.lane is not None and self.lane.unsent)

    def loop_write(self) -> mqtt.MQTTErrorCode:
        if self.lane is not None:
            with suppress(OSError):  # a dead connection shows at the next read
                self.lane.flush()
        return super().loop_write()

    def loop_misc(self) -> mqtt.MQTTErrorCode:
        self._tick()
        return super().loop_misc()


def receive_forever(
    client: LaneClient, host: str, port: int, filters: list[str], receive_maximum: int, connected: Callable[[bool], None]
) -> None:
    """Connects with a persistent session, subscribes, and runs paho's loop in this thread until `client.disconnect()`.

    `connected(session_present)` is called at each CONNACK. Reconnects for ever when the broker goes away.
    """
    options = SubscribeOptions(qos=1, noLocal=True, retainHandling=1)

    def on_connect(_: Any, __: Any, flags: mqtt.ConnectFlags, reason: Any, ___: Any) -> None:
        if reason.value == CONNECTED:
            connected(flags.session_present)
            client.subscribe([(topic, options) for topic in filters])

    properties = Properties(PacketTypes.CONNECT)
    properties.SessionExpiryInterval = 86_400
    properties.ReceiveMaximum = receive_maximum  # no Topic Alias Maximum: spooled packets would lose their topic
    client.on_connect = on_connect
    client.reconnect_delay_set(1, 5)
    client.connect_async(host, port, keepalive=30, clean_start=False, properties=properties)
    client.loop_forever(timeout=0.5, retry_first_connection=True)


class Publisher:
    """A plain client that publishes and knows when the broker has everything."""

    def __init__(self, host: str, port: int, client_id: str = "", window: int = 500) -> None:
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=client_id, protocol=mqtt.MQTTv5)
        self._client.max_inflight_messages_set(window)
        self._client.max_queued_messages_set(0)
        self._window = threading.Semaphore(window)
        self._client.on_publish = lambda *_: self._window.release()
        ready = threading.Event()
        self._client.on_connect = lambda *args: ready.set() if args[3].value == CONNECTED else None
        try:
            self._client.connect(host, port, keepalive=30)
        except OSError as error:
            raise BrokerAway(f"no broker on {host}:{port}; start it with `bruk up`") from error
        self._client.loop_start()
        if not ready.wait(10):
            self._client.loop_stop()
            raise BrokerAway(f"the broker on {host}:{port} did not accept the connection")

    def publish(
        self, topic: str, payload: bytes, qos: int = 1, retain: bool = False, properties: list[tuple[str, str]] | None = None
    ) -> None:
        """Hands one message to the broker; waits while `window` messages are on the way. Raises BrokerAway after 30 s."""
        if not self._window.acquire(timeout=30):
            raise BrokerAway("the broker stopped taking messages")
        extra = None
        if properties:
            extra = Properties(PacketTypes.PUBLISH)
            extra.UserProperty = properties
        self._client.publish(topic, payload, qos=qos, retain=retain, properties=extra)

    def close(self) -> None:
        """Waits until the broker has everything: a last QoS 1 message to nobody comes after all QoS 0 ones."""
        self._client.publish("nms/v1/_selftest/flushed", b"", qos=1).wait_for_publish(30)
        self._client.disconnect()
        self._client.loop_stop()


def listen(host: str, port: int, topic_filter: str, stop: threading.Event) -> Iterator[tuple[str, bytes, int, bool]]:
    """Yields (topic, payload, QoS, retain) of everything under the filter until `stop` is set. For `bruk record`."""
    arrived: queue.Queue[tuple[str, bytes, int, bool]] = queue.Queue(10_000)
    client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
    client.on_connect = lambda *_: client.subscribe(topic_filter, qos=1)
    client.on_message = lambda _, __, m: arrived.put((m.topic, m.payload, m.qos, m.retain))
    client.connect(host, port)
    client.loop_start()
    try:
        while not stop.is_set():
            with suppress(queue.Empty):
                yield arrived.get(timeout=0.2)
    finally:
        client.disconnect()
        client.loop_stop()
