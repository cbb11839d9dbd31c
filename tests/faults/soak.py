"""`make soak`: real processes under faults in a random order from a seed, then the count of every word."""

from __future__ import annotations

import argparse
import json
import random
import signal
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from tests.faults.check import Verdict, check
from tests.faults.injection import Injector
from tests.faults.plan import FAULTS, Fault, draw
from tests.faults.site import SiteUnderFire

STANDSTILL = 180.0  # seconds without one more safe word after which a run has failed
console = Console(stderr=True, width=None if sys.stderr.isatty() else 120)


@dataclass
class Soak:
    """One run: what was asked for, and what came of it."""

    messages: int
    faults: int
    seed: int
    seconds: float = 0.0
    fired: dict[str, int] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    verified: list[bool] = field(default_factory=list)
    verdict: Verdict = field(default_factory=Verdict)

    @property
    def ok(self) -> bool:
        """Whether every promise was kept and `bruk verify` was exact each time."""
        return self.verdict.ok and bool(self.verified) and all(self.verified)

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "ok": self.ok, "messages": self.messages, "faults": sum(self.fired.values()), "seed": self.seed,
            "seconds": round(self.seconds, 1), "messages_per_second": round(self.messages / max(self.seconds, 0.001)),
            "fired": self.fired, "skipped": self.skipped, "verified": self.verified, **self.verdict.to_dict(),
        }  # fmt: skip


def soak(folder: Path, messages: int, faults: int, seed: int, names: tuple[str, ...] = tuple(FAULTS)) -> Soak:
    """Runs the fleet on a site in `folder` through the faults and counts. Raises TimeoutError at a standstill."""
    run = Soak(messages, faults, seed)
    with SiteUnderFire(folder, messages) as site:
        site.start()
        injector = Injector(site, seed)
        began = time.monotonic()
        _through(site, injector, draw(seed, faults, site.numbered_machines(), names), run)
        run.seconds = time.monotonic() - began
        site.settle()
        run.fired, run.skipped = dict(injector.fired), injector.skipped
        run.verdict = Verdict(problems=_published(site))
        if not run.verdict.problems:
            run.verdict = check(site)
        run.verified.append(site.bruk("verify").returncode == 0)
    return run


def _through(site: SiteUnderFire, injector: Injector, faults: list[Fault], run: Soak) -> None:
    """Opens the gate step by step, fires each fault when its time has come; returns when all machines have ended."""
    waiting = list(faults)
    standstill, best = time.monotonic(), -1
    with _bar() as bar:
        task = bar.add_task("safe", total=run.messages, fault="", rate=0)
        began = time.monotonic()
        while not site.done or not injector.quiet:
            safe = site.safe()
            if safe > best:
                best, standstill = safe, time.monotonic()
            if time.monotonic() - standstill > STANDSTILL:
                raise TimeoutError(f"no progress beyond {best} words for {STANDSTILL:.0f} s (seed {run.seed})")
            if waiting and safe >= waiting[0].at * run.messages:
                fault = waiting.pop(0)
                injector.fire(fault)
                bar.update(task, fault=fault.name)
                if len(waiting) == len(faults) // 2:
                    run.verified.append(site.bruk("verify").returncode == 0)
            # Past the next fault by a little, so that it falls into the flow and never behind its end.
            site.open_gate(min(1.0, waiting[0].at + 0.5 / (len(faults) + 1)) if waiting else 1.0)
            injector.tick()
            bar.update(task, completed=safe, rate=round(safe / (time.monotonic() - began + 0.001)))
            time.sleep(0.05)


def _published(site: SiteUnderFire) -> list[str]:
    """Builds the warehouse once; what went wrong."""
    done = site.bruk("refresh")
    return [] if done.returncode in (0, 3) else [f"bruk refresh: {done.stdout[-500:]} {done.stderr[-2000:]}"]


def _bar() -> Progress:
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}/s"), TimeRemainingColumn(), TextColumn("{task.fields[fault]}"),
    )  # fmt: skip
    return Progress(*columns, console=console, transient=not console.is_terminal, refresh_per_second=2)


def show(run: Soak) -> None:
    """The table for people, on stderr."""
    table = Table(title=f"{run.messages} messages, {sum(run.fired.values())} faults, seed {run.seed}")
    headings = ("machine", "kind", "said", "landed", "core", "lost", "dup", "alt", "by broker", "copies told")
    for heading in headings:
        table.add_column(heading, no_wrap=True)
    for one in run.verdict.found:
        values = (
            one.said, one.landed, one.warehouse, one.lost, one.duplicated, one.altered, one.lost_by_broker,
            one.told_copies,
        )  # fmt: skip
        table.add_row(one.machine, one.kind, *map(str, values), style="" if one.kept else "bold red")
    console.print(table)
    rate = run.messages / max(run.seconds, 0.001)
    console.print(f"{run.seconds:.0f} s, {rate:.0f} messages/s; bruk verify exact: {run.verified}")
    for name, reason in run.skipped.items():
        console.print(f"skipped: {name}: {reason}")
    for problem in run.verdict.problems:
        console.print(problem, style="red")
    console.print("every promise kept" if run.ok else "NOT every promise kept", style="green" if run.ok else "red")


def main() -> int:
    """The command line; JSON on stdout."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--faults", type=int, default=200)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--folder", type=Path, default=None, help="keep the site here instead of a temporary folder")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # leave no process and no mount behind then either
    seed = given.seed if given.seed is not None else random.SystemRandom().randrange(1_000_000)
    console.print(f"seed {seed}")
    with tempfile.TemporaryDirectory(prefix="bruk-soak-", ignore_cleanup_errors=True) as temporary:
        run = soak(given.folder or Path(temporary), given.messages, given.faults, seed)
    show(run)
    print(json.dumps(run.to_dict(), indent=1))
    return 0 if run.ok else 1


if __name__ == "__main__":
    sys.exit(main())
