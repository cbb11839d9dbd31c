"""How far a goal has come: formed of what its reader is told of its indicators, so that it tells of nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import exp, fsum, log
from typing import NamedTuple, Protocol

from scorecards.records import GoalProgress

#: A level is told where this share of a goal's indicators can be judged.
JUDGED = 0.6
#: An indicator counts from and to: the mean has no meaning at or below 0, and one indicator shall not carry a goal.
LEAST, MOST = 0.01, 1.2
_PROGRAMME = ("programme", "nms")


class Head(NamedTuple):
    """Where an indicator with a line of its own counts."""

    goal_id: int
    step_id: str


class Counts(Protocol):
    """The definition of an indicator, as far as it decides whether and where it counts."""

    @property
    def indicator_id(self) -> str: ...
    @property
    def of_indicator(self) -> str | None: ...
    @property
    def kind(self) -> str: ...
    @property
    def goal_id(self) -> int: ...
    @property
    def step_id(self) -> str: ...


class Told(Protocol):
    """An indicator in a scope: how much of its way it has come, and how much the plan expects; None where not known."""

    @property
    def indicator_id(self) -> str: ...
    @property
    def scope_type(self) -> str: ...
    @property
    def scope_id(self) -> str: ...
    @property
    def progress(self) -> float | None: ...
    @property
    def expected(self) -> float | None: ...


def heads_of(indicators: Iterable[Counts]) -> dict[str, Head]:
    """The indicators that count towards their goal, by id: context is judged by nobody, and companions twice."""
    return {
        item.indicator_id: Head(item.goal_id, item.step_id)
        for item in indicators
        if item.of_indicator is None and item.kind != "context"
    }


def goal_levels(heads: Mapping[str, Head], told: Iterable[Told]) -> list[GoalProgress]:
    """One per goal and scope of which anything is planned, and per goal for the programme; by goal, then scope.

    `heads`: the indicators that count, by id. `reached` is the geometric mean of the
    goal's steps, each the arithmetic mean of its indicators' progress; `reached_low` and `reached_high` are the least
    and the most that leaving out one step would give (OECD/JRC, Handbook on Constructing Composite Indicators, 2008,
    steps 6 and 7). `planned` is the same of what the plan expects of the same indicators. Shares of the way, to nine
    decimals; None where less than `JUDGED` of the indicators can be judged.
    """
    known: dict[tuple[int, str, str], dict[str, list[Told]]] = {}
    for goal in {head.goal_id for head in heads.values()}:
        known[goal, *_PROGRAMME] = defaultdict(list)
    for row in told:
        if (head := heads.get(row.indicator_id)) is not None:
            steps = known.setdefault((head.goal_id, row.scope_type, row.scope_id), defaultdict(list))
            if row.progress is not None:
                steps[head.step_id].append(row)
    return [_level(key, heads, steps) for key, steps in sorted(known.items())]


def _level(key: tuple[int, str, str], heads: Mapping[str, Head], steps: Mapping[str, Sequence[Told]]) -> GoalProgress:
    indicators = sum(head.goal_id == key[0] for head in heads.values())
    judged = sum(map(len, steps.values()))
    told = [_step([row.progress for row in rows]) for rows in steps.values()]
    planned = [_step([row.expected for row in rows]) for rows in steps.values()]
    if not judged or judged < JUDGED * indicators:
        return GoalProgress(*key, indicators, judged, len(steps), False, None, None, None, None)
    without = [_mean(told[:place] + told[place + 1 :]) for place in range(len(told))] if len(told) > 1 else []
    return GoalProgress(
        *key, indicators, judged, len(steps), True, _mean(told), min(without, default=None),
        max(without, default=None), _mean(planned),
    )  # fmt: skip


def _step(shares: Iterable[float | None]) -> float:
    held = [min(max(share or 0.0, LEAST), MOST) for share in shares]
    return fsum(held) / len(held)


def _mean(steps: Sequence[float]) -> float:
    return round(exp(fsum(map(log, steps)) / len(steps)), 9)
