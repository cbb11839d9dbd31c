"""Drains of the same backlog, one candidate after another, round after round: messages a second, CPU per message."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.receiving.bench_broker import SENDER, Bench
from benchmarks.receiving.sender import BareSender, readings
from bruk.commands.output import say
from contracts.errors import TransientError

#: Words of a program that drains so many messages of a topic.
Command = Callable[[str, int], list[str]]


@dataclass(frozen=True)
class Candidate:
    """Something that drains a session: `command` makes its words of (topic, count). A program that says no `begin` and
    `end` is measured from its start to its end."""

    name: str
    session: str
    command: Command
    count: int
    speaks: bool = True


@dataclass(frozen=True)
class Drain:
    """One drain: messages a second by the clock, CPU µs of the candidate's process per message, and the most memory in
    MB where the candidate says it."""

    rate: float
    cpu_us: float
    peak_mb: float = 0.0


def rounds_of(candidates: list[Candidate], rounds: int, bench: Bench) -> dict[str, Drain]:
    """Medians by candidate, in one run: A B C, A B C, …"""
    found: dict[str, list[Drain]] = {candidate.name: [] for candidate in candidates}
    for turn in range(rounds):
        for candidate in candidates:
            topic = f"nms/v1/bench/{turn}/{candidate.session}/cell/unit/measurement_v1/v"
            drain = one(candidate, topic, bench)
            say(f"round {turn + 1}: {candidate.name}: {drain.rate:,.0f} messages/s, {drain.cpu_us:.1f} µs CPU each")
            found[candidate.name].append(drain)
    return {
        name: Drain(median(drain.rate for drain in drains), median(drain.cpu_us for drain in drains))
        for name, drains in found.items()
    }


def one(candidate: Candidate, topic: str, bench: Bench) -> Drain:
    """Parks a session, fills it, and lets the candidate drain it."""
    bench.park(candidate.session, topic)
    sender = BareSender(bench.broker(SENDER), SENDER)
    sender.send(topic, readings(candidate.count))
    sender.close()
    return _drain(candidate, topic, bench.folder)


def _drain(candidate: Candidate, topic: str, folder: Path) -> Drain:
    """Runs a candidate to its end. Raises TransientError when it does not come to one."""
    out = (folder / "told").open("w+b")
    began = time.monotonic_ns()
    process = subprocess.Popen(
        candidate.command(topic, candidate.count), stdout=out if candidate.speaks else subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    ended = time.monotonic_ns()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise TransientError(f"{candidate.name} ended with {process.returncode}")
    cpu, peak = (used.ru_utime + used.ru_stime) * 1e6, 0.0
    if candidate.speaks:
        out.seek(0)
        text = out.read().decode()
        told = spoken(text)
        peak = float(text.rpartition("\npeak ")[2] or 0) if "\npeak " in text else 0.0
        (began, before), (ended, after) = told[0], told[-1]
        cpu = after - before
    out.close()
    return Drain(candidate.count / (ended - began) * 1e9, cpu / candidate.count, peak)


def spoken(text: str) -> list[tuple[int, float]]:
    """Monotonic ns and CPU µs of the lines `begin` and `end` that a candidate prints among others."""
    lines = [line.split() for line in text.splitlines() if line.startswith(("begin ", "end "))]
    return [(int(at), float(cpu)) for _, at, cpu in lines]
