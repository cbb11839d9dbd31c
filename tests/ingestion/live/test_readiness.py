"""Readiness with real parts: a canary goes through broker, receiver, spool and landing, and the accounting is exact."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bruk.verify import verify
from contracts.clock import system_clock
from contracts.site import Site, load_site
from ingestion import canary
from ingestion.landing.sealer import run_sealer
from ingestion.ledger import Ledger, read_pending
from ingestion.live.app import make_app
from ingestion.live.sentinel import Sentinel
from ingestion.live.state import LiveState
from tests.broker import Broker
from tests.ingestion.live.serving import serving
from tests.ingestion.mqtt.receiving import Receiving, receiving, wait_until
from tests.sites import make_site

FILTERS = ("nms/v1/+/+/+/+/+/#", "octoPrint/#", canary.TOPIC)


@dataclass
class Whole:
    """A site whose receiver, landing and follower run; each can be stopped alone."""

    site: Site
    receiver: Receiving
    landing: Running
    address: str

    def ask(self, path: str) -> tuple[int, str]:
        """Status and text of a page of the follower."""
        try:
            with urllib.request.urlopen(self.address + path, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()


class Running:
    """Something that runs in a thread until it is stopped."""

    def __init__(self, work: Callable[[threading.Event], None]) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=work, args=(self._stop,))
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(20)


@contextmanager
def at_work(folder: Path, broker: Broker) -> Iterator[Whole]:
    make_site(folder)
    toml = folder / "site.toml"
    toml.write_text(toml.read_text("utf-8") + f"mqtt_port = {broker.port}\n", "utf-8")
    site = load_site(folder)
    landing = Running(lambda stop: run_sealer(site, system_clock, stop))
    with receiving(Receiving(folder, broker.address, FILTERS, seal_seconds=0.3)) as receiver:
        receiver.start_connected()
        try:
            with serving(make_app(LiveState(site), Sentinel(site, system_clock))) as address:
                yield Whole(site, receiver, landing, address)
        finally:
            landing.stop()


def test_a_site_is_ready_once_a_canary_has_landed_and_the_accounting_stays_exact(tmp_path: Path, broker: Broker):
    with at_work(tmp_path, broker) as whole:
        wait_until(lambda: whole.ask("/readyz")[0] == 200, 60)
        assert "way: ok" in whole.ask("/readyz")[1]
        assert whole.ask("/healthz")[0] == 200
        metrics = whole.ask("/metrics")[1]
        wait_until(lambda: 'bruk_service_ok{service="broker"} 1.0' in whole.ask("/metrics")[1], 30)
    counts = Ledger(whole.site.paths.ledger).counts()
    assert {(count.source, count.outcome) for count in counts} == {(canary.SOURCE, "ignored")}
    assert verify(whole.site).ok
    assert read_pending(whole.site.paths.ledger) == (0, 0), "a canary touches no day"
    assert "bruk_ready 1.0" in metrics
    assert 'bruk_canary_seconds{stage="landed"}' in metrics


def test_connected_is_not_ready_while_landing_stands_still(tmp_path: Path, broker: Broker):
    with at_work(tmp_path, broker) as whole:
        whole.landing.stop()
        wait_until(lambda: whole.receiver.status()["subscribed"])
        wait_until(lambda: "canary: under_way" in whole.ask("/readyz")[1], 60)
        assert whole.ask("/readyz")[0] == 503
