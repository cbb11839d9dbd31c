"""The one door to paho-mqtt: the receiving client with its lane, a publisher, and a listener."""

from __future__ import annotations

import queue
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from contracts.errors import BrukError, TransientError, UsageError
from ingestion.mqtt.address import Broker
from ingestion.mqtt.lane import Lane
from ingestion.spool.packets import MAX_PACKET

SESSION_EXPIRY = 86_400  # seconds that the broker keeps our queue while we are away
FAILED = 128  # reason codes from here on are refusals (MQTT 5 §2.4)
PATIENCE = 30.0  # seconds without any progress of the broker before it counts as away


class BrokerAway(TransientError):
    """The broker did not answer, or stopped taking messages."""


class Reception(Protocol):
    """What the receiving side does with a connection; all of it is called on the thread of paho's loop."""

    def new_lane(self) -> None:
        """A connection was made; nothing is known of its session yet."""

    def connected(self, session_present: bool) -> None:
        """The broker accepted us. Comes before the first commit of the connection."""

    def disconnected(self, reason: str) -> None:
        """The connection is gone, or was refused."""

    def subscribed(self) -> None:
        """The subscription stands: from here on nothing that is published passes us by."""

    def refused(self, what: str) -> None:
        """The broker refuses a subscription."""

    def commit(self, packets: bytes, count: int) -> None:
        """Makes `count` PUBLISH packets durable."""

    def tick(self) -> bool:
        """Called at least every other second, with and without traffic; True: disconnect and come back."""


class LaneClient(mqtt.Client):
    """paho with a Lane. The one private name of paho that it needs is `_create_socket`, pinned by a test."""

    def __init__(self, client_id: str, broker: Broker, reception: Reception) -> None:
        """Does not connect yet. Raises TerminalError when the certificate cannot be used."""
        super().__init__(CallbackAPIVersion.VERSION2, client_id=client_id, protocol=mqtt.MQTTv5)
        secure(self, broker)
        self.broker = broker
        self.lane: Lane | None = None
        self.failure: BrukError | None = None
        self._reception = reception
        self._told_to_end = False

    def _create_socket(self) -> Any:
        try:
            sock = super()._create_socket()
        except ssl.SSLError as error:  # paho would try again and say nothing: a wrong certificate must be seen
            self._reception.disconnected(f"TLS: {error}")
            raise
        lane = Lane(sock, self._reception.commit)  # type: ignore[arg-type]
        # The connection number rises here and not in on_connect: a lane is one connection.
        self._reception.new_lane()
        self.lane = lane
        return lane

    def want_write(self) -> bool:
        """Whether paho, or the lane, has bytes for the socket."""
        return super().want_write() or (self.lane is not None and self.lane.unsent)

    def loop_write(self) -> MQTTErrorCode:
        """Writes what the lane holds before paho's own packets."""
        if self.lane is not None:
            with suppress(OSError):  # a dead connection shows at the next read
                self.lane.flush()
        return super().loop_write()

    def loop_misc(self) -> MQTTErrorCode:
        """Called by paho at each turn of its loop."""
        self.tick()
        return super().loop_misc()

    def reconnect(self) -> MQTTErrorCode:
        """paho's loop has no other turn than this one while each connection breaks before it is accepted."""
        self.tick_offline()
        return MQTTErrorCode.MQTT_ERR_NO_CONN if self._told_to_end else super().reconnect()

    def tick(self) -> None:
        """One turn without traffic. A signal only leaves a note: paho's locks do not survive a call from a handler."""
        if self._reception.tick():
            self._told_to_end = True
            self.disconnect()

    def tick_offline(self) -> None:
        """The same while the broker is away. paho swallows exceptions there, so a failure is kept for the end."""
        try:
            self.tick()
        except BrukError as error:
            self.failure, self._told_to_end = error, True
            self.disconnect()


def receive_forever(client: LaneClient, reception: Reception, filters: list[str], receive_maximum: int) -> None:
    """Connects with a persistent session, subscribes, and runs paho's loop in this thread until told to stop.

    Reconnects for ever when the broker goes away. Raises what `commit` and `tick` raise, unless it is an OSError.
    """
    options = SubscribeOptions(qos=1, noLocal=True, retainHandling=1)

    def on_connect(_: Any, __: Any, flags: mqtt.ConnectFlags, reason: Any, ___: Any) -> None:
        if reason.is_failure:
            reception.disconnected(str(reason))
            return
        reception.connected(flags.session_present)
        client.subscribe([(topic, options) for topic in filters])

    def on_subscribe(_: Any, __: Any, ___: int, reasons: list[Any], ____: Any) -> None:
        for topic, reason in zip(filters, reasons, strict=False):
            if reason.value >= FAILED:
                reception.refused(f"{topic}: {reason}")
        reception.subscribed()

    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.SessionExpiryInterval = SESSION_EXPIRY
    properties.ReceiveMaximum = receive_maximum  # no Topic Alias Maximum: spooled packets would lose their topic
    properties.MaximumPacketSize = MAX_PACKET  # what we would refuse must not come back with each connection
    client.on_connect, client.on_subscribe = on_connect, on_subscribe
    client.on_disconnect = lambda _, __, ___, reason, ____: reception.disconnected(str(reason))
    client.on_connect_fail = lambda *_: client.tick_offline()
    client.reconnect_delay_set(1, 2)
    client.connect_async(client.broker.host, client.broker.port, keepalive=30, clean_start=False, properties=properties)
    client.loop_forever(timeout=0.5, retry_first_connection=True)
    if client.failure is not None:
        raise client.failure


def secure(client: mqtt.Client, broker: Broker) -> None:
    """Sets up TLS where the broker asks for it; without credentials it stays plain TCP. Raises TerminalError."""
    context = broker.tls()
    if context is not None:
        client.tls_set_context(context)


def connect(client: mqtt.Client, broker: Broker, **how: Any) -> None:
    """Connects in this thread. Raises BrokerAway, which says whether nobody answers or the certificates do not fit."""
    try:
        client.connect(broker.host, broker.port, keepalive=30, **how)
    except ssl.SSLError as error:
        raise BrokerAway(f"the broker on {broker} and our certificate do not fit: {error}") from error
    except OSError as error:
        raise BrokerAway(f"no broker on {broker}; start it with `bruk up`") from error


class Publisher:
    """A plain client that publishes each message once and knows when the broker has everything.

    It does not reconnect: what was on the way at QoS 0 would be lost without a word. The caller begins anew.
    """

    def __init__(self, broker: Broker, client_id: str = "", window: int = 500) -> None:
        """Connects. Raises BrokerAway, TerminalError when the certificate cannot be used."""
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=client_id, protocol=mqtt.MQTTv5, reconnect_on_failure=False
        )
        secure(self._client, broker)
        self._client.max_inflight_messages_set(window)
        self._client.max_queued_messages_set(0)
        self._window, self._permits = threading.Semaphore(window), window
        self._flushed = threading.Event()
        self._lost = ""
        self._answered = threading.Event()
        self._client.on_publish = self._published
        self._client.on_unsubscribe = lambda *_: self._flushed.set()
        self._client.on_connect = lambda *args: None if args[3].is_failure else self._answered.set()
        self._client.on_disconnect = self._disconnected
        connect(self._client, broker)
        self._client.loop_start()
        if not self._answered.wait(PATIENCE) or self._lost:
            self._client.loop_stop()
            raise BrokerAway(f"the broker on {broker} did not accept the connection {self._lost}".rstrip())

    def publish(
        self,
        topic: str,
        payload: bytes,
        qos: int = 1,
        retain: bool = False,
        properties: tuple[tuple[str, str], ...] = (),
    ) -> None:
        """Hands one message over; waits while `window` messages are on the way. Raises BrokerAway, UsageError."""
        if not self._window.acquire(timeout=PATIENCE):
            self._fail("it stopped taking messages")
        if self._lost:
            self._fail(self._lost)
        extra = None
        if properties:
            extra = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
            extra.UserProperty = list(properties)
        try:
            self._client.publish(topic, payload, qos=qos, retain=retain, properties=extra)
        except ValueError as error:
            raise UsageError(f"{topic!r} cannot be published: {error}") from error

    def close(self) -> None:
        """Waits until the broker has everything, then disconnects. Raises BrokerAway when it has not.

        A broker reads a connection in order: once it answers a question that came after all messages, it has them.
        The question (an UNSUBSCRIBE from nothing) reaches no subscriber.
        """
        try:
            for _ in range(self._permits):
                if not self._window.acquire(timeout=PATIENCE):
                    self._fail("it stopped taking messages")
                if self._lost:
                    self._fail(self._lost)
            self._client.unsubscribe("nms/v1/_selftest/flushed")
            if not self._flushed.wait(PATIENCE) or self._lost:
                self._fail(self._lost or "it did not confirm the last message")
        finally:
            self.abandon()

    def abandon(self) -> None:
        """Disconnects without waiting; what is on the way may be lost."""
        self._client.disconnect()
        self._client.loop_stop()

    def __enter__(self) -> Publisher:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.close()
        else:
            self.abandon()

    def _published(self, *_: Any) -> None:
        self._window.release()

    def _disconnected(self, _: Any, __: Any, ___: Any, reason: Any, ____: Any) -> None:
        if reason.is_failure:
            self._lost = str(reason)
        self._answered.set()  # whoever waits must see it now
        self._flushed.set()
        self._window.release()

    def _fail(self, reason: str) -> None:
        raise BrokerAway(f"the connection to the broker was lost: {reason}; not everything was sent")


@dataclass(frozen=True, slots=True)
class Heard:
    """One message as a plain subscriber gets it."""

    topic: str
    payload: bytes
    qos: int
    retain: bool
    user_properties: tuple[tuple[str, str], ...]


def listen(
    broker: Broker, topic_filter: str, stop: threading.Event, ready: threading.Event | None = None
) -> Iterator[Heard]:
    """Yields everything under the filter until `stop` is set; `ready` is set when the subscription stands.

    The QoS is that of the delivery: our own broker upgrades QoS 0 to 1 and hides what the device chose.
    Raises BrokerAway when there is no broker, UsageError for a filter that is none.
    """
    arrived: queue.Queue[Heard] = queue.Queue(10_000)

    def on_message(_: Any, __: Any, message: mqtt.MQTTMessage) -> None:
        pairs = getattr(message.properties, "UserProperty", ())
        heard = Heard(message.topic, bytes(message.payload), message.qos, message.retain, tuple(pairs))
        while not stop.is_set():
            with suppress(queue.Full):
                arrived.put(heard, timeout=0.2)
                return

    client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
    secure(client, broker)
    options = SubscribeOptions(qos=1, retainAsPublished=True)

    def on_connect(*_: Any) -> None:
        client.subscribe(topic_filter, options=options)

    client.on_connect = on_connect
    client.on_subscribe = lambda *_: ready.set() if ready else None
    client.on_message = on_message
    if not mqtt_filter_is_valid(topic_filter):
        raise UsageError(f"{topic_filter!r} is not a topic filter")
    connect(client, broker)
    client.loop_start()
    try:
        while not stop.is_set() or not arrived.empty():
            with suppress(queue.Empty):
                yield arrived.get(timeout=0.2)
    finally:
        stop.set()  # a callback that waits for room in the queue must not hold up the end
        client.disconnect()
        client.loop_stop()


def mqtt_filter_is_valid(text: str) -> bool:
    """Whether the text is a topic filter: `+` alone in a level, `#` alone in the last (MQTT 5 §4.7)."""
    levels = text.split("/")
    return (
        bool(text)
        and all(level in ("+", "#") or not {"+", "#"} & set(level) for level in levels)
        and "#" not in levels[:-1]
    )
