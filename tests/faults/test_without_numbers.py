"""Machines without a sequence, at QoS 0 and retained: what the broker has taken is landed as often as it was said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from contracts.site import Site
from ingestion.landing.sealer import land_pending
from ingestion.ledger import Ledger
from ingestion.mqtt.client import Publisher
from tests.e2e import octoprint
from tests.faults.proxy import FaultProxy
from tests.faults.site_broker import SiteBroker, site_broker
from tests.ingestion.mqtt.receiving import Receiving, once, receiving, wait_until
from tests.ingestion.spooling import OIL, envelope, reading, spool_many
from tests.sites import make_site

CUTS, RECONNECTIONS = 6, 5


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return make_site(tmp_path / "site")


@pytest.fixture
def own(site: Site) -> Iterator[SiteBroker]:
    with site_broker(site) as broker:
        yield broker


@pytest.fixture
def proxy(own: SiteBroker) -> Iterator[FaultProxy]:
    made = FaultProxy(own.port).start()
    yield made
    made.stop()


def publish(broker: SiteBroker, numbers: range, qos: int) -> None:
    with Publisher(broker.address) as publisher:
        for n in numbers:
            publisher.publish(OIL, reading(float(n)), qos)


def rows(site: Site) -> Counter[tuple[object, ...]]:
    """Landed measurements, states and events by what they say, each as often as it landed."""
    land_pending(site)
    found: Counter[tuple[object, ...]] = Counter()
    for file in Ledger(site.paths.ledger).landed_files():
        table = pq.read_table(site.paths.landing / file.path, partitioning=None)
        said = [name for name in table.column_names if name in ("equipment", "channel", "observed_at", "value",
                                                                "state", "kind", "detail", "reason")]  # fmt: skip
        if "observed_at" in said:
            found.update((file.stream, *row.values()) for row in table.select(said).to_pylist())
    return found


def outcomes(site: Site) -> Counter[str]:
    found: Counter[str] = Counter()
    for count in Ledger(site.paths.ledger).counts():
        found[count.outcome] += count.n
    return found


def test_qos_0_messages_of_an_absence_survive_in_the_broker_as_the_site_configures_it(
    site: Site, own: SiteBroker
) -> None:
    with receiving(Receiving(site.paths.site, own.address)) as receiver:
        receiver.start_connected()
        receiver.stop()
        publish(own, range(500), 0)
        publish(own, range(500, 501), 1)  # the last of the queue, at QoS 1: once it is here, so is all before it
        receiver.start_connected()
        wait_until(lambda: any(message.payload == reading(500.0) for message in receiver.spooled()))
        assert {message.payload for message in receiver.spooled()} == {reading(float(n)) for n in range(501)}


def test_retained_states_come_with_the_first_subscription_and_with_no_reconnection(
    site: Site, own: SiteBroker, proxy: FaultProxy
) -> None:
    with Publisher(own.address) as publisher:
        for n in range(50):
            publisher.publish(f"octoPrint/mqtt/{n}" if n else "octoPrint/mqtt", b"disconnected", 1, retain=True)
    with receiving(Receiving(site.paths.site, proxy.address)) as receiver:
        receiver.start_connected()
        wait_until(lambda: len(receiver.spooled()) == 50)
        for number in range(RECONNECTIONS):
            proxy.cut()
            wait_until(lambda: receiver.status()["connected_ns"] is None)
            proxy.heal()
            wait_until(lambda: receiver.status()["connected_ns"] is not None)
            publish(own, range(number, number + 1), 1)
            said = reading(float(number))
            wait_until(lambda said=said: any(message.payload == said for message in receiver.spooled()))  # type: ignore[misc]
        receiver.stop()
        assert [message.retain for message in once(receiver.spooled())] == [True] * 50 + [False] * RECONNECTIONS
    assert [key for key in rows(site) if key[0] == "state"] == []
    assert outcomes(site)["accepted"] == RECONNECTIONS


def test_every_genuine_repeat_of_a_print_is_kept_however_often_the_connection_is_cut(
    tmp_path: Path, site: Site, own: SiteBroker, proxy: FaultProxy
) -> None:
    items = [item for item in octoprint.good() if item["topic"] != "octoPrint/mqtt"]
    undisturbed = make_site(tmp_path / "undisturbed")
    spool_many(undisturbed, [envelope(item["topic"], item["payload"].encode()) for item in items])
    with receiving(Receiving(site.paths.site, proxy.address)) as receiver:
        receiver.start_connected()
        slice_size = len(items) // CUTS + 1
        for begin in range(0, len(items), slice_size):
            wait_until(lambda: receiver.status()["connected_ns"] is not None)
            before = receiver.status()["connection"]
            proxy.reset_mid_packet()  # at its next acknowledgement: some are stored and not acknowledged
            with Publisher(own.address) as publisher:
                for item in items[begin : begin + slice_size]:
                    publisher.publish(item["topic"], item["payload"].encode(), item["qos"])
            # Its next connection; between two looks at the status the broken one may be gone.
            wait_until(lambda before=before: receiver.status()["connection"] > before)  # type: ignore[misc]
        publish(own, range(1), 1)
        wait_until(lambda: any(message.topic == OIL for message in receiver.spooled()))
        receiver.stop()
        redelivered = len(receiver.spooled()) - len(items) - 1
    found = rows(site)
    repeats = Counter((item["topic"], item["payload"]) for item in items)
    assert sum(n - 1 for n in repeats.values()) == 33
    assert {key: n for key, n in found.items() if key[1] != "dal-press-1"} == rows(undisturbed)
    assert outcomes(site)["duplicate"] == redelivered
