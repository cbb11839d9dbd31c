"""Says a metric's number in words: its value with its unit, or why it is not assessable."""

from __future__ import annotations

from collections.abc import Mapping

from scorecards.metric_records import Element, Kpi, Metric
from scorecards.voice import Voice


def told(voice: Voice, metric: Metric, value: float | None) -> str:
    """A value in the unit of its metric: 61,2 %, 12,5 h; a dash where there is none."""
    if metric.unit == "%" or value is None:
        return voice.measure(value, "%")
    unit = voice.unit_sign(metric.unit)
    return voice.significant(value) + (f"\u00a0{unit}" if unit else "")


def why(elements: Mapping[str, Element], voice: Voice, metric: Metric, kpi: Kpi) -> str:
    """Why there is no number, and what is needed for one, in words; empty where there is a number."""
    kind, _, element = (kpi.reason or "").partition(":")
    if kind == "needs":
        return voice("kpi.reason.needs", what=voice.of(metric.needs))
    if kind == "missing":
        return voice("kpi.reason.missing", what=_plain(elements, voice, element))
    if kind == "coverage" and kpi.coverage is None:
        return voice("kpi.reason.unplanned")
    if kind == "coverage":
        return voice("kpi.reason.coverage", coverage=voice.share(kpi.coverage), least=voice.share(metric.coverage_min))
    if kind == "n":
        what = _plain(elements, voice, metric.n_element or "")
        return voice("kpi.reason.n", n=voice.count(kpi.n), least=voice.count(metric.n_min), what=what)
    return voice("kpi.reason.zero") if kind == "zero" else ""


def short(voice: Voice, kpi: Kpi) -> str:
    """The reason in a word, for a cell."""
    return voice(f"kpi.short.{(kpi.reason or '').partition(':')[0]}") if kpi.reason else ""


def element_name(elements: Mapping[str, Element], voice: Voice, element: str) -> str:
    """What an element is, with its name in the standard: `godkänt antal (GQ)`; of a sum of elements, what each is."""
    parts = [(name, elements.get(name)) for name in element.split(" + ")]
    return " + ".join(f"{voice.of(found.name)} ({name})" if found else name for name, found in parts)


def _plain(elements: Mapping[str, Element], voice: Voice, element: str) -> str:
    """An element in words alone: its name in the standard stands where its metric is defined."""
    parts = [(name, elements.get(name)) for name in element.split(" + ")]
    return " + ".join(voice.of(found.name) if found else name for name, found in parts)
