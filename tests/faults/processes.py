"""Real processes that are started again at once when they die, as the site's supervisor does."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from contracts.paths import PRODUCT


@dataclass
class Service:
    """One process by name. `kill`, `once` and `signal` are for whoever injects faults, `end` is the good end."""

    name: str
    command: list[str]
    log: Path
    environment: dict[str, str] = field(default_factory=dict)
    #: A device is done when it ends with 0; a service never is.
    ends_by_itself: bool = False
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    wanted: bool = False
    #: Exit codes that nobody asked for: a bug, not a fault.
    deaths: Counter[int] = field(default_factory=Counter)
    starts: int = 0
    killed: int = 0
    #: Added to the environment of the next start, and of that one alone.
    once: dict[str, str] = field(default_factory=dict)

    def start(self) -> None:
        """Starts it."""
        environment = {**os.environ, "PYTHONPATH": str(PRODUCT), **self.environment, **self.once}
        self.once = {}
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(self.command, cwd=PRODUCT, env=environment, stdout=out, stderr=out)
        self.wanted, self.starts = True, self.starts + 1

    @property
    def running(self) -> bool:
        """Whether the process is there now."""
        return self.process is not None and self.process.poll() is None

    @property
    def done(self) -> bool:
        """Whether it has ended by itself in good order."""
        return self.ends_by_itself and self.process is not None and self.process.poll() == 0

    def kill(self) -> None:
        """SIGKILL; whoever looks after it starts it again."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()

    def signal(self, number: int) -> None:
        """SIGSTOP and SIGCONT."""
        if self.process is not None and self.process.poll() is None:
            with suppress(ProcessLookupError):
                self.process.send_signal(number)

    def end(self, seconds: float = 60.0) -> None:
        """SIGTERM, and no new start."""
        self.wanted = False
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(seconds)

    def look(self) -> bool:
        """Starts it again when it has died; True when that was needed."""
        if not self.wanted or self.process is None or self.process.poll() is None or self.done:
            return False
        code = self.process.returncode
        if code == -signal.SIGKILL:
            self.killed += 1
        else:
            self.deaths[code] += 1
        self.start()
        return True


class Keeper:
    """Looks after services in a thread of its own, twenty times a second."""

    def __init__(self, services: list[Service]) -> None:
        self.services = services
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)

    def __enter__(self) -> Keeper:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Leaves no process behind."""
        self._stop.set()
        self._thread.join(10)
        for service in self.services:
            service.wanted = False
            service.signal(signal.SIGCONT)
            service.kill()
        for service in self.services:
            if service.process is not None:
                service.process.wait(10)

    def _run(self) -> None:
        while not self._stop.wait(0.05):
            for service in list(self.services):
                service.look()


def wait_for(condition: object, seconds: float, what: str) -> None:
    """Returns as soon as the condition holds; raises after `seconds`, saying what did not come."""
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds:.0f} s in vain for: {what}")
        time.sleep(0.05)
