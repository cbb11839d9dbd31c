"""One machine of the fleet as a process: `python -m tests.faults.device FOLDER PORT NAME KIND WORDS BEGIN`."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from ingestion.atomic import replace_file
from ingestion.edge.outbox import Outbox
from ingestion.edge.sender import Sender
from ingestion.mqtt.address import Broker
from tests.faults.fleet import Kind, Machine
from tests.faults.proxy import HOST

BURST = 200
AHEAD = 6_000  # words that a machine stores beyond the acknowledged one before it waits
ON_THE_WAY = 500  # QoS 1 messages of a plain machine without the broker's acknowledgement
SAID = "said.jsonl"  # of a plain machine: [first n, last n, began, ended] of what counts as sent, in seconds since 1970
RESENT = "resent.json"  # of a plain machine: the n that went out twice, because the connection broke in between


def machine_folder(folder: Path, name: str) -> Path:
    """Where a machine keeps its outbox and what it knows about itself."""
    return folder / "machines" / name


class Gate:
    """The share of its words that a machine may say by now, as the harness writes it into a file."""

    def __init__(self, folder: Path, words: int) -> None:
        self._file, self._words, self._read, self._limit = folder / "gate", words, 0.0, 0

    def limit(self) -> int:
        """Words that may be said in all."""
        if time.monotonic() - self._read > 0.05:
            self._read = time.monotonic()
            self._limit = min(self._words, int(self._words * float(self._file.read_text(encoding="utf-8") or 0)))
        return self._limit


class Progress:
    """Tells the harness how far the machine is, three times a second."""

    def __init__(self, folder: Path) -> None:
        self._file, self._written = folder / "progress.json", 0.0

    def tell(self, said: int, safe: int, *, now: bool = False) -> None:
        """`said` words were stored or sent, `safe` of them acknowledged by whoever promises most."""
        if now or time.monotonic() - self._written > 0.3:
            self._written = time.monotonic()
            replace_file(self._file, json.dumps({"said": said, "safe": safe}).encode(), durable=False)


def run_outbox(machine: Machine, folder: Path, port: int) -> None:
    """Stores its words in the outbox and ends when the site has acknowledged the last one."""
    own = machine_folder(folder, machine.name)
    outbox, gate, progress = Outbox(own / "outbox.sqlite"), Gate(folder, machine.words), Progress(own)
    stop = threading.Event()
    sender = Sender(outbox, Broker(HOST, port), machine.name)
    sending = threading.Thread(target=sender.run, args=(stop,), name="sender")
    sending.start()
    try:
        while (state := outbox.state()).acknowledged < machine.words - 1:
            end = min(gate.limit(), state.highest + 1 + BURST, state.acknowledged + AHEAD)
            numbers = range(state.highest + 1, max(state.highest + 1, end))
            if numbers:
                stored = outbox.put_many((machine.topic, machine.payload(n)) for n in numbers)
                assert stored == numbers, f"the outbox gave {stored} for {numbers}"
            else:
                time.sleep(0.02)
            progress.tell(numbers.stop, state.acknowledged + 1)
    finally:
        stop.set()
        sending.join()
    progress.tell(machine.words, machine.words, now=True)


class Plain:
    """A third party's machine: it sends and forgets. What the broker acknowledged (QoS 1) or a standing connection
    took (QoS 0) counts as sent."""

    def __init__(self, machine: Machine, folder: Path, port: int) -> None:
        self.machine, self.folder = machine, folder
        self.qos = 0 if machine.kind is Kind.QOS0 else 1
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=machine.name, protocol=mqtt.MQTTv5)
        self._client.max_inflight_messages_set(ON_THE_WAY)
        self._client.reconnect_delay_set(1, 1)
        self._client.on_connect = lambda *_: self._up.set()
        self._client.on_disconnect = lambda *_: self._lost()
        self._up = threading.Event()
        self._client.on_publish = lambda _, __, mid, ___, ____: self._acknowledged.add(mid)
        self._acknowledged: set[int] = set()
        self._batch: dict[int, int] = {}  # packet id → n
        self.resent: list[int] = []
        self._client.connect_async(HOST, port, keepalive=30, clean_start=False)
        self._client.loop_start()

    def say(self, numbers: range) -> None:
        """Sends the words; returns when all of them count as sent."""
        self._batch = {}
        self._acknowledged.clear()
        for n in numbers:
            self._up.wait()
            info = self._publish(n)
            while not self.qos and info.rc != mqtt.MQTT_ERR_SUCCESS:
                self._up.wait()
                time.sleep(0.01)
                info = self._publish(n)
            self._batch[info.mid] = n
        while self.qos and not self._batch.keys() <= self._acknowledged:
            time.sleep(0.01)

    def close(self) -> None:
        """In good order: a broker reads a connection to its end."""
        self._client.disconnect()
        self._client.loop_stop()

    def _publish(self, n: int) -> mqtt.MQTTMessageInfo:
        retain = self.machine.kind is Kind.RETAINED
        return self._client.publish(self.machine.topic, self.machine.payload(n), self.qos, retain=retain)

    def _lost(self) -> None:
        self._up.clear()
        if self.qos:  # paho sends them again by itself
            self.resent += [n for mid, n in list(self._batch.items()) if mid not in self._acknowledged]


def run_plain(machine: Machine, folder: Path, port: int) -> None:
    """Says its words in step with the fleet, and writes down what counts as sent, and when."""
    own = machine_folder(folder, machine.name)
    own.mkdir(parents=True, exist_ok=True)
    gate, progress, plain = Gate(folder, machine.words), Progress(own), Plain(machine, folder, port)
    said = 0
    with (own / SAID).open("a", encoding="utf-8") as log:
        while said < machine.words:
            numbers = range(said, max(said, min(gate.limit(), said + BURST)))
            if numbers:
                began = time.time()
                plain.say(numbers)
                log.write(json.dumps([numbers.start, numbers.stop - 1, began, time.time()]) + "\n")
                log.flush()
                said = numbers.stop
            else:
                time.sleep(0.02)
            progress.tell(said, said)
    plain.close()
    replace_file(own / RESENT, json.dumps(plain.resent).encode(), durable=False)
    progress.tell(said, said, now=True)


def command(machine: Machine, folder: Path, port: int) -> list[str]:
    """The command line of a machine's process."""
    words = [str(folder), str(port), machine.name, machine.kind.value, str(machine.words), machine.begin.isoformat()]
    return [sys.executable, "-m", "tests.faults.device", *words]


def main(arguments: list[str]) -> None:
    """What the command line says."""
    folder, port, name, kind, words, begin = arguments
    machine = Machine(name, Kind(kind), int(words), datetime.fromisoformat(begin))
    run: Callable[..., Any] = run_outbox if machine.kind is Kind.OUTBOX else run_plain
    run(machine, Path(folder), int(port))


if __name__ == "__main__":
    main(sys.argv[1:])
