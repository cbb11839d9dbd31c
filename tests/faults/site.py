"""A site under fire: its real processes, the fleet, the proxies between them, and a small disk for the spool."""

from __future__ import annotations

import json
import random
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from pathlib import Path

from contracts.paths import PRODUCT
from ingestion.ledger import Ledger
from ingestion.mqtt.address import Broker as Address
from ingestion.mqtt.client import Publisher
from ingestion.spool.reader import sealed_segments, segment_id
from tests.faults import device, fleet
from tests.faults.fleet import Kind, Machine
from tests.faults.processes import Keeper, Service, wait_for
from tests.faults.proxy import HOST, FaultProxy
from tests.faults.small_disk import SmallDisk

#: Short enough for everything to happen often: sealing, archiving, and compaction of a day that still gets rows.
PACE = {
    "BRUK_SEAL_SECONDS": "2", "BRUK_SEAL_BYTES": "2000000", "BRUK_KEEPING_SECONDS": "5", "BRUK_COMPACT_AFTER_DAYS": "1",
    "BRUK_COMPACT_AT_FILES": "8",
}  # fmt: skip


class SiteUnderFire:
    """Broker, receiver, sealer, follower and machines in `folder`; a context that leaves no process and no mount."""

    def __init__(self, folder: Path, words: int, outboxes: int = 3) -> None:
        self.folder = folder
        self.fleet = fleet.make_fleet(words, outboxes)
        self.paths = fleet.make_fleet_site(folder, self.fleet).paths
        (folder / "gate").write_text("0", encoding="utf-8")
        self.broker_port, self.web_port = lasting_port(), lasting_port()
        self.inner, self.outer = FaultProxy(self.broker_port), FaultProxy(self.broker_port)
        self.disk = SmallDisk(self.paths.spool / "mqtt", 100_000_000 + 1_000 * words)
        self.outages: list[float] = []  # when the broker was killed, seconds since 1970
        self._stack = ExitStack()

    def __enter__(self) -> SiteUnderFire:
        with self._stack:
            self.inner.start()
            self._stack.callback(self.inner.stop)
            self.outer.start()
            self._stack.callback(self.outer.stop)
            self._stack.enter_context(self.disk)
            self.services = self._services()
            self.machines = {m.name: self._machine(m) for m in self.fleet}
            self._stack.enter_context(Keeper([*self.services.values(), *self.machines.values()]))
            self._stack = self._stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def start(self) -> None:
        """Broker, hints that nobody has asked for yet, receiver, the rest, and last the machines, with a shut gate."""
        self.services["broker"].start()
        wait_for(self._broker_answers, 30, "the broker")
        with Publisher(Address(HOST, self.broker_port)) as publisher:
            for topic, payload in fleet.hints():
                publisher.publish(topic, payload, 1, retain=True)
        for name in ("receiver", "sealer", "keeper", "follower"):
            self.services[name].start()
        wait_for(self.subscribed, 60, "the receiver's subscription")
        for machine in self.machines.values():
            machine.start()

    def open_gate(self, share: float) -> None:
        """Lets each machine say this share of its words."""
        (self.folder / "gate.new").write_text(f"{share:.6f}", encoding="utf-8")
        (self.folder / "gate.new").replace(self.folder / "gate")

    def kill(self, name: str) -> None:
        """SIGKILL of a service or a machine; the keeper starts it again at once."""
        if name == "broker":
            self.outages.append(time.time())
        (self.services.get(name) or self.machines[name]).kill()

    def signal_follower(self, number: int) -> None:
        """SIGSTOP: no acknowledgement reaches a machine; SIGCONT: they come again."""
        self.services["follower"].signal(number)

    def safe(self) -> int:
        """Words that their machines know to be safe, by the promise that each has."""
        return sum(self._progress(m) for m in self.fleet)

    def numbered_machines(self) -> list[str]:
        """Those with an outbox: the only ones that may be killed without asking what they had not said yet."""
        return [m.name for m in self.fleet if m.kind is Kind.OUTBOX]

    @property
    def done(self) -> bool:
        """Whether every machine has said its last word and ended."""
        return all(machine.done for machine in self.machines.values())

    def subscribed(self) -> bool:
        """Whether the receiver that runs now is subscribed."""
        process, status = self.services["receiver"].process, self.receiver_status()
        return process is not None and status.get("pid") == process.pid and bool(status.get("subscribed"))

    def receiver_status(self) -> dict[str, object]:
        """The receiver's own status file, {} before the first."""
        with suppress(OSError, ValueError):
            return dict(json.loads((self.paths.status / "receiver.json").read_bytes()))
        return {}

    def settle(self) -> None:
        """Waits until nothing arrives any more, seals, and waits until all of it is landed; then ends the services."""
        wait_for(self.subscribed, 60, "the receiver's subscription")
        before = -1
        while before != (now := self.receiver_status().get("messages")):
            before = now  # type: ignore[assignment]
            time.sleep(3)
        self.services["receiver"].end()
        wait_for(self._landed, 1_800, "the landing of all sealed segments")
        for name in ("sealer", "keeper", "follower", "broker"):
            self.services[name].end()

    def bruk(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A command of the product on this site, in its own process."""
        command = [sys.executable, "-m", "bruk.cli", *words, "--site", str(self.folder)]
        return subprocess.run(command, cwd=PRODUCT, capture_output=True, text=True, check=False)

    def deaths(self) -> dict[str, dict[int, int]]:
        """Processes that died although nobody killed them, with their exit codes."""
        every = {**self.services, **self.machines}
        return {name: dict(service.deaths) for name, service in every.items() if service.deaths}

    def _landed(self) -> bool:
        sealed = {segment_id(path) for path in sealed_segments(self.paths.spool / "mqtt")}
        return sealed <= Ledger(self.paths.ledger).landed_segments().keys()

    def _progress(self, machine: Machine) -> int:
        with suppress(OSError, ValueError):
            file = device.machine_folder(self.folder, machine.name) / "progress.json"
            return int(json.loads(file.read_bytes())["safe"])
        return 0

    def _broker_answers(self) -> bool:
        with suppress(OSError):
            socket.create_connection((HOST, self.broker_port), 0.2).close()
            return True
        return False

    def _services(self) -> dict[str, Service]:
        through = {"BRUK_MQTT_PORT": str(self.inner.port), "BRUK_WEB_PORT": str(self.web_port), **PACE}
        own = {"BRUK_MQTT_PORT": str(self.broker_port)}
        bruk = [sys.executable, "-m", "bruk.cli", "ingest"]
        site = ["--site", str(self.folder)]

        def service(name: str, command: list[str], environment: dict[str, str]) -> Service:
            return Service(name, command, self.folder / f"{name}.log", environment)

        broker = [sys.executable, "-m", "bruk.supervision.broker", str(self.folder)]
        return {
            "broker": service("broker", broker, own),
            "receiver": service("receiver", [*bruk, "mqtt", *site], through),
            "sealer": service("sealer", [*bruk, "seal", *site], through),
            "keeper": service("keeper", [*bruk, "keep", *site], through),
            "follower": service("follower", [*bruk, "follow", *site], through),
        }

    def _machine(self, machine: Machine) -> Service:
        port = self.outer.port if machine.kind is Kind.OUTBOX else self.broker_port
        command = device.command(machine, self.folder, port)
        return Service(machine.name, command, self.folder / f"{machine.name}.log", ends_by_itself=True)


def lasting_port() -> int:
    """A free port that no outgoing connection is given while its owner is being started again."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind((HOST, port))
            return port
