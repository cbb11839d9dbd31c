"""A client that publishes and subscribes in a session that outlives its connections; the second door to paho."""

from __future__ import annotations

from typing import Any, Protocol

import paho.mqtt.client as mqtt
import structlog
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties, VariableByteIntegers
from paho.mqtt.subscribeoptions import SubscribeOptions

from contracts.errors import UsageError
from ingestion.mqtt.address import Broker

log = structlog.get_logger()

SESSION_EXPIRY = 3_600  # seconds that the broker keeps what it has for us
KEEPALIVE = 20  # seconds; paho sees a half-open connection after two of them
IN_FLIGHT = 1_000
FAILED = 128  # reason codes from here on are refusals (MQTT 5 §2.4)

Pairs = tuple[tuple[str, str], ...]


class Hearing(Protocol):
    """Who uses a session. Called on the session's own thread: must return at once. What it raises is only logged."""

    def connected(self) -> None:
        """The broker has accepted us, and the subscriptions stand."""

    def lost(self, reason: str) -> None:
        """The connection is gone, or was refused; the session tries again by itself."""

    def refused(self, reason: str) -> None:
        """The broker did not take a message, or a subscription."""

    def heard(self, topic: str, payload: bytes) -> None:
        """A message arrived."""


class _Pairs(Properties):
    """User properties alone, packed at once: paho's own way through names and tables is half of a message's cost."""

    def __init__(self, pairs: Pairs) -> None:
        texts = [text.encode() for pair in pairs for text in pair]
        lengths = [len(text).to_bytes(2, "big") + text for text in texts]
        body = b"".join(b"\x26" + key + value for key, value in zip(lengths[::2], lengths[1::2], strict=True))
        packed = VariableByteIntegers.encode(len(body)) + body  # type: ignore[no-untyped-call]
        # Around its __setattr__, which knows the names of the standard only.
        self.__dict__.update(packetType=PacketTypes.PUBLISH, packed=packed)

    def pack(self) -> bytes:
        """The bytes of the property block."""
        packed: bytes = self.__dict__["packed"]
        return packed


class Session:
    """Connects in a thread of its own, again and again, until it is closed. Never ends by itself.

    What was published at QoS 1 and not confirmed is sent again by paho itself after a reconnect.
    """

    def __init__(self, broker: Broker, client_id: str, filters: list[str], hearing: Hearing) -> None:
        """Begins to connect and returns. Raises TerminalError when a certificate cannot be used."""
        self._filters, self._hearing = filters, hearing
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=client_id, protocol=mqtt.MQTTv5)
        self._client.max_inflight_messages_set(IN_FLIGHT)
        self._client.max_queued_messages_set(0)
        self._client.reconnect_delay_set(1, 2)
        self._client.on_connect = self._on_connect
        self._client.on_connect_fail = lambda *_: self._tell(self._hearing.lost, "no broker answers")
        self._client.on_disconnect = lambda _, __, ___, reason, ____: self._tell(self._hearing.lost, str(reason))
        self._client.on_subscribe = self._on_subscribe
        self._client.on_publish = self._on_publish
        self._client.on_message = lambda _, __, m: self._tell(self._hearing.heard, m.topic, bytes(m.payload))
        if (context := broker.tls()) is not None:
            self._client.tls_set_context(context)
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = SESSION_EXPIRY
        self._client.connect_async(
            broker.host, broker.port, keepalive=KEEPALIVE, clean_start=False, properties=properties
        )
        self._client.loop_start()

    def publish(self, topic: str, payload: bytes, *, retain: bool = False, properties: Pairs = ()) -> None:
        """Hands one QoS 1 message over and returns at once. Raises UsageError for a topic that is none."""
        try:
            self._client.publish(topic, payload, qos=1, retain=retain, properties=_Pairs(properties))
        except ValueError as error:
            raise UsageError(f"{topic!r} cannot be published: {error}") from error

    def close(self) -> None:
        """Disconnects without a further word to `hearing`; the broker keeps the session for a while."""
        self._client.on_disconnect = None
        self._client.disconnect()
        self._client.loop_stop()

    def _on_connect(self, _: Any, __: Any, ___: Any, reason: Any, ____: Any) -> None:
        if reason.is_failure:
            self._tell(self._hearing.lost, f"the broker refuses us: {reason}")
        elif self._filters:
            options = SubscribeOptions(qos=1)
            self._client.subscribe([(topic, options) for topic in self._filters])
        else:
            self._tell(self._hearing.connected)

    def _on_subscribe(self, _: Any, __: Any, ___: Any, reasons: list[Any], ____: Any) -> None:
        for topic, reason in zip(self._filters, reasons, strict=False):
            if reason.value >= FAILED:
                self._tell(self._hearing.refused, f"subscription to {topic}: {reason}")
        self._tell(self._hearing.connected)

    def _on_publish(self, _: Any, __: Any, ___: Any, reason: Any, ____: Any) -> None:
        if reason.value >= FAILED:
            self._tell(self._hearing.refused, str(reason))

    def _tell(self, what: Any, *args: Any) -> None:
        """An exception here would end paho's thread without a word while the client still looks connected."""
        try:
            what(*args)
        except Exception:
            log.exception("session_callback_failed")
