"""Outbox, broker, receiver and acknowledger as real processes, killed one after the other: nothing is lost."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from contracts.errors import UsageError
from contracts.site import load_site
from ingestion.edge.outbox import Outbox, look
from ingestion.landing.sealer import land_pending
from ingestion.ledger.ledger import Ledger
from ingestion.mqtt.client import listen
from tests.broker import Broker
from tests.ingestion.acknowledge.running import Running, all_of, device, follower
from tests.ingestion.mqtt.receiving import Receiving, receiving, wait_until
from tests.ingestion.spooling import OIL, reading
from tests.sites import clock_at, make_site

pytestmark = pytest.mark.slow
COUNT = 1_500


class Line:
    """A site with everything on the way to it, and one device."""

    def __init__(self, folder: Path, broker: Broker) -> None:
        self.site = make_site(folder / "site").paths.site
        self.broker = broker
        self.receiver = Receiving(self.site, broker.address, ("nms/v1/+/+/+/+/+/#",))
        self.follower = follower(self.site, broker.port)
        self.outbox = folder / "outbox.sqlite"
        self.device = device(self.outbox, broker.port, "gw-dal", OIL, COUNT, 1_000)

    @property
    def acknowledged(self) -> int:
        with suppress(UsageError):  # not made yet
            return look(self.outbox).acknowledged
        return -1

    def said(self) -> bytes:
        """The acknowledgement that the broker keeps for the device, empty when it keeps none."""
        return retained(self.broker, "nms/v1/_ack/gw-dal/durable")

    def numbers(self) -> Counter[int]:
        """How often each number of the outbox is in the spool."""
        boot = str(look(self.outbox).boot)
        found = (dict(message.user_properties) for message in self.receiver.spooled())
        return Counter(int(one["seq"]) for one in found if one["boot"] == boot)


@contextmanager
def line(folder: Path, broker: Broker) -> Iterator[Line]:
    whole = Line(folder, broker)
    with receiving(whole.receiver), all_of(whole.follower, whole.device):
        whole.receiver.start_connected()
        whole.follower.start()
        whole.device.start()
        yield whole


def retained(broker: Broker, topic: str) -> bytes:
    """What the broker keeps under a topic."""
    stop = threading.Event()
    timer = threading.Timer(1.0, stop.set)
    timer.start()
    found = next((heard.payload for heard in listen(broker.address, topic, stop)), b"")
    stop.set()
    timer.cancel()
    return found


def complete(whole: Line) -> bool:
    return whole.acknowledged == COUNT - 1


def test_everything_is_acknowledged_and_leaves_the_outbox(tmp_path: Path, broker: Broker) -> None:
    with line(tmp_path, broker) as whole:
        wait_until(lambda: complete(whole), 60)
        assert look(whole.outbox).bytes == 0
        assert whole.numbers() == Counter(range(COUNT))


def test_whoever_is_killed_everything_is_in_the_spool_before_it_is_acknowledged(tmp_path: Path, broker: Broker) -> None:
    with line(tmp_path, broker) as whole:
        victims: list[Running | Receiving | Broker] = [whole.device, whole.follower, whole.receiver, broker]
        for victim in victims * 2:
            held = whole.acknowledged
            wait_until(lambda held=held: whole.acknowledged > held or complete(whole), 60)  # type: ignore[misc]
            victim.kill()
            acknowledged = whole.acknowledged
            assert set(range(acknowledged + 1)) <= set(whole.numbers())
            victim.start()
        wait_until(lambda: complete(whole), 90)
        assert set(whole.numbers()) == set(range(COUNT))
        assert sum(whole.numbers().values()) < 3 * COUNT


# A late follower may tell of all five bursts at once: only its first telling is sure to come.
@pytest.mark.parametrize("fault", ["follower.before-ack", "edge.published:5", "edge.before-cover"])
def test_a_kill_between_any_two_steps_of_an_acknowledgement_loses_nothing(
    tmp_path: Path, broker: Broker, fault: str
) -> None:
    whole = Line(tmp_path, broker)
    victim = whole.follower if fault.startswith("follower") else whole.device
    with receiving(whole.receiver), all_of(whole.follower, whole.device):
        whole.receiver.start_connected()
        whole.follower.start(fault if victim is whole.follower else "")
        whole.device.start(fault if victim is whole.device else "")
        assert victim.process is not None
        assert victim.process.wait(60) == -9
        assert set(range(whole.acknowledged + 1)) <= set(whole.numbers())
        victim.start()
        wait_until(lambda: complete(whole), 60)
        assert set(whole.numbers()) == set(range(COUNT))


def test_while_the_acknowledgements_are_cut_copies_stay_few_and_everything_goes_on_afterwards(
    tmp_path: Path, broker: Broker
) -> None:
    with line(tmp_path, broker) as whole:
        wait_until(lambda: whole.acknowledged > 0, 60)
        whole.follower.kill()
        time.sleep(5)  # the cut itself
        whole.follower.start()
        wait_until(lambda: complete(whole), 60)
        assert sum(whole.numbers().values()) < 3 * COUNT


def test_a_broker_that_lost_everything_it_kept_is_told_again(tmp_path: Path, broker: Broker) -> None:
    with line(tmp_path, broker) as whole:
        wait_until(lambda: complete(whole), 60)
        whole.device.kill()
        broker.kill()
        for file in (broker.folder / "db").iterdir():
            file.unlink()
        broker.start()
        wait_until(lambda: whole.said() == f"{look(whole.outbox).boot} {COUNT - 1}".encode(), 60)


def test_two_senders_with_one_name_are_both_kept(tmp_path: Path, broker: Broker) -> None:
    """Two outboxes under one device id throw each other out at the broker, again and again; both get through."""
    other = device(tmp_path / "other.sqlite", broker.port, "gw-dal", OIL, 200, 1_000)
    with line(tmp_path, broker) as whole, all_of(other):
        other.start()
        wait_until(lambda: complete(whole) and done(tmp_path / "other.sqlite", 199), 120)
    boots = {dict(message.user_properties)["boot"] for message in whole.receiver.spooled()}
    assert boots == {str(look(whole.outbox).boot), str(look(tmp_path / "other.sqlite").boot)}


def done(outbox: Path, number: int) -> bool:
    """Whether an outbox has been acknowledged up to a number."""
    with suppress(UsageError):
        return look(outbox).acknowledged == number
    return False


def test_an_old_copy_of_an_outbox_says_that_it_is_one_and_what_only_it_has_lands_under_a_new_boot(
    tmp_path: Path, broker: Broker
) -> None:
    """Nothing of it takes a number that was given to another message: nothing is a conflict."""
    outbox = Outbox(tmp_path / "outbox.sqlite")
    outbox.put_many([(OIL, reading(float(n))) for n in range(10)])
    old = outbox.boot
    outbox.close()
    copy = (tmp_path / "outbox.sqlite").read_bytes()
    with line(tmp_path, broker) as whole:
        wait_until(lambda: complete(whole), 60)
        whole.device.kill()
        for file in tmp_path.glob("outbox.sqlite*"):
            file.unlink()
        (tmp_path / "outbox.sqlite").write_bytes(copy)
        outbox = Outbox(tmp_path / "outbox.sqlite")
        outbox.put_many([(OIL, reading(-1.0))] * 5)
        outbox.close()
        whole.device.start()
        wait_until(lambda: "outbox_is_a_copy" in whole.device.log, 60)
        wait_until(lambda: complete(whole), 60)
        assert look(whole.outbox).boot != old
        assert whole.receiver.stop() == 0
        land_pending(load_site(whole.site), clock_at())
    ledger = Ledger(whole.receiver.paths.ledger)
    assert ledger.quarantined(code="E_CONFLICT") == []
    files = [whole.receiver.paths.landing / file.path for file in ledger.landed_files() if file.stream == "measurement"]
    values = [row["value"] for file in files for row in pq.read_table(file, partitioning=None).to_pylist()]
    assert values.count(-1.0) == 5
