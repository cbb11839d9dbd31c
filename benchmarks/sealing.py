"""What sealing costs: judging against bare decoding, a whole seal and a table in processor time, and its memory.

Times of this process, not of the clock on the wall: on a shared machine only ratios within one run tell anything.
"""

from __future__ import annotations

import gc
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import duckdb
import orjson
import pyarrow as pa
import structlog

from benchmarks.results import Result
from benchmarks.segments import FOUR, Message, clean_value, four_values, one_value, seal, write_segment
from bruk.commands.output import say
from contracts.clock import system_clock
from contracts.paths import PRODUCT
from contracts.site import Site, load_site
from ingestion.files.door import drop_file
from ingestion.landing.bulk import BulkJudge
from ingestion.landing.chunks import chunks
from ingestion.landing.decoder import Decoder
from ingestion.landing.judge import open_safely
from ingestion.landing.sealer import Sealer
from ingestion.spool.reader import SpooledMessage, runs, segment_id
from ingestion.spool.segments import read_segment

#: Prototype figures of the design are the goals: ratio to bare decoding, µs of a whole seal, ratio to native CSV, MB.
GOAL_JUDGE, GOAL_SEAL_US, GOAL_TABLE, GOAL_MEMORY_MB = 1.3, 8.0, 1.5, 300
#: How fast the others must still be while one message in 1,000 is poison.
GOAL_POISONED, CLEAN = 0.8, "1 row, none refused"
MESSAGES, ROUNDS = 20_000, 5
#: A backlog as the receiver leaves it: so many segments of `BRUK_SEAL_BYTES`, which is 4 MB.
BACKLOG, SEGMENT = 12, 18_000


def measure() -> list[Result]:
    """Every figure, on copies of the demonstration's registry and sources."""
    say(f"sealing, {ROUNDS} rounds of {MESSAGES} messages")
    told = structlog.get_config()
    structlog.configure(processors=[_silent])
    gc.disable()  # as in the sealer; and for both sides
    try:
        with _site() as one, _site() as four, _site() as clean:
            kinds: dict[str, tuple[Site, Message]] = {
                "1 row": (one, one_value), "4 rows": (four, four_values), CLEAN: (clean, clean_value),
            }  # fmt: skip
            return [*_seals(kinds), _judging("1 row", *kinds["1 row"], _bare_one),
                    _judging("4 rows", *kinds["4 rows"], _bare_four), _table(one), _memory()]  # fmt: skip
    finally:
        gc.enable()
        structlog.configure(**told)


@contextmanager
def _site() -> Iterator[Site]:
    with tempfile.TemporaryDirectory(prefix="bruk-bench-") as folder:
        shutil.copytree(PRODUCT / "demo", Path(folder) / "site", ignore=shutil.ignore_patterns("var"))
        (Path(folder) / "site" / "sources" / "benchmark.yaml").write_text(FOUR, "utf-8")
        yield load_site(Path(folder) / "site")


def _seals(kinds: Mapping[str, tuple[Site, Message]]) -> list[Result]:
    """Whole seals, the kinds in turns: reading, identity, files read back, the ledger."""
    sealers = {kind: Sealer(site, system_clock) for kind, (site, _) in kinds.items()}
    times: dict[str, list[float]] = {kind: [] for kind in kinds}
    for turn in range(ROUNDS + 1):
        for kind, (site, message) in kinds.items():
            seal(write_segment(site, turn, MESSAGES, message))
            times[kind].append(_cpu(sealers[kind].land) * 1e6 / MESSAGES)
    costs = {kind: _short(median(each[1:])) for kind, each in times.items()}
    poisoned, clean = costs["1 row"], costs.pop(CLEAN)
    return [
        *(Result(f"whole seal of a numbered message with {kind}", cost, None, "µs/message", None, GOAL_SEAL_US, "lower")
          for kind, cost in costs.items()),
        Result("sealing speed, 1 in 1,000 refused ÷ none refused", round(1e6 / poisoned), round(1e6 / clean),
               "messages/s", _short(clean / poisoned), GOAL_POISONED, "higher"),
    ]  # fmt: skip


def _judging(kind: str, site: Site, message: Message, bare: Callable[[list[bytes]], pa.Table]) -> Result:
    """Route, sender, payload and exact codes of many messages, to columns; against the columns alone."""
    path = site.paths.spool / "mqtt" / f"{1:012d}.seg"
    decoder = Decoder(site)
    bulk = BulkJudge(site, decoder)
    chunk = next(chunks(segment_id(path), runs(path, read_segment(path)), decoder.places.day_of))

    def judged() -> None:
        for place, owner in enumerate(bulk.propose(chunk).owners):
            if owner is None and isinstance(item := chunk.message(place), SpooledMessage):
                open_safely(decoder, item)

    turns = [(_cpu(judged), _cpu(lambda: bare(chunk.payloads))) for _ in range(2 * ROUNDS + 1)]
    ours, other = (median(times) * 1e6 / len(chunk) for times in zip(*turns[1:], strict=True))
    return Result(f"route, judge and decode ÷ orjson to columns, {kind}", _short(ours), _short(other), "µs/message",
                  _short(ours / other), GOAL_JUDGE, "lower")  # fmt: skip


def _bare_one(payloads: list[bytes]) -> pa.Table:
    """Four fields without any rule: what one would write in ten minutes."""
    times, values, qualities, orders = columns = _columns(4)
    for payload in payloads:
        try:
            found = orjson.loads(payload)
        except orjson.JSONDecodeError:
            continue
        times.append(found["ts"])
        values.append(found["v"])
        qualities.append(found["q"])
        orders.append(found["run"])
    return _bare(columns, [pa.float64(), pa.string(), pa.string()])


def _bare_four(payloads: list[bytes]) -> pa.Table:
    """The same for a time and four numbers."""
    times, a, b, c, d = columns = _columns(5)
    for payload in payloads:
        try:
            found = orjson.loads(payload)
        except orjson.JSONDecodeError:
            continue
        times.append(found["ts"])
        a.append(found["a"])
        b.append(found["b"])
        c.append(found["c"])
        d.append(found["d"])
    return _bare(columns, [pa.float64()] * 4)


def _columns(count: int) -> list[list[object]]:
    return [[] for _ in range(count)]


def _bare(columns: list[list[object]], kinds: list[pa.DataType]) -> pa.Table:
    times = pa.array(columns[0], pa.string()).cast(pa.timestamp("us", "UTC"))
    rest = [pa.array(column, kind) for column, kind in zip(columns[1:], kinds, strict=True)]
    return pa.Table.from_arrays([times, *rest], names=[str(n) for n in range(len(columns))])


def _memory() -> Result:
    """The most memory that a process of its own ever has while it lands a backlog."""
    with _site() as site:
        for turn in range(BACKLOG):
            seal(write_segment(site, turn, SEGMENT, one_value))
        command = [sys.executable, "-m", "benchmarks.backlog", str(site.paths.site)]
        done = subprocess.run(command, cwd=PRODUCT, check=True, stdout=subprocess.PIPE, text=True)
    landed, peak = done.stdout.split()[-2:]
    if int(landed) != BACKLOG:
        raise RuntimeError(f"landed {landed} segments of {BACKLOG}")
    name = f"memory while {BACKLOG} segments of 4 MB are landed"
    return Result(name, float(peak), None, "MB", None, GOAL_MEMORY_MB, "lower")


def _table(site: Site) -> Result:
    """A table of orders through the drop door, landed and validated, against DuckDB from CSV to Parquet."""
    head = "Order;Maskin;Artikel;Kund;Start;Slut;Utfall;Producerat;Godkänt;Kasserat;Körtid h\r\n"
    row = "PO-{};Press 1;BRK-110;;2026-11-{:02} 07:00:00;2026-11-{:02} 15:30:00;Klar;1200,5;1180;20,5;8,5\r\n"
    turns = []
    sealer = Sealer(site, system_clock)
    for turn in range(3):
        data = head + "".join(row.format(turn * MESSAGES + n, n % 20 + 1, n % 20 + 1) for n in range(MESSAGES))
        file = site.paths.site / f"orders-{turn}.csv"
        file.write_bytes(data.encode("cp1252"))
        plain = file.with_suffix(".utf8.csv")
        plain.write_text(data, "utf-8")

        def land(file: Path = file) -> None:
            drop_file(site, file, "production-records")
            sealer.land()

        turns.append((_cpu(land), _cpu(lambda plain=plain: _native(plain))))
    ours, other = (median(times) for times in zip(*turns, strict=True))
    return Result("CSV to landing, validated ÷ DuckDB CSV to Parquet", _short(ours), _short(other), "s",
                  _short(ours / other), GOAL_TABLE, "lower")  # fmt: skip


def _native(file: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute("SET threads = 1")
        connection.execute(
            f"COPY (SELECT * FROM read_csv('{file}', delim = ';', header = true, decimal_separator = ','))"
            f" TO '{file}.parquet' (FORMAT parquet, COMPRESSION zstd)"
        )


def _cpu(step: Callable[[], object]) -> float:
    """Seconds of processor time of this process, all its threads."""
    began = time.process_time()
    step()
    return time.process_time() - began


def _short(figure: float) -> float:
    return round(figure, 2)


def _silent(*_: object) -> dict[str, object]:
    raise structlog.DropEvent
