"""Everything that can happen between a device and landing, in any order, without threads or sockets: nothing is lost.

Real: window, lane, receiver, writer, reader, acknowledger's tail, judge, ledger. Models: device, broker, network, disk.
"""

from __future__ import annotations

import os
import random
import shutil
import tempfile
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from structlog.testing import capture_logs

import ingestion.acknowledge.tail as tail_module
import ingestion.atomic as atomic_module
import ingestion.mqtt.lane as lane_module
import ingestion.spool.writer as writer_module
from ingestion.acknowledge.tail import Tail
from ingestion.edge.window import Window
from ingestion.landing.sealer import land_pending
from ingestion.ledger import Ledger
from ingestion.mqtt.lane import Lane
from ingestion.mqtt.receiver import Receiver
from ingestion.spool.reader import SpooledMessage, all_segments, messages
from tests.faults.disk import PowerCut, SimulatedDisk
from tests.faults.forgetful_broker import ForgetfulBroker, Said
from tests.ingestion.spooling import OIL, reading
from tests.sites import NOON, make_site

BOOT, DEVICE = 7, "gw-dal"
EXAMPLES = int(os.environ.get("BRUK_MACHINE_EXAMPLES", "30"))


class Delivery(RuleBasedStateMachine):
    """One device with an outbox, one without, one broker, one receiver, one follower, one sealer."""

    @initialize(seed=st.integers(0, 1 << 30))
    def begin(self, seed: int) -> None:
        """An empty site whose disk can lose its power."""
        self.receiver: Receiver | None = None
        self._patches = pytest.MonkeyPatch()
        self._patches.setattr(lane_module, "GAP", 0)
        shared = Path("/dev/shm")
        self.folder = Path(tempfile.mkdtemp(prefix="bruk-machine-", dir=shared if shared.is_dir() else None))
        self.site = make_site(self.folder)
        self._logs = capture_logs()
        self._logs.__enter__()
        spool = self.site.paths.spool / "mqtt"
        spool.mkdir(parents=True)
        self.disk = SimulatedDisk(spool, random.Random(seed))
        self.disk.settle()
        for module in (writer_module, tail_module, atomic_module):
            self._patches.setattr(module, "os", self.disk)
        self.now, self.device_now = NOON, 0.0
        self.broker = ForgetfulBroker()
        self.stored = 0  # numbers that the outbox gave
        self.window = Window(-1, self.device_now)
        self.window.connected(self.device_now)
        self.plain: list[Said] = []
        self.told: list[int] = []  # end-to-end acknowledgements on their way to the device
        self.start_receiver()
        self.tail = Tail(self.site, lambda: self.now)

    @rule(count=st.integers(1, 8))
    def the_device_stores(self, count: int) -> None:
        """Into its outbox."""
        self.stored += count

    @rule()
    def the_device_sends(self) -> None:
        """What its window allows now."""
        for seq in self.window.take(self.stored - 1, self.device_now):
            self.broker.publish(numbered(seq))

    @rule(repeat=st.booleans())
    def a_plain_machine_speaks(self, repeat: bool) -> None:
        """And now and then says the same again, and means it."""
        said = self.plain[-1] if repeat and self.plain else plain(len(self.plain))
        self.plain.append(said)
        self.broker.publish(said)

    @precondition(lambda self: self.connected)
    @rule(count=st.integers(1, 6))
    def the_broker_delivers(self, count: int) -> None:
        """Onto the wire."""
        self.broker.deliver(count)

    @precondition(lambda self: self.connected)
    @rule()
    def the_receiver_reads(self) -> None:
        """Commits, acknowledges."""
        self.read()

    @precondition(lambda self: self.connected)
    @rule()
    def the_broker_reads_acknowledgements(self) -> None:
        """And forgets."""
        self.broker.read_acknowledgements()

    @precondition(lambda self: self.connected)
    @rule(count=st.integers(1, 6))
    def all_goes_well_for_a_while(self, count: int) -> None:
        """From the machines to the broker's forgetting, so that there is something to lose."""
        self.stored += count
        self.the_device_sends()
        self.a_plain_machine_speaks(repeat=count == 1)
        self.broker.deliver(2 * count)
        self.read()
        self.broker.read_acknowledgements()

    @rule()
    def the_connection_breaks(self) -> None:
        """And comes back."""
        self.broker.disconnect()
        self.connect()

    @rule()
    def the_broker_saves(self) -> None:
        """Its autosave."""
        self.broker.save()

    @rule()
    def the_broker_crashes(self) -> None:
        """And comes back with what it had saved."""
        self.broker.crash()
        self.connect()

    @rule(calls=st.integers(1, 6))
    def the_power_goes_in_mid_write(self, calls: int) -> None:
        """At one of the next calls of the disk."""
        self.disk.cut_at = self.disk.calls + calls
        try:
            if self.connected:
                self.broker.deliver(3)
                self.read()
            self.seal()
        except PowerCut:
            pass
        self.disk.cut()
        self.receiver = None
        self.holds_what_was_acknowledged()
        self.tail = Tail(self.site, lambda: self.now)  # the same machine
        self.start_receiver()

    @rule()
    def the_follower_acknowledges(self) -> None:
        """From the tail of the spool."""
        touched = self.tail.read() or {}
        self.told += [high for (device, boot), high in touched.items() if (device, boot) == (DEVICE, BOOT)]

    @rule()
    def the_follower_is_killed(self) -> None:
        """And begins at its checkpoint."""
        self.tail = Tail(self.site, lambda: self.now)

    @rule(lost=st.booleans())
    def an_acknowledgement_arrives_or_is_lost(self, lost: bool) -> None:
        """At the device, which then forgets what is covered."""
        for high in [] if lost else self.told:
            self.window.acknowledge(high, self.device_now)
        self.told = []

    @rule(seconds=st.sampled_from([0.1, 5.0, 40.0]))
    def time_passes(self, seconds: float) -> None:
        """For everybody."""
        self.now += int(seconds * 1e9)
        self.device_now += seconds
        if self.receiver is not None:
            self.receiver.tick()

    @rule()
    def what_is_sealed_lands(self) -> None:
        """In the ledger."""
        self.seal()
        land_pending(self.site, lambda: self.now)

    def teardown(self) -> None:
        """Everything works again, and then all of it must be there."""
        if not hasattr(self, "site"):
            return
        try:
            if self.receiver is not None:  # else something is lost already
                self.heal()
                self.all_is_landed()
        finally:
            self._logs.__exit__(None, None, None)
            self._patches.undo()
            shutil.rmtree(self.folder)

    @property
    def connected(self) -> bool:
        """Whether there is a wire."""
        return self.broker.wire is not None

    def start_receiver(self) -> None:
        """The process starts: recovery, a new segment, a connection."""
        self.disk.cut_at = None
        self.receiver = Receiver(self.site.settings, self.site.paths, lambda: self.now)
        self.broker.disconnect()
        self.connect()

    def connect(self) -> None:
        """A lane is one connection."""
        assert self.receiver is not None
        wire, present = self.broker.connect()
        self.receiver.new_lane()
        self.lane = Lane(wire, self.receiver.commit)  # type: ignore[arg-type]
        self.lane.recv(100)
        self.receiver.connected(present)

    def read(self) -> None:
        """All that is on the wire."""
        while self.broker.wire is not None and (self.broker.wire.inbound or self.lane.pending()):
            try:
                self.lane.recv(100)
            except BlockingIOError:
                continue

    def seal(self) -> None:
        """By hand: the clock would do it later."""
        assert self.receiver is not None
        self.receiver._spool.seal()

    def spooled(self) -> list[SpooledMessage]:
        """Every message of the spool."""
        return [
            item
            for path in all_segments(self.site.paths.spool / "mqtt")
            for item in messages(path)
            if isinstance(item, SpooledMessage)
        ]

    def holds_what_was_acknowledged(self) -> None:
        """To the broker, and end to end."""
        there = Counter(message.payload for message in self.spooled())
        owed = Counter(said.payload for said in self.broker.acknowledged)
        if not self.broker.crashes:  # a broker that came back from a snapshot lets us acknowledge a message twice
            assert all(there[payload] >= n for payload, n in owed.items())
        assert all(there[payload] for payload in owed)
        highest = max([self.window.acknowledged, *self.told])
        assert all(there[numbered(seq).payload] for seq in range(highest + 1))

    def heal(self) -> None:
        """No more faults: until the device has its acknowledgement for everything."""
        for _ in range(200):
            self.the_device_sends()
            self.broker.deliver(10_000)
            self.read()
            self.broker.read_acknowledgements()
            self.the_follower_acknowledges()
            self.an_acknowledgement_arrives_or_is_lost(lost=False)
            assert self.broker.session is not None
            if self.window.acknowledged == self.stored - 1 and not self.broker.session.on_the_way:
                return
            self.time_passes(5.0)
        raise AssertionError(f"no progress: {self.window.acknowledged} of {self.stored - 1}")

    def all_is_landed(self) -> None:
        """Numbers once each; plain words as often as they were said, but for what a broker lost or told twice."""
        self.holds_what_was_acknowledged()
        self.seal()
        land_pending(self.site, lambda: self.now)
        ledger = Ledger(self.site.paths.ledger)
        numbers: Counter[int] = Counter()
        words: Counter[float] = Counter()
        flagged: Counter[float] = Counter()
        for file in ledger.landed_files():
            table = pq.read_table(self.site.paths.landing / file.path, partitioning=None)
            for row in table.select(["seq", "value", "flags"]).to_pylist():
                if row["seq"] is not None:
                    assert row["value"] == row["seq"] / 8
                    numbers[row["seq"]] += 1
                else:
                    words[row["value"]] += 1
                    flagged[row["value"]] += row["flags"] is not None
        assert numbers == Counter(range(self.stored))
        said = Counter(float(word.payload.split(b'"v":')[1].rstrip(b"} ").strip()) for word in self.plain)
        if self.broker.crashes:
            assert all(words[word] - flagged[word] <= said[word] for word in words)
        else:
            assert words == said
        counts = sum(count.n for count in ledger.counts())
        assert counts == ledger.received() == len(self.spooled())


def numbered(seq: int) -> Said:
    """The seq-th word of the device with an outbox."""
    payload = reading(seq / 8, f"2026-11-24T10:00:{seq % 60:02}.{seq // 60 % 1000:03}Z")
    return Said(OIL.encode(), payload, ((b"boot", str(BOOT).encode()), (b"seq", str(seq).encode())))


def plain(n: int) -> Said:
    """A word of a machine without numbers; another topic than that of the numbers."""
    return Said(f"{OIL}_plain".encode(), reading(n + 0.5, "2026-11-24T11:00:00Z"))


# Not shrunk: a step costs milliseconds of real files, and shrinking five minutes; the printed blob runs it again.
Delivery.TestCase.settings = settings(
    max_examples=EXAMPLES, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck),
    print_blob=True, phases=(Phase.explicit, Phase.reuse, Phase.generate),
)  # fmt: skip
TestDelivery = Delivery.TestCase
