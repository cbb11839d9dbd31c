"""What a careful engineer writes first: paho's callback, a file, fdatasync, and then the acknowledgements."""

from __future__ import annotations

import os
import queue
import sys
import time
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

BATCH = 500


def drain(
    host: str, port: int, client_id: str, topic: str, count: int, out: str, tls: tuple[str, str, str] | None
) -> None:
    """Takes `count` messages, durable before they are acknowledged; prints begin and end."""
    arrived: queue.Queue[mqtt.MQTTMessage] = queue.Queue(20_000)
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=client_id, protocol=mqtt.MQTTv5, manual_ack=True)
    if tls:
        client.tls_set(*tls)
    client.on_message = lambda _, __, message: arrived.put(message)
    options = SubscribeOptions(qos=1, noLocal=True, retainHandling=1)
    client.on_connect = lambda *_: client.subscribe(topic, options=options)
    properties = Properties(PacketTypes.CONNECT)
    properties.SessionExpiryInterval, properties.ReceiveMaximum = 3600, 20_000
    tell("begin")
    client.connect(host, port, clean_start=False, properties=properties)
    client.loop_start()
    taken, file = 0, os.open(out, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    while taken < count:
        batch = [arrived.get()]
        while len(batch) < BATCH and not arrived.empty():
            batch.append(arrived.get())
        os.write(file, b"".join(m.topic.encode() + b"\0" + bytes(m.payload) + b"\n" for m in batch))
        os.fdatasync(file)
        for message in batch:
            client.ack(message.mid, message.qos)
        taken += len(batch)
    tell("end")
    client.disconnect()
    client.loop_stop()


def tell(word: str) -> None:
    """One line for whoever measures: word, wall ns, CPU µs."""
    print(word, time.monotonic_ns(), time.process_time_ns() / 1000, flush=True)


def main(words: list[str]) -> None:
    """HOST PORT CLIENT TOPIC COUNT OUT [CA CERT KEY]."""
    host, port, client_id, topic, count, out, *tls = words
    found: Any = tuple(tls) or None
    drain(host, int(port), client_id, topic, int(count), out, found)


main(sys.argv[1:])
