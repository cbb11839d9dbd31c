"""A whole site for tests: broker, receiving process, landing, dbt, gate, edition and pages of one copy of demo/."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from bruk.edition_reader import edition_rows
from bruk.editions import current_edition
from bruk.refresh import Outcome, refresh
from bruk.warehouse import query
from contracts.clock import Clock, system_clock
from contracts.paths import PRODUCT
from contracts.site import Site, load_site
from ingestion.landing.sealer import land_pending
from ingestion.ledger import Ledger
from ingestion.mqtt.recordings import send
from ingestion.spool.frames import Envelope
from ingestion.spool.reader import SpooledMessage, all_segments, messages
from tests.broker import Broker
from tests.ingestion.spooling import spool_many

Item = dict[str, Any]


class Whole:
    """The site in `folder`, and its receiver as a process of its own. Without a broker it is fed through `spool`."""

    def __init__(self, folder: Path, broker: Broker | None = None) -> None:
        for name in ("registry", "sources"):
            shutil.copytree(PRODUCT / "demo" / name, folder / name)
        shutil.copy(PRODUCT / "demo" / "site.toml", folder / "site.toml")
        self.folder, self.broker = folder, broker
        self.process: subprocess.Popen[bytes] | None = None

    def copy(self, folder: Path) -> Whole:
        """The same site with all of its state in another folder, without a broker."""
        made = Whole.__new__(Whole)
        made.folder, made.broker, made.process = folder, None, None
        shutil.copytree(self.folder, folder, symlinks=True)
        return made

    @property
    def site(self) -> Site:
        """Read anew each time: tests change the registry."""
        return load_site(self.folder)

    def start(self) -> None:
        """Starts the receiver and waits until its subscription stands."""
        assert self.broker is not None
        environment = {**os.environ, "BRUK_MQTT_PORT": str(self.broker.port), "PYTHONPATH": str(PRODUCT)}
        command = [sys.executable, "-m", "bruk.cli", "ingest", "mqtt", "--site", str(self.folder)]
        with (self.folder / "receiver.log").open("ab") as log:
            self.process = subprocess.Popen(command, env=environment, cwd=PRODUCT, stdout=log, stderr=log)
        wait_until(lambda: self.status().get("pid") == self.pid and self.status().get("subscribed", False))

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Ends the receiver; SIGTERM seals what it holds, SIGKILL does not."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(30)
            self.process = None

    def status(self) -> dict[str, Any]:
        """The receiver's own status file."""
        file = self.site.paths.status / "receiver.json"
        return dict(json.loads(file.read_bytes())) if file.exists() else {}

    def play(self, recording: Path | list[Item]) -> int:
        """Sends a recording as fast as the broker takes it; returns how many messages."""
        if isinstance(recording, list):
            file = self.folder / "played.jsonl"
            file.write_text("".join(json.dumps(item) + "\n" for item in recording), encoding="utf-8")
            recording = file
        assert self.broker is not None
        return send(recording, self.broker.address)

    def spooled(self) -> list[SpooledMessage]:
        """Every whole message that the spool holds."""
        segments = all_segments(self.site.paths.spool / "mqtt")
        return [item for path in segments for item in messages(path) if isinstance(item, SpooledMessage)]

    def receive(self, recording: Path | list[Item]) -> None:
        """Receiver up, recording through the broker, all of it spooled and sealed, receiver down, landed."""
        self.start()
        before = len(self.spooled())
        sent = self.play(recording)
        wait_until(lambda: len(self.spooled()) >= before + sent, 60)
        self.stop()
        self.land()

    def spool(self, items: Iterable[Item], received_ns: int | None = None) -> None:
        """Writes the messages into the spool as the receiver would, all received at one moment, and lands them."""
        moment = time.time_ns() if received_ns is None else received_ns
        spool_many(
            self.site,
            [Envelope(item["topic"].encode(), item["payload"].encode(), moment, qos=item["qos"]) for item in items],
        )
        self.land()

    def land(self, clock: Clock = system_clock) -> int:
        """One pass of the sealer."""
        return land_pending(self.site, clock)

    def refresh(self, full: bool = False) -> Outcome:
        """One refresh in this process; fails the test unless an edition was published."""
        done = refresh(self.site, full=full)
        assert done.state == "published", done.reasons
        return done

    @property
    def edition(self) -> Path:
        found = current_edition(self.site.paths)
        assert found is not None
        return found

    def rows(self, table: str, **equal: Any) -> list[dict[str, Any]]:
        """Rows of a table of the current edition."""
        return edition_rows(self.edition, table, **equal)

    def warehouse(self, sql: str) -> list[tuple[Any, ...]]:
        """Asks the warehouse."""
        return list(query(self.site.paths.warehouse, sql))

    def as_of_ns(self) -> int:
        """When the newest landed message was received, ns since 1970 UTC."""
        found = Ledger(self.site.paths.ledger).snapshot().as_of
        assert found is not None
        return int(found.timestamp() * 1_000_000) * 1000

    def counts(self, source: str) -> dict[str, int]:
        """The ledger's accounting of one source: outcome → n."""
        found: dict[str, int] = {}
        for count in Ledger(self.site.paths.ledger).counts():
            if count.source == source:
                found[count.outcome] = found.get(count.outcome, 0) + count.n
        return found


#: Columns that say when or where something arrived, which no two deliveries share.
_ARRIVAL = {
    "as_of", "newest_input_at", "freshness_s", "run_id", "start_event_id", "end_event_id", "input_id", "event_id",
}  # fmt: skip

_NUMBERS = (
    "fct_run", "met_equipment_month", "met_testbed_month", "met_pilot_month", "met_coverage_day",
    "fct_indicator_value", "fct_indicator_progress",
)  # fmt: skip


def numbers(whole: Whole, tables: Iterable[str] = _NUMBERS) -> dict[str, list[str]]:
    """Every number of the current edition, and every landed value, as sorted lines that two deliveries must share."""
    found = {table: [_line(row) for row in whole.rows(table)] for table in tables}
    for name in ("stg_measurement", "stg_state", "stg_event", "stg_run", "stg_output"):
        columns = [column for column, *_ in whole.warehouse(f"describe staging.{name}")]
        kept = [column for column in columns if column not in _TECHNICAL]
        rows = whole.warehouse(f"select {', '.join(kept)} from staging.{name}")
        found[name] = [str(row) for row in rows]
    return {table: sorted(lines) for table, lines in found.items()}


def same_moment(*wholes: Whole) -> None:
    """Two deliveries end seconds apart, and planned time counts up to the last message: let all end with the latest."""
    latest = max(whole.as_of_ns() for whole in wholes)
    for whole in wholes:
        with sqlite3.connect(whole.site.paths.ledger) as connection:
            connection.execute("UPDATE segment SET newest_received_ns = ?", (latest,))
        connection.close()


_TECHNICAL = {
    "event_id", "part", "received_at", "source", "segment", "spool_offset", "record", "flags", "payload_sha256",
    "boot", "seq", "device", "landed_at", "source_version",
}  # fmt: skip


def _line(row: dict[str, Any]) -> str:
    return str({name: value for name, value in sorted(row.items()) if name not in _ARRIVAL})


def wait_until(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    """Returns as soon as the condition holds; fails the test after `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)
