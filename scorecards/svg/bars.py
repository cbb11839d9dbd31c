"""Draws shares of a whole as one bar, and days as a strip."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from markupsafe import Markup, escape

from scorecards.palette import COVERAGE, MUTED, PAPER, UNPLANNED
from scorecards.svg.marks import titled

#: Where the shades of coverage begin; below 0.8 most indicators cannot be assessed.
LEVELS = (1e-9, 0.5, 0.8, 0.95)


def stacked_bar(name: str, title: str, desc: str, parts: Sequence[tuple[str, float, str]], width: int = 640) -> Markup:
    """Shares of a sum as (word, number, colour); parts of nothing are left out."""
    whole = sum(number for _, number, _ in parts) or 1
    body, left = [], 0.0
    for word, number, colour in parts:
        if number:
            span = number / whole * width
            body.append(
                f'<rect x="{left:.1f}" y="0" width="{max(span - 1.5, 1):.1f}" height="22" rx="2" fill="{colour}">'
                f"<title>{escape(word)}: {number:g}</title></rect>"
            )
            left += span
    return titled("bar", name, title, desc, width, 22, "".join(body), stretch=True)


def coverage_strip(name: str, title: str, desc: str, days: Sequence[tuple[float | None, str]]) -> Markup:
    """One mark a day, oldest first: the darker, the more of the planned time is known; a dot where nothing was planned.

    Each day is (coverage 0–1 or None, what its tooltip says).
    """
    step, height = 6, 26
    body = []
    for index, (coverage, said) in enumerate(days):
        left = index * step
        if coverage is None:
            body.append(f'<rect x="{left}" y="0" width="5" height="{height}" fill="{UNPLANNED}"/>')
            continue
        fill = COVERAGE[bisect_right(LEVELS, coverage) if coverage > 0 else 0]
        edge = f' stroke="{MUTED}" stroke-width="1" stroke-dasharray="2 2"' if coverage <= 0 else ""
        inset = 0.5 if edge else 0
        body.append(
            f'<rect x="{left + inset:g}" y="{inset:g}" width="{5 - 2 * inset:g}" height="{height - 2 * inset:g}" '
            f'fill="{PAPER if edge else fill}"{edge}><title>{escape(said)}</title></rect>'
        )
    return titled("strip", name, title, desc, max(len(days) * step - 1, 1), height, "".join(body), stretch=True)
