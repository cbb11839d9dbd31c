"""How long `make run` takes to the first edition, and when all runs already: on a copy of the demonstration."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.results import Result
from bruk.commands.output import say
from bruk.supervision.ports import free_port
from contracts.errors import TerminalError
from contracts.paths import PRODUCT, SitePaths

#: The bars on 2 cores, packages installed.
GOAL_FIRST_S, GOAL_SECOND_S = 180.0, 60.0


class Demonstration:
    """A copy of demo/ on ports of its own, worked as a user does: by `make`."""

    def __init__(self, folder: Path) -> None:
        shutil.copytree(PRODUCT / "demo", folder, ignore=shutil.ignore_patterns("var"))
        self.paths = SitePaths(folder)
        ports = {f"BRUK_{name}_PORT": str(free_port()) for name in ("MQTT", "WEB", "AIRFLOW")}
        self._environment = os.environ | ports

    def make(self, target: str) -> float:
        """Seconds that `make <target>` took; raises TerminalError when it fails."""
        say(f"make {target}, on a copy of demo/")
        began = time.monotonic()
        done = subprocess.run(
            ["make", target, f"SITE={self.paths.site}"],
            cwd=PRODUCT, env=self._environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise TerminalError(f"make {target} failed: {(done.stdout + done.stderr).strip()[-2000:]}")
        return round(time.monotonic() - began, 1)


@contextmanager
def demonstration() -> Iterator[Demonstration]:
    """A site that was never started; whatever happens to it, nothing of it is left afterwards."""
    with tempfile.TemporaryDirectory(prefix="bruk-bench-") as folder:
        made = Demonstration(Path(folder) / "site")
        try:
            yield made
        finally:
            made.make("stop")


def measure(site: Demonstration) -> list[Result]:
    """Seconds of the first `make run`, and of a second one. The site runs afterwards."""
    first, second = site.make("run"), site.make("run")
    return [
        Result("make run to the first edition", first, None, "s", None, GOAL_FIRST_S, "lower"),
        Result("make run again", second, None, "s", None, GOAL_SECOND_S, "lower"),
    ]
