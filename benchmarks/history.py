"""Lands a day of made-up telemetry as a seal would leave it, so that histories of any length stand in seconds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import numpy as np
import pyarrow as pa

from contracts.site import Site
from ingestion.landing.collector import landed_schema
from ingestion.landing.parquet import write_files
from ingestion.ledger import Ledger
from ingestion.ledger.records import Landing

#: Machine, channel, and the range of its values.
CHANNELS = [
    ("gav-printer-1", "tool0_actual", 0, 300),
    ("gav-printer-1", "bed_actual", 0, 130),
    ("dal-press-1", "oil_temp", 5, 95),
    ("dal-press-1", "pressure", 0, 250),
    ("dal-assembly-1", "torque", 0, 60),
    ("var-packing-1", "seal_temp", 5, 220),
    ("var-machining-1", "spindle_temp", 5, 90),
]
MACHINES = sorted({channel[0] for channel in CHANNELS})
RUNS = 3  # of each machine a day
STATES = ("producing", "idle", "setup", "down")
_MIDNIGHT_US = 86_400_000_000


def land_day(site: Site, day: date, rows: int, segment: str) -> None:
    """Rows of one UTC day as a seal would leave them: Parquet files, and one transaction of the ledger."""
    parts = [("measurement", day, table) for table in _measurements(site, day, rows, segment)]
    few = {"state": _states, "run": _runs, "output": _outputs}
    parts += [(stream, day, make(site, day, segment)) for stream, make in few.items()]
    files = write_files(site.paths.landing, segment.replace("/", "-"), site.streams, parts)
    accounts = {("state-log", "", "accepted", ""): sum(file.rows for file in files)}
    noon = int(datetime(day.year, day.month, day.day, 23, 59, tzinfo=UTC).timestamp()) * 1_000_000_000
    landing = Landing(segment=segment, sha256=segment, received=sum(accounts.values()), newest_ns=noon, files=files)
    landing.accounts.update(accounts)
    Ledger(site.paths.ledger).commit(landing, noon)


def _measurements(site: Site, day: date, rows: int, segment: str) -> Iterator[pa.Table]:
    """One value of each channel in turn, evenly over the day."""
    number = np.arange(rows)
    random = np.random.default_rng(day.toordinal())
    which = number % len(CHANNELS)
    low, high = (np.array([channel[place] for channel in CHANNELS], float)[which] for place in (2, 3))
    yield _table(site, "measurement", day, rows, segment, {
        "equipment": pa.array(np.array([channel[0] for channel in CHANNELS])[which]),
        "channel": pa.array(np.array([channel[1] for channel in CHANNELS])[which]),
        "value": pa.array(np.round(low + (high - low) * (0.3 + 0.4 * random.random(rows)), 3)),
    })  # fmt: skip


def _states(site: Site, day: date, segment: str) -> pa.Table:
    """A change of state of each machine every half hour."""
    machine, turn = _turns(48)
    return _table(site, "state", day, len(turn), segment, {
        "equipment": pa.array(machine),
        "state": pa.array(np.array(STATES)[turn % len(STATES)]),
    })  # fmt: skip


def _runs(site: Site, day: date, segment: str) -> pa.Table:
    """Begin and end of the runs of each machine, one after the other."""
    machine, turn = _turns(2 * RUNS)
    return _table(site, "run", day, len(turn), segment, {
        "equipment": pa.array(machine),
        "phase": pa.array(np.array(("start", "end"))[turn % 2]),
        "run_ref": pa.array(_names(day, turn // 2)),
        "kind": pa.array(["order"] * len(turn)),
        "product": pa.array(["BRK-110"] * len(turn)),
    })  # fmt: skip


def _outputs(site: Site, day: date, segment: str) -> pa.Table:
    """What each run made."""
    machine, turn = _turns(RUNS)
    return _table(site, "output", day, len(turn), segment, {
        "equipment": pa.array(machine),
        "run_ref": pa.array(_names(day, turn)),
        "produced_quantity": pa.array(np.full(len(turn), 720.0)),
        "good_quantity": pa.array(np.full(len(turn), 700.0)),
    })  # fmt: skip


def _turns(each: int) -> tuple[np.ndarray, np.ndarray]:
    """Machine and turn of each row, so many turns for each machine; in the order of time."""
    number = np.arange(each * len(MACHINES))
    return np.array(MACHINES)[number % len(MACHINES)], number // len(MACHINES)


def _names(day: date, turn: np.ndarray) -> list[str]:
    return [f"{day}-{one}" for one in turn.tolist()]


def _table(site: Site, stream: str, day: date, rows: int, segment: str, own: dict[str, pa.Array]) -> pa.Table:
    """The landed columns of a stream: those given, the technical ones, and nothing in the others."""
    begin = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1_000_000
    number = np.arange(rows)
    observed = pa.array(begin + number * (_MIDNIGHT_US // max(rows, 1)), pa.timestamp("us", "UTC"))
    columns: dict[str, pa.Array] = own | {
        "observed_at": observed,
        "received_at": observed,
        "event_id": pa.array([f"{stream}-{segment}:{one}" for one in number.tolist()]),
        "part": pa.array(np.zeros(rows, np.int64)),
        "source": pa.array(["state-log"] * rows),
        "segment": pa.array([segment] * rows),
        "spool_offset": pa.array(number),
    }
    schema = landed_schema(site.streams[stream])
    arrays = [columns.get(field.name, pa.nulls(rows, field.type)).cast(field.type) for field in schema]
    return pa.Table.from_arrays(arrays, schema=schema)
