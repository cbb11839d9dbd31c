"""Draws a control chart: points in order, centre and limits, faint zones; what breaks a rule has its own shape."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup, escape

from scorecards.palette import ACCENT, INK, LINE, MUTED, PAPER, STATUS
from scorecards.svg.marks import titled
from scorecards.svg.scale import Scale, ticks

_FONT = 'font-family="system-ui,sans-serif" font-size="12"'
_SIGNAL, _ZONE, _REFERENCE = STATUS["behind"], ("#f3f6f5", "#e8eeed", "#dde6e6"), "#8a6d3b"
#: The shape of a point by the first rule that it breaks, around the origin.
SHAPES = {
    "beyond_limits": '<path d="M0-6.5 6.5 0 0 6.5-6.5 0z" fill="{c}"/>',
    "two_of_three": '<path d="M0-6 6 5H-6z" fill="{c}"/>',
    "four_of_five": '<path d="M-5-5h10v10h-10z" fill="{c}"/>',
    "one_side": '<circle r="5" fill="{p}" stroke="{c}" stroke-width="2.5"/>',
    "excluded": '<path d="M-4-4 4 4M4-4-4 4" stroke="{m}" stroke-width="2"/>',
}
_PLAIN = '<circle r="3" fill="{a}"/>'


@dataclass(frozen=True)
class Dot:
    """One group. `said` is its tooltip; `gap`: the line breaks before it; `label` stands below it, mostly nothing."""

    value: float
    center: float | None
    lcl: float | None
    ucl: float | None
    signal: str
    said: str
    label: str = ""
    gap: bool = False
    reference: bool = False


@dataclass(frozen=True)
class ControlDrawing:
    """What is drawn. `tick` writes a value; `limits` are the words for upper limit, centre and lower limit."""

    name: str
    title: str
    desc: str
    dots: Sequence[Dot]
    tick: Callable[[float], str]
    limits: tuple[str, str, str]
    reference: str


def sign(signal: str) -> Markup:
    """The shape of a signal for a legend; hidden from screen readers, because the word stands beside it."""
    return Markup(
        f'<svg class="mark" viewBox="-7 -7 14 14" width="14" height="14" aria-hidden="true">{_shape(signal)}</svg>'
    )


def control_chart(drawing: ControlDrawing, width: int = 720, height: int = 240) -> Markup:
    """The drawing in `width` × `height` units; groups stand at even distances, in the order of their beginning."""
    marks = ticks(*_extent(drawing.dots))
    left = 16 + 7 * max(6, *(len(drawing.tick(mark)) for mark in marks))  # panels stand under each other
    x = Scale(0, max(len(drawing.dots), 1), left, width - 62)
    y = Scale(marks[0], marks[-1], height - 28, 24)
    body = [_stretch(drawing, dots, x, y) for dots in _stretches(drawing.dots)]
    parts = [*body, _axis(drawing, marks, x, y), _words(drawing, x, y), _reference(drawing, x), *_series(drawing, x, y)]
    return titled("chart", f"{drawing.name}-{width}", drawing.title, drawing.desc, width, height, "".join(parts))


Stretch = list[tuple[int, Dot]]


def _stretches(dots: Sequence[Dot]) -> Iterator[Stretch]:
    """Neighbours with the same limits."""
    for limits, found in groupby(enumerate(dots), key=lambda item: (item[1].center, item[1].lcl, item[1].ucl)):
        if None not in limits:
            yield list(found)


def _extent(dots: Sequence[Dot]) -> tuple[float, float]:
    told = [value for dot in dots for value in (dot.value, dot.lcl, dot.ucl) if value is not None]
    low, high = min(told, default=0.0), max(told, default=1.0)
    air = (high - low or 1.0) * 0.06
    return (low if low == 0 else low - air), high + air


def _stretch(drawing: ControlDrawing, dots: Stretch, x: Scale, y: Scale) -> str:
    """Zones of one, two and three standard deviations, the centre line, and the limits."""
    (first, dot), (last, _) = dots[0], dots[-1]
    center, low, high = dot.center or 0.0, dot.lcl or 0.0, dot.ucl or 0.0
    begin, end, step = x(first), x(last + 1), (high - center) / 3
    parts = []
    for zone in (3, 2, 1):
        top, bottom = y(min(center + zone * step, high)), y(max(center - zone * step, low))
        fill = _ZONE[3 - zone]
        parts.append(
            f'<rect x="{begin:g}" y="{top:g}" width="{end - begin:.1f}" height="{bottom - top:.1f}" fill="{fill}"/>'
        )
    for value, style in ((high, 'stroke-dasharray="6 3"'), (low, 'stroke-dasharray="6 3"'), (center, "")):
        parts.append(f'<path d="M{begin:g} {y(value):g}H{end:g}" stroke="{INK}" stroke-width="1.2" {style}/>')
    return "".join(parts)


def _axis(drawing: ControlDrawing, marks: Sequence[float], x: Scale, y: Scale) -> str:
    parts = [
        f'<text x="{x.start - 8:g}" y="{y(mark) + 4:g}" text-anchor="end" fill="{MUTED}" {_FONT}>'
        f"{escape(drawing.tick(mark))}</text>"
        for mark in marks
    ]
    parts.append(f'<path d="M{x.start:g} {y.start:g}H{x.end:g}" stroke="{LINE}"/>')
    for place, dot in enumerate(drawing.dots):
        if dot.label:
            parts.append(
                f'<path d="M{x(place + 0.5):g} {y.start:g}v5" stroke="{MUTED}"/>'
                f'<text x="{x(place + 0.5):g}" y="{y.start + 19:g}" text-anchor="middle" fill="{MUTED}" {_FONT}>'
                f"{escape(dot.label)}</text>"
            )
    return "".join(parts)


def _words(drawing: ControlDrawing, x: Scale, y: Scale) -> str:
    """What the lines are, at the right edge, by the newest group that has limits."""
    dot = next((dot for dot in reversed(drawing.dots) if dot.center is not None), None)
    if dot is None:
        return ""
    return "".join(
        f'<text x="{x.end + 6:g}" y="{y(value or 0) + 4:g}" fill="{INK}" {_FONT}>{escape(word)}</text>'
        for value, word in zip((dot.ucl, dot.center, dot.lcl), drawing.limits, strict=True)
    )


def _reference(drawing: ControlDrawing, x: Scale) -> str:
    """A bracket above the groups of the reference period."""
    places = [place for place, dot in enumerate(drawing.dots) if dot.reference]
    if not places:
        return ""
    begin, end = x(places[0]), x(places[-1] + 1)
    return (
        f'<path d="M{begin:g} 20v-5H{end:g}v5" fill="none" stroke="{_REFERENCE}" stroke-width="1.5"/>'
        f'<text x="{begin:g}" y="11" fill="{MUTED}" {_FONT}>{escape(drawing.reference)}</text>'
    )


def _series(drawing: ControlDrawing, x: Scale, y: Scale) -> Iterator[str]:
    """Unbroken stretches as lines, then every group with its shape."""
    line = ""
    for place, dot in enumerate(drawing.dots):
        line += f"{'M' if place == 0 or dot.gap else 'L'}{x(place + 0.5):g} {y(dot.value):g}"
    yield f'<path d="{line}" fill="none" stroke="{ACCENT}" stroke-width="1.5" stroke-linejoin="round"/>' if line else ""
    for place, dot in enumerate(drawing.dots):
        yield (
            f'<g transform="translate({x(place + 0.5):g} {y(dot.value):g})">'
            f"{_shape(dot.signal)}<title>{escape(dot.said)}</title></g>"
        )


def _shape(signal: str) -> str:
    return SHAPES.get(signal, _PLAIN).format(c=_SIGNAL, p=PAPER, m=MUTED, a=ACCENT)
