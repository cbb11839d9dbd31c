"""Seconds from a device's publish to durable in the spool, and CPU per message, while messages come at a pace."""

from __future__ import annotations

import array
import subprocess
import time
from pathlib import Path

from benchmarks.receiving.bench_broker import SENDER, Bench
from benchmarks.receiving.rounds import Candidate, spoken
from benchmarks.receiving.sender import BareSender
from contracts.paths import SitePaths
from ingestion.spool.reader import SpooledMessage, all_segments, messages

SECONDS = 10.0


def latencies(bench: Bench, ours: Candidate, rate: int, seconds: float = SECONDS) -> list[float]:
    """Milliseconds of every message, sorted: published as its payload says, durable as the receiver says."""
    topic, commits = f"nms/v1/bench/pace{rate}/a/b/c/measurement_v1/v", bench.folder / "commits"
    total = int(rate * seconds)
    before = len(all_segments(SitePaths(bench.site).spool / "mqtt"))
    process = _started(bench, ours, topic, total, ["--commits", str(commits)])
    sender = BareSender(bench.broker(SENDER), SENDER)
    sender.pace(topic, rate, seconds, lambda: b"%d" % time.time_ns())
    process.wait(60)
    sender.close()
    return sorted(_waits(SitePaths(bench.site).spool / "mqtt", before, commits))


def cpu_us(bench: Bench, candidate: Candidate, rate: int, seconds: float = SECONDS) -> float:
    """CPU µs per message of a candidate while messages come at `rate`."""
    topic = f"nms/v1/bench/cpu{rate}/{candidate.session}/b/c/measurement_v1/v"
    total = int(rate * seconds)
    process = _started(bench, candidate, topic, total, [])
    sender = BareSender(bench.broker(SENDER), SENDER)
    sender.pace(topic, rate, seconds, lambda: b'{"ts":"2026-11-26T06:00:00Z","v":41.5}')
    told = spoken(process.communicate(timeout=60)[0])
    sender.close()
    return (told[-1][1] - told[0][1]) / total


def _started(bench: Bench, candidate: Candidate, topic: str, count: int, words: list[str]) -> subprocess.Popen[str]:
    """The candidate, connected and subscribed: its session is parked first, so that nothing passes it by."""
    bench.park(candidate.session, topic)
    process = subprocess.Popen([*candidate.command(topic, count), *words], stdout=subprocess.PIPE, text=True)
    time.sleep(2.0)
    return process


def _waits(spool: Path, before: int, commits: Path) -> list[float]:
    """One wait per message, in ms: the runs are in the spool in the order of the commits."""
    pairs = array.array("q", commits.read_bytes())
    durable = [at for n, at in zip(pairs[::2], pairs[1::2], strict=True) for _ in range(n)]
    sent = [
        int(item.payload)
        for path in all_segments(spool)[before - 1 if before else 0 :]
        for item in messages(path)
        if isinstance(item, SpooledMessage)
    ]
    return [(at - began) / 1e6 for at, began in zip(durable, sent[-len(durable) :], strict=True)]
