"""The control charts of machines: what is drawn, where the limits come from, which groups break a rule."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from markupsafe import Markup

from scorecards.control_records import Capability, Characteristic, ControlLimit, ControlPoint
from scorecards.edition import Controls, Edition
from scorecards.figures import Drawing
from scorecards.links import Page
from scorecards.records import Equipment
from scorecards.svg.control import ControlDrawing, Dot, control_chart, sign
from scorecards.voice import Voice

#: Groups on a drawing, wide and narrow; rows under it that are
#: there for being new, and in all; days without a group that break the line.
WIDE, NARROW, NEWEST, ROWS, GAP = 60, 26, 6, 12, timedelta(days=4)
STATISTICS = {
    "xbar_r": ("xbar", "r"), "xbar_s": ("xbar", "s"), "i_mr": ("x", "mr"),
    "p": ("p",), "np": ("np",), "c": ("c",), "u": ("u",),
}  # fmt: skip
SIGNALS = ("beyond_limits", "two_of_three", "four_of_five", "one_side")


@dataclass(frozen=True)
class Panel:
    """One statistic: its drawing for wide and narrow places."""

    name: str
    wide: Drawing
    narrow: Drawing


@dataclass(frozen=True)
class Legend:
    """A signal that occurs on the drawing: its shape, and its word."""

    mark: Markup
    word: str


@dataclass(frozen=True)
class GroupRow:
    """One group in the table: a value for each statistic, and the words of the rules that it breaks."""

    started: str
    n: str
    values: list[str]
    signal: str
    mark: Markup


@dataclass(frozen=True)
class Fact:
    """A word with its value; `href` is where the word is defined."""

    word: str
    value: str
    href: str = ""


@dataclass(frozen=True)
class ControlChart:
    """A characteristic with its drawings, its facts and its table, newest group first."""

    anchor: str
    name: str
    machine: str
    chart: str
    state: str
    limits: str
    panels: list[Panel]
    legend: list[Legend]
    facts: list[Fact]
    statistics: list[str]
    rows: list[GroupRow]


def control_charts(edition: Edition, voice: Voice, page: Page, machine: Equipment) -> list[ControlChart]:
    """The charts of a machine, each by the newest version of its characteristic."""
    controls = edition.controls_of(machine.equipment_id)
    return [_chart(controls, voice, page, item, voice.of(machine.name)) for item in controls.characteristics]


def _chart(controls: Controls, voice: Voice, page: Page, item: Characteristic, machine: str) -> ControlChart:
    statistics = STATISTICS[item.chart]
    points = {name: controls.points.get((item.characteristic_id, name), []) for name in statistics}
    limits = controls.limits.get((item.characteristic_id, statistics[0]))
    places = _places(limits.sigma if limits else None)
    drawn = [point for name in statistics for point in points[name][-WIDE:]]
    return ControlChart(
        anchor=f"control-{item.characteristic_id}",
        name=voice.of(item.name),
        machine=machine,
        chart=voice(f"control.chart.{item.chart}"),
        state=_state(voice, points[statistics[0]][-WIDE:], points[statistics[-1]][-WIDE:], limits),
        limits=_limits(voice, item, limits),
        panels=[_panel(voice, item, machine, name, points[name], places) for name in statistics if points[name]],
        legend=[
            Legend(sign(signal), _word(voice, signal, item))
            for signal in (*SIGNALS, "excluded")
            if any(_seen(point) == signal for point in drawn)
        ],
        facts=_facts(voice, page, item, limits, controls.capability.get(item.characteristic_id), places),
        statistics=[_headed(voice, item, name) for name in statistics],
        rows=_rows(voice, item, statistics, points, places),
    )


def _places(sigma: float | None) -> int:
    """Decimals that say a hundredth of sigma, as far as that is sensible."""
    return min(7, max(0, 1 - math.floor(math.log10(sigma)))) if sigma else 2


def _seen(point: ControlPoint) -> str:
    return "excluded" if point.excluded else point.signal


def _word(voice: Voice, signal: str, item: Characteristic) -> str:
    return (
        voice(f"control.signal.{signal}", n=item.run_length)
        if signal == "one_side"
        else voice(f"control.signal.{signal}")
    )


def _state(
    voice: Voice, location: Sequence[ControlPoint], spread: Sequence[ControlPoint], limits: ControlLimit | None
) -> str:
    if not limits or not location:
        return voice("control.no_limits")
    signals = {point.group_key for point in (*location, *spread) if point.signal in SIGNALS and not point.excluded}
    return voice("control.signals", n=len(signals), groups=len(location)) if signals else voice("control.in_control")


def _limits(voice: Voice, item: Characteristic, limits: ControlLimit | None) -> str:
    """Where the limits come from, and whether they can still move."""
    period = voice.period(item.reference_first_day, item.reference_last_day)
    said = voice("control.reference", name=voice.of(item.reference_name), period=period, version=item.version)
    if limits is None:
        return f"{said} {voice('control.reference.none')}"
    if item.reference_known_at is None:
        return f"{said} {voice('control.reference.trial')}"
    key = "control.reference.frozen" if limits.frozen else "control.reference.open"
    return f"{said} {voice(key, known_at=voice.short_instant(item.reference_known_at))}"


def _unit(voice: Voice, item: Characteristic) -> str:
    """The sign of what is measured; what is counted has none."""
    return "" if item.chart in ("p", "np", "c", "u") else voice.unit_sign(item.unit)


def _headed(voice: Voice, item: Characteristic, statistic: str) -> str:
    """A statistic with its unit."""
    name, unit = voice(f"control.statistic.{statistic}"), _unit(voice, item)
    return f"{name} ({unit})" if unit else name


def _panel(
    voice: Voice, item: Characteristic, machine: str, statistic: str, points: list[ControlPoint], places: int
) -> Panel:
    name = voice(f"control.statistic.{statistic}")

    def draw(shown: list[ControlPoint], width: int, height: int, labels: int) -> Drawing:
        signals = sum(point.signal in SIGNALS for point in shown)
        drawing = ControlDrawing(
            name=f"control-{item.characteristic_id}-{statistic}",
            title=f"{voice.of(item.name)}, {machine}: {name}",
            desc=voice("control.said", groups=len(shown), signals=signals),
            dots=_dots(voice, item, shown, places, labels),
            tick=partial(voice.decimal, places=places),
            limits=(voice("control.ucl"), voice("control.center"), voice("control.lcl")),
            reference=voice("control.reference.word"),
        )
        return partial(control_chart, drawing, width, height)

    return Panel(
        _headed(voice, item, statistic), draw(points[-WIDE:], 720, 240, 7), draw(points[-NARROW:], 350, 230, 3)
    )


def _dots(voice: Voice, item: Characteristic, points: list[ControlPoint], places: int, labels: int) -> list[Dot]:
    every = max(1, math.ceil(len(points) / labels))
    found = []
    for place, point in enumerate(points):
        word = _word(voice, _seen(point), item)
        day = point.started_at.astimezone(voice.zone).date()
        found.append(
            Dot(
                value=point.value, center=point.center, lcl=point.lcl, ucl=point.ucl, signal=_seen(point),
                said=f"{voice.short_instant(point.started_at)}: {voice.decimal(point.value, places)}, {word}",
                label=f"{day.day}/{day.month}" if place % every == every // 2 else "",
                gap=place > 0 and point.started_at - points[place - 1].ended_at > GAP,
                reference=item.reference_first_day <= day <= item.reference_last_day and not point.excluded,
            )
        )  # fmt: skip
    return found


def _facts(
    voice: Voice,
    page: Page,
    item: Characteristic,
    limits: ControlLimit | None,
    capability: Capability | None,
    places: int,
) -> list[Fact]:
    facts = []
    if limits is not None:
        facts.append(
            Fact(voice("control.groups"), f"{voice.count(limits.groups)} ({voice.count(limits.observations)})")
        )
        sigma = "\u00a0".join(filter(None, (voice.fixed(limits.sigma, places + 1), _unit(voice, item))))
        facts.append(Fact(voice("control.sigma", method=limits.method), sigma))
    if capability is None:
        return facts
    if not capability.assessable:
        reason = voice(f"control.reason.{capability.reason}")
        return [*facts, Fact(voice("control.capability"), f"{voice('status.not_assessable')}: {reason}")]
    told = {
        "Cp": capability.cp,
        "Cpk": capability.cpk,
        "Cpm": capability.cpm,
        "Pp": capability.pp,
        "Ppk": capability.ppk,
    }
    return facts + [
        Fact(name, voice.fixed(value, 2), page.to("definitions", anchor=name.lower()))
        for name, value in told.items()
        if value is not None
    ]


def _rows(
    voice: Voice,
    item: Characteristic,
    statistics: tuple[str, ...],
    points: dict[str, list[ControlPoint]],
    places: int,
) -> list[GroupRow]:
    """Of the groups on the wide drawing the newest, and all that break a rule; newest first."""
    by_group = {name: {point.group_key: point for point in points[name]} for name in statistics}
    shown = points[statistics[0]][-WIDE:]
    rows = []
    for place, point in enumerate(reversed(shown)):
        both = [by_group[name].get(point.group_key) for name in statistics]
        signals = [one.signal for one in both if one is not None and one.signal in SIGNALS]
        if place >= NEWEST and not signals:
            continue
        words = _words(voice, item, [one for one in both if one is not None])
        rows.append(
            GroupRow(
                started=voice.short_instant(point.started_at),
                n=voice.decimal(point.n, 0),
                values=[voice.fixed(one.value, places) if one is not None else "–" for one in both],
                signal=words or voice("control.signal.in_control"),
                mark=sign("excluded" if point.excluded else signals[0]) if signals or point.excluded else Markup(""),
            )
        )
    return rows[:ROWS]


def _words(voice: Voice, item: Characteristic, points: list[ControlPoint]) -> str:
    """Every rule that a group breaks, in words; of a group that is left out, that it is."""
    found = [voice("control.signal.excluded")] if points and points[0].excluded else []
    for rule, signal in enumerate(SIGNALS, 1):
        for point in points:
            if getattr(point, f"rule_{rule}"):
                spread = point.statistic in ("r", "s", "mr")
                of = f" ({voice(f'control.statistic.{point.statistic}').lower()})" if spread else ""
                found.append(_word(voice, signal, item) + of)
    return "; ".join(found)
