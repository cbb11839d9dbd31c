"""How long 2,000 pages take: the current edition rendered again and again into a folder of its own."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from benchmarks.results import Result
from bruk.editions import current_edition
from contracts.errors import TransientError
from contracts.paths import SitePaths
from scorecards.render import render

PAGES, GOAL_S, ROUNDS = 2_000, 20.0, 5


def measure(paths: SitePaths) -> list[Result]:
    """Seconds for 2,000 pages, from the median of five renderings of all pages. Raises TransientError."""
    edition = current_edition(paths)
    if edition is None:
        raise TransientError("no edition yet: `make run` first")
    per_page = []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            done = render(edition, paths.status / "gate.json", Path(folder) / "pages", {})
            per_page.append(done.seconds / done.pages)
    seconds = round(PAGES * statistics.median(per_page), 1)
    return [Result(f"{PAGES:,} pages rendered", seconds, None, "s", None, GOAL_S, "lower")]
