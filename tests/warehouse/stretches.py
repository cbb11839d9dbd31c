"""A plain reference for stretches, silences and gaps: second by second and sign by sign, without SQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise

#: A half-open stretch of whole seconds, and what it says.
Span = tuple[int, int]


def silences(signs: Iterable[int], silent_after: int) -> list[tuple[int, int | None]]:
    """When a machine fell silent (last sign + `silent_after`), and its next sign of life (None: none has come)."""
    ordered = sorted(set(signs))
    between: list[tuple[int, int | None]] = [
        (one + silent_after, other) for one, other in pairwise(ordered) if other - one > silent_after
    ]
    return [*between, (ordered[-1] + silent_after, None)] if ordered else []


def held(values: Sequence[tuple[int, str]], holds: int) -> dict[int, str]:
    """Of every second in which a value holds, whether it is in or out of its limits, or beyond its range.

    The worst of one instant counts.
    """
    order = ("in", "out", "beyond")
    worst: dict[int, str] = {}
    for at, what in values:
        worst[at] = max(worst.get(at, "in"), what, key=order.index)
    ordered = sorted(worst)
    ends = [*ordered[1:], ordered[-1] + holds] if ordered else []
    return {
        second: worst[at] for at, end in zip(ordered, ends, strict=True) for second in range(at, min(end, at + holds))
    }


def out_of_limits(run: Sequence[Span], channels: Sequence[dict[int, bool]]) -> tuple[int, int]:
    """Seconds of a run in which any of its channels was out, and those of which any knew; `channels` as of `held`."""
    said = [[held[second] for held in channels if second in held] for span in run for second in range(*span)]
    return sum(any(one) for one in said), sum(bool(one) for one in said)


def gaps(
    frame: Span, known: Sequence[Span], planned: Sequence[Span], down: Sequence[Span], bad: Sequence[Span]
) -> list[tuple[int, int, str]]:
    """Every stretch of the frame that is not known, with the first cause that holds in each of its seconds."""

    def cause(second: int) -> str | None:
        if _any(known, second):
            return None
        if not _any(planned, second):
            return "planned"
        return "source_down" if _any(down, second) else "quarantined" if _any(bad, second) else "no_data"

    found, at = [], frame[0]
    for why, seconds in groupby(range(*frame), key=cause):
        end = at + len(list(seconds))
        found += [(at, end, why)] if why is not None else []
        at = end
    return found


def _any(spans: Iterable[Span], second: int) -> bool:
    return any(begin <= second < end for begin, end in spans)
