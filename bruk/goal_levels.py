"""Forms the level of the goals of a new edition from what the edition tells, when disclosure control has been at it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from contracts.editions import GOAL_PROGRESS
from scorecards.goal_level import goal_levels, heads_of


class _Definition(NamedTuple):
    indicator_id: str
    of_indicator: str | None
    kind: str
    goal_id: int
    step_id: str


class _Progress(NamedTuple):
    indicator_id: str
    scope_type: str
    scope_id: str
    progress: float | None
    expected: float | None


_TYPES = {
    "goal_id": pa.int64(), "scope_type": pa.string(), "scope_id": pa.string(), "indicators": pa.int64(),
    "judged": pa.int64(), "steps": pa.int64(), "assessable": pa.bool_(),
}  # fmt: skip
_SCHEMA = pa.schema([(name, _TYPES.get(name, pa.float64())) for name in GOAL_PROGRESS.columns])


def write_goal_levels(folder: Path) -> None:
    """`fct_goal_progress.parquet` in the folder of an edition, from its definitions and its progress."""
    definitions = _read(folder / "dim_indicator.parquet", _Definition)
    progress = _read(folder / "fct_indicator_progress.parquet", _Progress)
    levels = [level._asdict() for level in goal_levels(heads_of(definitions), progress)]
    table = pa.Table.from_pylist(levels, schema=_SCHEMA)
    pq.write_table(table, folder / f"{GOAL_PROGRESS.name}.parquet", compression="zstd")


def _read(file: Path, row: Any) -> list[Any]:
    table = pq.read_table(file, columns=list(row._fields), partitioning=None)
    return [row(*values) for values in zip(*(table[name].to_pylist() for name in row._fields), strict=True)]
