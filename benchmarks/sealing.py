"""What sealing costs in processor time: judging against bare decoding, a whole seal, and a table, each in turns.

Times of this process, not of the clock on the wall: on a shared machine only ratios within one run tell anything.
"""

from __future__ import annotations

import gc
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import duckdb
import orjson
import pyarrow as pa
import structlog

from benchmarks.results import Result
from bruk.commands.output import say
from contracts.clock import system_clock
from contracts.paths import PRODUCT
from contracts.site import Site, load_site
from ingestion.files.door import drop_file
from ingestion.landing.bulk import BulkJudge
from ingestion.landing.decoder import Decoder
from ingestion.landing.judge import open_safely
from ingestion.landing.sealer import Sealer
from ingestion.spool.frames import MAGIC, RunHead, frame_head
from ingestion.spool.reader import messages

#: Prototype figures of the design are the goals: ratio to bare decoding, µs of a whole seal, ratio to native CSV.
GOAL_JUDGE, GOAL_SEAL_US, GOAL_TABLE = 1.3, 8.0, 1.5
MESSAGES, RUN, ROUNDS = 20_000, 500, 5
#: One message in so many is refused with a code: what is slow about poison belongs to the figure.
POISON = 1_000
TOPIC = "nms/v1/dalarna/testbed-dal/hall-1/line-1/press-1/measurement_v1/channel-{}"
NOON_NS = 1_795_521_600_000_000_000


def measure() -> list[Result]:
    """The three figures, on a copy of the demonstration's registry and sources."""
    say(f"sealing, {ROUNDS} rounds of {MESSAGES} messages")
    told = structlog.get_config()
    structlog.configure(processors=[_silent])
    gc.disable()  # as in the sealer; and for both sides
    try:
        with tempfile.TemporaryDirectory(prefix="bruk-bench-") as folder:
            shutil.copytree(PRODUCT / "demo", Path(folder) / "site", ignore=shutil.ignore_patterns("var"))
            site = load_site(Path(folder) / "site")
            return [*_messages(site), _table(site)]
    finally:
        gc.enable()
        structlog.configure(**told)


def _messages(site: Site) -> list[Result]:
    segments = [_segment(site, turn) for turn in range(ROUNDS + 1)]
    sealer = Sealer(site, system_clock)
    sealed = [_cpu(sealer.land) for _ in map(_seal, segments)]
    spooled = list(messages(segments[1]))
    decoder = Decoder(site)
    bulk = BulkJudge(site, decoder)

    def judged() -> None:
        for item, block in zip(spooled, bulk.propose(spooled)[0], strict=True):
            if block is None:
                open_safely(decoder, item)

    payloads = [item.payload for item in spooled]
    turns = [(_cpu(judged), _cpu(lambda: _bare(payloads))) for _ in range(ROUNDS + 1)]
    ours, other = (median(times) * 1e6 / MESSAGES for times in zip(*turns[1:], strict=True))
    whole = median(sealed[1:]) * 1e6 / MESSAGES
    return [
        Result("judge and decode ÷ orjson to columns", _short(ours), _short(other), "µs/message",
               _short(ours / other), GOAL_JUDGE, "lower"),
        Result("whole seal of a message with 4 values", _short(whole), None, "µs/message", None, GOAL_SEAL_US, "lower"),
    ]  # fmt: skip


def _bare(payloads: list[bytes]) -> pa.Table:
    """The same four fields without any rule: what one would write in ten minutes."""
    columns: dict[str, list[object]] = {"ts": [], "v": [], "q": [], "run": []}
    times, values, qualities, runs = columns.values()
    for payload in payloads:
        try:
            found = orjson.loads(payload)
        except orjson.JSONDecodeError:
            continue
        times.append(found["ts"])
        values.append(found["v"])
        qualities.append(found["q"])
        runs.append(found["run"])
    kinds = [pa.string(), pa.float64(), pa.string(), pa.string()]
    table = pa.table([pa.array(*each) for each in zip(columns.values(), kinds, strict=True)], names=list(columns))
    return table.set_column(0, "ts", table["ts"].cast(pa.timestamp("us", "UTC")))


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


def _segment(site: Site, turn: int) -> Path:
    """A segment of numbered messages in runs, as the receiver writes it, under a name that is not one yet."""
    frames = [MAGIC]
    for begin in range(turn * MESSAGES, (turn + 1) * MESSAGES, RUN):
        packets = b"".join(_publish(number) for number in range(begin, begin + RUN))
        payload = RunHead(5, 1, NOON_NS + begin * 1_000, 1, RUN).encode() + packets
        frames.append(frame_head(payload) + payload)
    folder = site.paths.spool / "mqtt"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{turn:012d}.seg"
    path.with_suffix(".waiting").write_bytes(b"".join(frames))
    return path


def _seal(path: Path) -> None:
    """Gives a segment its name, and the next one to come after it."""
    path.with_suffix(".waiting").rename(path)
    path.with_name(f"{int(path.stem) + 1:012d}.seg").write_bytes(MAGIC)


def _publish(number: int) -> bytes:
    """A PUBLISH of MQTT 5 at QoS 1 with boot and seq, as our outbox sends it."""
    instant = f"2026-11-24T11:{number // 60 % 60:02}:{number % 60:02}Z"
    told = {"ts": instant, "v": number * 0.01, "q": "good", "run": f"PO-{number // 1000}"}
    payload = orjson.dumps(told) if number % POISON else b'{"ts": "' + instant.encode() + b'", "v": NaN}'
    pairs = b"".join(b"\x26" + _text(key) + _text(value) for key, value in (("boot", "7"), ("seq", str(number))))
    body = _text(TOPIC.format(number % 8)) + (number % 65_535 + 1).to_bytes(2, "big")
    body += bytes([len(pairs)]) + pairs + payload
    length = len(body)
    size = bytes([length]) if length < 128 else bytes([length & 127 | 128, length >> 7])
    return b"\x32" + size + body


def _text(value: str) -> bytes:
    data = value.encode()
    return len(data).to_bytes(2, "big") + data


def _cpu(step: Callable[[], object]) -> float:
    """Seconds of processor time of this process, all its threads."""
    began = time.process_time()
    step()
    return time.process_time() - began


def _short(figure: float) -> float:
    return round(figure, 2)


def _silent(*_: object) -> dict[str, object]:
    raise structlog.DropEvent
