"""A session that takes nothing while it is filled, and then gives back what the broker kept; the third door to paho."""

from __future__ import annotations

import threading
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from ingestion.mqtt.address import Broker
from ingestion.mqtt.client import PATIENCE, BrokerAway, Heard, connect, secure

EXPIRY = 120  # seconds until the broker forgets a session whose owner was killed


class ParkedSession:
    """The session of one client id.

    One certificate is one client id, and so one connection: the same client fills its own session. It takes nothing
    because it allows the broker one unacknowledged message and never acknowledges it.
    """

    def __init__(self, broker: Broker, client_id: str, topic: str) -> None:
        self._broker, self._client_id, self._topic = broker, client_id, topic

    def fill(self, payloads: dict[int, list[bytes]], seconds: float = PATIENCE) -> None:
        """Begins a new session, publishes the payloads by QoS, and leaves. Raises BrokerAway."""
        client = self._connect(clean=True, expiry=EXPIRY, receive_maximum=1, ack=False)
        try:
            answered = threading.Event()
            client.on_subscribe = client.on_unsubscribe = lambda *_: answered.set()
            client.subscribe(self._topic, options=SubscribeOptions(qos=1))
            self._wait(answered, seconds)
            sent = [client.publish(self._topic, data, qos=qos) for qos, all in payloads.items() for data in all]
            for message in sent:
                message.wait_for_publish(seconds)
            client.unsubscribe(f"{self._topic}/flushed")  # answered when all before it has been read
            self._wait(answered, seconds)
        except (RuntimeError, ValueError) as error:
            raise BrokerAway(f"the broker stopped taking messages: {error}") from error
        finally:
            _leave(client)

    def drain(self, expected: int, quiet: float = 3.0) -> list[Heard]:
        """Everything that the session kept: until so many came, or none for `quiet` seconds. Raises BrokerAway."""
        came: list[Heard] = []
        more = threading.Semaphore(0)

        def on_message(_: Any, __: Any, message: mqtt.MQTTMessage) -> None:
            came.append(Heard(message.topic, bytes(message.payload), message.qos, message.retain, ()))
            more.release()

        client = self._connect(clean=False, expiry=0, receive_maximum=1_000, ack=True, on_message=on_message)
        try:
            while len(came) < expected and more.acquire(timeout=quiet):
                pass
        finally:
            _leave(client)
        return came

    def forget(self) -> None:
        """Leaves nothing at the broker. Raises BrokerAway."""
        _leave(self._connect(clean=True, expiry=0, receive_maximum=1, ack=True))

    def _connect(
        self, *, clean: bool, expiry: int, receive_maximum: int, ack: bool, on_message: Any = None
    ) -> mqtt.Client:
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=self._client_id, protocol=mqtt.MQTTv5, reconnect_on_failure=False,
            manual_ack=not ack,
        )  # fmt: skip
        client.max_inflight_messages_set(500)
        client.on_message = on_message
        ready = threading.Event()
        client.on_connect = lambda *args: None if args[3].is_failure else ready.set()
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval, properties.ReceiveMaximum = expiry, receive_maximum
        secure(client, self._broker)
        connect(client, self._broker, clean_start=clean, properties=properties)
        client.loop_start()
        if not ready.wait(10):
            _leave(client)
            raise BrokerAway(f"the broker on {self._broker} did not accept the connection")
        return client

    @staticmethod
    def _wait(answered: threading.Event, seconds: float) -> None:
        if not answered.wait(seconds):
            raise BrokerAway("the broker stopped answering")
        answered.clear()


def _leave(client: mqtt.Client) -> None:
    client.disconnect()
    client.loop_stop()
