"""Finds every process that a supervisor started, also after the supervisor itself has died, and ends what is left."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Process:
    """A line of /proc/PID/stat. `started` (clock ticks since boot) tells a reused pid from the one we knew."""

    pid: int
    parent: int
    session: int
    state: str
    started: int


def all_processes() -> dict[int, Process]:
    """Every process of the machine that is not a zombie, by pid."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and (process := _read(int(entry.name))) is not None and process.state != "Z":
            found[process.pid] = process
    return found


def family(leader: int, marks: tuple[str, ...]) -> list[Process]:
    """The session that `leader` began and all descendants of its members, leader first; empty when it was not ours.

    The leader may be dead: a number is not given to a new process while a session still bears it. When it lives, its
    command line must contain one of `marks`, for it may be a stranger with a reused pid.
    """
    known = all_processes()
    if leader in known and not any(mark in command_line(leader) for mark in marks):
        return []
    members = {pid for pid, process in known.items() if pid == leader or process.session == leader}
    while True:
        children = {pid for pid, process in known.items() if process.parent in members} - members
        if not children:
            break
        members |= children
    return sorted((known[pid] for pid in members), key=lambda process: (process.pid != leader, process.pid))


def alive(processes: list[Process]) -> list[Process]:
    """Those that still run and are the same process as before."""
    known = all_processes()
    return [p for p in processes if (now := known.get(p.pid)) is not None and now.started == p.started]


def wait_gone(processes: list[Process], seconds: float) -> list[Process]:
    """Waits until all are gone, at most so long; returns those that are left."""
    deadline = time.monotonic() + seconds
    left = alive(processes)
    while left and time.monotonic() < deadline:
        time.sleep(0.1)
        left = alive(left)
    return left


def end(processes: list[Process], number: signal.Signals) -> None:
    """Sends the signal to each that is still the same process."""
    for process in alive(processes):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, number)


def command_line(pid: int) -> str:
    """The process's command line with spaces, or nothing when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def _read(pid: int) -> Process | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # The name in parentheses may itself hold spaces and parentheses: the fields begin after the last one.
    fields = text[text.rindex(")") + 2 :].split()
    return Process(pid, parent=int(fields[1]), session=int(fields[3]), state=fields[0], started=int(fields[19]))
