"""Results of benchmarks: one row per measurement, shown as a table and kept as `bench/latest.json` of the site."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from bruk.commands.output import print_table
from ingestion.atomic import replace_file


@dataclass(frozen=True)
class Result:
    """One measurement. `other` and `ratio` are empty where we are measured against a goal and not against another."""

    name: str
    ours: float
    other: float | None
    unit: str
    ratio: float | None
    goal: float
    better: Literal["higher", "lower"]

    @property
    def met(self) -> bool:
        """Whether the goal is reached: by the ratio where there is one, else by our own figure."""
        figure = self.ours if self.ratio is None else self.ratio
        return figure >= self.goal if self.better == "higher" else figure <= self.goal


def report(results: Sequence[Result], folder: Path) -> None:
    """Prints the table and replaces `folder`/latest.json."""
    rows = [(r.name, r.ours, r.other, r.unit, r.ratio, f"{_SIGN[r.better]} {r.goal}", r.met) for r in results]
    print_table("benchmarks", ("name", "ours", "other", "unit", "ratio", "goal", "met"), rows)
    folder.mkdir(parents=True, exist_ok=True)
    replace_file(folder / "latest.json", json.dumps([asdict(r) for r in results], indent=1).encode())


_SIGN = {"higher": "≥", "lower": "≤"}
