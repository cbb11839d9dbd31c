"""The benchmarks of receiving: drains against the rivals without and with TLS, time to durable, CPU, memory."""

from __future__ import annotations

import dataclasses
from statistics import median

from benchmarks.receiving import pace
from benchmarks.receiving.bench_broker import Bench, plain_broker, secure_broker
from benchmarks.receiving.candidates import MQTT_JS, NODE_RED, OURS, PAHO, SUB, candidates
from benchmarks.receiving.rounds import Drain, one, rounds_of
from benchmarks.results import Result

MESSAGES, ROUNDS, BACKLOG = 100_000, 5, 1_000_000
#: Rival → goal of our rate ÷ theirs, the same with TLS.
GOALS = {SUB: 1.2, PAHO: 5.0, MQTT_JS: 1.3, NODE_RED: 25.0}
PACES = (2_000, 20_000)
GOAL_P99_MS, GOAL_CPU, GOAL_MB = 5.0, 0.5, 200.0


def measure() -> list[Result]:
    """Everything about receiving; some minutes on two cores."""
    with plain_broker() as bench:
        plain = [*_drains(bench, "plain"), *_waits(bench), _cpu(bench), _memory(bench)]
    with secure_broker() as bench:
        return [*plain, *_drains(bench, "TLS"), *_waits(bench, ", TLS")]


def _drains(bench: Bench, kind: str) -> list[Result]:
    """Ours against each rival on the same broker: messages a second, medians of the rounds."""
    found = rounds_of(candidates(bench, MESSAGES), ROUNDS, bench)
    ours = found.pop(OURS)
    return [_against(ours, name, drain, kind) for name, drain in found.items()]


def _against(ours: Drain, name: str, drain: Drain, kind: str) -> Result:
    ratio = round(ours.rate / drain.rate, 2)
    title = f"drain, {kind}: ours, durable ÷ {name}"
    return Result(title, round(ours.rate), round(drain.rate), "messages/s", ratio, GOALS[name], "higher")


def _waits(bench: Bench, kind: str = "") -> list[Result]:
    """Publish to durable, median and 99th percentile."""
    ours, found = candidates(bench, 0)[0], []
    for rate in PACES:
        waits = pace.latencies(bench, ours, rate)
        for name, place in (("p50", 0.5), ("p99", 0.99)):
            value = round(waits[int(len(waits) * place)], 2)
            found.append(
                Result(f"publish to durable, {rate:,}/s{kind}, {name}", value, None, "ms", None, GOAL_P99_MS, "lower")
            )
    return found


def _cpu(bench: Bench) -> Result:
    """CPU at 2,000 messages a second against the simple durable paho, medians of three rounds in turn."""
    ours, _, paho, *_ = candidates(bench, 0)
    pairs = [(pace.cpu_us(bench, ours, PACES[0]), pace.cpu_us(bench, paho, PACES[0])) for _ in range(3)]
    mine, theirs = (round(median(values), 1) for values in zip(*pairs, strict=True))
    return Result(
        f"CPU at {PACES[0]:,}/s: ours ÷ {PAHO}", mine, theirs, "µs/message", round(mine / theirs, 2), GOAL_CPU, "lower"
    )


def _memory(bench: Bench) -> Result:
    """The most that our receiver had resident while it drained a large backlog."""
    ours = dataclasses.replace(candidates(bench, 0)[0], count=BACKLOG)
    drain = one(ours, "nms/v1/bench/backlog/b/c/d/measurement_v1/v", bench)
    title = f"receiver's memory with a backlog of {BACKLOG:,}"
    return Result(title, round(drain.peak_mb, 1), None, "MB", None, GOAL_MB, "lower")
