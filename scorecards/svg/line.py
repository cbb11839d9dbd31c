"""Draws a series of months against its plan: gaps break the line, months without a judgement stand as grey bands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup, escape

from scorecards.palette import ACCENT, BAND, INK, LINE, MUTED, PAPER, PLAN
from scorecards.svg.marks import titled
from scorecards.svg.scale import Scale, day_scale, month_starts, ticks

_FONT = 'font-family="system-ui,sans-serif" font-size="12"'


@dataclass(frozen=True)
class Point:
    """One month. `value` None: there is no number, and the line breaks. `at` is the day where its dot stands (the end
    for what is counted up to then, the middle for what is measured in the month). `open`: the month is not over yet."""

    start: date
    end: date
    at: date
    value: float | None
    open: bool = False


@dataclass(frozen=True)
class PlanPoint:
    """A decided value on a day: baseline, milestone or target, with the words that stand at it."""

    day: date
    value: float
    label: str


@dataclass(frozen=True)
class Band:
    """Two values between which the series shall lie, with the words that stand there."""

    low: float
    high: float
    label: str


@dataclass(frozen=True)
class Chart:
    """What is drawn. `tick` and `month` write the marks of the axes (`month` with its year or without).

    `gap` names months without a number.
    """

    name: str
    title: str
    desc: str
    points: Sequence[Point]
    plan: Sequence[PlanPoint]
    tick: Callable[[float], str]
    month: Callable[[date, bool], str]
    gap: str
    ceiling: float | None = None
    band: Band | None = None


def line_chart(chart: Chart, width: int = 720, height: int = 300) -> Markup:
    """The drawing in `width` × `height` units. Values start at zero; the plan is cut at the right edge."""
    first, last = _days(chart)
    marks = ticks(*_values(chart, last))
    left = 20 + 7 * max(len(chart.tick(mark)) for mark in marks)
    x = day_scale(first, last, left, width - 14)
    y = Scale(marks[0], marks[-1], height - 30, 22)
    body = (
        _axes(chart, x, y, marks, first, last, width)
        + _band(chart, x, y)
        + _gaps(chart, x, y)
        + _plan(chart, x, y, last)
    )
    return titled("chart", f"{chart.name}-{width}", chart.title, chart.desc, width, height, body + _series(chart, x, y))


def _days(chart: Chart) -> tuple[date, date]:
    """From the first month or the baseline to what comes next in the plan, with a little air."""
    days = [point.end for point in chart.points]
    starts = [point.start for point in chart.points] + [point.day for point in chart.plan[:1]]
    first = min(starts) if starts else date(2000, 1, 1)
    last = max(days) if days else first
    ahead = [point.day for point in chart.plan if point.day >= last]
    if chart.plan:
        last = ahead[0] if ahead else chart.plan[-1].day
    last = max([last, *days])
    return first, last + timedelta(days=max((last - first).days // 12, 12))


def _values(chart: Chart, last: date) -> tuple[float, float]:
    values = [point.value for point in chart.points if point.value is not None] + [point.value for point in chart.plan]
    values += [chart.band.low, chart.band.high] if chart.band else []
    high = max([*values, 0.0]) or 1.0
    return min([*values, 0.0]), min(high * 1.02, max(chart.ceiling, high)) if chart.ceiling else high * 1.02


def _axes(chart: Chart, x: Scale, y: Scale, marks: list[float], first: date, last: date, width: int) -> str:
    parts = []
    for mark in marks:
        height = y(mark)
        parts.append(
            f'<line x1="{x.start:g}" x2="{width - 6}" y1="{height:g}" y2="{height:g}" stroke="{LINE}"/>'
            f'<text x="{x.start - 9:g}" y="{height + 4:g}" text-anchor="end" fill="{MUTED}" {_FONT}>'
            f"{escape(chart.tick(mark))}</text>"
        )
    starts = month_starts(first, last - timedelta(days=20), 7 if width > 500 else 4)
    for place, start in enumerate(starts):
        left, middle = x(start.toordinal()), x(start.toordinal() + 15)
        parts.append(
            f'<path d="M{left:g} {y.start:g}v5" stroke="{LINE}"/>'
            f'<text x="{middle:g}" y="{y.start + 20:g}" text-anchor="middle" fill="{MUTED}" {_FONT}>'
            f"{escape(chart.month(start, place == 0 or start.month == 1))}</text>"
        )
    return "".join(parts)


def _band(chart: Chart, x: Scale, y: Scale) -> str:
    """The field in which the series shall lie."""
    if chart.band is None:
        return ""
    low, high = y(chart.band.low), y(chart.band.high)
    return (
        f'<rect x="{x.start:g}" y="{high:g}" width="{x.end - x.start:g}" height="{low - high:g}" fill="{BAND}"/>'
        f'<path d="M{x.start:g} {high:g}H{x.end:g}M{x.start:g} {low:g}H{x.end:g}" stroke="{PLAN}" '
        f'stroke-dasharray="1 4" stroke-width="1.5" stroke-linecap="round"/>'
        f'<text x="{x.start + 4:g}" y="{high - 7:g}" fill="{INK}" {_FONT}>{escape(chart.band.label)}</text>'
    )


def _gaps(chart: Chart, x: Scale, y: Scale) -> str:
    """Bands for months without a number: neither zero nor red."""
    parts = []
    for point in chart.points:
        if point.value is None:
            left, right = x(point.start.toordinal()), x(point.end.toordinal() + 1)
            parts.append(
                f'<rect x="{left:g}" y="{y.end:g}" width="{right - left:.1f}" height="{y.start - y.end:g}" '
                f'fill="#eceeec"><title>{escape(chart.gap)}</title></rect>'
                f'<text x="{(left + right) / 2:.1f}" y="{y.start - 8:g}" text-anchor="middle" fill="{MUTED}" {_FONT}>'
                "–</text>"
            )
    return "".join(parts)


def _plan(chart: Chart, x: Scale, y: Scale, last: date) -> str:
    """The dashed way from baseline over milestone to target, and the target as a level."""
    if len(chart.plan) < 2:
        return ""
    corners = []
    for before, after in zip(chart.plan, chart.plan[1:], strict=False):
        corners.append((before.day.toordinal(), before.value))
        if after.day > last:
            part = (last - before.day).days / max((after.day - before.day).days, 1)
            corners.append((last.toordinal(), before.value + part * (after.value - before.value)))
            break
    else:
        corners.append((chart.plan[-1].day.toordinal(), chart.plan[-1].value))
    way = " ".join(f"{x(day):g},{y(value):g}" for day, value in corners)
    parts = [f'<polyline points="{way}" fill="none" stroke="{PLAN}" stroke-width="1.5" stroke-dasharray="5 4"/>']
    target = chart.plan[-1]
    level = y(target.value)
    parts.append(
        f'<line x1="{x.start:g}" x2="{x.end:g}" y1="{level:g}" y2="{level:g}" stroke="{PLAN}" stroke-dasharray="1 4" '
        f'stroke-width="1.5" stroke-linecap="round"/>'
        f'<text x="{x.start + 4:g}" y="{level - 7:g}" fill="{INK}" {_FONT}>{escape(target.label)}</text>'
    )
    parts += [
        _milestone(point, x, y, above=_last(chart) <= point.value) for point in chart.plan[1:-1] if point.day <= last
    ]
    return "".join(parts)


def _last(chart: Chart) -> float:
    """The newest known value; the label of the milestone keeps out of its way."""
    known = [point.value for point in chart.points if point.value is not None]
    return known[-1] if known else 0.0


def _milestone(point: PlanPoint, x: Scale, y: Scale, above: bool) -> str:
    across, up = x(point.day.toordinal()), y(point.value)
    late = across > (x.start + x.end) / 2
    anchor = "end" if late else "start"
    # Below, the label moves to the edge: the plan rises, so that its line is above the words there.
    left = (across - 10 if above else x.end) if late else across + 10
    return (
        f'<path d="M{across:g} {up - 6:g}l6 6-6 6-6-6z" fill="{PAPER}" stroke="{PLAN}" stroke-width="2"/>'
        f'<text x="{left:g}" y="{up + (-9 if above else 25):g}" text-anchor="{anchor}" fill="{INK}" {_FONT}>'
        f"{escape(point.label)}</text>"
    )


def _series(chart: Chart, x: Scale, y: Scale) -> str:
    """Unbroken stretches as lines, every month as a dot; an open month is a ring at the end of a thin line."""
    lines, dots = [], []
    before: Point | None = None
    for point in chart.points:
        if point.value is None:
            before = None
            continue
        across, up = x(point.at.toordinal()), y(point.value)
        if before is not None and before.value is not None and (point.start - before.end).days <= 1:
            dash = ' stroke-dasharray="4 3"' if point.open else ""
            lines.append(
                f'<line x1="{x(before.at.toordinal()):g}" y1="{y(before.value):g}" x2="{across:g}" y2="{up:g}" '
                f'stroke="{ACCENT}" stroke-width="2.5" stroke-linecap="round"{dash}/>'
            )
        fill = PAPER if point.open else ACCENT
        said = f"{chart.month(point.start, True)}: {chart.tick(point.value)}"
        dots.append(
            f'<circle cx="{across:g}" cy="{up:g}" r="4.5" fill="{fill}" stroke="{ACCENT}" stroke-width="2">'
            f"<title>{escape(said)}</title></circle>"
        )
        before = point
    return "".join(lines + dots)
