"""Draws a trend in the height of a line of text: gaps stay gaps, the last month is a dot."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from scorecards.palette import ACCENT, LINE, PLAN
from scorecards.svg.scale import Scale


def sparkline(
    values: Sequence[float | None], said: str, target: float | None = None, width: int = 128, height: int = 34
) -> Markup:
    """The trend of consecutive months. `said` is what it shows in words. The dotted level is the target."""
    known = [value for value in values if value is not None]
    if not known:
        return Markup("")
    # A trend is read against zero or its target: without an anchor small changes would look large.
    high = max([*known, target or 0.0]) or 1.0
    x, y = Scale(0, max(len(values) - 1, 1), 4, width - 5), Scale(min([*known, 0.0]), high, height - 4, 4)
    parts = [f'<line x1="2" x2="{width - 2}" y1="{y(0):g}" y2="{y(0):g}" stroke="{LINE}"/>']
    if target is not None:
        parts.append(
            f'<line x1="2" x2="{width - 2}" y1="{y(target):g}" y2="{y(target):g}" stroke="{PLAN}" '
            'stroke-dasharray="1 3" stroke-width="1.5" stroke-linecap="round"/>'
        )
    for stretch in _stretches(values):
        way = " ".join(f"{x(index):g},{y(value):g}" for index, value in stretch)
        parts.append(
            f'<polyline points="{way}" fill="none" stroke="{ACCENT}" stroke-width="2" stroke-linejoin="round" '
            'stroke-linecap="round"/>'
        )
    index, value = [(index, value) for index, value in enumerate(values) if value is not None][-1]
    parts.append(f'<circle cx="{x(index):g}" cy="{y(value):g}" r="3" fill="{ACCENT}"/>')
    return Markup(
        f'<svg class="spark" role="img" aria-label="{escape(said)}" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}">{"".join(parts)}</svg>'
    )


def _stretches(values: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    """Runs of neighbours that have a value."""
    found: list[list[tuple[int, float]]] = [[]]
    for index, value in enumerate(values):
        if value is None:
            found.append([])
        else:
            found[-1].append((index, value))
    return [stretch for stretch in found if stretch]
