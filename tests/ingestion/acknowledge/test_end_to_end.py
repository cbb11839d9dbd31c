"""Outbox, broker, receiver and acknowledger as real processes, killed one after the other: nothing is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from contracts.errors import UsageError
from ingestion.edge.outbox import look
from tests.broker import Broker
from tests.ingestion.acknowledge.running import Running, all_of, device, follower
from tests.ingestion.mqtt.receiving import Receiving, receiving, wait_until
from tests.sites import PRESS, make_site

OIL = f"{PRESS}/measurement_v1/oil_temp"
COUNT = 1_500


class Line:
    """A site with everything on the way to it, and one device."""

    def __init__(self, folder: Path, broker: Broker) -> None:
        self.site = make_site(folder / "site").paths.site
        self.broker = broker
        self.receiver = Receiving(self.site, broker.port, ("nms/v1/+/+/+/+/+/#",))
        self.follower = follower(self.site, broker.port)
        self.outbox = folder / "outbox.sqlite"
        self.device = device(self.outbox, broker.port, "gw-dal", OIL, COUNT, 1_000)

    @property
    def acknowledged(self) -> int:
        with suppress(UsageError):  # not made yet
            return look(self.outbox).acknowledged
        return -1

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


def complete(whole: Line) -> bool:
    return whole.acknowledged == COUNT - 1


def test_everything_is_acknowledged_and_leaves_the_outbox(tmp_path: Path, broker: Broker) -> None:
    with line(tmp_path, broker) as whole:
        wait_until(lambda: complete(whole), 60)
        assert look(whole.outbox).bytes == 0
        assert whole.numbers() == Counter(range(COUNT))


@pytest.mark.parametrize("what", ["device", "follower", "receiver", "broker"])
def test_whoever_is_killed_three_times_everything_is_in_the_spool_before_it_is_acknowledged(
    tmp_path: Path, broker: Broker, what: str
) -> None:
    with line(tmp_path, broker) as whole:
        victim: Running | Receiving | Broker = broker if what == "broker" else getattr(whole, what)
        for _ in range(3):
            held = whole.acknowledged
            wait_until(lambda held=held: whole.acknowledged > held or complete(whole), 60)  # type: ignore[misc]
            victim.kill()
            acknowledged = whole.acknowledged
            assert set(range(acknowledged + 1)) <= set(whole.numbers())
            victim.start()
        wait_until(lambda: complete(whole), 90)
        assert set(whole.numbers()) == set(range(COUNT))
        assert sum(whole.numbers().values()) < 3 * COUNT
