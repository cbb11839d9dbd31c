"""A simulated press and assembly line: a foreign program that knows the broker and the topic convention.

Short trial orders, so that a demonstration shows runs. BRUK_MQTT_HOST and BRUK_MQTT_PORT say where the broker is.
"""

from __future__ import annotations

import json
import os
import random
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import paho.mqtt.client as mqtt

LINE = "nms/v1/dalarna/testbed-dal/hall-1/line-1"
UNITS = (("press-1", "PRV-10", 3.0, "oil_temp", 52.0), ("assembly-1", "PRV-20", 5.0, "torque", 32.0))
Step = tuple[float, str, dict[str, Any]]  # seconds to wait before, topic below the work unit, fields


def orders(unit: str, product: str, planned: float, channel: str, level: float) -> Iterator[Step]:
    """What one work unit says, for ever: setup, production with its values, output, pause."""
    chance = random.Random()
    serial = int(time.time())
    while True:
        serial += 1
        run = f"{unit}-{serial}"
        wanted = chance.randint(12, 20)
        yield 1, "state_v1/main", {"v": "setup"}
        yield (
            chance.uniform(4, 8),
            "run_v1/start",
            {"run": run, "kind": "order", "product": product, "organisation": "559900-0241"},
        )
        yield 0, "state_v1/main", {"v": "producing"}
        for _ in range(wanted):
            value = round(level * chance.uniform(0.95, 1.05), 2)
            yield planned * chance.uniform(1.0, 1.2), f"measurement_v1/{channel}", {"v": value, "q": "good", "run": run}
            if chance.random() < 0.03:
                yield 0, "state_v1/main", {"v": "delayed", "reason": "korta stopp"}
                yield chance.uniform(3, 9), "state_v1/main", {"v": "producing"}
        scrap = sum(chance.random() < 0.04 for _ in range(wanted))
        amounts = {"produced": wanted, "good": wanted - scrap, "scrap": scrap, "rework": 0}
        yield 0, "output_v1/main", {"run": run, "product": product, **amounts}
        yield 0, "run_v1/end", {"run": run, "outcome": "finished"}
        yield 0, "state_v1/main", {"v": "idle"}
        for _ in range(3):
            yield chance.uniform(2, 4), f"measurement_v1/{channel}", {"v": round(level * 0.9, 2), "q": "good"}


class Stop(Exception):
    """SIGTERM."""


def main() -> None:
    """Publishes until SIGTERM; QoS 1; reconnects by itself."""

    def stop(*_: Any) -> None:
        raise Stop

    signal.signal(signal.SIGTERM, stop)
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="simulated-line", protocol=mqtt.MQTTv5)
    client.reconnect_delay_set(1, 5)
    client.connect_async(os.environ.get("BRUK_MQTT_HOST", "127.0.0.1"), int(os.environ.get("BRUK_MQTT_PORT", "18883")))
    client.loop_start()
    stories = [(unit[0], orders(*unit)) for unit in UNITS]
    queue = [(time.time() + step[0], place, step) for place, step in enumerate(next(story) for _, story in stories)]
    try:
        while True:
            queue.sort(key=lambda item: item[0])
            due, place, (_, topic, fields) = queue.pop(0)
            time.sleep(max(0.0, due - time.time()))
            stamp = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
            unit, story = stories[place]
            client.publish(f"{LINE}/{unit}/{topic}", json.dumps({"ts": stamp, **fields}), qos=1)
            step = next(story)
            queue.append((max(due, time.time() - 5) + step[0], place, step))
    except Stop:
        pass
    finally:
        client.disconnect()
        client.loop_stop()


if __name__ == "__main__":
    main()
